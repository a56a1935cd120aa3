//! JSON representations of an agent in each dialect.

use serde_json::{Value, json};

use super::request_context::RequestContext;
use super::state::{set, text};

/// An agent as returned by changes.
pub(super) fn show(context: &RequestContext<'_>, agent: &Value) -> Value {
    if context.dialect.is_page() {
        page_agent(context, agent)
    } else {
        server_agent(context, agent)
    }
}

/// An agent in a list: four members in the page dialect, all in the server dialect.
pub(super) fn row(context: &RequestContext<'_>, agent: &Value) -> Value {
    if context.dialect.is_page() {
        short(agent)
    } else {
        server_agent(context, agent)
    }
}

/// An agent as returned by ID.
pub(super) fn detail(context: &RequestContext<'_>, agent: &Value) -> Value {
    let mut shown = show(context, agent);
    if !context.dialect.is_page() {
        set(&mut shown, "chainOfCommand", chain(context, agent));
        // Every active agent may assign tasks, whether or not that is granted.
        let is_granted = agent["canAssignTasks"] == true;
        let is_active = !matches!(text(agent, "status"), "terminated" | "pending_approval");
        let source = match (is_granted, is_active) {
            (true, _) => "explicit_grant",
            (false, true) => "simple_default",
            (false, false) => "none",
        };
        let grant = json!({
            "principalType": "agent",
            "principalId": agent["id"],
            "permissionKey": "tasks:assign",
            "scope": null,
        });
        let access = json!({
            "canAssignTasks": is_granted || is_active,
            "taskAssignSource": source,
            "grants": if is_granted { vec![grant] } else { Vec::new() },
        });
        set(&mut shown, "access", access);
    }
    shown
}

/// The agent that authenticated the request.
pub(super) fn identity(context: &RequestContext<'_>, agent: &Value) -> Value {
    if !context.dialect.is_page() {
        return detail(context, agent);
    }
    let mut shown = short(agent);
    set(&mut shown, "squadId", agent["squadId"].clone());
    set(&mut shown, "chainOfCommand", chain(context, agent));
    shown
}

fn chain(context: &RequestContext<'_>, agent: &Value) -> Value {
    let chain = context.state.managers(agent);
    let page = context.dialect.is_page();
    let links = chain.into_iter().map(|manager| {
        let role = if page {
            page_role(manager)
        } else {
            manager["role"].clone()
        };
        let mut link = json!({ "id": manager["id"], "name": manager["name"], "role": role });
        if !page {
            set(&mut link, "title", manager["title"].clone());
        }
        link
    });
    links.collect()
}

/// The page dialect's members, plus optional members that are set.
fn page_agent(context: &RequestContext<'_>, agent: &Value) -> Value {
    let mut shown = json!({
        "id": agent["id"],
        "name": agent["name"],
        "role": page_role(agent),
        "title": agent["title"],
        "status": agent["status"],
        "adapterType": agent["adapterType"],
        "squadId": agent["squadId"],
        "reportsToAgentId": agent["reportsTo"],
        "permissions": {
            "canCreateAgents": agent["permissions"]["canCreateAgents"] == true,
            "canAssignTasks": agent["canAssignTasks"] == true,
        },
        "createdAt": context.dialect.time_of(&agent["createdAt"]),
    });
    for name in ["prompt", "desiredSkills", "instructionsPath"] {
        if !agent[name].is_null() {
            set(&mut shown, name, agent[name].clone());
        }
    }
    shown
}

fn server_agent(context: &RequestContext<'_>, agent: &Value) -> Value {
    let object = |name: &str| match &agent[name] {
        Value::Null => json!({}),
        other => other.clone(),
    };
    let number = |name: &str| agent[name].as_i64().unwrap_or(0);
    json!({
        "id": agent["id"],
        "squadId": agent["squadId"],
        "name": agent["name"],
        "urlKey": url_key(text(agent, "name")),
        "role": agent["role"],
        "title": agent["title"],
        "icon": null,
        "status": agent["status"],
        "reportsTo": agent["reportsTo"],
        "capabilities": null,
        "adapterType": agent["adapterType"],
        "adapterConfig": object("adapterConfig"),
        "runtimeConfig": object("runtimeConfig"),
        "budgetMonthlyCents": number("budgetMonthlyCents"),
        "spentMonthlyCents": number("spentMonthlyCents"),
        "pauseReason": agent["pauseReason"],
        "pausedAt": context.dialect.time_of(&agent["pausedAt"]),
        "permissions": { "canCreateAgents": agent["permissions"]["canCreateAgents"] == true },
        "lastHeartbeatAt": null,
        "metadata": agent["metadata"],
        "createdAt": context.dialect.time_of(&agent["createdAt"]),
        "updatedAt": context.dialect.time_of(&agent["updatedAt"]),
    })
}

fn short(agent: &Value) -> Value {
    json!({
        "id": agent["id"],
        "name": agent["name"],
        "role": page_role(agent),
        "status": agent["status"],
    })
}

/// The page dialect uses different names for some roles.
fn page_role(agent: &Value) -> Value {
    let name = if agent["pageRole"].is_null() {
        "role"
    } else {
        "pageRole"
    };
    agent[name].clone()
}

/// The form of an agent's name in the server dialect's paths.
pub(super) fn url_key(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|character: char| !character.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}
