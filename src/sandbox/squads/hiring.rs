//! New agents, with and without an approval.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::id;
use super::super::reply::{Answer, Refusal, with_status};
use super::caller::Caller;
use super::serve::Turn;
use super::world::{set, set_in, text};

/// The adapters that the page lists; the server has the others too.
const ADAPTERS: &[&str] = &[
    "claude_local",
    "codex_local",
    "gemini_local",
    "process",
    "http",
    "cursor",
    "opencode_local",
    "pi_local",
];

/// How many of them are the page's.
const ON_PAGE: usize = 5;

/// 201 with the agent. On the server a squad may demand that it be hired instead.
pub(super) fn create(turn: &mut Turn<'_>) -> Answer {
    let squad = turn.squad()?;
    if !turn.dialect.is_page() && squad["requiresApproval"] == true {
        let message = "New agents of this squad need an approval; hire this one";
        return Err(turn.dialect.conflict("approval_required", message));
    }
    let agent = new_agent(turn, &squad["id"])?;
    let shown = turn.dialect.wrap("agent", turn.show(&agent));
    turn.world.agents.push(agent);
    Ok(with_status(StatusCode::CREATED, &shown))
}

/// On the page 202 with the number of an approval, always. On the server 201 with the agent, and with an approval
/// where the squad demands one.
pub(super) fn hire(turn: &mut Turn<'_>) -> Answer {
    let squad = turn.squad()?;
    let own = turn.own();
    if own.is_some_and(|agent| agent["permissions"]["canCreateAgents"] != true) {
        let message = "This agent may not create agents";
        return Err(turn.dialect.forbidden("missing_permission", message));
    }
    let by = match &turn.caller {
        Caller::Agent(id) => id.clone(),
        _ => Value::Null,
    };
    let mut approval = json!({
        "id": id::uuid(),
        "squadId": squad["id"],
        "type": "hire_agent",
        "status": "pending",
        "requestedByAgentId": by,
        "requestedByUserId": if by.is_null() { json!("local-operator") } else { Value::Null },
        "payload": turn.body,
        "decisionNote": null,
    });
    if turn.dialect.is_page() {
        let shown = json!({ "approvalId": approval["id"], "status": "pending" });
        set(&mut approval, "createdAt", turn.now);
        turn.world.approvals.push(approval);
        return Ok(with_status(StatusCode::ACCEPTED, &shown));
    }
    let mut agent = new_agent(turn, &squad["id"])?;
    let mut shown = Value::Null;
    if squad["requiresApproval"] == true {
        set(&mut agent, "status", "pending_approval");
        shown = approval.clone();
        set(&mut shown, "createdAt", turn.dialect.time(turn.now));
        set(&mut shown, "updatedAt", turn.dialect.time(turn.now));
        set(&mut approval, "agentId", agent["id"].clone());
        set(&mut approval, "createdAt", turn.now);
        turn.world.approvals.push(approval);
    }
    let answer = json!({ "agent": turn.show(&agent), "approval": shown });
    turn.world.agents.push(agent);
    Ok(with_status(StatusCode::CREATED, &answer))
}

/// The agent that the body describes, not yet among the others.
fn new_agent(turn: &Turn<'_>, squad: &Value) -> Result<Value, Refusal> {
    let page = turn.dialect.is_page();
    let adapter = turn
        .word("adapterType")
        .unwrap_or_else(|| "process".to_owned());
    let known = if page { &ADAPTERS[..ON_PAGE] } else { ADAPTERS };
    if !known.contains(&adapter.as_str()) {
        let message = format!("Unknown adapter '{adapter}'");
        return Err(turn.dialect.impossible("unknown_adapter", message));
    }
    let boss = turn.given(&["reportsToAgentId", "reportsTo"]);
    let boss = boss.cloned().unwrap_or_default();
    turn.check_boss(&boss, squad)?;
    let wished = turn.word("name").unwrap_or_default();
    let name = if page {
        if turn.world.has_name(squad, &wished, &Value::Null) {
            return Err(turn.taken(&wished));
        }
        wished
    } else {
        free_name(turn, squad, &wished)
    };
    let mut agent = json!({
        "id": id::uuid(),
        "squadId": squad,
        "name": name,
        "role": turn.word("role").unwrap_or_else(|| "general".to_owned()),
        "title": turn.body.get("title"),
        "status": if page { "active" } else { "idle" },
        "reportsTo": boss,
        "adapterType": adapter,
        "createdAt": turn.now,
        "updatedAt": turn.now,
    });
    for name in [
        "adapterConfig",
        "runtimeConfig",
        "metadata",
        "desiredSkills",
        "prompt",
    ] {
        if let Some(value) = turn.body.get(name) {
            set(&mut agent, name, value.clone());
        }
    }
    let files = turn
        .body
        .get("instructionsBundle")
        .map(|bundle| &bundle["files"]);
    if let Some(prompt) = files.and_then(|files| files["AGENTS.md"].as_str()) {
        if text(&agent, "prompt").is_empty() {
            set(&mut agent, "prompt", prompt);
        }
        let file = format!("/var/lib/squads/{}/AGENTS.md", text(&agent, "id"));
        set_in(
            &mut agent,
            "adapterConfig",
            "instructionsBundleMode",
            "managed",
        );
        set_in(&mut agent, "adapterConfig", "instructionsFilePath", file);
    }
    Ok(agent)
}

/// The name, or the first of `Coder 2`, `Coder 3` and so on that is free.
fn free_name(turn: &Turn<'_>, squad: &Value, wished: &str) -> String {
    let mut name = wished.to_owned();
    let mut number = 2;
    while turn.world.has_name(squad, &name, &Value::Null) {
        name = format!("{wished} {number}");
        number += 1;
    }
    name
}

impl Turn<'_> {
    /// 409 for a name that is in use.
    pub(super) fn taken(&self, name: &str) -> Refusal {
        let message = format!("An agent named '{name}' is in this squad already");
        self.dialect.conflict("name_taken", message)
    }

    /// A superior must be of the same squad, if there is to be one.
    pub(super) fn check_boss(&self, boss: &Value, squad: &Value) -> Result<(), Refusal> {
        if boss.is_null() {
            return Ok(());
        }
        let Some(found) = self.world.agent(boss) else {
            let message = "The agent to report to is not found";
            return Err(self.dialect.not_found("agent_not_found", message));
        };
        if found["squadId"] == *squad {
            return Ok(());
        }
        let message = "The agent to report to is of another squad";
        Err(self.dialect.impossible("other_squad", message))
    }
}
