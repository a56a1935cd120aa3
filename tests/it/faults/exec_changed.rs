//! Approvals are read again after the prompt, and must be unchanged and unambiguous.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Output;
use crate::support::exec::line;
use crate::support::router::{Answer, Router};

const PLAIN: &str =
    r#""status":"pending","risk":"write","tool_name":"t","workspace_id":"ws_1","args":{"n":1}"#;

/// A router whose approvals say this until the prompt, and `changed` of `apr_2` after it.
fn changing(before: &'static str, changed: &'static str) -> Router {
    let reads = AtomicUsize::new(0);
    Router::rules(move |asked| {
        let path = line(asked);
        let id = path.split('/').nth(3).unwrap_or_default().to_owned();
        if asked.method == "POST" {
            return Answer::json(200, "{}");
        }
        let is_again = id == "apr_2" && reads.fetch_add(1, Ordering::SeqCst) > 0;
        let members = if is_again { changed } else { before };
        Answer::json(200, format!(r#"{{"id":"{id}",{members}}}"#))
    })
}

/// The IDs of what was approved.
fn approved(router: &Router) -> Vec<String> {
    let posts = router.asked().into_iter();
    let posts = posts.filter(|asked| asked.method == "POST");
    let ids = posts.filter_map(|asked| line(&asked).split('/').nth(3).map(str::to_owned));
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids
}

fn rows(output: &Output) -> Vec<String> {
    let rows = output.stdout.lines().skip(1);
    rows.map(|row| {
        let words = row.split_whitespace().take(2);
        words.collect::<Vec<_>>().join(" ")
    })
    .collect()
}

/// What may have changed while the prompt was answered.
fn changes() -> Vec<&'static str> {
    let changes = [
        PLAIN.replace("write", "destructive"),
        PLAIN.replace("write", "irreversible"),
        PLAIN.replace(r#""risk":"write","#, ""),
        PLAIN.replace(r#"{"n":1}"#, r#"{"n":2}"#),
        PLAIN.replace(r#""t""#, r#""u""#),
        PLAIN.replace("ws_1", "ws_2"),
        PLAIN.replace("pending", "rejected"),
        PLAIN.replace(r#""args""#, r#""args":{"n":1},"Args""#) + r#","args":3"#,
        PLAIN.to_owned() + r#","arguments":{"n":2}"#,
        PLAIN.to_owned() + r#","Risk":"read""#,
    ];
    changes.map(|change| &*change.leak()).to_vec()
}

#[test]
fn approvals_changed_after_the_prompt_are_not_approved() {
    let line = "approvals approve apr_1 apr_2 apr_3 --color never";
    let output = changing(PLAIN, PLAIN).home().run_on_terminal("3\n", line);
    assert_eq!(output.code, 0, "{}", output.whole());
    for change in changes() {
        let router = changing(PLAIN, change);
        let output = router.home().run_on_terminal("3\n", line);
        assert_eq!(output.code, 15, "{change}: {}", output.whole());
        assert_eq!(approved(&router), ["apr_1", "apr_3"], "{change}");
        assert_eq!(
            rows(&output),
            ["apr_1 approved", "apr_2 failed", "apr_3 approved"]
        );
    }
}

#[test]
fn approval_changed_after_the_prompt_is_not_approved() {
    let grave: &str = PLAIN.replace("write", "irreversible").leak();
    let line = "approvals approve apr_2 --color never";
    let output = changing(grave, grave).home().run_on_terminal("t\n", line);
    assert_eq!(output.code, 0, "{}", output.whole());
    for change in changes() {
        let router = changing(grave, change);
        // The first look sees the risk for which the name is typed.
        let output = router.home().run_on_terminal("t\n", line);
        if change.contains("irreversible") {
            assert_eq!(output.code, 0, "{}", output.whole());
            continue;
        }
        assert!(
            [6, 17].contains(&output.code),
            "{change}: {}",
            output.whole()
        );
        assert_eq!(approved(&router), [""; 0], "{change}");
    }
}

#[test]
fn prompt_about_several_shows_the_calls() {
    let long: &str = PLAIN
        .replace(
            r#"{"n":1}"#,
            &format!(r#"{{"n":"{}\u001b[2J"}}"#, "x".repeat(5_000)),
        )
        .leak();
    let router = changing(long, long);
    let output = router
        .home()
        .run_on_terminal("n\n", "approvals approve apr_1 apr_2 --color never");
    assert_eq!(output.code, 16, "{}", output.whole());
    assert_eq!(approved(&router), [""; 0]);
    for id in ["apr_1", "apr_2"] {
        let told = format!("{id}: tool t, risk write, workspace ws_1, arguments {{\"n\":\"xxx");
        assert!(output.stderr.contains(&told), "{}", output.whole());
    }
    assert!(output.stderr.len() < 2_000, "{}", output.stderr.len());
    // Nothing is asked, and so nothing shown, where the command line agrees already.
    let output = router
        .home()
        .run_on_terminal("", "approvals approve apr_1 apr_2 --force --color never");
    assert!(!output.stderr.contains("arguments"), "{}", output.whole());
}

#[test]
fn ambiguous_approval_exits_17() {
    for members in [
        r#""risk":"read","tool_name":"t","args":{"a":1},"arguments":{"a":2}"#,
        r#""risk":"read","tool_name":"t","args":{"a":1},"Args":{"a":2}"#,
        r#""risk":"read","tool_name":"t","args":{"a":1},"tool_args":{"a":2}"#,
        r#""risk":"read","tool_name":"t","Arguments":{"a":2}"#,
        r#""risk":"read","Risk":"irreversible","tool_name":"t""#,
        r#""risk":"read","RISK ":"irreversible","tool_name":"t""#,
        r#""Risk":"read","tool_name":"t""#,
        r#""risk":"read","risk_level":"irreversible","tool_name":"t""#,
        r#""risk":"read","tool_name":"t","tool":"u""#,
        r#""risk":"read","tool_name":"t","toolName":"u""#,
        r#""risk":"read","tool_name":"t","workspace_id":"a","workspaceId":"b""#,
        r#""risk":"read","tool_name":"t","invocation_id":"a","invocationId":"b""#,
    ] {
        let members: &str = format!(r#""status":"pending",{members}"#).leak();
        for options in [
            "apr_1",
            "apr_1 --force",
            "apr_1 --confirm t",
            "apr_1 apr_2 --force",
        ] {
            let router = changing(members, members);
            let output = router.home().run(&format!("approvals approve {options}"));
            assert_eq!(output.code, 17, "{members}: {}", output.whole());
            assert_eq!(approved(&router), [""; 0], "{members}");
        }
    }
    for members in [
        r#""risk":"read","tool_name":"t","arguments":{"a":1}"#,
        r#""risk":"read","tool_name":"t","args":{"a":1,"b":2},"arguments":{"b":2, "a":1}"#,
        r#""risk":"read","Risk":null,"tool_name":"t","agent":{"id":"x"},"agent_id":"y""#,
    ] {
        let router = changing(members, members);
        let output = router.home().run("approvals approve apr_1");
        assert_eq!(output.code, 0, "{members}: {}", output.whole());
    }
    // Arguments under their other name are shown and digested.
    let members = r#""risk":"read","tool_name":"t","arguments":{"a":41}"#;
    let output = changing(members, members)
        .home()
        .run("approvals show apr_1");
    assert!(output.stdout.contains(r#"{"a":41}"#), "{}", output.whole());
}
