//! Who is there, and what waits for whoever asks.

use serde_json::{Value, json};

use super::super::reply::{Answer, ok};
use super::caller::Caller;
use super::serve::Turn;
use super::world::{set, text};

/// What the inbox holds unless it is asked otherwise.
const OPEN: &str = "todo,in_progress,in_review,blocked";

/// All the statuses of an issue.
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
pub(super) fn health(_: &mut Turn<'_>) -> Answer {
    Ok(ok(&json!({
        "status": "ok",
        "version": "0.3.1",
        "deploymentMode": "local_trusted",
    })))
}

/// Whom the service takes the caller for, and by what.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every route's function returns the same"
)]
pub(super) fn auth(turn: &mut Turn<'_>) -> Answer {
    let agent = match &turn.caller {
        Caller::Agent(id) => id.clone(),
        _ => Value::Null,
    };
    let squads = turn.world.squads.iter();
    let ids: Vec<&Value> = squads
        .map(|squad| &squad["id"])
        .filter(|id| turn.enter(id).is_ok())
        .collect();
    Ok(ok(&json!({
        "userId": if agent.is_null() { json!("local-operator") } else { Value::Null },
        "agentId": agent,
        "isInstanceAdmin": agent.is_null(),
        "squadIds": ids,
        "source": turn.caller.source(),
    })))
}

pub(super) fn me(turn: &mut Turn<'_>) -> Answer {
    let agent = turn.own().ok_or_else(|| turn.missing("Agent"))?;
    Ok(turn.reply("agent", turn.identity(agent)))
}

/// The issues of the caller. The server looks at no `status`, and forgets those in review.
pub(super) fn inbox(turn: &mut Turn<'_>) -> Answer {
    let agent = turn.own().ok_or_else(|| turn.missing("Agent"))?;
    let page = turn.dialect.is_page();
    let asked = turn.query.iter().find(|(name, _)| name == "status");
    let asked = asked.map_or(OPEN, |(_, value)| value.as_str());
    let wanted: Vec<&str> = if page {
        asked.split(',').collect()
    } else {
        vec!["todo", "in_progress", "blocked"]
    };
    if let Some(word) = wanted.iter().find(|word| !STATUSES.contains(word)) {
        return Err(turn
            .dialect
            .invalid(format!("'{word}' is no status of an issue")));
    }
    let issues = turn.world.issues.iter();
    let mine = issues
        .filter(|issue| issue["agentId"] == agent["id"] && wanted.contains(&text(issue, "status")));
    let items = mine.map(|issue| {
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
            let at = turn.dialect.time_of(&issue["updatedAt"]);
            set(&mut item, "updatedAt", at);
        }
        item
    });
    Ok(turn.reply("items", items.collect()))
}
