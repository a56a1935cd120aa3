//! The table of endpoints and dialects, reads: each command's request suits both dialects, and it understands both.

use crate::cli::squads_table::Row;
use crate::support::router::Answer;
use crate::support::squads::{CODER, Dialect};

/// `Coder` as the server shows it, without what only one agent alone has.
const AGENT: &str = r#"{"id":"3fcb87f5-40bf-4e11-b004-a986b1c8cef0","squadId":"43490165-2c7d-4b0e-9f61-5d8a3e7c1b24","name":"Coder","urlKey":"coder","role":"engineer","title":"Senior engineer","icon":null,"status":"idle","reportsTo":"0aaf3a94-7a2d-4f33-83b0-72e1f37fe7b9","capabilities":null,"adapterType":"claude_local","adapterConfig":{"cwd":"/srv/app"},"runtimeConfig":{},"budgetMonthlyCents":0,"spentMonthlyCents":12,"permissions":{"canCreateAgents":false},"lastHeartbeatAt":null,"metadata":null,"createdAt":"2026-11-01T08:30:00.000Z","updatedAt":"2026-11-22T11:59:55.123Z"}"#;

/// The same with its superiors and its rights.
fn detail() -> String {
    let more = r#""chainOfCommand":[{"id":"0aaf3a94-7a2d-4f33-83b0-72e1f37fe7b9","name":"Manager","role":"squad_lead","title":null},{"id":"c94b3f4a-33b2-4589-9819-c90fb79bcd23","name":"Head","role":"general","title":null}],"access":{"canAssignTasks":true,"taskAssignSource":"explicit_grant","membership":null,"grants":[]}}"#;
    let agent = AGENT.strip_suffix('}').expect("an object");
    format!("{agent},{more}")
}

#[test]
fn me() {
    insta::assert_snapshot!(
        Row {
            line: "squads me",
            sent: &["GET /api/agents/me"],
            page: vec![Answer::json(
                200,
                r#"{
"agent": {
"id": "3fcb87f5-40bf-4e11-b004-a986b1c8cef0",
"name": "Coder",
"role": "software_engineer",
"squadId": "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24",
"status": "active",
"chainOfCommand": [{ "id": "0aaf3a94-7a2d-4f33-83b0-72e1f37fe7b9", "name": "Manager", "role": "manager" }]
}
}"#
            )],
            server: vec![Dialect::Server.agent(200, &detail())],
        }
        .told()
    );
}

/// Issues in four states, of which the server shows three.
const TODO: &str = r#"{"id":"6fae5523-b2aa-4460-ae93-bad2e9b11f69","identifier":"SLA-31","title":"Name the units","status":"todo","priority":"low"}"#;
const REVIEW: &str = r#"{"id":"02165d6f-914d-4152-a6e5-59740b49560a","identifier":"SLA-28","title":"Retry less","status":"in_review","priority":"medium"}"#;
const BLOCKED: &str = r#"{"id":"f76c2450-0844-4799-b604-135363dbb78a","identifier":"SLA-19","title":"Rotate","status":"blocked","priority":"critical","projectId":null,"activeRun":null,"updatedAt":"2026-11-22T10:00:00.000Z"}"#;

#[test]
fn inbox() {
    let page = [TODO, REVIEW, BLOCKED].join(",");
    let server = [TODO, BLOCKED].join(",");
    insta::assert_snapshot!(
        Row {
            line: "squads inbox",
            sent: &["GET /api/agents/me/inbox-lite"],
            page: vec![Dialect::Page.list("items", &page)],
            server: vec![Dialect::Server.list("items", &server)],
        }
        .told()
    );
}

#[test]
fn inbox_with_statuses() {
    let server = [BLOCKED, TODO].join(", ");
    insta::assert_snapshot!(
        Row {
            line: "squads inbox --status todo,in_review",
            sent: &["GET /api/agents/me/inbox-lite?status=todo%2Cin_review"],
            page: vec![Dialect::Page.list("items", &[TODO, REVIEW].join(","))],
            // It passes over the states: what was not asked for is left out here.
            server: vec![Dialect::Server.list("items", &server)],
        }
        .told()
    );
}

