//! Health check, and the caller's identity and inbox.

use serde_json::{Value, json};

use super::super::response::{HandlerResult, ok};
use super::agent_view;
use super::caller::Caller;
use super::request_context::RequestContext;
use super::state::{set, text};

/// Default statuses in the inbox.
const DEFAULT_STATUSES: &str = "todo,in_progress,in_review,blocked";

/// All issue statuses.
const STATUSES: &[&str] = &[
    "backlog",
    "todo",
    "in_progress",
    "in_review",
    "blocked",
    "done",
    "cancelled",
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "every route's function returns the same"
)]
pub(super) fn health(_: &mut RequestContext<'_>) -> HandlerResult {
    Ok(ok(&json!({
        "status": "ok",
        "version": "0.3.1",
        "deploymentMode": "local_trusted",
    })))
}

/// Returns the caller's identity and how it was authenticated.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every route's function returns the same"
)]
pub(super) fn identity(context: &mut RequestContext<'_>) -> HandlerResult {
    let agent = match &context.caller {
        Caller::Agent(id) => id.clone(),
        _ => Value::Null,
    };
    let squads = context.state.squads.iter();
    let ids: Vec<&Value> = squads
        .map(|squad| &squad["id"])
        .filter(|id| context.check_squad(id).is_ok())
        .collect();
    Ok(ok(&json!({
        "userId": if agent.is_null() { json!("local-operator") } else { Value::Null },
        "agentId": agent,
        "isInstanceAdmin": agent.is_null(),
        "squadIds": ids,
        "source": context.caller.source(),
    })))
}

pub(super) fn current_agent(context: &mut RequestContext<'_>) -> HandlerResult {
    let agent = context
        .calling_agent()
        .ok_or_else(|| context.not_found("Agent"))?;
    Ok(context.respond("agent", agent_view::identity(context, agent)))
}

/// Lists the caller's issues. The server dialect ignores `status` and omits issues in review.
pub(super) fn inbox(context: &mut RequestContext<'_>) -> HandlerResult {
    let agent = context
        .calling_agent()
        .ok_or_else(|| context.not_found("Agent"))?;
    let page = context.dialect.is_page();
    let requested = context.query.iter().find(|(name, _)| name == "status");
    let requested = requested.map_or(DEFAULT_STATUSES, |(_, value)| value.as_str());
    let statuses: Vec<&str> = if page {
        requested.split(',').collect()
    } else {
        vec!["todo", "in_progress", "blocked"]
    };
    if let Some(word) = statuses.iter().find(|word| !STATUSES.contains(word)) {
        return Err(context
            .dialect
            .invalid(format!("'{word}' is not an issue status")));
    }
    let issues = context.state.issues.iter();
    let own = issues.filter(|issue| {
        issue["agentId"] == agent["id"] && statuses.contains(&text(issue, "status"))
    });
    let items = own.map(|issue| {
        let mut item = json!({
            "id": issue["id"],
            "identifier": issue["identifier"],
            "title": issue["title"],
            "status": issue["status"],
            "priority": issue["priority"],
        });
        if !page {
            for name in ["projectId", "goalId", "parentId", "activeRun"] {
                set(&mut item, name, Value::Null);
            }
            let at = context.dialect.time_of(&issue["updatedAt"]);
            set(&mut item, "updatedAt", at);
        }
        item
    });
    Ok(context.respond("items", items.collect()))
}
