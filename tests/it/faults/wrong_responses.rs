//! Success statuses of failures: an error in the body, or a response about another object.

use serde_json::{Value, json};

use crate::support::exec::{INVOCATION, Routes, invocation};
use crate::support::router::{Answer, Router};
use crate::support::squads;

/// Every change of the router's API.
pub(crate) const WRITES: [&str; 17] = [
    "agents --create --name n --worker-id w --region us --public-key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "agents join-keys --create --name n --region us --router-addr tcp://a:1",
    "agents agt_1 --update --status suspended",
    "agents agt_1 --delete --force",
    "agents pause-exec agt_1",
    "agents resume-exec agt_1",
    "agents revoke-credentials agt_1 --force",
    "agents curve-rotate agt_1",
    "agents candidates approve agt_1 cand_1",
    "agents candidates reject agt_1 cand_1",
    "agents join-keys jk_1 --revoke --force",
    "exec invoke --no-validate --workspace w --tool t --args {}",
    "exec cancel inv_1",
    "exec rerun ex_1",
    "exec learnings delete lrn_1 --force",
    "approvals approve apr_1",
    "approvals reject apr_1",
];

/// Reads of the router's API.
pub(crate) const READS: [&str; 9] = [
    "agents",
    "agents agt_1",
    "agents join-keys",
    "exec show ex_1",
    "exec tool-show t",
    "exec manifest agt_1",
    "exec learnings show lrn_1",
    "approvals list",
    "approvals show apr_1",
];

fn always(status: u16, body: &'static str) -> Router {
    Router::rules(move |_| Answer::json(status, body))
}

/// A router that returns this response to all requests, but for the read before a decision: that finds it pending.
pub(crate) fn answering(line: &str, answer: Answer) -> Router {
    let is_decision = line.starts_with("approvals approve") || line.starts_with("approvals reject");
    Router::rules(move |asked| {
        if is_decision && asked.method == "GET" {
            let pending = r#"{"id":"apr_1","status":"pending","risk":"write","tool_name":"t"}"#;
            return Answer::json(200, pending);
        }
        answer.clone()
    })
}

/// The error line of a command whose responses are all this one, but for the read before a decision.
#[track_caller]
pub(crate) fn refused(line: &str, status: u16, body: &'static str) -> Value {
    refused_by(line, Answer::json(status, body))
}

/// See [`refused`].
#[track_caller]
pub(crate) fn refused_by(line: &str, answer: Answer) -> Value {
    let router = answering(line, answer);
    let output = router.home().run(&format!("{line} -o json"));
    let last = output.stderr.lines().last().unwrap_or_default();
    assert_eq!(output.stdout, "", "{line}: {}", output.whole());
    let error: Value = serde_json::from_str(last)
        .unwrap_or_else(|_| panic!("{line}: no error: {}", output.whole()));
    assert_eq!(error["error"]["exit_code"], output.code, "{line}");
    error["error"].clone()
}

#[test]
fn success_status_with_error_is_that_error() {
    let denied = r#"{"error":{"message":"permission denied","type":"authentication_error","code":"scope_insufficient","param":null}}"#;
    for status in [200, 201, 202] {
        for line in WRITES.iter().chain(&READS) {
            let error = refused(line, status, denied);
            assert_eq!(error["exit_code"], 4, "{line}: {error}");
            assert_eq!(error["code"], "scope_insufficient", "{line}");
            assert_eq!(error["http_status"], status, "{line}");
            assert_eq!(error["outcome"], Value::Null, "{line}");
        }
    }
}

