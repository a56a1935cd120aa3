//! Agents: looked at, changed and deleted.

use serde_json::{Value, json};

use super::super::reply::{Answer, Refusal, ok};
use super::serve::{Turn, done};
use super::show::url_key;
use super::world::{is_uuid, set, set_in, text, touch};

/// One agent; on the server also by its name in the squad that the query names.
pub(super) fn get(turn: &mut Turn<'_>) -> Answer {
    let place = match by_name(turn)? {
        Some(place) => place,
        None => turn.agent()?,
    };
    Ok(turn.reply("agent", turn.detail(&turn.world.agents[place])))
}

fn by_name(turn: &Turn<'_>) -> Result<Option<usize>, Refusal> {
    let name = turn.ids.first().map_or("", String::as_str);
    let squad = turn.query.iter().find(|(name, _)| name == "squadId");
    let Some((_, squad)) = squad.filter(|_| !turn.dialect.is_page() && !is_uuid(name)) else {
        return Ok(None);
    };
    let key = url_key(name);
    let agents = turn.world.agents.iter().enumerate();
    let mut found = agents
        .filter(|(_, agent)| agent["squadId"] == *squad && url_key(text(agent, "name")) == key);
    let (place, agent) = found.next().ok_or_else(|| turn.missing("Agent"))?;
    if found.next().is_some() {
        let message = "Several agents of the squad bear this name; use the id";
        return Err(turn.dialect.conflict("ambiguous", message));
    }
    turn.enter(&agent["squadId"])?;
    Ok(Some(place))
}

pub(super) fn list(turn: &mut Turn<'_>) -> Answer {
    let squad = turn.squad()?;
    let agents = turn.world.agents.iter();
    let rows = agents.filter(|agent| agent["squadId"] == squad["id"]);
    Ok(turn.reply("agents", rows.map(|agent| turn.row(agent)).collect()))
}

/// 200 with the agent; 409 for a name that another has.
pub(super) fn update(turn: &mut Turn<'_>) -> Answer {
    let place = turn.agent()?;
    let agent = &turn.world.agents[place];
    if let Some(name) = turn.word("name")
        && turn.world.has_name(&agent["squadId"], &name, &agent["id"])
    {
        return Err(turn.taken(&name));
    }
    let boss = turn.given(&["reportsToAgentId", "reportsTo"]).cloned();
    if let Some(boss) = &boss {
        let squad = agent["squadId"].clone();
        turn.check_boss(boss, &squad)?;
        let above = turn.world.agent(boss);
        let circle = above.is_some_and(|above| {
            above["id"] == agent["id"]
                || turn
                    .world
                    .chain(above)
                    .iter()
                    .any(|link| link["id"] == agent["id"])
        });
        if circle {
            let message = "An agent cannot report to itself or to those below it";
            return Err(turn.dialect.impossible("reporting_circle", message));
        }
    }
    if let Some(status) = turn.word("status") {
        turn.become_status(place, &status)?;
    }
    let agent = &mut turn.world.agents[place];
    for name in ["name", "title", "role", "prompt", "metadata"] {
        if let Some(value) = turn.body.get(name) {
            set(agent, name, value.clone());
        }
    }
    if turn.body.contains_key("role") {
        set(agent, "pageRole", Value::Null);
    }
    if let Some(boss) = boss {
        set(agent, "reportsTo", boss);
    }
    touch(agent, turn.now);
    Ok(turn.reply("agent", turn.show(&turn.world.agents[place])))
}

pub(super) fn permissions(turn: &mut Turn<'_>) -> Answer {
    let place = turn.agent()?;
    let agent = &mut turn.world.agents[place];
    if let Some(can) = turn.body.get("canCreateAgents") {
        set_in(agent, "permissions", "canCreateAgents", can.clone());
    }
    if let Some(can) = turn.body.get("canAssignTasks") {
        set(agent, "canAssignTasks", can.clone());
    }
    touch(agent, turn.now);
    Ok(turn.reply("agent", turn.detail(&turn.world.agents[place])))
}

/// The server keeps the path in the adapter's settings, and only an absolute one.
pub(super) fn instructions(turn: &mut Turn<'_>) -> Answer {
    let place = turn.agent()?;
    let Some(mut path) = turn.given(&["instructionsPath", "path"]).cloned() else {
        return Err(turn.dialect.invalid("'instructionsPath' is required"));
    };
    let agent = &turn.world.agents[place];
    if turn.dialect.is_page() {
        let agent = &mut turn.world.agents[place];
        set(agent, "instructionsPath", path);
        touch(agent, turn.now);
        return Ok(turn.reply("agent", turn.show(&turn.world.agents[place])));
    }
    let adapter = agent["adapterType"].clone();
    let local = text(agent, "adapterType").ends_with("_local");
    let named = turn.word("adapterConfigKey");
    let Some(key) = named.or_else(|| local.then(|| "instructionsFilePath".to_owned())) else {
        let message = "This adapter has no file of instructions; name one with adapterConfigKey";
        return Err(turn.dialect.impossible("no_instructions", message));
    };
    if let Some(given) = path.as_str().filter(|path| !path.starts_with('/')) {
        let cwd = text(&agent["adapterConfig"], "cwd");
        if cwd.is_empty() {
            let message = "A relative path needs a cwd in the adapter's configuration";
            return Err(turn.dialect.impossible("relative_path", message));
        }
        path = format!("{cwd}/{given}").into();
    }
    let answer = json!({
        "agentId": agent["id"],
        "adapterType": adapter,
        "adapterConfigKey": key,
        "path": path,
    });
    let agent = &mut turn.world.agents[place];
    set_in(agent, "adapterConfig", &key, path);
    touch(agent, turn.now);
    Ok(ok(&answer))
}

/// Deletes an agent. The server breaks where costs or hires refer to it; the page says nothing of that.
pub(super) fn delete(turn: &mut Turn<'_>) -> Answer {
    let place = turn.agent()?;
    let id = turn.world.agents[place]["id"].clone();
    let cost = turn.world.agents[place]["runtime"]["totalCostCents"].as_i64();
    let mut hires = turn.world.approvals.iter();
    if !turn.dialect.is_page()
        && (cost.is_some_and(|cents| cents > 0) || hires.any(|hire| hire["agentId"] == id))
    {
        return Err(turn.dialect.crash());
    }
    turn.world.agents.remove(place);
    turn.world.keys.retain(|key| key["agentId"] != id);
    for agent in &mut turn.world.agents {
        if agent["reportsTo"] == id {
            set(agent, "reportsTo", Value::Null);
        }
    }
    Ok(done())
}
