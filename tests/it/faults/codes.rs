//! Error codes: each row of the router's table, with its exit code and advice.

use crate::support::router::{Answer, Router};

/// One documented code: its status, our exit code, and a word of the operator's action and of the command or place that
/// tells more.
struct Row {
    code: &'static str,
    status: u16,
    exit: i32,
    action: &'static str,
    next: &'static str,
}

const fn row(
    code: &'static str,
    status: u16,
    exit: i32,
    action: &'static str,
    next: &'static str,
) -> Row {
    Row {
        code,
        status,
        exit,
        action,
        next,
    }
}

/// The router's troubleshooting page, all of its codes.
const PAGE: [Row; 26] = [
    row(
        "scope_insufficient",
        403,
        4,
        "scope",
        "api GET /management/api-keys",
    ),
    row(
        "cross_project_access",
        403,
        4,
        "project",
        "api GET /management/api-keys",
    ),
    row(
        "project_not_found",
        404,
        5,
        "project",
        "api GET /management/project",
    ),
    row(
        "signing_public_key_required",
        403,
        4,
        "Ed25519",
        "api GET /management/api-keys",
    ),
    row("insufficient_quota", 402, 9, "credit", "api GET /settings"),
    row("billing_delinquent", 402, 9, "paid", "api GET /settings"),
    row("agent_not_found", 404, 5, "agent", "xeroctl agents"),
    row(
        "candidate_not_found",
        404,
        5,
        "candidate",
        "xeroctl agents candidates list agt_1",
    ),
    row("workspace_not_found", 404, 5, "ws_", "api GET /workspaces"),
    row("model_not_found", 404, 5, "model", "api GET /models"),
    row("endpoint_inactive", 503, 17, "active", "api GET /endpoints"),
    row(
        "endpoint_restricted",
        403,
        4,
        "endpoint",
        "api GET /endpoints",
    ),
    row(
        "endpoint_task_mode_mismatch",
        400,
        7,
        "task mode",
        "api GET /endpoints",
    ),
    row("model_not_scoring", 503, 17, "worker", "api GET /endpoints"),
    row("invalid_tier", 400, 7, "tier", "api GET /endpoints"),
    row(
        "exec_tool_not_found",
        400,
        5,
        "spelling",
        "next: xeroctl exec tools",
    ),
    row(
        "tool_not_mcp_visible",
        400,
        7,
        "visibility",
        "next: xeroctl exec tool-show <tool>",
    ),
    row(
        "tool_executor_unavailable",
        503,
        17,
        "online",
        "xeroctl agents",
    ),
    row(
        "capacity_exceeded",
        429,
        9,
        "capacity",
        "next: xeroctl exec list",
    ),
    row(
        "rate_limit_exceeded",
        429,
        9,
        "Retry-After",
        "api GET /settings",
    ),
    row(
        "context_length_exceeded",
        400,
        7,
        "context",
        "api GET /models",
    ),
    row(
        "approval_not_found",
        404,
        5,
        "approval",
        "next: xeroctl approvals list",
    ),
    row(
        "approval_not_pending",
        409,
        6,
        "approved",
        "next: xeroctl approvals show <id>",
    ),
    row(
        "invocation_not_found",
        404,
        5,
        "invocation",
        "next: xeroctl exec list",
    ),
    row(
        "invocation_terminal",
        409,
        6,
        "ended",
        "next: xeroctl exec show <id>",
    ),
    row("internal_error", 500, 17, "request ID", "request ID"),
];

/// Codes that the contract names besides those of the page.
const OTHERS: [(&str, u16, i32); 6] = [
    ("invalid_body", 400, 7),
    ("invalid_request", 400, 7),
    ("json_parse_error", 400, 7),
    ("authentication_error", 401, 4),
    ("quota_exceeded", 429, 9),
    ("exec_tool_not_found", 404, 5),
];

/// The answer with this code to a write, which asks for no retry that would take long.
fn fault(code: &str, status: u16) -> Answer {
    // Longer than may be waited, so that a passing fault is reported at once.
    Answer::fault(status, code).header("Retry-After", "3600")
}