#[test]
fn code_decides_and_outcome_is_known_only_if_rejected() {
    for (code, exit, unknown) in [
        (json!("agent_not_found"), 5, false),
        (json!("approval_not_pending"), 6, false),
        (json!("invalid_request"), 7, false),
        (json!("quota_exceeded"), 9, false),
        (json!("authentication_error"), 4, false),
        (json!(403), 4, false),
        (json!("internal_error"), 17, true),
        (json!("endpoint_inactive"), 17, true),
        (json!("odd"), 17, true),
        (Value::Null, 17, true),
    ] {
        let body = json!({"error": {"message": "m", "code": code}}).to_string();
        let body: &'static str = body.leak();
        for line in ["agents agt_1 --delete --force", "exec cancel inv_1"] {
            let error = refused(line, 200, body);
            assert_eq!(error["exit_code"], exit, "{code} {line}");
            let outcome = if unknown {
                json!("unknown")
            } else {
                Value::Null
            };
            assert_eq!(error["outcome"], outcome, "{code} {line}");
        }
    }
}

#[test]
fn text_error_and_denial_are_errors() {
    for body in [
        r#"{"error":"denied"}"#,
        r#"{"error":true,"message":"denied"}"#,
        r#"{"error":"denied","code":"odd","details":[]}"#,
    ] {
        for line in WRITES {
            let error = refused(line, 200, body);
            assert_eq!(
                (&error["exit_code"], &error["outcome"]),
                (&json!(17), &json!("unknown"))
            );
            let message = error["message"].as_str().unwrap_or_default();
            assert!(message.contains("denied"), "{line}: {message}");
        }
    }
    for body in [r#"{"ok":false}"#, r#"{"success":false,"id":null}"#] {
        for line in WRITES {
            assert_eq!(refused(line, 200, body)["exit_code"], 1, "{line}");
        }
    }
}

