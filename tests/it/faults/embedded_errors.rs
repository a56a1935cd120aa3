//! Errors with a success status in the forms of other servers, and responses about other objects inside envelopes: no
//! command treats one as a success.

use serde_json::{Value, json};

use crate::faults::squads_retries::WRITES as SQUADS_WRITES;
use crate::faults::wrong_responses::{READS, WRITES, answering, refused, refused_by};
use crate::support::router::{Answer, Router};
use crate::support::squads::{self, CODER};

/// Errors that say that nothing is there, or that it is forbidden, with the exit code of both.
const PLAIN: &[(&str, u8)] = &[
    (r#"{"code":"agent_not_found","message":"denied"}"#, 5),
    (r#"{"code":"NOT_FOUND","message":"denied"}"#, 5),
    (r#"{"status":403,"title":"denied"}"#, 4),
    (r#"{"status":403,"title":"Forbidden","detail":"denied"}"#, 4),
    (r#"{"statusCode":403,"message":"denied"}"#, 4),
    (r#"{"errors":[{"message":"denied","code":"forbidden"}]}"#, 4),
    (r#"{"Error":{"Code":"AccessDenied","Message":"denied"}}"#, 4),
    (r#"{"ERROR":{"message":"denied","code":"forbidden"}}"#, 4),
    (
        r#"{"data":{"error":{"message":"denied","code":"forbidden"}}}"#,
        4,
    ),
    (
        r#"{"result":{"error":{"message":"denied","code":"forbidden"}}}"#,
        4,
    ),
    (
        r#"{"data":[{"error":{"message":"denied","code":"forbidden"}}]}"#,
        4,
    ),
    (
        r#"{"success":false,"code":"forbidden","message":"denied"}"#,
        4,
    ),
    (r#"{"fault":{"message":"denied","code":"forbidden"}}"#, 4),
    (
        r#"{"__type":"AccessDeniedException","message":"denied","status":403}"#,
        4,
    ),
    (r#"{"error":"Forbidden","error_description":"denied"}"#, 4),
];

/// Errors of which nobody knows what they stand for.
const VAGUE: &[&str] = &[
    r#"{"status":"error","message":"denied"}"#,
    r#"{"code":"odd","message":"denied"}"#,
    r#"{"code":7,"message":"denied","details":[]}"#,
    r#"{"errors":["denied"]}"#,
    r#"{"errors":{"name":["denied"]}}"#,
    r#"{"exception":"denied"}"#,
    r#"{"object":"error","message":"denied"}"#,
    r#"{"type":"some_error","message":"denied"}"#,
    r#"{"type":"about:blank","title":"denied"}"#,
    r#"{"result":{"error":"denied"}}"#,
];

#[test]
fn every_command_recognizes_every_error_form() {
    for (body, exit) in PLAIN {
        for line in WRITES.iter().chain(&READS) {
            let error = refused(line, 200, body);
            assert_eq!(error["exit_code"], *exit, "{line} {body}: {error}");
            assert_eq!(error["outcome"], Value::Null, "{line} {body}");
            assert_eq!(error["http_status"], 200, "{line} {body}");
        }
    }
}

#[test]
fn ambiguous_error_has_unknown_outcome() {
    for body in VAGUE {
        for line in WRITES.iter().chain(&READS) {
            let error = refused(line, 200, body);
            assert_eq!(error["exit_code"], 17, "{line} {body}: {error}");
            let is_write = WRITES.contains(line);
            assert_eq!(error["outcome"] == "unknown", is_write, "{line} {body}");
            let message = error["message"].as_str().unwrap_or_default();
            let details = error.to_string();
            assert!(
                message.contains("denied") || details.contains("denied"),
                "{line} {error}"
            );
        }
    }
}

#[test]
fn denial_exits_1_and_names_the_check() {
    for (body, said) in [
        (r#"{"success":false}"#, "was not done"),
        (r#"{"ok":false,"message":"denied"}"#, "denied"),
        (r#"{"data":{"success":false,"message":"denied"}}"#, "denied"),
    ] {
        for line in WRITES {
            let error = refused(line, 200, body);
            assert_eq!(error["exit_code"], 1, "{line} {body}: {error}");
            let message = error["message"].as_str().unwrap_or_default();
            assert!(message.contains(said), "{line} {body}: {error}");
            let hint = error["hint"].as_str().unwrap_or_default();
            assert!(hint.contains("xeroctl "), "{line} {body}: {error}");
        }
    }
}

#[test]
fn problem_is_always_an_error() {
    for (body, exit) in [
        (
            r#"{"type":"about:blank","title":"Forbidden","status":403,"x":1}"#,
            4,
        ),
        (r#"{"id":"agt_1","title":"odd"}"#, 17),
        ("{}", 17),
        ("no JSON", 17),
    ] {
        for kind in [
            "application/problem+json",
            "Application/Problem+JSON; charset=utf-8",
        ] {
            for line in WRITES
                .iter()
                .chain(&READS)
                .chain(&["api POST /x", "api GET /x"])
            {
                let error = refused_by(line, Answer::new(200, kind, body));
                assert_eq!(error["exit_code"], exit, "{line} {body}: {error}");
            }
        }
    }
}

#[test]
fn squads_api_has_no_other_forms() {
    let flags = [r#"{"success":false}"#, r#"{"ok":false,"message":"denied"}"#];
    let bodies = PLAIN.iter().map(|(body, _)| *body);
    for body in bodies.chain(VAGUE.iter().copied()).chain(flags) {
        for line in SQUADS_WRITES {
            let line = line.replace("AGENT", CODER);
            let server = Router::rules(move |_| Answer::json(200, body));
            let output = squads::home(&server).run(&line);
            assert!(
                !matches!(output.code, 0 | 2 | 3),
                "{line} {body}: {}",
                output.whole()
            );
            assert_eq!(output.stdout, "", "{line} {body}");
        }
    }
}

#[test]
fn id_beside_error_is_not_a_creation() {
    for (body, exit) in [
        (
            r#"{"id":"new_1","error":{"message":"no","code":"scope_insufficient"}}"#,
            4,
        ),
        (r#"{"id":"new_1","error":{"message":"no"}}"#, 17),
        (r#"{"id":"new_1","error":"no"}"#, 17),
        (
            r#"{"id":"new_1","status":"odd","error":{"message":"no"}}"#,
            17,
        ),
        (r#"{"id":"new_1","errors":[{"message":"no"}]}"#, 17),
        (
            r#"{"id":"new_1","code":"scope_insufficient","message":"no"}"#,
            4,
        ),
        (r#"{"data":{"id":"new_1"},"error":{"message":"no"}}"#, 17),
        (r#"{"data":{"id":"new_1","error":{"message":"no"}}}"#, 17),
        // It is not sent again: it may have created something.
        (
            r#"{"id":"new_1","error":{"message":"no","code":"rate_limit_exceeded"}}"#,
            9,
        ),
    ] {
        let creations = [
            WRITES[0],
            WRITES[1],
            "exec invoke --no-validate --workspace w --tool t --args {}",
            "exec rerun ex_1",
            "api POST /x",
        ];
        for line in creations {
            let router = answering(line, Answer::json(201, body));
            let output = router.home().run(&format!("{line} -o json"));
            assert_eq!(output.code, exit, "{line} {body}: {}", output.whole());
            assert_eq!(output.stdout, "", "{line} {body}");
            let names = "the response also names new_1";
            assert!(
                output.stderr.contains(names),
                "{line} {body}: {}",
                output.stderr
            );
            let last = output.stderr.lines().last().unwrap_or_default();
            let error: Value = serde_json::from_str(last).expect("an error");
            assert_eq!(error["error"]["outcome"], "unknown", "{line} {body}");
            assert_eq!(error["error"]["retryable"], false, "{line} {body}");
            let posts = router
                .asked()
                .into_iter()
                .filter(|asked| asked.method == "POST");
            assert_eq!(posts.count(), 1, "{line} {body}");
        }
    }
    let failed = r#"{"id":"inv_9","status":"failed","error":{"message":"exit 1","code":"x"}}"#;
    for (line, code) in [
        (
            "exec invoke --no-validate --workspace w --tool t --args {}",
            10,
        ),
        ("exec rerun ex_1", 10),
        ("api POST /x", 0),
    ] {
        let output = answering(line, Answer::json(201, failed)).home().run(line);
        assert_eq!(output.code, code, "{line}: {}", output.whole());
        assert!(output.stdout.contains("inv_9"), "{}", output.whole());
    }
}

#[test]
fn success_is_not_an_error() {
    for body in [
        "",
        "{}",
        r#"{"deleted":true}"#,
        r#"{"message":"done"}"#,
        r#"{"status":"success","message":"done"}"#,
        r#"{"code":0,"message":"ok"}"#,
        r#"{"code":"agent_updated","message":"ok"}"#,
        r#"{"ok":true,"error":null,"errors":[]}"#,
        r#"{"data":{"ok":true}}"#,
    ] {
        let acts = [
            "agents agt_1 --delete --force",
            "agents pause-exec agt_1",
            "agents revoke-credentials agt_1 --force",
            "agents join-keys jk_1 --revoke --force",
            "agents candidates approve agt_1 cand_1",
            "approvals approve apr_1",
            "approvals reject apr_1",
            "exec learnings delete lrn_1 --force",
        ];
        for line in acts {
            let output = answering(line, Answer::json(200, body)).home().run(line);
            assert_eq!(output.code, 0, "{line} {body}: {}", output.whole());
        }
    }
}

#[test]
fn rejects_another_object_in_an_envelope() {
    let lines = [
        ("agents agt_1 --update --name n", "agent", "agt_2"),
        ("agents agt_1 --delete --force", "agent", "agt_2"),
        ("agents pause-exec agt_1", "agent", "agt_2"),
        ("agents resume-exec agt_1", "agent", "agt_2"),
        ("agents revoke-credentials agt_1 --force", "agent", "agt_2"),
        ("agents curve-rotate agt_1", "agent", "agt_2"),
        (
            "agents candidates approve agt_1 cand_1",
            "candidate",
            "cand_2",
        ),
        ("agents candidates reject agt_1 cand_1", "agent", "agt_2"),
        ("agents join-keys jk_1 --revoke --force", "join_key", "jk_2"),
        ("exec cancel inv_1", "invocation", "inv_2"),
        ("exec learnings delete lrn_1 --force", "learning", "lrn_2"),
        ("approvals approve apr_1", "approval", "apr_2"),
        ("approvals reject apr_1", "approval", "apr_2"),
    ];
    for (line, kind, id) in lines {
        // The rotation and the candidate name their agent.
        let names_agent = kind == "agent" && (line.contains("rotate") || line.contains("cand"));
        let member = if names_agent { "agent_id" } else { "id" };
        let object = json!({ member: id });
        let bodies = [
            json!({ "data": [object] }),
            json!({ "data": object }),
            json!({ "result": object, "ok": true }),
            json!({ "item": object }),
            json!({ "response": object }),
            json!({ "response": { "data": object } }),
            json!({ kind: object }),
            json!({ kind: [object], "message": "done" }),
            json!({ format!("{kind}s"): [object] }),
        ];
        for body in bodies {
            let body: &'static str = body.to_string().leak();
            let error = refused(line, 200, body);
            assert_eq!(error["exit_code"], 17, "{line} {body}: {error}");
            assert_eq!(error["outcome"], "unknown", "{line} {body}");
            let message = error["message"].as_str().unwrap_or_default();
            assert!(message.contains(id), "{line} {body}: {message}");
            let own: &'static str = body.replace("_2", "_1").leak();
            let output = answering(line, Answer::json(200, own)).home().run(line);
            assert_eq!(output.code, 0, "{line} {own}: {}", output.whole());
        }
    }
}
