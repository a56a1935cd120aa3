//! Agent creation and hire requests.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::id;
use super::super::response::{ApiError, HandlerResult, with_status};
use super::agent_view;
use super::caller::Caller;
use super::instructions::store_file;
use super::request_context::RequestContext;
use super::state::set;

/// Adapters of the server dialect; the page dialect has only the first ones.
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

/// Number of adapters in the page dialect.
const ON_PAGE: usize = 5;

/// Returns 201 with the agent. In the server dialect, a squad may require a hire request instead.
pub(super) fn create(context: &mut RequestContext<'_>) -> HandlerResult {
    let squad = context.squad()?;
    if !context.dialect.is_page() && squad["requiresApproval"] == true {
        let message = "New agents in this squad need an approval; send a hire request";
        return Err(context.dialect.conflict("approval_required", message));
    }
    let agent = new_agent(context, &squad["id"])?;
    let view = context
        .dialect
        .wrap("agent", agent_view::show(context, &agent));
    context.state.agents.push(agent);
    Ok(with_status(StatusCode::CREATED, &view))
}

/// Page dialect: 202 with an approval ID. Server dialect: 201 with the agent, and with an approval if the squad
/// requires one.
pub(super) fn hire(context: &mut RequestContext<'_>) -> HandlerResult {
    let squad = context.squad()?;
    let caller = context.calling_agent();
    if caller.is_some_and(|agent| agent["permissions"]["canCreateAgents"] != true) {
        let message = "This agent may not create agents";
        return Err(context.dialect.forbidden("missing_permission", message));
    }
    let by = match &context.caller {
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
        "payload": context.body,
        "decisionNote": null,
    });
    if context.dialect.is_page() {
        let view = json!({ "approvalId": approval["id"], "status": "pending" });
        set(&mut approval, "createdAt", context.now);
        context.state.approvals.push(approval);
        return Ok(with_status(StatusCode::ACCEPTED, &view));
    }
    let mut agent = new_agent(context, &squad["id"])?;
    let mut view = Value::Null;
    if squad["requiresApproval"] == true {
        set(&mut agent, "status", "pending_approval");
        view = approval.clone();
        set(&mut view, "createdAt", context.dialect.time(context.now));
        set(&mut view, "updatedAt", context.dialect.time(context.now));
        set(&mut approval, "agentId", agent["id"].clone());
        set(&mut approval, "createdAt", context.now);
        context.state.approvals.push(approval);
    }
    let answer = json!({ "agent": agent_view::show(context, &agent), "approval": view });
    context.state.agents.push(agent);
    Ok(with_status(StatusCode::CREATED, &answer))
}

/// Builds the agent from the body without adding it.
fn new_agent(context: &RequestContext<'_>, squad: &Value) -> Result<Value, ApiError> {
    let page = context.dialect.is_page();
    let adapter = context
        .body_text("adapterType")
        .unwrap_or_else(|| "process".to_owned());
    let known = if page { &ADAPTERS[..ON_PAGE] } else { ADAPTERS };
    if !known.contains(&adapter.as_str()) {
        let message = format!("Unknown adapter '{adapter}'");
        return Err(context.dialect.unprocessable("unknown_adapter", message));
    }
    let manager = context.first_member(&["reportsToAgentId", "reportsTo"]);
    let manager = manager.cloned().unwrap_or_default();
    context.check_manager(&manager, squad)?;
    let requested = context.body_text("name").unwrap_or_default();
    let name = if page {
        if context.state.name_in_use(squad, &requested, &Value::Null) {
            return Err(context.name_taken(&requested));
        }
        requested
    } else {
        unused_name(context, squad, &requested)
    };
    let mut agent = json!({
        "id": id::uuid(),
        "squadId": squad,
        "name": name,
        "role": context.body_text("role").unwrap_or_else(|| "general".to_owned()),
        "title": context.body.get("title"),
        "status": if page { "active" } else { "idle" },
        "reportsTo": manager,
        "adapterType": adapter,
        "createdAt": context.now,
        "updatedAt": context.now,
    });
    for name in [
        "adapterConfig",
        "runtimeConfig",
        "metadata",
        "desiredSkills",
        "prompt",
    ] {
        if let Some(value) = context.body.get(name) {
            set(&mut agent, name, value.clone());
        }
    }
    let files = context
        .body
        .get("instructionsBundle")
        .map(|bundle| &bundle["files"]);
    let prompt = files.and_then(|files| files["AGENTS.md"].as_str());
    // Other adapters have no instructions file: the prompt is lost.
    if let Some(prompt) = prompt.filter(|_| adapter.ends_with("_local")) {
        store_file(&mut agent, "AGENTS.md", prompt);
    }
    Ok(agent)
}

/// Returns the name, or the first of `Coder 2`, `Coder 3`, … that is not in use.
fn unused_name(context: &RequestContext<'_>, squad: &Value, requested: &str) -> String {
    let mut name = requested.to_owned();
    let mut number = 2;
    while context.state.name_in_use(squad, &name, &Value::Null) {
        name = format!("{requested} {number}");
        number += 1;
    }
    name
}