#[test]
fn show() {
    insta::assert_snapshot!(
        Row {
            line: &format!("squads show {CODER}"),
            sent: &[&format!("GET /api/agents/{CODER}")],
            page: vec![Dialect::Page.agent(
                200,
                r#"{ "id": "3fcb87f5-40bf-4e11-b004-a986b1c8cef0", "name": "Coder", "role": "software_engineer", "title": "Senior Software Engineer", "status": "active", "adapterType": "claude_local", "squadId": "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24" }"#
            )],
            server: vec![Dialect::Server.agent(200, &detail())],
        }
        .told()
    );
}

#[test]
fn agents() {
    let page = r#"{ "id": "3fcb87f5-40bf-4e11-b004-a986b1c8cef0", "name": "Coder", "role": "software_engineer", "status": "active" }"#;
    let other = r#"{"id":"0aaf3a94-7a2d-4f33-83b0-72e1f37fe7b9","name":"Manager","role":"squad_lead","title":null,"status":"paused","reportsTo":null,"adapterType":"http"}"#;
    insta::assert_snapshot!(
        Row {
            line: "squads agents",
            sent: &["GET /api/squads/43490165-2c7d-4b0e-9f61-5d8a3e7c1b24/agents"],
            page: vec![Dialect::Page.list("agents", page)],
            server: vec![Dialect::Server.list("agents", &[AGENT, other].join(","))],
        }
        .told()
    );
}

#[test]
fn keys() {
    let page = r#"{"id":"0b6f2c1e-6f0f-4f0a-8d8e-3c1f5a9b7d21","name":"ci-runner","createdAt":"2026-11-22T11:00:00Z","expiresAt":"2026-12-22T11:00:00Z","revokedAt":null}"#;
    let server = r#"{"id":"0b6f2c1e-6f0f-4f0a-8d8e-3c1f5a9b7d21","name":"ci-runner","createdAt":"2026-11-22T11:00:00.000Z","revokedAt":"2026-11-22T11:30:00.000Z"}"#;
    insta::assert_snapshot!(
        Row {
            line: &format!("squads keys {CODER}"),
            sent: &[&format!("GET /api/agents/{CODER}/keys")],
            page: vec![Dialect::Page.list("keys", page)],
            server: vec![Dialect::Server.list("keys", server)],
        }
        .told()
    );
}

#[test]
fn runtime_state() {
    let state = r#"{"agentId":"3fcb87f5-40bf-4e11-b004-a986b1c8cef0","squadId":"43490165-2c7d-4b0e-9f61-5d8a3e7c1b24","adapterType":"claude_local","sessionId":"sess-1","sessionDisplayId":null,"sessionParamsJson":null,"stateJson":{},"lastRunId":"7d9f1a52-0c3e-4b8a-9d61-2f4e6a8c0b13","lastRunStatus":"succeeded","totalInputTokens":1200,"totalOutputTokens":340,"totalCachedInputTokens":90,"totalCostCents":17,"lastError":null,"createdAt":"2026-11-01T08:30:00.000Z","updatedAt":"2026-11-22T11:59:55.123Z"}"#;
    insta::assert_snapshot!(
        Row {
            line: &format!("squads runtime {CODER}"),
            sent: &[&format!("GET /api/agents/{CODER}/runtime-state")],
            // The page tells nothing of the response.
            page: vec![Answer::json(200, r#"{"sessionId":"sess-1"}"#)],
            server: vec![Answer::json(200, state)],
        }
        .told()
    );
}

#[test]
fn health() {
    let health = r#"{"status":"ok","version":"0.3.1","deploymentMode":"local_trusted"}"#;
    insta::assert_snapshot!(
        Row {
            line: "squads health",
            sent: &["GET /api/health", "GET /api/agents/me", "GET /api/cli-auth/me"],
            page: vec![
                Answer::json(200, r#"{"status":"ok"}"#),
                Dialect::Page.fault(401, "Agent authentication required", "unauthorized"),
                Dialect::Page.fault(404, "There is no such route", "route_not_found"),
            ],
            server: vec![
                Answer::json(200, health),
                Dialect::Server.fault(401, "Agent authentication required", ""),
                Answer::json(
                    200,
                    r#"{"userId":"local-operator","isInstanceAdmin":true,"squadIds":[],"source":"local_implicit"}"#,
                ),
            ],
        }
        .told()
    );
}
