//! Agents: get, list, update, and delete.

use serde_json::{Value, json};

use super::super::response::{ApiError, HandlerResult, ok};
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

pub(super) fn list(context: &mut RequestContext<'_>) -> HandlerResult {
    let squad = context.squad()?;
    let agents = context.state.agents.iter();
    let rows = agents.filter(|agent| agent["squadId"] == squad["id"]);
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
    let manager = context
        .first_member(&["reportsToAgentId", "reportsTo"])
        .cloned();
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

/// Sets the instructions path. The server dialect stores it in the adapter configuration and requires an absolute path.
pub(super) fn instructions(context: &mut RequestContext<'_>) -> HandlerResult {
    let index = context.agent_index()?;
    let Some(mut path) = context.first_member(&["instructionsPath", "path"]).cloned() else {
        return Err(context.dialect.invalid("'instructionsPath' is required"));
    };
    let agent = &context.state.agents[index];
    if context.dialect.is_page() {
        let agent = &mut context.state.agents[index];
        set(agent, "instructionsPath", path);
        mark_modified(agent, context.now);
        return Ok(context.respond(
            "agent",
            agent_view::show(context, &context.state.agents[index]),
        ));
    }
    let adapter = agent["adapterType"].clone();
    let local = text(agent, "adapterType").ends_with("_local");
    let named = context.body_text("adapterConfigKey");
    let Some(key) = named.or_else(|| local.then(|| "instructionsFilePath".to_owned())) else {
        let message = "This adapter has no instructions file; set adapterConfigKey";
        return Err(context.dialect.unprocessable("no_instructions", message));
    };
    if let Some(given) = path.as_str().filter(|path| !path.starts_with('/')) {
        let cwd = text(&agent["adapterConfig"], "cwd");
        if cwd.is_empty() {
            let message = "A relative path requires 'cwd' in the adapter's configuration";
            return Err(context.dialect.unprocessable("relative_path", message));
        }
        path = format!("{cwd}/{given}").into();
    }
    let answer = json!({
        "agentId": agent["id"],
        "adapterType": adapter,
        "adapterConfigKey": key,
        "path": path,
    });
    let agent = &mut context.state.agents[index];
    set_in(agent, "adapterConfig", &key, path);
    mark_modified(agent, context.now);
    Ok(ok(&answer))
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
