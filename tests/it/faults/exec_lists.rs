//! Local filters: `exec list` and `approvals list --status` read until enough items match.

use crate::support::Output;
use crate::support::router::{Answer, Router};

/// The executions with these numbers; every tenth failed, and the tool, invocation and time follow from the number.
fn runs(numbers: std::ops::Range<u32>, more: bool) -> Answer {
    let last = numbers.end - 1;
    let items: Vec<String> = numbers
        .map(|n| {
            let status = if n.is_multiple_of(10) { "failed" } else { "completed" };
            let tool = if n.is_multiple_of(20) { "a/b" } else { "t" };
            let (hour, minute) = (11 - n / 60, 59 - n % 60);
            format!(
                r#"{{"id":"e{n}","invocation_id":"i{n}","status":"{status}","tool_name":"{tool}","created_at":"2026-11-22T{hour:02}:{minute:02}:00Z","x":1.50}}"#
            )
        })
        .collect();
    let items = items.join(",");
    Answer::json(
        200,
        format!(
            r#"{{"object":"list","data":[{items}],"first_id":"f","last_id":"e{last}","has_more":{more},"y":1}}"#
        ),
    )
}

/// Runs a command line against these pages; returns what was asked, too.
fn run(line: &str, pages: impl IntoIterator<Item = Answer>) -> (Output, Vec<String>) {
    let router = Router::script(pages);
    let output = router.home().run(line);
    (output, router.lines())
}

fn names(output: &Output) -> Vec<&str> {
    output.stdout.lines().collect()
}

#[test]
fn reads_until_twenty_match_and_reports_the_count() {
    let pages = [
        runs(1..101, true),
        runs(101..201, true),
        runs(201..301, true),
    ];
    let (output, asked) = run("exec list --status failed -o name", pages[..2].to_vec());
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(
        asked,
        [
            "GET /exec/executions?limit=100",
            "GET /exec/executions?limit=100&after=e100"
        ]
    );
    assert_eq!(names(&output).len(), 20, "{}", output.whole());
    assert_eq!(
        output.stderr,
        "20 matches (200 checked)\nhint: more may be available; add --all, or --after e200\n"
    );
}

#[test]
fn continues_after_the_last_checked_item() {
    let (output, _) = run(
        "exec list --status failed --limit 3 -o name",
        [runs(1..101, true)],
    );
    assert_eq!(names(&output), ["e10", "e20", "e30"]);
    assert!(
        output.stderr.starts_with("3 matches (30 checked)"),
        "{}",
        output.whole()
    );
    let next = output
        .stderr
        .lines()
        .last()
        .and_then(|hint| hint.split_once("; continue with "));
    let next = next.expect("an option").1;
    let next = format!("exec list --status failed --limit 3 -o name {next}");
    let (output, asked) = run(&next, [runs(31..131, true)]);
    assert_eq!(asked, ["GET /exec/executions?limit=100&after=e30"]);
    assert_eq!(names(&output), ["e40", "e50", "e60"]);
}

#[test]
fn end_of_list_has_no_hint() {
    let (output, _) = run("exec list --status failed -o name", [runs(1..31, false)]);
    assert_eq!(names(&output), ["e10", "e20", "e30"]);
    assert_eq!(output.stderr, "3 matches (30 checked)\n");
    let (output, _) = run(
        "exec list --status failed --limit 3 -o name",
        [runs(1..31, false)],
    );
    assert_eq!(output.stderr, "3 matches (30 checked)\n", "nothing is left");
    let (output, asked) = run(
        "exec list --status failed --all -o name",
        [
            runs(1..101, true),
            runs(101..201, true),
            runs(201..251, false),
        ],
    );
    assert_eq!((names(&output).len(), asked.len()), (25, 3));
    assert_eq!(output.stderr, "25 matches (250 checked)\n");
}

#[test]
fn no_match_prints_header_and_sentence() {
    let (output, _) = run("exec list --tool none", [runs(1..31, false)]);
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(
        output.stdout,
        "ID\tInvocation\tStatus\tExit Code\tCreated\n"
    );
    assert!(output.stderr.contains("(30 checked)"), "{}", output.whole());
    let (output, _) = run("exec list --tool none -o json", [runs(1..31, false)]);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(document["data"], serde_json::json!([]));
    assert_eq!(document["has_more"], false);
}

#[test]
fn filters_select_alone_and_combined() {
    for (filter, expected) in [
        ("--status failed,timeout", &["e10", "e20", "e30"][..]),
        ("--status failed --status timeout", &["e10", "e20", "e30"]),
        ("--tool a/b", &["e20"]),
        ("--invocation i7", &["e7"]),
        ("--since 4m", &["e1", "e2", "e3"]),
        ("--since 2026-11-22T11:58:00Z", &["e1"]),
        ("--since 2026-11-22T12:58:00+01:00", &["e1"]),
        ("--since 1d --status failed --tool t", &["e10", "e30"]),
        ("--invocation i20 --tool t", &[]),
    ] {
        let line = format!("exec list {filter} -o name");
        let (output, _) = run(&line, [runs(1..31, false)]);
        assert_eq!(
            (output.code, &names(&output)[..]),
            (0, expected),
            "{filter}"
        );
    }
}

