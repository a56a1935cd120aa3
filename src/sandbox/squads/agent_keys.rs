//! Agent keys: list, create, and revoke. A token is returned once; only its hash is stored.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::id;
use super::super::response::{ApiError, HandlerResult, with_status};
use super::request_context::{RequestContext, ok_response};
use super::state::{mark_modified, set, text};

fn show(context: &RequestContext<'_>, key: &Value) -> Value {
    let time = |name: &str| context.dialect.time_of(&key[name]);
    let mut shown = json!({
        "id": key["id"],
        "name": key["name"],
        "createdAt": time("createdAt"),
        "revokedAt": time("revokedAt"),
    });
    if context.dialect.is_page() {
        set(&mut shown, "expiresAt", time("expiresAt"));
    }
    shown
}

pub(super) fn list(context: &mut RequestContext<'_>) -> HandlerResult {
    let agent = &context.state.agents[context.agent_index()?]["id"];
    let keys = context.state.keys.iter();
    let rows = keys.filter(|key| key["agentId"] == *agent);
    Ok(context.respond("keys", rows.map(|key| show(context, key)).collect()))
}

/// Returns 201 with the token. The server dialect ignores an expiry: its keys are valid until revoked.
pub(super) fn create(context: &mut RequestContext<'_>) -> HandlerResult {
    let agent = &context.state.agents[context.agent_index()?];
    if matches!(text(agent, "status"), "terminated" | "pending_approval") {
        let message = "A terminated or pending agent cannot have keys";
        return Err(context.dialect.conflict("agent_not_ready", message));
    }
    let expiry = context.body.get("expiresAt").cloned().unwrap_or_default();
    let past = expiry
        .as_str()
        .and_then(|text| text.parse::<jiff::Timestamp>().ok());
    if past.is_some_and(|at| at.as_second() <= context.now) {
        return Err(context.dialect.invalid("'expiresAt' is in the past"));
    }
    let page = context.dialect.is_page();
    let prefix = if page { "sk-agent-" } else { "slaw_agent_" };
    let token = id::random_secret(prefix)
        .map_err(|error| ApiError::internal(format!("Random bytes are unavailable: {error}.")))?;
    let key = json!({
        "id": id::uuid(),
        "agentId": agent["id"],
        "name": context.body_text("name"),
        "expiresAt": expiry,
        "createdAt": context.now,
        "hash": id::hash(&token),
    });
    let shown = if page {
        let key = json!({ "id": key["id"], "name": key["name"], "expiresAt": key["expiresAt"] });
        json!({ "key": key, "token": token })
    } else {
        let at = context.dialect.time(context.now);
        json!({ "id": key["id"], "name": key["name"], "token": token, "createdAt": at })
    };
    context.state.keys.push(key);
    Ok(with_status(StatusCode::CREATED, &shown))
}

/// Returns 200, even if the key is revoked already.
pub(super) fn revoke(context: &mut RequestContext<'_>) -> HandlerResult {
    let agent = context.state.agents[context.agent_index()?]["id"].clone();
    let id = context.path_id(1, "Key")?;
    let mut keys = context.state.keys.iter();
    let index = keys.position(|key| key["id"] == id && key["agentId"] == agent);
    let index = index.ok_or_else(|| context.not_found("Key"))?;
    let key = &mut context.state.keys[index];
    if key["revokedAt"].is_null() {
        set(key, "revokedAt", context.now);
        mark_modified(key, context.now);
    }
    Ok(ok_response())
}
