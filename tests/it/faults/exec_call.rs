//! The outcome of a call that the router accepted, rejected, or may have accepted.

use crate::support::Output;
use crate::support::exec::{APPROVAL, INVOKE, Routes, asked_of, document, gated, invocation};
use crate::support::router::{Answer, Router};

const LINE: &str = "exec invoke --workspace ws_1 --tool t --args {} --no-validate";

/// Calls the tool, and the router returns this response.
fn call(answer: Answer, options: &str) -> Output {
    let router = Router::script([answer]);
    router.home().run(&format!("{LINE} {options}"))
}

#[test]
fn accepted_call_prints_id_and_next_command() {
    for status in [200, 201, 202] {
        for state in ["queued", "running", "something_new"] {
            let output = call(Answer::json(status, document(state)), "");
            assert_eq!(output.code, 0, "{}", output.whole());
            assert!(output.stdout.contains("ID\tinv_1\n"), "{}", output.whole());
            let next = "hint: follow it: xeroctl exec watch inv_1\n";
            assert!(output.stderr.contains(next), "{}", output.whole());
        }
    }
    let answer = || invocation("queued");
    assert_eq!(call(answer(), "-o name").stdout, "inv_1\n");
    assert_eq!(call(answer(), "-o json").stdout, document("queued") + "\n");
    assert_eq!(
        call(answer(), "-o ndjson").stdout,
        document("queued") + "\n"
    );
}

#[test]
fn final_response_sets_the_exit_code() {
    for (state, code) in [
        ("completed", 0),
        ("failed", 10),
        ("rejected", 11),
        ("cancelled", 12),
        ("timeout", 13),
    ] {
        for options in ["", "-o json", "--wait", "--wait -o json"] {
            let output = call(invocation(state), options);
            assert_eq!(output.code, code, "{}", output.whole());
            assert!(output.stdout.contains(state), "{}", output.whole());
            assert!(!output.stderr.contains("exec watch"), "{}", output.whole());
        }
    }
}

