//! The table of endpoints and dialects: keys and sessions.

use crate::cli::shown::transcript;
use crate::cli::squads_table::Row;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CI_KEY, CODER, Dialect, KEY, RUN, all_raw, home, read_before};

/// What each dialect answers that has made a key which never expires.
fn made(dialect: Dialect) -> Answer {
    let body = match dialect {
        Dialect::Page => format!(
            "{{\n\"key\": {{ \"id\": \"{CI_KEY}\", \"name\": \"ci-runner\", \"expiresAt\": null }},\n\"token\": \"sk-agent-secret\"\n}}"
        ),
        Dialect::Server => format!(
            r#"{{"id":"{CI_KEY}","name":"ci-runner","token":"slaw_secret","createdAt":"2026-11-22T12:00:00.000Z"}}"#
        ),
    };
    Answer::json(201, body)
}

#[test]
fn create_key() {
    let mut told = String::new();
    for dialect in Dialect::BOTH {
        for words in ["", "-o json", "-o name --token-file t"] {
            let server = Router::script([made(dialect)]);
            let home = home(&server);
            let run = home.run(&format!(
                "squads create-key {CODER} --name ci-runner {words}"
            ));
            assert_eq!(
                all_raw(&server),
                [format!(
                    "POST /api/agents/{CODER}/keys\nauthorization: Bearer {KEY}\n\
                     content-type: application/json\nx-slaw-run-id: {RUN}\n\n{{\"name\":\"ci-runner\"}}"
                )]
            );
            told.push_str(&format!("=== {dialect:?} ===\n{}\n", transcript(&[run])));
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn create_key_with_expiry() {
    let mut told = String::new();
    for dialect in Dialect::BOTH {
        let answer = match dialect {
            Dialect::Page => Answer::json(
                201,
                format!(
                    r#"{{"key":{{"id":"{CI_KEY}","name":"ci-runner","expiresAt":"2026-12-22T12:00:00.000Z"}},"token":"sk-agent-secret"}}"#
                ),
            ),
            // The expiry is dropped: the key never ends.
            Dialect::Server => made(dialect),
        };
        let server = Router::script([answer]);
        let run = home(&server).run(&format!(
            "squads create-key {CODER} --name ci-runner --ttl 30d"
        ));
        assert_eq!(
            all_raw(&server),
            [format!(
                "POST /api/agents/{CODER}/keys\nauthorization: Bearer {KEY}\n\
                 content-type: application/json\nx-slaw-run-id: {RUN}\n\n\
                 {{\"name\":\"ci-runner\",\"expiresAt\":\"2026-12-22T12:00:00Z\"}}"
            )]
        );
        told.push_str(&format!("=== {dialect:?} ===\n{}\n", transcript(&[run])));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn revoke_key() {
    let line = format!("squads revoke-key {CODER} {CI_KEY} --force");
    let answers = |answer: Answer| read_before(&line).into_iter().chain([answer]).collect();
    insta::assert_snapshot!(
        Row {
            line: &line,
            sent: &[
                &format!("GET /api/agents/{CODER}"),
                &format!("GET /api/agents/{CODER}/keys"),
                &format!("DELETE /api/agents/{CODER}/keys/{CI_KEY}")
            ],
            // The page does not know the route.
            page: answers(Dialect::Page.fault(404, "There is no route", "route_not_found")),
            server: answers(Answer::json(200, r#"{"ok":true}"#)),
        }
        .told()
    );
}

#[test]
fn reset_session() {
    let state = format!(
        r#"{{"agentId":"{CODER}","sessionId":null,"lastRunId":null,"totalCostCents":17,"clearedTaskSessions":2}}"#
    );
    insta::assert_snapshot!(
        Row {
            line: &format!("squads reset-session {CODER}"),
            // The server wants an object, if an empty one.
            sent: &[&format!(
                "POST /api/agents/{CODER}/runtime-state/reset-session\n{{}}"
            )],
            page: vec![Answer::json(200, r#"{"ok":true}"#)],
            server: vec![Answer::json(200, state)],
        }
        .told()
    );
}

#[test]
fn reset_session_of_task() {
    insta::assert_snapshot!(
        Row {
            line: &format!("squads reset-session {CODER} --task-key SLA-26"),
            sent: &[&format!(
                "POST /api/agents/{CODER}/runtime-state/reset-session\n{{\"taskKey\":\"SLA-26\"}}"
            )],
            page: vec![Answer::json(200, r#"{"ok":true}"#)],
            server: vec![Answer::json(
                200,
                r#"{"sessionId":"sess-1","clearedTaskSessions":1}"#
            )],
        }
        .told()
    );
}
