//! Lists and objects of any size, and unusual JSON: output and time.

use std::time::{Duration, Instant};

use crate::support::Output;
use crate::support::router::{Answer, Router};

fn run(line: &str, body: impl Into<Vec<u8>>) -> Output {
    Router::script([Answer::json(200, body)]).home().run(line)
}

/// A list of agents with these IDs.
fn agents(numbers: std::ops::Range<u32>, more: bool) -> String {
    let items: Vec<String> = numbers.map(|id| format!(r#"{{"id":"a{id}"}}"#)).collect();
    format!(r#"{{"data":[{}],"has_more":{more}}}"#, items.join(","))
}

#[test]
fn long_list_on_terminal_keeps_its_columns() {
    let mut items: Vec<String> = (0..2500)
        .map(|id| format!(r#"{{"id":"a{id:04}","name":"n","worker_id":"w"}}"#))
        .collect();
    items[2100] = r#"{"id":"a2100","name":"a longer name","worker_id":"w"}"#.to_owned();
    let router = Router::script([Answer::json(
        200,
        format!(r#"{{"data":[{}]}}"#, items.join(",")),
    )]);
    let output = router.home().run_on_terminal("", "agents --color never");
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 2501, "{}", output.stderr);
    let headings = lines.iter().filter(|line| line.starts_with("ID"));
    assert_eq!(headings.count(), 1);
    let place = |line: &str| line.find(" w").expect("the worker");
    // The first block is as wide as its own rows; columns widen where they must, and never narrow.
    assert_eq!(place(lines[1]), place(lines[1000]));
    assert!(place(lines[2500]) > place(lines[1]));
    let mut widths: Vec<usize> = lines[1..].iter().map(|line| place(line)).collect();
    assert!(widths.is_sorted());
    widths.dedup();
    assert_eq!(widths.len(), 2);
}

#[test]
fn interruption_within_a_page_reports_the_position() {
    // More than is kept back, then an item that is not an object.
    let mut body = agents(0..40_000, true);
    let end = body.rfind("],").expect("the end of the items");
    body.insert_str(end, ",17,{\"id\":\"b\"}");
    let output = run("agents --limit 100000 -o name", body);
    assert_eq!(output.code, 17, "{}", output.stderr);
    assert_eq!(output.stdout.lines().count(), 40_000);
    let hint = "xeroctl agents -o name --after a39999 --limit 60000\n";
    assert!(output.stderr.ends_with(hint), "{}", output.stderr);
}

#[test]
fn invalid_item_leaves_nothing_incomplete() {
    for (line, code, stdout) in [
        ("agents -o name", 17, ""),
        ("agents -o csv", 17, ""),
        ("agents -o ndjson", 0, "{\"id\":\"a\"}\nnull\n"),
        ("agents -o json", 0, "[{\"id\":\"a\"},null]\n"),
        ("agents --all -o json", 0, "[{\"id\":\"a\"},null]\n"),
    ] {
        let output = run(line, "[{\"id\":\"a\"},null]");
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (code, stdout),
            "{line}: {}",
            output.stderr
        );
    }
}

#[test]
fn many_invalid_items_take_no_time() {
    let body = format!("{{\"data\":[{}]}}", vec!["\"x\""; 100_000].join(","));
    let began = Instant::now();
    let output = run("join-keys -o json", body.clone());
    assert_eq!(output.stdout.len(), body.len() + 1);
    let output = run("agents -o ndjson", body);
    assert_eq!(output.stdout.lines().count(), 100_000);
    // Each by itself took minutes, as time grew with the square of their number.
    assert!(began.elapsed() < Duration::from_mins(1));
}

#[test]
fn long_page_obeys_timeout() {
    let body = format!("{{\"data\":[{}]}}", vec!["{}"; 2_000_000].join(","));
    for line in [
        "agents -o csv --timeout 400ms",
        "exec list --status failed --all -o name --timeout 400ms",
    ] {
        let output = run(line, body.clone());
        assert_eq!(output.code, 17, "{line}: {}", output.stderr);
        assert!(
            output.stderr.contains("--timeout 400ms"),
            "{}",
            output.stderr
        );
        assert!(output.stdout.lines().count() < 2_000_000);
    }
}

/// An object with this many members besides its ID.
fn members(count: usize) -> String {
    format!("{{\"id\":\"a\"{}}}", ",\"x\":0".repeat(count))
}

#[test]
fn long_object_obeys_timeout() {
    let body = members(900_000);
    for (line, lines) in [
        ("agents a", 0),
        ("agents a -o json", 0),
        ("api GET /x -o table", 900_000),
        ("api GET /x -o json", 900_000),
    ] {
        let router = Router::script([Answer::json(200, body.as_str())]);
        let line = format!("{line} --timeout 300ms");
        let output = router.home().run_on_terminal("", &line);
        assert_eq!(output.code, 17, "{line}: {}", output.stderr);
        assert!(
            output.stderr.contains("--timeout 300ms"),
            "{}",
            output.stderr
        );
        assert!(output.stdout.lines().count() <= lines, "{line}");
    }
}

#[test]
fn rejects_object_with_a_million_members() {
    let body = members(1_000_000);
    for line in ["agents a -o json", "agents pause-exec a"] {
        let output = run(line, body.as_str());
        assert_eq!((output.code, output.stdout.as_str()), (17, ""), "{line}");
        let why = "an object with more than 1000000 members";
        assert!(output.stderr.contains(why), "{}", output.stderr);
    }
    let output = run("api GET /x", body.as_str());
    assert_eq!((output.code, output.stdout), (0, body + "\n"));
}

#[test]
fn rejects_approval_too_long_to_review() {
    let mut args = String::new();
    for n in 0..100_000 {
        args += &format!(",\"{n}\":0");
    }
    for body in [
        format!("{{\"id\":\"apr_1\",\"status\":\"pending\",\"args\":{{\"x\":0{args}}}}}"),
        format!(
            "{{\"id\":\"apr_1\",\"args\":\"{}\"}}",
            "x".repeat(17 * 1024 * 1024)
        ),
    ] {
        for line in ["approvals show apr_1 -o json", "approvals approve apr_1"] {
            let output = run(line, body.as_str());
            assert_eq!((output.code, output.stdout.as_str()), (17, ""), "{line}");
            assert!(
                output.stderr.contains("too long to be reviewed"),
                "{}",
                output.stderr
            );
        }
    }
}

#[test]
fn trace_shows_size_of_long_bodies() {
    let body = format!("[{}]", vec!["{}"; 500_000].join(","));
    let output = run("agents -vv -o name", body.as_str());
    let shown = format!(
        "trace: < (a body of {} bytes, too long to show)\n",
        body.len()
    );
    assert!(output.stderr.contains(&shown), "{}", output.stderr.len());
    assert!(output.stderr.len() < 10_000);
}

#[test]
fn long_cell_does_not_widen_every_row() {
    let long = "x".repeat(100_000);
    let mut items = vec![format!(r#"{{"id":"{long}","name":"n"}}"#)];
    items.extend((0..500).map(|id| format!(r#"{{"id":"a{id}","name":"n"}}"#)));
    let body = format!("[{}]", items.join(","));
    let terminal = |line: &str, body: &str| {
        let router = Router::script([Answer::json(200, body)]);
        router.home().run_on_terminal("", line)
    };
    let output = terminal("agents --color never", &body);
    assert_eq!(output.stdout.lines().count(), 502);
    assert!(output.stdout.len() < 1_000_000, "{}", output.stdout.len());
    // The names of an object's members neither.
    let members: Vec<String> = (0..500).map(|id| format!("\"m{id}\":1")).collect();
    let body = format!("{{\"{long}\":1,{}}}", members.join(","));
    let output = terminal("api GET /x -o table --color never", &body);
    assert_eq!(output.stdout.lines().count(), 501);
    assert!(output.stdout.len() < 1_000_000, "{}", output.stdout.len());
}

#[test]
fn lone_surrogate_is_shown_as_escape() {
    let body = r#"{"data":[{"id":"a\ud800","name":"cut \ud83d \u00e9\ud83d\ude00\"","\ud800":1,"status":"\udc00"}]}"#;
    let output = run("agents --no-headers", body);
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, "a\\ud800\tcut \\ud83d é😀\"\t-\t\\udc00\t-\t-\n"),
        "{}",
        output.stderr
    );
    let output = run("agents -o json", body);
    assert_eq!(output.stdout, format!("{body}\n"));
    let output = run("api GET /x -o table", r#"{"\ud800":"\ud800","b":1}"#);
    assert_eq!(output.stdout, "\\ud800\t\\ud800\nb\t1\n");
    let output = run(
        "agents a1 -o csv",
        r#"{"id":"a1","\ud800":1,"name":"\ud800"}"#,
    );
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("\na1,\\ud800,"), "{}", output.stdout);
}

#[test]
fn unusual_json_is_unchanged_and_shown_if_possible() {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let members = (0..3000).map(|id| format!("\"m{id}\":{id},"));
    let many: String = members.collect();
    for (item, name) in [
        (
            r#"{"id":"a","name":"first","name":"second"}"#.to_owned(),
            "second",
        ),
        (r#"{"id":"a","name":1e999}"#.to_owned(), "1e999"),
        (
            r#"{"id":"a","name":123456789012345678901234567890.10}"#.to_owned(),
            "123456789012345678901234567890.10",
        ),
        (format!(r#"{{"id":"a","x":{deep},"name":"n"}}"#), "n"),
        (format!(r#"{{{many}"id":"a","name":"behind"}}"#), "behind"),
        (
            format!(r#"{{"name":"before",{many}"id":"a","name":"behind"}}"#),
            "behind",
        ),
        (
            r#"{"\u0069d":"a","n\u0061me":"spelled"}"#.to_owned(),
            "spelled",
        ),
    ] {
        let body = format!(
            r#"{{"data":[1],"data":[{item}],"has_more":0,"has_more":false,"last_id":{{}}}}"#
        );
        let output = run("agents -o json", body.clone());
        assert_eq!(output.stdout, format!("{body}\n"));
        let output = run("agents --no-headers", format!("\u{feff}{body}"));
        assert_eq!(output.code, 0, "{}", output.stderr);
        assert_eq!(output.stdout, format!("a\t{name}\t-\t-\t-\t-\n"));
    }
    for broken in [
        r#"{"data":[NaN]}"#,
        r#"{"data":[]} {}"#,
        "{\"data\":[]}\0",
        r#"{"data":[Infinity]}"#,
        r#"{"data":[01]}"#,
        "{'data':[]}",
    ] {
        for format in ["json", "table"] {
            let output = run(&format!("agents -o {format}"), broken);
            assert_eq!((output.code, output.stdout.as_str()), (17, ""), "{broken}");
        }
    }
}