#[test]
fn gated_call_exits_8_with_approval_command() {
    let url = "https://console.example/apr_1";
    let ways = [
        format!(r#""approval_id":"apr_1","approval_url":"{url}""#),
        format!(r#""approval_id":"apr_1","monitor_url":"{url}""#),
        format!(r#""approval":{{"id":"apr_1"}},"approval_url":"{url}""#),
        format!(r#""approval":{{"id":"apr_1","url":"{url}"}}"#),
        format!(
            r#""approval_id":null,"approval":{{"id":"apr_1"}},"approval_url":null,"monitor_url":"{url}""#
        ),
    ];
    for members in ways {
        for (risk, approve) in [
            (r#","risk":"destructive""#, "approvals approve apr_1\n"),
            ("", "approvals approve apr_1\n"),
            (
                r#","risk":"irreversible""#,
                "approvals approve --confirm t apr_1\n",
            ),
            (
                r#","risk":"unheard_of""#,
                "approvals approve --confirm t apr_1\n",
            ),
        ] {
            let text = format!(
                r#"{{"id":"inv_1","tool_name":"t","status":"pending_approval",{members}{risk}}}"#
            );
            let output = call(Answer::json(202, text.clone()), "-o json");
            assert_eq!(output.code, 8, "{}", output.whole());
            assert_eq!(output.stdout, text + "\n");
            for told in [
                &format!("xeroctl {approve}"),
                url,
                "xeroctl exec watch inv_1\n",
            ] {
                assert!(output.stderr.contains(told), "{told}: {}", output.whole());
            }
            assert!(!output.stderr.contains("\"error\""), "{}", output.whole());
        }
    }
}

#[test]
fn gated_call_without_approval_suggests_the_list() {
    let text = r#"{"id":"inv_1","status":"pending_approval"}"#;
    let output = call(Answer::json(202, text), "");
    assert_eq!(output.code, 8, "{}", output.whole());
    let next = "xeroctl approvals list";
    assert!(output.stderr.contains(next), "{}", output.whole());
}

#[test]
fn next_commands_keep_router_options() {
    let router = Router::script([gated()]);
    let home = crate::support::Home::new().with("XEROCTL_API_KEY", "k");
    let url = router.base_url();
    let output = home.run(&format!("--base-url {url} {LINE}"));
    assert_eq!(output.code, 8, "{}", output.whole());
    for command in ["approvals approve apr_1", "exec watch inv_1"] {
        let next = format!("xeroctl --base-url {url} {command}\n");
        assert!(output.stderr.contains(&next), "{}", output.whole());
    }
}

#[test]
fn response_without_id_cannot_be_awaited() {
    for body in [
        "{}",
        r#"{"status":"queued"}"#,
        r#"{"id":null}"#,
        r#"{"id":""}"#,
    ] {
        let output = call(Answer::json(200, body), "--wait");
        assert_eq!(output.code, 17, "{body}: {}", output.whole());
        assert!(output.stderr.contains("accepted"), "{}", output.whole());
        let next = "xeroctl exec invocations\n";
        assert!(output.stderr.contains(next), "{}", output.whole());
    }
    let output = call(Answer::json(200, r#"{"status":"queued"}"#), "-o json");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(output.stdout, "{\"status\":\"queued\"}\n");
}

#[test]
fn rejection_shows_its_code() {
    for (answer, code) in [
        (Answer::fault(400, "exec_tool_not_found"), 5),
        (Answer::fault(400, "invalid_body"), 7),
        (Answer::fault(404, "workspace_not_found"), 5),
        (Answer::fault(401, "authentication_error"), 4),
        (Answer::fault(402, "insufficient_quota"), 9),
    ] {
        let output = call(answer, "--wait");
        assert_eq!(output.code, code, "{}", output.whole());
        assert!(!output.stderr.contains("unknown"), "{}", output.whole());
        assert_eq!(output.stdout, "");
    }
}

/// Every write of execution and approvals: what is read before, the write, and the read that tells check the result.
const WRITES: [(&str, &str, &str); 8] = [
    (LINE, INVOKE, "exec invocations"),
    (
        "exec rerun ex_1",
        "POST /exec/executions/ex_1/rerun",
        "exec invocations",
    ),
    (
        "exec cancel inv_1",
        "POST /exec/invocations/inv_1/cancel",
        "exec watch inv_1",
    ),
    (
        "approvals approve apr_1",
        "POST /exec/approvals/apr_1/approve",
        "approvals show apr_1",
    ),
    (
        "approvals reject apr_1",
        "POST /exec/approvals/apr_1/reject",
        "approvals show apr_1",
    ),
    (
        "exec learnings delete lrn_1 --force",
        "DELETE /exec/learnings/lrn_1",
        "exec learnings show lrn_1",
    ),
    (
        "exec context set --workspace ws_1 --file - --force",
        "PUT /exec/context",
        "exec context show --workspace ws_1",
    ),
    (
        "exec invoke --workspace ws_1 --tool t --args {} --no-validate --wait",
        INVOKE,
        "exec invocations",
    ),
];

/// Runs one of the writes, which the router answers so.
fn write(line: &str, route: &str, answers: Vec<Answer>) -> (Output, usize) {
    let approval = r#"{"id":"apr_1","status":"pending","risk":"write","tool_name":"t"}"#;
    let router = Routes::new()
        .on(APPROVAL, [Answer::json(200, approval)])
        .on("GET /exec/context", [Answer::json(200, "{}")])
        .on(route, answers)
        .start();
    let terminals = xeroctl::ui::Terminals::default();
    let output = router.home().run_on(terminals, "{}", line);
    let count = asked_of(&router, route).len();
    (output, count)
}

#[test]
fn sent_write_is_never_retried() {
    for (line, route, check) in WRITES {
        for lost in [
            Answer::fault(500, "internal_error"),
            Answer::empty(502),
            Answer::empty(503),
            Answer::empty(408),
            Answer::dropped(),
            invocation("queued").cut(),
            Answer::new(200, "text/html", "<h1>done</h1>"),
        ] {
            let what = format!("{lost:?}");
            let (output, count) = write(line, route, vec![lost]);
            assert_eq!((output.code, count), (17, 1), "{what}: {}", output.whole());
            assert!(
                output.stderr.contains("outcome: unknown"),
                "{what}: {}",
                output.whole()
            );
            let next = format!("check the result: xeroctl {check}\n");
            assert!(output.stderr.contains(&next), "{what}: {}", output.whole());
            assert_eq!(output.stdout, "", "{what}: {}", output.whole());
        }
    }
}

#[test]
fn unapplied_write_is_retried() {
    for (line, route, _) in WRITES {
        for nothing_done in [
            Answer::fault(429, "rate_limit_exceeded").header("Retry-After", "0"),
            Answer::fault(503, "tool_executor_unavailable"),
        ] {
            // What an approval, a learning or a context answers is not an invocation.
            let is_of_a_run = route.contains("invocations") || route.contains("rerun");
            let done = if is_of_a_run {
                invocation("completed")
            } else {
                Answer::json(200, "{}")
            };
            let (output, count) = write(line, route, vec![nothing_done, done]);
            assert_eq!((output.code, count), (0, 2), "{}", output.whole());
        }
    }
}

#[test]
fn json_line_reports_unknown_outcome() {
    let (output, _) = write(&format!("{LINE} -o json"), INVOKE, vec![Answer::dropped()]);
    let last = output.stderr.lines().last().unwrap_or_default();
    let error: serde_json::Value = serde_json::from_str(last).expect("a JSON line");
    assert_eq!(error["error"]["outcome"], "unknown", "{last}");
    assert_eq!(error["error"]["exit_code"], 17, "{last}");
}

#[test]
fn cancel_has_two_documented_errors() {
    for (status, code, exit) in [
        (404, "invocation_not_found", 5),
        (409, "invocation_terminal", 6),
    ] {
        let router = Router::script([Answer::fault(status, code)]);
        let output = router.home().run("exec cancel inv_1");
        assert_eq!(output.code, exit, "{}", output.whole());
        assert!(output.stderr.contains(code), "{}", output.whole());
        assert_eq!(router.lines(), ["POST /exec/invocations/inv_1/cancel"]);
    }
}

#[test]
fn canceled_invocation_is_shown() {
    for (answer, stdout) in [
        (Answer::empty(204), "inv_1\tcancelled\n".to_owned()),
        (Answer::json(200, "{}"), "inv_1\tcancelled\n".to_owned()),
    ] {
        let router = Router::script([answer]);
        let output = router.home().run("exec cancel inv_1");
        assert_eq!((output.code, output.stdout), (0, stdout));
    }
    let router = Router::script([invocation("cancelled")]);
    let output = router.home().run("exec cancel inv_1 -o json");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(output.stdout, document("cancelled") + "\n");
}
