//! Runtime state of an agent's sessions: get and reset.

use serde_json::{Value, json};

use super::super::response::{HandlerResult, ok};
use super::request_context::RequestContext;
use super::state::{mark_modified, set, set_in};

/// The runtime state, in the same format for both dialects.
fn show(context: &RequestContext<'_>, agent: &Value) -> Value {
    let state = &agent["runtime"];
    let number = |name: &str| state[name].as_i64().unwrap_or(0);
    json!({
        "agentId": agent["id"],
        "squadId": agent["squadId"],
        "adapterType": agent["adapterType"],
        "sessionId": state["sessionId"],
        "sessionDisplayId": state["sessionId"],
        "sessionParamsJson": null,
        "stateJson": {},
        "lastRunId": state["lastRunId"],
        "lastRunStatus": state["lastRunStatus"],
        "totalInputTokens": number("totalInputTokens"),
        "totalOutputTokens": number("totalOutputTokens"),
        "totalCachedInputTokens": number("totalCachedInputTokens"),
        "totalCostCents": number("totalCostCents"),
        "lastError": state["lastError"],
        "createdAt": context.dialect.time_of(&agent["createdAt"]),
        "updatedAt": context.dialect.time_of(&agent["updatedAt"]),
    })
}

pub(super) fn get(context: &mut RequestContext<'_>) -> HandlerResult {
    let agent = &context.state.agents[context.agent_index()?];
    Ok(ok(&show(context, agent)))
}

/// Resets the session of one task, or all sessions and the last error.
pub(super) fn reset(context: &mut RequestContext<'_>) -> HandlerResult {
    let index = context.agent_index()?;
    let task = context.body.get("taskKey").filter(|task| !task.is_null());
    let agent = &mut context.state.agents[index];
    let sessions = agent["runtime"]["taskSessions"].as_array().cloned();
    let (gone, kept): (Vec<Value>, Vec<Value>) = sessions
        .unwrap_or_default()
        .into_iter()
        .partition(|session| task.is_none_or(|task| task == session));
    set_in(agent, "runtime", "taskSessions", kept);
    if task.is_none() {
        set_in(agent, "runtime", "sessionId", Value::Null);
        set_in(agent, "runtime", "lastError", Value::Null);
    }
    mark_modified(agent, context.now);
    let mut shown = show(context, &context.state.agents[index]);
    set(&mut shown, "clearedTaskSessions", gone.len());
    Ok(ok(&shown))
}
