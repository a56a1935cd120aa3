//! The table of endpoints and dialects: changes of agents.

use crate::cli::squads_table::Row;
use crate::support::router::Answer;
use crate::support::squads::{CODER, Dialect, MANAGER, read_before};

/// What the server answers about `Coder` after a change; `more` comes after its ID.
fn changed(more: &str) -> String {
    changed_with("{}", more)
}

/// The same with this configuration of its adapter.
fn changed_with(config: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{CODER}","squadId":"43490165-2c7d-4b0e-9f61-5d8a3e7c1b24",{more},"adapterType":"process","reportsTo":"{MANAGER}","adapterConfig":{config},"runtimeConfig":{{}},"createdAt":"2026-11-22T12:00:00.000Z","updatedAt":"2026-11-22T12:00:00.000Z"}}"#
    )
}

#[test]
fn create() {
    let page = format!(
        r#"{{ "id": "{CODER}", "name": "Tester", "role": "qa", "title": "Test engineer", "adapterType": "process", "reportsToAgentId": "{MANAGER}", "prompt": "You test.", "status": "active" }}"#
    );
    let server = changed_with(
        r#"{"instructionsBundleMode":"managed"}"#,
        r#""name":"Tester","urlKey":"tester","role":"qa","title":"Test engineer","status":"idle""#,
    );
    insta::assert_snapshot!(Row {
        line: &format!(
            "squads create --name Tester --role qa --adapter process --title 'Test engineer' \
             --reports-to {MANAGER} --prompt 'You test.' --skill testing --skill git"
        ),
        sent: &[&format!(
            "POST /api/squads/43490165-2c7d-4b0e-9f61-5d8a3e7c1b24/agents\n\
             {{\"name\":\"Tester\",\"role\":\"qa\",\"title\":\"Test engineer\",\"adapterType\":\"process\",\
             \"reportsToAgentId\":\"{MANAGER}\",\"reportsTo\":\"{MANAGER}\",\"prompt\":\"You test.\",\
             \"instructionsBundle\":{{\"files\":{{\"AGENTS.md\":\"You test.\"}}}},\
             \"desiredSkills\":[\"testing\",\"git\"]}}"
        )],
        page: vec![Dialect::Page.agent(201, &page)],
        server: vec![Dialect::Server.agent(201, &server)],
    }
    .told());
}

