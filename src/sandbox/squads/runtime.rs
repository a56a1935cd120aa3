//! What an agent's sessions have left behind.

use serde_json::{Value, json};

use super::super::reply::{Answer, ok};
use super::serve::Turn;
use super::world::{set, set_in, touch};

/// The state, in the same form on both.
fn show(turn: &Turn<'_>, agent: &Value) -> Value {
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
        "createdAt": turn.dialect.time_of(&agent["createdAt"]),
        "updatedAt": turn.dialect.time_of(&agent["updatedAt"]),
    })
}

pub(super) fn get(turn: &mut Turn<'_>) -> Answer {
    let agent = &turn.world.agents[turn.agent()?];
    Ok(ok(&show(turn, agent)))
}

/// Forgets the session of one task, or all sessions and the last error.
pub(super) fn reset(turn: &mut Turn<'_>) -> Answer {
    let place = turn.agent()?;
    let task = turn.body.get("taskKey").filter(|task| !task.is_null());
    let agent = &mut turn.world.agents[place];
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
    touch(agent, turn.now);
    let mut shown = show(turn, &turn.world.agents[place]);
    set(&mut shown, "clearedTaskSessions", gone.len());
    Ok(ok(&shown))
}
