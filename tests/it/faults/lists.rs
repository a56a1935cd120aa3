//! Lists: pagination, unusual pages, and interruptions.

use std::fmt::Write as _;

use crate::support::Output;
use crate::support::router::{Answer, Router};

/// A page of agents `a<from>` to `a<to>`, with the members behind `data`.
fn page(numbers: std::ops::Range<u32>, members: &str) -> Answer {
    let mut items = String::new();
    for number in numbers {
        if !items.is_empty() {
            items.push(',');
        }
        let _ = write!(items, r#"{{"id":"a{number}"}}"#);
    }
    Answer::json(
        200,
        format!(r#"{{"object":"list","data":[{items}]{members}}}"#),
    )
}

/// A page that says whether there is more and where it ends.
fn full(numbers: std::ops::Range<u32>, more: bool) -> Answer {
    let last = numbers.end - 1;
    page(
        numbers,
        &format!(r#","first_id":"x","last_id":"a{last}","has_more":{more}"#),
    )
}

/// Runs a command line against these pages; returns what was asked, too.
fn run(line: &str, pages: impl IntoIterator<Item = Answer>) -> (Output, Vec<String>) {
    let router = Router::script(pages);
    let output = router.home().run(line);
    (output, router.lines())
}

/// The IDs that a line prints with `-o name`.
fn names(output: &Output) -> Vec<&str> {
    output.stdout.lines().collect()
}

#[test]
fn without_limit_requests_one_default_page() {
    let (output, asked) = run("agents -o name", [full(1..3, true)]);
    assert_eq!(asked, ["GET /management/agents"]);
    assert_eq!(names(&output), ["a1", "a2"]);
    assert_eq!(
        output.stderr,
        "hint: 2 shown, more available; add --all, or --after a2\n"
    );
}

#[test]
fn limit_is_a_total_in_pages_of_a_hundred() {
    let (output, asked) = run(
        "agents --limit 230 -o name",
        [
            full(1..101, true),
            full(101..201, true),
            full(201..231, true),
        ],
    );
    assert_eq!(
        asked,
        [
            "GET /management/agents?limit=100",
            "GET /management/agents?limit=100&after=a100",
            "GET /management/agents?limit=30&after=a200",
        ]
    );
    assert_eq!(names(&output).len(), 230);
    assert!(output.stderr.ends_with("; continue with --after a230\n"));
}

#[test]
fn short_page_is_not_the_end() {
    let (output, asked) = run(
        "agents --limit 5 -o name",
        [full(1..3, true), full(3..4, true), full(4..6, false)],
    );
    assert_eq!(
        asked[1..],
        [
            "GET /management/agents?limit=3&after=a2",
            "GET /management/agents?limit=2&after=a3"
        ]
    );
    assert_eq!(names(&output), ["a1", "a2", "a3", "a4", "a5"]);
    assert_eq!(output.stderr, "", "nothing is left");
}

#[test]
fn surplus_items_are_cut() {
    let (output, _) = run("agents --limit 2 -o name", [full(1..6, false)]);
    assert_eq!(names(&output), ["a1", "a2"]);
    assert!(output.stderr.contains("--after a2"), "{}", output.stderr);
    let (output, _) = run("agents --limit 2 -o json", [full(1..6, false)]);
    assert_eq!(
        output.stdout,
        "{\"object\":\"list\",\"first_id\":\"x\",\"data\":[{\"id\":\"a1\"},{\"id\":\"a2\"}],\"last_id\":\"a2\",\"has_more\":true}\n"
    );
}

#[test]
fn cursor_precedes_two_dashes_and_may_start_with_one() {
    let page = || page(1..2, r#","has_more":true,"last_id":"-e 1""#);
    let (output, _) = run("agents --events -o name -- -x", [page()]);
    assert_eq!(
        output.stderr,
        "hint: 1 shown, more available; add --all, or '--after=-e 1'\n"
    );
    let line = "agents --events -o name '--after=-e 1' -- -x";
    let (output, asked) = run(line, [full(2..3, false)]);
    assert_eq!(asked, ["GET /management/agents/-x/events?after=-e%201"]);
    assert_eq!(names(&output), ["a2"]);
}

#[test]
fn merged_pages_keep_members_of_the_first() {
    let first = page(
        1..3,
        r#","z":1.0,"last_id":"a2","has_more":true,"a":{"b": 1}"#,
    );
    let (output, asked) = run("agents --all -o json", [first, full(3..4, false)]);
    assert_eq!(
        asked,
        [
            "GET /management/agents?limit=100",
            "GET /management/agents?limit=100&after=a2"
        ]
    );
    assert_eq!(
        output.stdout,
        "{\"object\":\"list\",\"z\":1.0,\"a\":{\"b\": 1},\"data\":[{\"id\":\"a1\"},{\"id\":\"a2\"},{\"id\":\"a3\"}],\"last_id\":\"a3\",\"has_more\":false}\n"
    );
}

#[test]
fn single_page_keeps_its_bytes() {
    let body = r#"{ "data" : [ {"id":"a1"} ], "has_more":false }"#;
    let (output, _) = run("agents -o json", [Answer::json(200, body)]);
    assert_eq!(output.stdout, format!("{body}\n"));
}

#[test]
fn after_sets_the_start() {
    let (_, asked) = run("agents --after 'a b/ü' -o name", [full(1..2, false)]);
    assert_eq!(asked, ["GET /management/agents?after=a%20b%2F%C3%BC"]);
    let (_, asked) = run(
        "agents agt_1 --events --all --after -x -o name",
        [full(1..2, false)],
    );
    assert_eq!(
        asked,
        ["GET /management/agents/agt_1/events?limit=100&after=-x"]
    );
}

#[test]
fn last_item_id_replaces_missing_last_id() {
    // Some servers write flags as strings.
    for quote in ["", "\""] {
        let (output, asked) = run(
            "agents --all -o name",
            [
                page(1..3, &format!(r#","has_more":{quote}true{quote}"#)),
                page(
                    3..4,
                    &format!(r#","last_id":null,"has_more":{quote}false{quote}"#),
                ),
            ],
        );
        assert_eq!(asked[1], "GET /management/agents?limit=100&after=a2");
        assert_eq!(names(&output), ["a1", "a2", "a3"]);
    }
}

#[test]
fn full_page_without_has_more_is_followed() {
    let (output, asked) = run(
        "agents --limit 200 -o name",
        [page(0..100, ""), page(0..0, "")],
    );
    assert_eq!(
        (asked.len(), names(&output).len(), output.code),
        (2, 100, 0)
    );
    // A router that does not know `after` gives the same page again.
    let (output, asked) = run("agents --all -o name", [page(0..100, ""), page(0..100, "")]);
    assert_eq!(
        (asked.len(), names(&output).len(), output.code),
        (2, 100, 0)
    );
    // A page with less than was asked for is the end then.
    let (output, asked) = run("agents --all -o name", [page(0..3, "")]);
    assert_eq!((asked.len(), names(&output).len(), output.code), (1, 3, 0));
}

#[test]
fn empty_page_ends_the_list() {
    let (output, _) = run(
        "agents --all -o json",
        [
            full(1..3, true),
            Answer::json(200, r#"{"data":[],"has_more":true}"#),
        ],
    );
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(
        output
            .stdout
            .ends_with("],\"last_id\":\"a2\",\"has_more\":false}\n"),
        "{}",
        output.stdout
    );
}

#[test]
fn bare_array_is_a_list() {
    let body = r#"[{"id":"a1"}, {"id":"a2"}]"#;
    let (output, _) = run("agents -o json", [Answer::json(200, body)]);
    assert_eq!(output.stdout, format!("{body}\n"));
    let (output, _) = run("agents -o name", [Answer::json(200, body)]);
    assert_eq!(names(&output), ["a1", "a2"]);
    let (output, _) = run("agents --all -o json", [Answer::json(200, body)]);
    assert_eq!(output.stdout, "[{\"id\":\"a1\"},{\"id\":\"a2\"}]\n");
    let (output, _) = run("agents", [Answer::json(200, "[]")]);
    assert_eq!(output.stderr, "no agents in this project\n");
}

#[test]
fn accepts_null_for_optional_members() {
    let body =
        r#"{"data":[{"id":"a1","name":null}],"has_more":null,"last_id":null,"first_id":null}"#;
    let (output, _) = run("agents --no-headers", [Answer::json(200, body)]);
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, "a1\t-\t-\t-\t-\t-\n")
    );
}

#[test]
fn repeated_cursor_exits_17() {
    let (output, asked) = run("agents --all -o name", [full(1..3, true), full(1..3, true)]);
    assert_eq!((output.code, asked.len()), (17, 2), "{}", output.stderr);
    assert_eq!(names(&output), ["a1", "a2"], "no page is printed twice");
    assert!(output.stderr.contains("a2"), "{}", output.stderr);
}

#[test]
fn circular_cursors_exit_17() {
    let (output, asked) = run(
        "agents --all -o name",
        [
            full(1..2, true),
            full(2..3, true),
            full(3..4, true),
            full(1..2, true),
        ],
    );
    assert_eq!((output.code, asked.len()), (17, 4), "{}", output.stderr);
    assert_eq!(names(&output), ["a1", "a2", "a3"]);
}

#[test]
fn missing_cursor_exits_17() {
    let body = r#"{"data":[{"name":"no id"}],"has_more":true}"#;
    let (output, _) = run("agents --all -o ndjson", [Answer::json(200, body)]);
    assert_eq!(output.code, 17, "{}", output.stderr);
}

/// A list whose second page is refused for good.
fn broken(line: &str) -> Output {
    let (output, asked) = run(
        line,
        [full(1..3, true), Answer::fault(403, "scope_insufficient")],
    );
    assert_eq!(asked.len(), 2, "{line}");
    output
}

#[test]
fn interrupted_list_keeps_output_and_prints_continuation() {
    for (format, written) in [
        ("name", "a1\na2\n"),
        ("ndjson", "{\"id\":\"a1\"}\n{\"id\":\"a2\"}\n"),
        (
            "csv",
            "ID,NAME,WORKER_ID,STATUS,REGION,LAST_HEARTBEAT\na1,,,,,\na2,,,,,\n",
        ),
        (
            "table",
            "ID\tNAME\tWORKER_ID\tSTATUS\tREGION\tLAST_HEARTBEAT\na1\t-\t-\t-\t-\t-\na2\t-\t-\t-\t-\t-\n",
        ),
        (
            "json",
            "{\"object\":\"list\",\"first_id\":\"x\",\"data\":[{\"id\":\"a1\"},{\"id\":\"a2\"}],\"last_id\":\"a2\",\"has_more\":true}\n",
        ),
    ] {
        let output = broken(&format!("agents --all -o {format}"));
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (4, written),
            "{format}"
        );
        let next = format!("xeroctl agents --all -o {format} --after a2\n");
        assert!(output.stderr.contains(&next), "{format}: {}", output.stderr);
    }
}

#[test]
fn interrupted_limited_list_continues_with_the_rest() {
    let output = broken("agents --limit 9 -o name");
    let next = "xeroctl agents -o name --after a2 --limit 7\n";
    assert!(output.stderr.contains(next), "{}", output.stderr);
}

#[test]
fn interrupted_list_on_terminal_shows_its_rows() {
    let router = Router::script([full(1..3, true), Answer::fault(403, "scope_insufficient")]);
    let output = router
        .home()
        .run_on_terminal("", "agents --all --color never");
    assert_eq!(output.code, 4);
    assert_eq!(
        output
            .stdout
            .lines()
            .map(|line| line.split(' ').next().unwrap_or_default())
            .collect::<Vec<_>>(),
        ["ID", "a1", "a2"]
    );
}

#[test]
fn failed_list_prints_no_output() {
    for format in ["table", "wide", "json", "ndjson", "csv", "name"] {
        let (output, _) = run(
            &format!("agents --all -o {format}"),
            [Answer::fault(403, "scope_insufficient")],
        );
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{format}");
    }
}

#[test]
fn empty_page_with_has_more_is_not_the_end() {
    let empty = |last: &str| {
        Answer::json(
            200,
            format!(r#"{{"data":[],"has_more":true,"last_id":"{last}"}}"#),
        )
    };
    let (output, asked) = run("agents --all -o name", [empty("z1"), full(1..3, false)]);
    assert_eq!((output.code, output.stdout.as_str()), (0, "a1\na2\n"));
    assert!(asked[1].ends_with("after=z1"), "{}", asked[1]);
    // One that leads in a circle is no way on, and none is reported.
    let (output, _) = run("agents --all -o name", [empty("z1"), empty("z1")]);
    assert_eq!(output.code, 17);
    assert!(
        !output.stderr.contains("go on from here"),
        "{}",
        output.stderr
    );
}

#[test]
fn malformed_page_interrupts_the_list() {
    let (output, _) = run(
        "agents --all -o json",
        [full(1..3, true), Answer::new(200, "text/html", "<html>")],
    );
    assert_eq!(output.code, 17);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("closed");
    assert_eq!(
        (&document["has_more"], &document["last_id"]),
        (&true.into(), &"a2".into())
    );
}