#[test]
fn create_with_required_options() {
    let page = format!(r#"{{"id":"{CODER}","name":"Coder","role":"engineer"}}"#);
    let server = format!(
        r#"{{"id":"{CODER}","name":"Coder","role":"engineer","title":null,"status":"idle","reportsTo":null,"adapterType":"claude_local"}}"#
    );
    insta::assert_snapshot!(
        Row {
            line: "squads create --name Coder --role engineer --adapter claude_local",
            sent: &[
                "POST /api/squads/43490165-2c7d-4b0e-9f61-5d8a3e7c1b24/agents\n\
             {\"name\":\"Coder\",\"role\":\"engineer\",\"adapterType\":\"claude_local\"}"
            ],
            page: vec![Dialect::Page.agent(201, &page)],
            server: vec![Dialect::Server.agent(201, &server)],
        }
        .told()
    );
}

#[test]
fn hire_pending_approval() {
    let agent =
        changed(r#""name":"Coder","role":"engineer","title":null,"status":"pending_approval""#);
    let approval = r#"{"id":"a1b2c3d4-0000-4000-8000-000000000001","type":"hire_agent","status":"pending","payload":{"name":"Coder","role":"engineer"},"decisionNote":null,"createdAt":"2026-11-22T12:00:00.000Z"}"#;
    insta::assert_snapshot!(
        Row {
            line: "squads hire --name Coder --role engineer",
            sent: &[
                "POST /api/squads/43490165-2c7d-4b0e-9f61-5d8a3e7c1b24/agent-hires\n\
             {\"name\":\"Coder\",\"role\":\"engineer\"}"
            ],
            page: vec![Answer::json(
                202,
                r#"{ "approvalId": "a1b2c3d4-0000-4000-8000-000000000001", "status": "pending" }"#,
            )],
            server: vec![Answer::json(
                201,
                format!(r#"{{"agent":{agent},"approval":{approval}}}"#),
            )],
        }
        .told()
    );
}

#[test]
fn hire_with_reason() {
    let agent = changed(r#""name":"Coder","role":"engineer","title":null,"status":"idle""#);
    insta::assert_snapshot!(Row {
        line: &format!(
            "squads hire --name Coder --role engineer --reason 'too many bugs' --adapter process --reports-to {MANAGER}"
        ),
        sent: &[&format!(
            "POST /api/squads/43490165-2c7d-4b0e-9f61-5d8a3e7c1b24/agent-hires\n\
             {{\"name\":\"Coder\",\"role\":\"engineer\",\"adapterType\":\"process\",\
             \"reportsToAgentId\":\"{MANAGER}\",\"reportsTo\":\"{MANAGER}\",\"reason\":\"too many bugs\"}}"
        )],
        page: vec![Answer::json(
            202,
            r#"{ "approvalId": "a1b2c3d4-0000-4000-8000-000000000001", "status": "pending" }"#,
        )],
        // No approval is required: the agent exists immediately.
        server: vec![Answer::json(
            201,
            format!(r#"{{"agent":{agent},"approval":null}}"#),
        )],
    }
    .told());
}

#[test]
fn update() {
    let page = format!(
        r#"{{"id":"{CODER}","name":"Coder II","role":"engineer","title":"Lead","status":"paused"}}"#
    );
    let server = changed(r#""name":"Coder II","role":"engineer","title":"Lead","status":"paused""#);
    insta::assert_snapshot!(
        Row {
            line: &format!("squads update {CODER} --name 'Coder II' --title Lead --status paused"),
            sent: &[&format!(
                "PATCH /api/agents/{CODER}\n\
             {{\"name\":\"Coder II\",\"title\":\"Lead\",\"status\":\"paused\"}}"
            )],
            page: vec![Dialect::Page.agent(200, &page)],
            server: vec![Dialect::Server.agent(200, &server)],
        }
        .told()
    );
}

/// What the server shows of an agent with these rights.
fn with_rights(create: bool, assign: bool) -> String {
    let grant = if assign {
        r#"{"permissionKey":"tasks:assign"}"#
    } else {
        ""
    };
    format!(
        r#"{{"id":"{CODER}","name":"Coder","role":"engineer","status":"idle","permissions":{{"canCreateAgents":{create}}},"chainOfCommand":[],"access":{{"canAssignTasks":true,"grants":[{grant}]}}}}"#
    )
}

#[test]
fn permissions() {
    insta::assert_snapshot!(
        Row {
            line: &format!(
                "squads permissions {CODER} --can-create-agents true --can-assign-tasks false"
            ),
            sent: &[&format!(
                "PATCH /api/agents/{CODER}/permissions\n\
             {{\"canCreateAgents\":true,\"canAssignTasks\":false}}"
            )],
            page: vec![Answer::json(200, r#"{"ok":true}"#)],
            server: vec![Dialect::Server.agent(200, &with_rights(true, false))],
        }
        .told()
    );
}

#[test]
fn permissions_with_one_option() {
    insta::assert_snapshot!(
        Row {
            line: &format!("squads permissions {CODER} --can-create-agents true"),
            // The server requires both: the other is sent as it was read.
            sent: &[
                &format!("GET /api/agents/{CODER}"),
                &format!(
                    "PATCH /api/agents/{CODER}/permissions\n\
                 {{\"canCreateAgents\":true,\"canAssignTasks\":true}}"
                ),
            ],
            page: vec![
                Dialect::Page.agent(200, &with_rights(false, true)),
                Dialect::Page.agent(200, &with_rights(true, true)),
            ],
            server: vec![
                Dialect::Server.agent(200, &with_rights(false, true)),
                Dialect::Server.agent(200, &with_rights(true, true)),
            ],
        }
        .told()
    );
}

#[test]
fn instructions_path() {
    insta::assert_snapshot!(Row {
        line: &format!("squads instructions-path {CODER} agents/coder/AGENTS.md"),
        sent: &[&format!(
            "PATCH /api/agents/{CODER}/instructions-path\n\
             {{\"instructionsPath\":\"agents/coder/AGENTS.md\",\"path\":\"agents/coder/AGENTS.md\"}}"
        )],
        page: vec![Answer::json(200, r#"{"ok":true}"#)],
        server: vec![Answer::json(
            200,
            format!(
                r#"{{"agentId":"{CODER}","adapterType":"claude_local","adapterConfigKey":"instructionsFilePath","path":"/srv/app/agents/coder/AGENTS.md"}}"#
            ),
        )],
    }
    .told());
}

#[test]
fn pause() {
    insta::assert_snapshot!(lifecycle("pause", "", "paused"));
}

#[test]
fn resume() {
    insta::assert_snapshot!(lifecycle("resume", "", "idle"));
}

#[test]
fn terminate() {
    insta::assert_snapshot!(lifecycle("terminate", " --force", "terminated"));
}

fn lifecycle(verb: &str, force: &str, status: &str) -> String {
    let server = changed(&format!(
        r#""name":"Coder","role":"engineer","title":null,"status":"{status}""#
    ));
    let (read, act) = (
        format!("GET /api/agents/{CODER}"),
        format!("POST /api/agents/{CODER}/{verb}\n{{}}"),
    );
    let line = format!("squads {verb} {CODER}{force}");
    let sent: &[&str] = if verb == "terminate" {
        &[&read, &act]
    } else {
        &[&act]
    };
    let answers = |answer: Answer| read_before(&line).into_iter().chain([answer]).collect();
    Row {
        line: &line,
        sent,
        page: answers(Answer::json(200, r#"{ "ok": true }"#)),
        server: answers(Dialect::Server.agent(200, &server)),
    }
    .told()
}

#[test]
fn delete() {
    let line = format!("squads delete {CODER} --force");
    let answers = |answer: Answer| read_before(&line).into_iter().chain([answer]).collect();
    insta::assert_snapshot!(
        Row {
            line: &line,
            sent: &[
                &format!("GET /api/agents/{CODER}"),
                &format!("DELETE /api/agents/{CODER}")
            ],
            page: answers(Answer::empty(204)),
            server: answers(Answer::json(200, r#"{"ok":true}"#)),
        }
        .told()
    );
}