#[test]
fn every_documented_code_has_exit_code_and_advice() {
    for Row {
        code,
        status,
        exit,
        action,
        next,
    } in PAGE
    {
        let router = Router::script([fault(code, status)]);
        let run = router.home().run("agents candidates approve agt_1 cand_1");
        assert_eq!(run.code, exit, "{code}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{code}");
        let first = run.stderr.lines().next().unwrap_or_default();
        assert_eq!(
            first,
            format!(
                "error: could not approve candidate: HTTP {status}: the router says no ({code})"
            )
        );
        assert!(
            run.stderr.contains("\n  request ID: req_42\n"),
            "{code}: {}",
            run.stderr
        );
        let hints: Vec<&str> = run
            .stderr
            .lines()
            .filter(|line| line.starts_with("hint: "))
            .collect();
        assert_eq!(hints.len(), 2, "{code}: {}", run.stderr);
        let hints = hints.join("\n");
        assert!(
            run.stderr.contains(action),
            "{code} lacks {action:?}: {}",
            run.stderr
        );
        assert!(hints.contains(next), "{code} lacks {next:?}: {hints}");
    }
}

/// A line whose request names what the code is about, the responses before the fault, and the command that comes next.
const NAMED: [(&str, &str, u16, &str); 9] = [
    (
        "exec tool-show storage/restore",
        "tool_not_mcp_visible",
        400,
        "exec tool-show storage/restore",
    ),
    (
        "exec invoke --workspace w --tool kubectl_get --args {} --no-validate",
        "tool_not_mcp_visible",
        400,
        "exec tool-show kubectl_get",
    ),
    (
        "exec invoke --workspace w --tool kubectl_get --args {} --no-validate",
        "exec_tool_not_found",
        400,
        "exec tools",
    ),
    (
        "approvals reject apr_1",
        "approval_not_pending",
        409,
        "approvals show apr_1",
    ),
    (
        "approvals reject apr_1",
        "approval_not_found",
        404,
        "approvals list",
    ),
    (
        "exec cancel inv_1",
        "invocation_terminal",
        409,
        "exec show inv_1",
    ),
    (
        "exec cancel -- -inv",
        "invocation_terminal",
        409,
        "exec show -- -inv",
    ),
    (
        "exec cancel inv_1",
        "invocation_not_found",
        404,
        "exec list",
    ),
    ("exec watch inv_1", "invocation_not_found", 404, "exec list"),
];

#[test]
fn next_command_names_the_requested_object() {
    for (line, code, status, next) in NAMED {
        let router = Router::rules(move |asked| {
            if asked.target.ends_with("/stream") {
                Answer::empty(404)
            } else {
                fault(code, status)
            }
        });
        let run = router.home().run(line);
        let next = format!("hint: next: xeroctl {next}\n");
        assert!(
            run.stderr.contains(&next),
            "{line} lacks {next}: {}",
            run.stderr
        );
    }
}

#[test]
fn other_codes_have_exit_codes() {
    for (code, status, exit) in OTHERS {
        let router = Router::script([fault(code, status)]);
        let run = router.home().run("agents agt_1 --delete --force");
        assert_eq!(run.code, exit, "{code}: {}", run.stderr);
        assert!(run.stderr.contains(&format!("({code})")), "{}", run.stderr);
    }
}

#[test]
fn code_takes_precedence_over_status() {
    for (code, status, exit) in [
        ("rate_limit_exceeded", 400, 9),
        ("capacity_exceeded", 503, 9),
        ("quota_exceeded", 403, 9),
        ("insufficient_quota", 403, 9),
        ("billing_delinquent", 429, 9),
        ("some_new_thing_not_found", 400, 5),
        ("authentication_error", 400, 4),
        ("invocation_terminal", 400, 6),
        ("tool_executor_unavailable", 400, 17),
        ("internal_error", 400, 17),
        ("never_heard_of", 418, 7),
        ("never_heard_of", 409, 6),
    ] {
        let router = Router::script([fault(code, status)]);
        let run = router.home().run("agents agt_1 --delete --force");
        assert_eq!(run.code, exit, "{code} at {status}: {}", run.stderr);
    }
}