#[test]
fn recognizes_other_spellings_of_an_error() {
    for (body, exit, unknown) in [
        (
            r#"{"code":"agent_not_found","message":"no such agent"}"#,
            5,
            false,
        ),
        (r#"{"code":"scope_insufficient"}"#, 4, false),
        (r#"{"code":403,"message":"forbidden"}"#, 4, false),
        (r#"{"code":"E17","message":"it failed"}"#, 17, true),
        (r#"{"status":"error","message":"it failed"}"#, 17, true),
        (r#"{"status":"failed","message":"it failed"}"#, 17, true),
        (
            r#"{"status":403,"title":"Forbidden","detail":"it failed"}"#,
            4,
            false,
        ),
        (r#"{"statusCode":409,"message":"it failed"}"#, 6, false),
        (
            r#"{"errors":[{"message":"it failed","code":"odd"}]}"#,
            17,
            true,
        ),
        (r#"{"errors":["it failed"]}"#, 17, true),
        (r#"{"Error":{"code":"scope_insufficient"}}"#, 4, false),
        (r#"{"ERROR":"it failed"}"#, 17, true),
        (
            r#"{"data":{"error":{"code":"invocation_not_found","message":"m"}}}"#,
            5,
            false,
        ),
        (r#"{"result":{"error":{"message":"it failed"}}}"#, 17, true),
        (r#"{"fault":{"message":"it failed"}}"#, 17, true),
    ] {
        for line in WRITES {
            let error = refused(line, 200, body);
            assert_eq!(error["exit_code"], exit, "{line} {body}: {error}");
            assert_eq!(error["outcome"] == "unknown", unknown, "{line} {body}");
            let message = error["message"].as_str().unwrap_or_default();
            let says = body.contains("it failed");
            assert!(!says || message.contains("it failed"), "{line}: {message}");
        }
    }
    for line in WRITES.iter().chain(&READS) {
        let problem = Answer::json(200, r#"{"kind":"x"}"#)
            .header("content-type", "application/problem+json; charset=utf-8");
        let router = Router::rules(move |_| problem.clone());
        assert_eq!(router.home().run(line).code, 17, "{line}");
    }
}

#[test]
fn accepts_what_only_resembles_an_error() {
    for body in [
        r#"{"message":"agent deleted"}"#,
        r#"{"code":"ok","message":"agent deleted"}"#,
        r#"{"code":200,"status":200,"message":"agent deleted"}"#,
        r#"{"status":"deleted","errors":[]}"#,
        r#"{"id":"agt_1","status":"error","message":"lost its heartbeat"}"#,
    ] {
        let output = always(200, body)
            .home()
            .run("agents agt_1 --delete --force");
        assert_eq!(
            output.stdout,
            "agt_1\tdeleted\n",
            "{body} {}",
            output.whole()
        );
    }
}

#[test]
fn id_beside_error_is_not_a_success() {
    for (line, body) in [
        (
            WRITES[0],
            r#"{"id":"agt_9","status":"pending","error":{"message":"no region"}}"#,
        ),
        (
            WRITES[1],
            r#"{"id":"jk_9","token":"t","error":{"message":"no region"}}"#,
        ),
        (
            WRITES[11],
            r#"{"id":"inv_9","error":{"message":"no executor"}}"#,
        ),
    ] {
        let error = refused(line, 201, body);
        assert_eq!(error["outcome"], "unknown", "{line}: {error}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains("_9"), "{line}: {message}");
    }
    let failed = r#"{"id":"inv_9","status":"failed","error":{"message":"exit 1"}}"#;
    let output = always(201, failed).home().run(WRITES[11]);
    assert_eq!(output.code, 10, "{}", output.whole());
}

#[test]
fn finds_another_object_in_any_envelope() {
    for envelope in [
        |object: &str| format!(r#"{{"data":{object}}}"#),
        |object: &str| format!(r#"{{"data":[{object}]}}"#),
        |object: &str| format!(r#"{{"result":{object},"ok":true}}"#),
        |object: &str| format!(r#"{{"item":{object}}}"#),
        |object: &str| format!(r#"{{"response":{object}}}"#),
    ] {
        for line in [
            "agents agt_1 --delete --force",
            "agents agt_1 --update --status x",
            "agents revoke-credentials agt_1 --force",
            "agents join-keys agt_1 --revoke --force",
            "exec cancel agt_1",
        ] {
            let body: &'static str = envelope(r#"{"id":"other_2"}"#).leak();
            let error = refused(line, 200, body);
            assert_eq!(error["exit_code"], 17, "{line} {body}: {error}");
            assert_eq!(error["outcome"], "unknown", "{line} {body}");
            let own = envelope(r#"{"id":"agt_1"}"#);
            let router = Router::rules(move |_| Answer::json(200, own.clone()));
            assert_eq!(router.home().run(line).code, 0, "{line} {body}");
        }
    }
}

#[test]
fn approves_nothing_already_decided() {
    for status in ["approved", "rejected", "expired"] {
        let body =
            json!({"id": "apr_1", "status": status, "risk": "write", "tool_name": "t", "args": {}});
        for options in ["", "--force", "--confirm t"] {
            let body = body.to_string();
            let router = Router::rules(move |_| Answer::json(200, body.clone()));
            let line = format!("approvals approve apr_1 {options}");
            let output = router.home().run(&line);
            assert_eq!(output.code, 6, "{line}: {}", output.whole());
            assert_eq!(router.lines(), ["GET /exec/approvals/apr_1"], "{line}");
        }
    }
    let router = Router::rules(|asked| {
        let id = if asked.target.contains("apr_1") {
            "apr_1"
        } else {
            "apr_2"
        };
        let status = if id == "apr_1" { "approved" } else { "pending" };
        Answer::json(
            200,
            json!({"id": id, "status": status, "risk": "write", "tool_name": "t", "args": {}})
                .to_string(),
        )
    });
    let output = router.home().run("approvals approve apr_1 apr_2 --force");
    assert_eq!(output.code, 15, "{}", output.whole());
    let posts: Vec<_> = router
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("POST"))
        .collect();
    assert_eq!(posts, ["POST /exec/approvals/apr_2/approve"]);
}

#[test]
fn no_error_is_no_error() {
    for body in [
        r#"{"error":null}"#,
        r#"{"error":""}"#,
        r#"{"error":false,"ok":true}"#,
        r#"{"id":"agt_1","error":null}"#,
    ] {
        let router = always(200, body);
        let output = router.home().run("agents agt_1 --delete --force");
        assert_eq!(output.stdout, "agt_1\tdeleted\n", "{}", output.whole());
    }
    let failed = r#"{"id":"inv_1","status":"failed","error":{"message":"exit 1","code":"scope_insufficient"}}"#;
    let router = always(200, failed);
    for (line, code) in [("exec watch inv_1", 10), ("exec cancel inv_1", 0)] {
        assert_eq!(router.home().run(line).code, code, "{line}");
    }
}

#[test]
fn api_recognizes_errors_with_success_status() {
    let denied = r#"{"error":{"message":"no","code":"scope_insufficient"}}"#;
    for line in [
        "api POST /x",
        "api DELETE /x --force",
        "api GET /x",
        "api GET /x --all",
    ] {
        assert_eq!(refused(line, 200, denied)["exit_code"], 4, "{line}");
    }
    for line in ["api POST /x -i", "api GET /x -i"] {
        let output = always(200, denied).home().run(line);
        assert_eq!(output.code, 4, "{}", output.whole());
        assert!(output.stdout.contains(denied), "{}", output.whole());
        let heads = output.stdout.matches("HTTP/1.1 200").count();
        assert_eq!(heads, 1, "{}", output.whole());
    }
}

#[test]
fn throttling_with_success_status_is_retried() {
    let busy = r#"{"error":{"message":"slow down","code":"rate_limit_exceeded","retry_after":0}}"#;
    for line in ["agents agt_1", "agents pause-exec agt_1"] {
        let answers = [
            Answer::json(200, busy),
            Answer::json(200, r#"{"id":"agt_1"}"#),
        ];
        let output = Router::script(answers).home().run(line);
        assert_eq!(output.code, 0, "{line}: {}", output.whole());
    }
    // The outcome of a change is unknown after this one.
    let failed = r#"{"error":{"message":"oops","code":"internal_error"}}"#;
    let router = Router::script([Answer::json(200, failed)]);
    let output = router.home().run("agents pause-exec agt_1");
    assert_eq!(output.code, 17, "{}", output.whole());
}

#[test]
fn rejected_key_with_success_status_stops_the_rest() {
    let denied = r#"{"error":{"message":"no","code":"scope_insufficient"}}"#;
    let router = always(200, denied);
    let line = "agents pause-exec a b c --concurrency 1";
    assert_eq!(router.home().run(line).code, 4);
    assert_eq!(router.asked().len(), 1);
}

#[test]
fn response_about_another_object_exits_17() {
    for (line, body, is_write) in [
        ("agents agt_1", r#"{"id":"agt_2"}"#, false),
        ("agents agt_1", r#"{"agent":{"id":"agt_2"}}"#, false),
        ("exec show ex_1", r#"{"id":"ex_2"}"#, false),
        ("exec tool-show t", r#"{"name":"u","parameters":{}}"#, false),
        ("exec manifest agt_1", r#"{"agent_id":"agt_2"}"#, false),
        ("exec learnings show lrn_1", r#"{"id":"lrn_2"}"#, false),
        (
            "approvals show apr_1",
            r#"{"id":"apr_2","tool_name":"t"}"#,
            false,
        ),
        ("approvals show apr_1", r#"{"approval_id":"apr_2"}"#, false),
        (
            "exec watch inv_1",
            r#"{"id":"inv_2","status":"completed"}"#,
            false,
        ),
        (
            "exec cancel inv_1",
            r#"{"id":"inv_2","status":"cancelled"}"#,
            true,
        ),
        (
            "agents agt_1 --update --status x",
            r#"{"id":"agt_2"}"#,
            true,
        ),
        (
            "agents agt_1 --delete --force",
            r#"{"id":"agt_2","deleted":true}"#,
            true,
        ),
        ("agents pause-exec agt_1", r#"{"agent_id":"agt_2"}"#, true),
        (
            "agents revoke-credentials agt_1 --force",
            r#"{"id":"agt_2"}"#,
            true,
        ),
        (
            "agents curve-rotate agt_1",
            r#"{"request_id":"r","agent_id":"agt_2"}"#,
            true,
        ),
        (
            "agents candidates approve agt_1 cand_1",
            r#"{"id":"cand_2"}"#,
            true,
        ),
        (
            "agents candidates reject agt_1 cand_1",
            r#"{"id":"cand_1","agent_id":"agt_2"}"#,
            true,
        ),
        (
            "agents join-keys jk_1 --revoke --force",
            r#"{"id":"jk_2","status":"revoked"}"#,
            true,
        ),
        (
            "exec learnings delete lrn_1 --force",
            r#"{"id":"lrn_2"}"#,
            true,
        ),
        (
            "approvals reject apr_1",
            r#"{"id":"apr_2","status":"rejected"}"#,
            true,
        ),
    ] {
        let error = refused(line, 200, body);
        assert_eq!(error["exit_code"], 17, "{line}: {error}");
        let outcome = if is_write {
            json!("unknown")
        } else {
            Value::Null
        };
        assert_eq!(error["outcome"], outcome, "{line}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(
            message.contains("_2") || message.contains(" u,"),
            "{message}"
        );
    }
}

#[test]
fn action_may_return_its_own_object() {
    for (line, body) in [
        (
            "agents pause-exec agt_1",
            r#"{"id":"op_1","agent_id":"agt_1"}"#,
        ),
        (
            "agents pause-exec agt_1",
            r#"{"object":"operation","id":"op_1"}"#,
        ),
        (
            "agents candidates approve agt_1 cand_1",
            r#"{"id":"agt_1"}"#,
        ),
        (
            "agents curve-rotate agt_1",
            r#"{"id":"rot_1","agent_id":"agt_1"}"#,
        ),
        ("exec rerun ex_1", r#"{"id":"inv_9","execution_id":"ex_9"}"#),
        (
            "exec show inv_1",
            r#"{"id":"ex_1","invocation_id":"inv_1"}"#,
        ),
    ] {
        let output = always(200, body).home().run(line);
        assert_eq!(output.code, 0, "{line}: {}", output.whole());
    }
}

#[test]
fn decision_never_uses_another_approval() {
    for (options, code) in [("", 17), ("--confirm t", 17), ("--force", 17)] {
        let router = always(
            200,
            r#"{"id":"apr_2","status":"pending","risk":"read","tool_name":"t","args":{}}"#,
        );
        let output = router
            .home()
            .run(&format!("approvals approve apr_1 {options}"));
        assert_eq!(output.code, code, "{}", output.whole());
        assert_eq!(router.lines(), ["GET /exec/approvals/apr_1"]);
        let output = router.home().run("approvals approve apr_1 apr_3 --force");
        assert_eq!(output.code, code, "{}", output.whole());
        assert!(!router.lines().iter().any(|line| line.starts_with("POST")));
    }
}

#[test]
fn poll_about_another_invocation_ends_the_watch() {
    let other = || Answer::json(200, r#"{"id":"inv_2","status":"completed"}"#);
    let answers = [invocation("running"), other()];
    let router = Routes::new().on(INVOCATION, answers).start();
    let output = router.home().run("exec watch inv_1 --interval 500ms");
    assert_eq!(output.code, 17, "{}", output.whole());
    assert!(!output.stdout.contains("completed"), "{}", output.whole());
    let next = "xeroctl exec watch inv_1\n";
    assert!(output.stderr.contains(next), "{}", output.whole());
    let polls = router
        .lines()
        .iter()
        .filter(|line| *line == INVOCATION)
        .count();
    assert!(polls <= 3, "{polls}");
}

#[test]
fn squads_api_is_checked_likewise() {
    const ONE: &str = "3fcb87f5-40bf-4e11-b004-a986b1c8cef0";
    const TWO: &str = "4fcb87f5-40bf-4e11-b004-a986b1c8cef0";
    let upper = ONE.to_uppercase();
    let bare = |id: &str| json!({ "id": id, "status": "paused" }).to_string();
    let enveloped = |id: &str| json!({ "agent": { "id": id } }).to_string();
    for (line, body, code, unknown) in [
        (format!("show {ONE}"), bare(TWO), 17, false),
        (format!("show {ONE}"), enveloped(TWO), 17, false),
        (format!("show {ONE}"), bare(&upper), 0, false),
        (format!("pause {ONE}"), bare(TWO), 17, true),
        (format!("pause {ONE}"), enveloped(TWO), 17, true),
        (format!("pause {ONE}"), bare(&upper), 0, false),
        (format!("update {ONE} --title x"), bare(TWO), 17, true),
        (format!("delete {ONE} --force"), bare(TWO), 17, true),
        (
            format!("instructions-path {ONE} /a"),
            json!({"agentId": TWO, "path": "/a"}).to_string(),
            17,
            true,
        ),
        (
            format!("runtime {ONE}"),
            json!({ "agentId": TWO }).to_string(),
            17,
            false,
        ),
        (
            format!("pause {ONE}"),
            r#"{"error":"denied"}"#.to_owned(),
            17,
            true,
        ),
        (
            format!("pause {ONE}"),
            r#"{"error":"denied","code":"forbidden"}"#.to_owned(),
            4,
            false,
        ),
        (
            format!("show {ONE}"),
            r#"{"error":"denied","agent":null}"#.to_owned(),
            17,
            false,
        ),
        (
            format!("delete {ONE} --force"),
            r#"{"error":{"code":"conflict","message":"m"}}"#.to_owned(),
            6,
            false,
        ),
    ] {
        let shown = format!("{line} {body}");
        // Before it deletes, it reads.
        let reads = line.starts_with("delete");
        let router = Router::rules(move |asked| match asked.method.as_str() {
            "GET" if reads => Answer::json(200, "{}"),
            _ => Answer::json(200, body.clone()),
        });
        let output = squads::home(&router).run(&format!("squads {line} -o json"));
        assert_eq!(output.code, code, "{shown}: {}", output.whole());
        let says = output.stderr.contains(r#""outcome":"unknown""#);
        assert_eq!(says, unknown, "{shown}: {}", output.whole());
    }
}

#[test]
fn denied_change_is_not_reported_as_done() {
    for (line, body) in [
        ("agents agt_1 --delete --force", r#"{"deleted":false}"#),
        (
            "agents agt_1 --delete --force",
            r#"{"ok":1,"success":"false"}"#,
        ),
        (
            "agents agt_1 --delete --force",
            r#"{"object":"deletion","id":"agt_2"}"#,
        ),
        ("agents agt_1 --delete --force", "false"),
        (
            "agents agt_1 --delete --force",
            r#"{"data":{"deleted":false}}"#,
        ),
        (
            "agents pause-exec agt_1",
            r#"{"agent":{"id":"agt_1","paused":false}}"#,
        ),
        (
            "approvals reject apr_1",
            r#"{"approval":{"id":"apr_1","status":"approved"}}"#,
        ),
        (
            "approvals reject apr_1",
            r#"{"data":{"status":"approved"}}"#,
        ),
        ("agents agt_1 --delete --force", r#""done""#),
        ("agents agt_1 --delete --force", r#"["permission denied"]"#),
        ("agents pause-exec agt_1", r#"{"ok":"no","success":false}"#),
        (
            "agents join-keys jk_1 --revoke --force",
            r#"{"id":"jk_1","revoked":false}"#,
        ),
        (
            "approvals reject apr_1",
            r#"{"id":"apr_1","status":"approved"}"#,
        ),
        (
            "agents agt_1 --update --name n",
            r#"{"id":"agt_1","error":{"message":"no","code":"scope_insufficient"}}"#,
        ),
    ] {
        let router = answering(line, Answer::json(200, body));
        let output = router.home().run(line);
        assert_ne!(output.code, 0, "{line} {body}: {}", output.stdout);
        assert_eq!(output.stdout, "", "{line} {body}");
    }
}