#[test]
fn envelope_is_that_of_the_first_page() {
    let (output, _) = run(
        "exec list --invocation i150 --limit 1 -o json",
        [runs(1..101, true), runs(101..201, true)],
    );
    assert_eq!(
        output.stdout,
        "{\"object\":\"list\",\"y\":1,\"data\":[{\"id\":\"e150\",\"invocation_id\":\"i150\",\"status\":\"failed\",\"tool_name\":\"t\",\"created_at\":\"2026-11-22T09:29:00Z\",\"x\":1.50}],\"last_id\":\"e150\",\"has_more\":true}\n"
    );
}

#[test]
fn interrupted_list_keeps_matches_and_prints_continuation() {
    let broken = || {
        [runs(1..101, true)]
            .into_iter()
            .chain(vec![Answer::empty(503); 4])
    };
    let (output, _) = run("exec list --status failed -o json", broken());
    assert_eq!(output.code, 17, "{}", output.whole());
    let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(document["data"].as_array().map(Vec::len), Some(10));
    assert_eq!(document["has_more"], true);
    assert_eq!(document["last_id"], "e100");
    let next = "xeroctl exec list --status failed -o json --after e100";
    assert!(output.stderr.contains(next), "{}", output.whole());
    let (output, _) = run("exec list --status failed -o name", broken());
    assert_eq!((output.code, names(&output).len()), (17, 10));
}

#[test]
fn circular_list_exits_17() {
    let pages = [runs(1..101, true), runs(1..101, true)];
    let (output, asked) = run("exec list --tool none -o name", pages);
    assert_eq!((output.code, asked.len()), (17, 2), "{}", output.whole());
}

#[test]
fn unfiltered_list_is_requested_as_usual() {
    let (output, asked) = run("exec list -o name", [runs(1..21, true)]);
    assert_eq!(asked, ["GET /exec/executions"]);
    assert_eq!(names(&output).len(), 20);
    assert!(output.stderr.contains("--after e20"), "{}", output.whole());
}

#[test]
fn unknown_status_is_reported_and_searched() {
    let page = r#"{"data":[{"id":"e1","status":"melted"},{"id":"e2","status":"failed"}]}"#;
    let pages = [Answer::json(200, page), Answer::json(200, r#"{"data":[]}"#)];
    let router =
        Router::rules(move |asked| pages[usize::from(asked.target.contains("after"))].clone());
    let output = router.home().run("exec list --status melted -o name");
    assert_eq!((output.code, output.stdout.as_str()), (0, "e1\n"));
    assert!(
        output.stderr.contains("unknown status 'melted'"),
        "{}",
        output.whole()
    );
}

#[test]
fn usage_errors_exit_2_before_any_request() {
    let router = Router::unasked();
    for options in [
        "--since tomorrow",
        "--since 0",
        "--since -5m",
        "--since ''",
        "--since 2026-13-01T00:00:00Z",
        "--since 5mm",
        "--status ''",
        "--tool ''",
        "--invocation ''",
        "--limit 0",
        "--limit 5 --all",
        "--after ''",
    ] {
        let output = router.home().run(&format!("exec list {options}"));
        assert_eq!(output.code, 2, "{}", output.whole());
    }
    for options in ["--risk low", "--risk ''", "--status ''", "--limit 0"] {
        let output = router.home().run(&format!("approvals list {options}"));
        assert_eq!(output.code, 2, "{}", output.whole());
    }
    assert_eq!(router.lines(), [""; 0]);
}

/// A page of approvals; every tenth is pending.
fn approvals(numbers: std::ops::Range<u32>, more: bool) -> Answer {
    let last = numbers.end - 1;
    let items: Vec<String> = numbers
        .map(|n| {
            let status = if n.is_multiple_of(10) {
                "pending"
            } else {
                "approved"
            };
            format!(r#"{{"id":"p{n}","status":"{status}","risk":"write","tool":"t"}}"#)
        })
        .collect();
    let items = items.join(",");
    let text = format!(r#"{{"data":[{items}],"last_id":"p{last}","has_more":{more}}}"#);
    Answer::json(200, text)
}

#[test]
fn approvals_filter_status_locally_and_risk_remotely() {
    let (output, asked) = run(
        "approvals list --risk write --status pending -o name",
        [approvals(1..101, true), approvals(101..301, true)],
    );
    assert_eq!(
        asked,
        [
            "GET /exec/approvals?risk=write&limit=100",
            "GET /exec/approvals?risk=write&limit=100&after=p100"
        ]
    );
    assert_eq!(names(&output).len(), 20, "{}", output.whole());
    assert_eq!(
        output.stderr,
        "20 matches (200 checked)\nhint: more may be available; add --all, or --after p200\n"
    );
    let (output, asked) = run("approvals list", [approvals(1..3, false)]);
    assert_eq!(asked, ["GET /exec/approvals"]);
    assert_eq!(
        output.stdout,
        "ID\tStatus\tRisk\tTool\tCreated\np1\tapproved\twrite\tt\t-\np2\tapproved\twrite\tt\t-\n",
        "the time that is left is for terminals"
    );
}