#[test]
fn status_decides_without_a_code() {
    for (status, exit) in [
        (400, 7),
        (401, 4),
        (402, 9),
        (403, 4),
        (404, 5),
        (405, 7),
        (407, 4),
        (408, 17),
        (409, 6),
        (410, 5),
        (412, 6),
        (418, 7),
        (422, 7),
        (429, 9),
        (500, 17),
        (501, 17),
        (502, 17),
        (503, 17),
        (504, 17),
        (599, 17),
        (300, 17),
        (304, 17),
    ] {
        let body = r#"{"error":{"message":"no","type":"some_type"}}"#;
        let router = Router::script([Answer::json(status, body).header("Retry-After", "3600")]);
        let run = router.home().run("agents agt_1 --delete --force");
        assert_eq!(run.code, exit, "{status}: {}", run.stderr);
        assert!(
            run.stderr.contains("no (some_type)") || status == 304,
            "the type stands in for the code: {}",
            run.stderr
        );
    }
}

#[test]
fn message_names_the_missing_scope() {
    for (message, scope) in [
        ("this surface requires management scope", "management"),
        ("key lacks the exec scope", "execution"),
        ("inference scope required", "inference"),
    ] {
        let body = format!(
            r#"{{"error":{{"message":"{message}","type":"authentication_error","code":"scope_insufficient"}}}}"#
        );
        let router = Router::script([Answer::json(403, body)]);
        let run = router.home().run("agents");
        assert_eq!(run.code, 4);
        assert!(
            run.stderr
                .contains(&format!("the {scope} scope is missing")),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn refused_rotation_requires_an_owner() {
    let router = Router::script([Answer::fault(403, "scope_insufficient")]);
    let run = router.home().run("agents curve-rotate agt_1");
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("owner"), "{}", run.stderr);
}

#[test]
fn server_errors_show_the_time() {
    let router = Router::script([Answer::fault(500, "internal_error")]);
    let run = router.home().run("agents agt_1 --delete --force");
    assert!(
        run.stderr.contains("\n  time: 2026-11-22T12:00:00Z\n"),
        "{}",
        run.stderr
    );
    let router = Router::script([Answer::fault(400, "invalid_body")]);
    let run = router.home().run("agents agt_1 --delete --force");
    assert!(
        !run.stderr.contains("time: "),
        "ours does not: {}",
        run.stderr
    );
}

#[test]
fn json_line_has_all_facts() {
    let body = r#"{"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded","param":"p","retry_after":90,"retry_strategy":{"type":"exponential","jitter":true}}}"#;
    let router = Router::script([Answer::json(429, body).header("x-ReQuEsT-iD", "req_9")]);
    let run = router.home().run("agents agt_1 -o json");
    assert_eq!((run.code, run.stdout.as_str()), (9, ""));
    let line = run.stderr.lines().last().expect("a line");
    let document: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let error = document["error"].as_object().expect("an object");
    let names: Vec<&str> = error.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "code",
            "type",
            "message",
            "param",
            "http_status",
            "request_id",
            "retryable",
            "retry_after_ms",
            "hint",
            "exit_code",
            "at",
            "outcome"
        ]
    );
    for (name, value) in [
        ("code", serde_json::json!("rate_limit_exceeded")),
        ("type", "rate_limit_error".into()),
        ("param", "p".into()),
        ("http_status", 429.into()),
        ("request_id", "req_9".into()),
        ("retryable", true.into()),
        ("retry_after_ms", 90_000.into()),
        ("exit_code", 9.into()),
        ("at", "2026-11-22T12:00:00Z".into()),
        ("outcome", serde_json::Value::Null),
    ] {
        assert_eq!(error[name], value, "{name}");
    }
}
