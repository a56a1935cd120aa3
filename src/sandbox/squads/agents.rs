//! Agents: get, list, update, and delete.

use serde_json::Value;

use super::super::response::{ApiError, HandlerResult};
use super::agent_view::{self, url_key};
use super::lifecycle::set_status;
use super::request_context::{RequestContext, ok_response};
use super::state::{is_uuid, mark_modified, set, set_in, text};

/// Gets an agent by ID or, in the server dialect, by name within the squad named in the query.
pub(super) fn get(context: &mut RequestContext<'_>) -> HandlerResult {
    let index = match by_name(context)? {
        Some(index) => index,
        None => context.agent_index()?,
    };
    Ok(context.respond(
        "agent",
        agent_view::detail(context, &context.state.agents[index]),
    ))
}

fn by_name(context: &RequestContext<'_>) -> Result<Option<usize>, ApiError> {
    let name = context.ids.first().map_or("", String::as_str);
    let squad = context.query.iter().find(|(name, _)| name == "squadId");
    let Some((_, squad)) = squad.filter(|_| !context.dialect.is_page() && !is_uuid(name)) else {
        return Ok(None);
    };
    let key = url_key(name);
    let agents = context.state.agents.iter().enumerate();
    let mut found = agents
        .filter(|(_, agent)| agent["squadId"] == *squad && url_key(text(agent, "name")) == key);
    let (index, agent) = found.next().ok_or_else(|| context.not_found("Agent"))?;
    if found.next().is_some() {
        let message = "Several agents in the squad have this name; use the ID";
        return Err(context.dialect.conflict("ambiguous", message));
    }
    context.check_squad(&agent["squadId"])?;
    Ok(Some(index))
}

/// Lists the agents of a squad. The server dialect omits terminated agents, and returns an empty list for an unknown
/// squad.
pub(super) fn list(context: &mut RequestContext<'_>) -> HandlerResult {
    let page = context.dialect.is_page();
    let id = context.path_id(0, "Squad")?;
    let is_known = context.state.squads.iter().any(|squad| squad["id"] == id);
    if page || is_known {
        context.squad()?;
    }
    let agents = context.state.agents.iter();
    let rows =
        agents.filter(|agent| agent["squadId"] == id && (page || agent["status"] != "terminated"));
    Ok(context.respond(
        "agents",
        rows.map(|agent| agent_view::row(context, agent)).collect(),
    ))
}

/// Returns 200 with the agent, or 409 if the name is in use.
pub(super) fn update(context: &mut RequestContext<'_>) -> HandlerResult {
    let index = context.agent_index()?;
    let agent = &context.state.agents[index];
    if let Some(name) = context.body_text("name")
        && context
            .state
            .name_in_use(&agent["squadId"], &name, &agent["id"])
    {
        return Err(context.name_taken(&name));
    }
    let manager = context.body.get("reportsTo").cloned();
    if let Some(manager) = &manager {
        let squad = agent["squadId"].clone();
        context.check_manager(manager, &squad)?;
        let manager_agent = context.state.agent(manager);
        let circular = manager_agent.is_some_and(|manager_agent| {
            manager_agent["id"] == agent["id"]
                || context
                    .state
                    .managers(manager_agent)
                    .iter()
                    .any(|link| link["id"] == agent["id"])
        });
        if circular {
            let message = "An agent cannot report to itself or to an agent below it";
            return Err(context.dialect.unprocessable("reporting_circle", message));
        }
    }
    if let Some(status) = context.body_text("status") {
        set_status(context, index, &status)?;
    }
    let agent = &mut context.state.agents[index];
    for name in ["name", "title", "role", "prompt", "metadata"] {
        if let Some(value) = context.body.get(name) {
            set(agent, name, value.clone());
        }
    }
    if context.body.contains_key("role") {
        set(agent, "pageRole", Value::Null);
    }
    if let Some(manager) = manager {
        set(agent, "reportsTo", manager);
    }
    mark_modified(agent, context.now);
    Ok(context.respond(
        "agent",
        agent_view::show(context, &context.state.agents[index]),
    ))
}

pub(super) fn permissions(context: &mut RequestContext<'_>) -> HandlerResult {
    let index = context.agent_index()?;
    let agent = &mut context.state.agents[index];
    if let Some(can) = context.body.get("canCreateAgents") {
        set_in(agent, "permissions", "canCreateAgents", can.clone());
    }
    if let Some(can) = context.body.get("canAssignTasks") {
        set(agent, "canAssignTasks", can.clone());
    }
    mark_modified(agent, context.now);
    Ok(context.respond(
        "agent",
        agent_view::detail(context, &context.state.agents[index]),
    ))
}

/// Deletes an agent. The server dialect fails if costs or hire requests refer to it.
pub(super) fn delete(context: &mut RequestContext<'_>) -> HandlerResult {
    let index = context.agent_index()?;
    let id = context.state.agents[index]["id"].clone();
    let cost = context.state.agents[index]["runtime"]["totalCostCents"].as_i64();
    let mut hires = context.state.approvals.iter();
    if !context.dialect.is_page()
        && (cost.is_some_and(|cents| cents > 0) || hires.any(|hire| hire["agentId"] == id))
    {
        return Err(context.dialect.internal_error());
    }
    context.state.agents.remove(index);
    context.state.keys.retain(|key| key["agentId"] != id);
    for agent in &mut context.state.agents {
        if agent["reportsTo"] == id {
            set(agent, "reportsTo", Value::Null);
        }
    }
    Ok(ok_response())
}
