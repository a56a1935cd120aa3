//! `approvals list` and `show`: pending approvals as they appear before the decision.

use crate::cli::shown::{FORMATS, in_each_format, on, runs, sandbox, terminal, transcript};
use crate::support::router::{Answer, Router};

#[test]
fn list_in_each_format() {
    insta::assert_snapshot!(in_each_format("approvals list --limit 2"));
}

#[test]
fn list_on_terminal_has_remaining_time() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        on(&home, 120, "approvals list"),
        on(&home, 80, "approvals list"),
        on(&home, 50, "approvals list"),
        on(&home, 160, "approvals list -o wide --status pending"),
        on(&home, 80, "approvals list --time utc --limit 3"),
    ]));
}

#[test]
fn remaining_time_uses_the_server_clock() {
    let body =
        r#"{"data":[{"id":"apr_1","status":"pending","expires_at":"2026-11-22T12:10:00Z"}]}"#;
    for (date, left) in [
        (None, "10m"),
        (Some("Sun, 22 Nov 2026 12:00:02 GMT"), "10m"),
        (Some("Sun, 22 Nov 2026 12:07:00 GMT"), "3m"),
        (Some("Sun, 22 Nov 2026 11:50:00 GMT"), "20m"),
        (Some("Sun, 22 Nov 2026 12:11:00 GMT"), "over"),
        (Some("nonsense"), "10m"),
    ] {
        let router = Router::rules(move |_| {
            let answer = Answer::json(200, body);
            date.into_iter()
                .fold(answer, |answer, date| answer.header("Date", date))
        });
        for line in ["approvals list", "approvals list --status pending"] {
            let run = router.home().run_on(terminal(120), "", line);
            let has_left = run.stdout.split_whitespace().any(|word| word == left);
            assert!(has_left, "{date:?} {line}: {}", run.stdout);
        }
    }
}

#[test]
fn filters_risk_remotely_and_status_locally() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "approvals list --risk irreversible",
            "approvals list --risk read",
            "approvals list --status pending",
            "approvals list --status rejected,timed_out --limit 1",
            "approvals list --risk destructive --status approved -o json",
            "approvals list --status sleeping",
            "approvals list --limit 2 --no-headers",
        ],
    ));
    let router = Router::rules(|_| Answer::json(200, r#"{"data":[]}"#));
    for line in ["--risk write", "--risk write --status pending --limit 3"] {
        assert_eq!(router.home().run(&format!("approvals list {line}")).code, 0);
    }
    assert_eq!(
        router.lines(),
        [
            "GET /exec/approvals?risk=write",
            "GET /exec/approvals?risk=write&limit=100"
        ]
    );
}

#[test]
fn empty_list_prints_header_and_sentence() {
    let router = Router::rules(|_| Answer::json(200, r#"{"object":"list","data":[]}"#));
    let home = router.home();
    let off = FORMATS.map(|format| home.run(&format!("approvals list -o {format}")));
    let on = on(&home, 80, "approvals list --status pending");
    insta::assert_snapshot!(transcript(&off.into_iter().chain([on]).collect::<Vec<_>>()));
}

#[test]
fn show_prints_digest_in_each_format() {
    insta::assert_snapshot!(in_each_format("approvals show apr_5a6b7c8d"));
}

#[test]
fn show_on_terminal_prints_arguments_with_schema() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        on(&home, 120, "approvals show apr_7c1d2e3f"),
        on(&home, 80, "approvals show apr_5a6b7c8d"),
        on(&home, 50, "approvals show apr_hu43jsiom1tma7v3"),
        on(&home, 80, "approvals show apr_5a6b7c8d -o json"),
    ]));
}

#[test]
fn show_of_decided_approval_omits_next_commands() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "approvals show apr_4y6n3wd25rq4f5zr",
            "approvals show apr_37e3p3e2z8iq9y7j -o wide",
            "approvals show apr_9ee0vbgi09qynk8w",
            "approvals show apr_none",
        ],
    ));
}

