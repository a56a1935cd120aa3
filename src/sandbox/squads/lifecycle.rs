//! Agent lifecycle: pause, resume, and terminate.

use serde_json::Value;

use super::super::response::{ApiError, HandlerResult};
use super::agent_view;
use super::request_context::{RequestContext, ok_response};
use super::state::{mark_modified, set};

pub(super) fn pause(context: &mut RequestContext<'_>) -> HandlerResult {
    change(context, "paused")
}

/// In the server dialect, an agent is idle until it has work.
pub(super) fn resume(context: &mut RequestContext<'_>) -> HandlerResult {
    let status = if context.dialect.is_page() {
        "active"
    } else {
        "idle"
    };
    change(context, status)
}

/// Termination is permanent and revokes the agent's keys.
pub(super) fn terminate(context: &mut RequestContext<'_>) -> HandlerResult {
    change(context, "terminated")
}

fn change(context: &mut RequestContext<'_>, status: &str) -> HandlerResult {
    let index = context.agent_index()?;
    set_status(context, index, status)?;
    if status == "terminated" {
        let id = context.state.agents[index]["id"].clone();
        context.state.revoke_keys(&id, context.now);
    }
    if context.dialect.is_page() {
        Ok(ok_response())
    } else {
        Ok(context.respond(
            "agent",
            agent_view::show(context, &context.state.agents[index]),
        ))
    }
}

/// Sets an agent's status unless it is terminated. In the server dialect, a pending agent starts before its approval, and
/// the keys of an agent whose status is set to `terminated` stay valid.
pub(super) fn set_status(
    context: &mut RequestContext<'_>,
    index: usize,
    status: &str,
) -> Result<(), ApiError> {
    let agent = &mut context.state.agents[index];
    let ended = agent["status"] == "terminated";
    if ended {
        let message = "The agent is terminated";
        return Err(context.dialect.conflict("agent_terminated", message));
    }
    let paused = status == "paused";
    set(agent, "status", status);
    let reason = if paused { "manual".into() } else { Value::Null };
    set(agent, "pauseReason", reason);
    let at = if paused {
        context.now.into()
    } else {
        Value::Null
    };
    set(agent, "pausedAt", at);
    mark_modified(agent, context.now);
    Ok(())
}
