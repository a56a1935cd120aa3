//! Retries with the squads API. After a 500 on a write, the outcome is unknown, so it is not retried.

use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, SQUAD, home, read_before};

/// Reads and their requests.
const READS: &[(&str, &str)] = &[
    ("squads me", "GET /api/agents/me"),
    ("squads inbox", "GET /api/agents/me/inbox-lite"),
    ("squads agents", "GET /api/squads/SQUAD/agents"),
    ("squads show AGENT", "GET /api/agents/AGENT"),
    ("squads keys AGENT", "GET /api/agents/AGENT/keys"),
    (
        "squads runtime AGENT",
        "GET /api/agents/AGENT/runtime-state",
    ),
];

/// Writes.
pub(crate) const WRITES: &[&str] = &[
    "squads create --name n --role r --adapter a",
    "squads hire --name n --role r",
    "squads update AGENT --title T",
    "squads permissions AGENT --can-create-agents true --can-assign-tasks true",
    "squads instructions-path AGENT p",
    "squads pause AGENT",
    "squads resume AGENT",
    "squads terminate AGENT --force",
    "squads delete AGENT --force",
    "squads create-key AGENT --name n",
    "squads revoke-key AGENT k --force",
    "squads reset-session AGENT",
];

#[test]
fn read_is_retried_after_a_transient_error() {
    for (line, request) in READS {
        let line = line.replace("AGENT", CODER);
        let well = if ["inbox", "agents", "keys"]
            .iter()
            .any(|list| line.contains(list))
        {
            "[]"
        } else {
            "{}"
        };
        let request = request.replace("AGENT", CODER).replace("SQUAD", SQUAD);
        for fault in [
            Dialect::Server.fault(500, "Internal server error", ""),
            Answer::new(502, "text/html", "<html>"),
            Answer::dropped(),
        ] {
            let server = Router::script([fault, Answer::json(200, well)]);
            let run = home(&server).run(&line);
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
            assert_eq!(server.lines(), [request.clone(), request.clone()]);
        }
    }
}

#[test]
fn failing_read_exits_17_after_four_attempts() {
    let server = Router::rules(|_| Dialect::Server.fault(500, "Internal server error", ""));
    let run = home(&server).run("squads me");
    assert_eq!((run.code, server.lines().len()), (17, 4), "{}", run.stderr);
    assert!(!run.stderr.contains("outcome"), "{}", run.stderr);
}

#[test]
fn sent_write_is_sent_once() {
    for line in WRITES {
        let line = line.replace("AGENT", CODER);
        for fault in [
            Dialect::Server.fault(500, "Internal server error", ""),
            Dialect::Page.fault(500, "Internal server error", "internal_error"),
            Answer::new(502, "text/html", "<html>"),
            Answer::json(503, r#"{"error":"starting"}"#),
            Answer::empty(504),
            Answer::dropped(),
            Answer::json(200, r#"{"ok":true}"#).cut(),
            Answer::new(200, "text/html", "<html>"),
        ] {
            let before = read_before(&line);
            let count = before.len() + 1;
            let server = Router::script(before.into_iter().chain([fault.clone()]));
            let run = home(&server).run(&line);
            assert_eq!(run.code, 17, "{line} {fault:?}: {}", run.stderr);
            assert_eq!(server.lines().len(), count, "{line} {fault:?}");
            assert!(
                run.stderr.contains("outcome: unknown"),
                "{line}: {}",
                run.stderr
            );
            assert!(
                run.stderr.contains("check the result: xeroctl squads "),
                "{line}: {}",
                run.stderr
            );
            for wrong in ["nothing was", "not changed", "try again"] {
                assert!(!run.stderr.contains(wrong), "{line}: {}", run.stderr);
            }
        }
    }
}

#[test]
fn throttled_write_is_retried() {
    let server = Router::script([
        Answer::json(429, r#"{"error":"slow down"}"#).header("Retry-After", "0"),
        Answer::json(200, r#"{"ok":true}"#),
    ]);
    let run = home(&server).run(&format!("squads pause {CODER}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(server.lines().len(), 2);
}

#[test]
fn only_the_read_before_a_write_is_retried() {
    // Looking up a name, then the change.
    let list = r#"[{"id":"3fcb87f5-40bf-4e11-b004-a986b1c8cef0","name":"Coder"}]"#;
    let server = Router::script([
        Answer::json(500, r#"{"error":"Internal server error"}"#),
        Answer::json(200, list),
        Answer::json(500, r#"{"error":"Internal server error"}"#),
    ]);
    let run = home(&server).run("squads pause Coder");
    assert_eq!(run.code, 17, "{}", run.stderr);
    assert_eq!(
        server.lines(),
        [
            format!("GET /api/squads/{SQUAD}/agents"),
            format!("GET /api/squads/{SQUAD}/agents"),
            format!("POST /api/agents/{CODER}/pause"),
        ]
    );
}

#[test]
fn timeout_covers_the_whole_command() {
    let server = Router::script([Answer::silence()]);
    let run = home(&server).run(&format!("squads pause {CODER} --timeout 200ms"));
    assert_eq!(run.code, 17, "{}", run.stderr);
    assert!(run.stderr.contains("outcome: unknown"), "{}", run.stderr);
    let server = Router::script([Answer::silence()]);
    let run = home(&server).run("squads me --timeout 200ms");
    assert_eq!(run.code, 17, "{}", run.stderr);
    assert!(!run.stderr.contains("outcome"), "{}", run.stderr);
}