#[test]
fn accepts_sparse_and_respelled_approvals() {
    let show = |body: &'static str| {
        let router = Router::rules(move |asked| {
            if asked.target.contains("/tools/") {
                Answer::fault(404, "exec_tool_not_found")
            } else {
                Answer::json(200, body)
            }
        });
        router.home().run("approvals show a")
    };
    insta::assert_snapshot!(transcript(&[
        show("{}"),
        show(r#"{"id":"a","status":"pending"}"#),
        show(
            r#"{"id":"a","status":"pending","tool":"t","risk":"cosmic","args":null,"expires_at":1795352400}"#
        ),
        show(
            r#"{"id":"a","status":"postponed","tool_name":"t","args":[1,2.50],"created_at":"soon"}"#
        ),
        show(
            r#"{"id":"a","status":"pending","tool_name":"t","args":{"z":1,"a":{"y":[],"b":1E2}}}"#
        ),
    ]));
}

#[test]
fn rejects_duplicate_members() {
    let show = |body: &str, words: &str| {
        let router = Router::script([Answer::json(200, body)]);
        router.home().run(&format!("approvals {words}"))
    };
    let twice = r#"{"id":"a","status":"pending","risk":"write","tool_name":"t","args":{"node":"a","node":"b"}}"#;
    insta::assert_snapshot!(transcript(&[
        show(twice, "show a"),
        show(
            r#"{"id":"a","tool_name":"t","tool_name":"u","args":{}}"#,
            "show a"
        ),
        show(
            r#"{"id":"a","tool_name":"t","tool":"u","args":{}}"#,
            "show a -o name"
        ),
        show(
            r#"{"id":"a","tool_name":"t","args":{"a":[{"b":1,"\u0062":2}]}}"#,
            "show a -o csv"
        ),
        show(
            twice,
            "approve a --expect sha256:0000000000000000000000000000000000000000000000000000000000000000"
        ),
    ]));
}

#[test]
fn json_is_unchanged() {
    let body = "{ \"id\":\"a\",\t\"status\":\"pending\", \"tool_name\":\"t\\u0065\", \"args\":{\"n\":1.50,\"big\":123456789012345678901234567890},\n \"zzz\":[ ] }";
    let router = Router::rules(move |_| Answer::json(200, body));
    let run = router.home().run("approvals show a -o json");
    assert_eq!(run.stdout, format!("{body}\n"));
    let list = format!("{{ \"data\":[ {body} ] , \"x\" : 1.0}}");
    let sent = list.clone();
    let router = Router::rules(move |_| Answer::json(200, sent.clone()));
    let run = router.home().run("approvals list -o json");
    assert_eq!(run.stdout, format!("{list}\n"));
}

#[test]
fn colors_risks_and_statuses_without_cutting_them() {
    let home = sandbox();
    let painted = [
        "approvals list --limit 5",
        "approvals show apr_7c1d2e3f -q",
        "exec list --limit 3",
        "exec tools -o wide --limit 7",
        "exec tool-show kubectl_drain -q",
    ]
    .map(|line| home.run_on(terminal(160), "", &format!("{line} --color always")));
    insta::assert_snapshot!(transcript(&painted).replace('\u{1b}', "ESC"));
    for width in [20, 36, 48, 60] {
        let run = on(&home, width, "approvals list");
        for cut in ["irrevers…", "destruc…", "pendi…", "approv…"] {
            assert!(!run.stdout.contains(cut), "{width}: {}", run.stdout);
        }
    }
}

#[test]
fn color_changes_nothing_else() {
    let home = sandbox();
    let escapes = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("a pattern");
    for line in [
        "approvals list",
        "approvals show apr_5a6b7c8d",
        "exec list -o wide",
        "exec tool-show kubectl_drain",
        "exec invocations",
        "exec learnings list --workspace ws_a1b2c3d4",
        "exec context show --workspace ws_a1b2c3d4",
    ] {
        for width in [40, 80, 160] {
            let run = |colour: &str| {
                let line = format!("{line} --color {colour}");
                home.run_on(terminal(width), "", &line).stdout
            };
            let painted = run("always");
            assert_ne!(painted, run("never"), "{line}");
            assert_eq!(escapes.replace_all(&painted, ""), run("never"), "{line}");
        }
    }
}
