//! `xeroctl api` with `--all`, `--limit` and `--after`: lists of anything, page by page.

use crate::cli::shown::{FORMATS, transcript};
use crate::support::Output;
use crate::support::router::{Answer, Router};

/// The parameter of this name in a query.
fn parameter<'a>(target: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = target.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// A router with a list of the numbers 1 to 250, which gives at most 100 at once, and 20 where nothing is said.
fn numbers() -> Router {
    Router::rules(|asked| {
        let number = |name| parameter(&asked.target, name)?.parse::<usize>().ok();
        let first = number("after").unwrap_or(0) + 1;
        let last = 250.min(first - 1 + number("limit").unwrap_or(20).min(100));
        let items = (first..=last).map(|at| format!(r#"{{"id":"{at}","n":{at}.50}}"#));
        let items = items.collect::<Vec<_>>().join(",");
        let more = last < 250;
        Answer::json(
            200,
            format!(r#"{{"object":"list","data":[{items}],"last_id":"{last}","has_more":{more}}}"#),
        )
    })
}

/// Runs a command line; returns the run and the requests.
fn run(line: &str) -> (Output, Vec<String>) {
    let router = numbers();
    let output = router.home().run(line);
    (output, router.lines())
}

#[test]
fn all_requests_pages_of_a_hundred() {
    let (output, lines) = run("api GET /things --all -o name");
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
    let all: Vec<String> = (1..=250).map(|at| at.to_string()).collect();
    assert_eq!(output.stdout.lines().collect::<Vec<_>>(), all);
    assert_eq!(
        lines,
        [
            "GET /things?limit=100",
            "GET /things?limit=100&after=100",
            "GET /things?limit=100&after=200",
        ]
    );
}

#[test]
fn merges_pages_into_one_document() {
    let (output, _) = run("api GET /things --all");
    let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("one document");
    let ids = document["data"].as_array().expect("data").iter();
    let ids: Vec<_> = ids.map(|item| item["id"].as_str()).collect();
    assert_eq!(ids.len(), 250);
    assert_eq!(ids[249], Some("250"));
    assert!(
        output
            .stdout
            .starts_with(r#"{"object":"list","data":[{"id":"1","n":1.50},"#)
    );
    assert!(
        output
            .stdout
            .ends_with("],\"last_id\":\"250\",\"has_more\":false}\n")
    );
}

#[test]
fn limit_is_a_total() {
    for (line, wanted) in [
        ("--limit 3", vec!["GET /things?limit=3"]),
        (
            "--limit 120",
            vec!["GET /things?limit=100", "GET /things?limit=20&after=100"],
        ),
        (
            "--after 200 --limit 9",
            vec!["GET /things?limit=9&after=200"],
        ),
        ("--after 240", vec!["GET /things?after=240"]),
        ("--after 200 --all", vec!["GET /things?limit=100&after=200"]),
    ] {
        let (output, lines) = run(&format!("api GET /things {line} -o name"));
        assert_eq!(output.code, 0, "{}", output.stderr);
        assert_eq!(lines, wanted, "{line}");
    }
    // Without any of them it is one request like any other.
    let (output, lines) = run("api GET /things -o name");
    assert_eq!(output.stdout.lines().count(), 20);
    assert_eq!(lines, ["GET /things"]);
}

#[test]
fn keeps_query_in_every_request() {
    let (output, lines) =
        run("api GET '/v1/things?status=a%20b' -f 'x y=1' --limit 120 -o name -H 'accept: a/b'");
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(
        lines,
        [
            "GET /things?status=a%20b&x%20y=1&limit=100",
            "GET /things?status=a%20b&x%20y=1&limit=20&after=100",
        ]
    );
}

#[test]
fn list_with_continuation_in_each_format() {
    let router = numbers();
    let runs = FORMATS.map(|format| {
        let line = format!("api GET '/things?a=b c' -f d=e --limit 2 -o {format}");
        router.home().run(&line)
    });
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn accepts_lists_of_every_form() {
    let all = [
        "[1,\"two\",null,{\"id\":\"x\"},[3]]",
        "[]",
        r#"{"data":[],"x":1}"#,
        r#"{"x":[1],"data":[{"name":"only a name"}],"y":2}"#,
        r#"{"items":[{"id":"a"}]}"#,
        r#"{"data":{"id":"a"}}"#,
        r#"{"id":"a"}"#,
        "no list",
        "",
    ]
    .map(|body| {
        let runs = ["json", "table", "name"].map(|format| {
            let router = Router::rules(move |_| Answer::json(200, body));
            router.home().run(&format!("api GET /a --all -o {format}"))
        });
        format!("=== {body} ===\n\n{}", transcript(&runs))
    });
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn interrupted_list_prints_continuation() {
    let page = r#"{"data":[{"id":"a"},{"id":"b"}],"has_more":true,"last_id":"b"}"#;
    let all = ["json", "ndjson", "table"].map(|format| {
        let router = Router::script([
            Answer::json(200, page),
            Answer::fault(403, "scope_insufficient"),
        ]);
        let line = format!("api GET '/a?b=c d' -f e=f --all -o {format}");
        transcript(&[router.home().run(&line)])
    });
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn continuation_continues_the_list() {
    let router = numbers();
    let home = router.home();
    let first = home.run("api GET '/things?a=b c' -f d=e --limit 2 -o name");
    let next = first
        .stderr
        .lines()
        .find_map(|line| line.split_once("; continue with ").map(|it| it.1));
    let next = next.expect("an option");
    let next = home.run(&format!(
        "api GET '/things?a=b c' -f d=e --limit 2 -o name {next}"
    ));
    assert_eq!(next.stdout, "3\n4\n");
    assert_eq!(
        router.lines(),
        [
            "GET /things?a=b%20c&d=e&limit=2",
            "GET /things?a=b%20c&d=e&limit=2&after=2"
        ]
    );
}

#[test]
fn stops_endless_lists() {
    let page = r#"{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"#;
    let router = Router::script([Answer::json(200, page), Answer::json(200, page)]);
    let run = router.home().run("api GET /a --all -o name");
    assert_eq!((run.code, run.stdout.as_str()), (17, "a\n"));
    assert!(
        run.stderr.contains("the list does not end"),
        "{}",
        run.stderr
    );
}
