//! `/management/agents`: the records of the fleet and their history.

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::Seconds;
use super::fields::{COUNT, Fields, required};
use super::reply::{Answer, Refusal, created, done, ok};
use super::state::{Agent, Document, Event};
use super::{id, page, tools};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/management/agents", list),
    (MethodFilter::POST, "/management/agents", create),
    (MethodFilter::GET, "/management/agents/{agent}", get),
    (MethodFilter::PATCH, "/management/agents/{agent}", update),
    (MethodFilter::DELETE, "/management/agents/{agent}", delete),
    (
        MethodFilter::GET,
        "/management/agents/{agent}/events",
        events,
    ),
];

/// What an agent can be made with; an update takes these and the status.
const CREATE: &[&str] = &[
    "name",
    "worker_id",
    "public_key",
    "region",
    "max_concurrent_requests",
    "description",
    "supported_tiers",
];

/// The states that are known. The router's set is open; the sandbox takes no others.
const STATUS: &[&str] = &["pending", "active", "suspended", "disconnected", "dead"];

/// An agent by id.
pub(super) fn find<'a>(document: &'a Document, id: &str) -> Result<&'a Agent, Refusal> {
    let agent = document.agents.iter().find(|agent| agent.id == id);
    agent.ok_or_else(|| missing(id))
}

/// An agent by id, to be changed.
pub(super) fn find_mut<'a>(document: &'a mut Document, id: &str) -> Result<&'a mut Agent, Refusal> {
    let agent = document.agents.iter_mut().find(|agent| agent.id == id);
    agent.ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Refusal {
    Refusal::missing("agent", id, "agent_not_found")
}

/// One agent in full: the row of the list, and what only the detail tells.
pub(super) fn detail(agent: &Agent, now: Seconds) -> Value {
    let mut shown = row(agent, now);
    shown["exec_paused"] = agent.exec_paused.into();
    shown["exec_paused_workspaces"] = json!(agent.exec_paused_workspaces);
    shown["credentials_revoked_workspaces"] = json!(agent.credentials_revoked_workspaces);
    if !agent.tools.is_empty() {
        shown["tools"] = agent
            .tools
            .iter()
            .filter_map(|tool| tools::summary(tool))
            .collect();
    }
    shown
}

fn row(agent: &Agent, now: Seconds) -> Value {
    let spelling = agent.spelling();
    json!({
        "id": agent.id,
        "name": agent.name,
        "worker_id": agent.worker_id,
        "region": agent.region,
        "status": agent.status,
        "agent_role": if agent.tools.is_empty() { "inference" } else { "execution" },
        "max_concurrent_requests": agent.max_concurrent_requests,
        "description": agent.description,
        "supported_tiers": agent.supported_tiers,
        "storage_limit_enabled": agent.storage_limit_bytes.is_some(),
        "storage_limit_bytes": agent.storage_limit_bytes,
        "last_heartbeat": spelling.write_if(agent.last_heartbeat(now)),
        "public_key": agent.public_key(now),
        "created_at": spelling.write(agent.created_at),
        "updated_at": spelling.write(agent.updated_at),
    })
}

fn list(app: &App, call: &Call) -> Answer {
    let query = call.query(page::QUERY)?;
    let cut = |document: &Document, now| {
        app.pages.cut(
            &query,
            &document.agents,
            |agent| &agent.id,
            |agent| row(agent, now),
        )
    };
    app.store.read(cut).map(|list| ok(&list))
}

fn get(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let show = |document: &Document, now| Ok(detail(find(document, call.path("agent"))?, now));
    app.store.read(show).map(|agent| ok(&agent))
}

fn create(app: &App, call: &Call) -> Answer {
    let fields = call.fields(CREATE)?;
    let mut agent = Agent {
        id: id::fresh("agt_"),
        name: required("name", fields.text("name")?)?,
        worker_id: required("worker_id", fields.text("worker_id")?)?,
        public_key: required("public_key", fields.public_key("public_key")?)?,
        region: required("region", fields.region("region")?)?,
        status: "pending".to_owned(),
        max_concurrent_requests: 0,
        description: None,
        supported_tiers: None,
        storage_limit_bytes: None,
        tools: Vec::new(),
        created_at: 0,
        updated_at: 0,
        lost_at: None,
        exec_paused: false,
        exec_paused_workspaces: Vec::new(),
        credentials_revoked_workspaces: Vec::new(),
        rotation: None,
        unix_times: false,
        untouched: false,
    };
    set(&mut agent, &fields)?;
    app.store.write(|document, now| {
        agent.created_at = now;
        agent.updated_at = now;
        document.record(
            &agent.id,
            "agent.created",
            json!("Created by an operator"),
            now,
        );
        let answer = created(&detail(&agent, now));
        // The newest first, so that a fresh agent is on the first page.
        document.agents.insert(0, agent);
        Ok(answer)
    })
}

fn update(app: &App, call: &Call) -> Answer {
    let fields = call.fields(&[CREATE, &["status"]].concat())?;
    if fields.is_empty() {
        return Err(Refusal::body("body", "At least one field must be given."));
    }
    let status = fields.word("status", STATUS)?;
    let id = call.path("agent");
    app.store.write(|document, now| {
        if fields
            .names()
            .iter()
            .any(|name| matches!(*name, "public_key" | "status"))
        {
            // What is set by hand holds against what a rotation was about to bring.
            document.abandon_rotation(id, now);
        }
        let agent = find_mut(document, id)?;
        set(agent, &fields)?;
        if let Some(status) = &status {
            agent.become_status(status, now);
        }
        agent.touch(now);
        let answer = ok(&detail(agent, now));
        let details = json!({ "fields": fields.names() });
        document.record(id, "agent.updated", details, now);
        Ok(answer)
    })
}

/// Takes over what the body gives, but for the status.
fn set(agent: &mut Agent, fields: &Fields) -> Result<(), Refusal> {
    let texts = [
        (fields.text("name")?, &mut agent.name),
        (fields.text("worker_id")?, &mut agent.worker_id),
        (fields.region("region")?, &mut agent.region),
        (fields.public_key("public_key")?, &mut agent.public_key),
    ];
    for (given, target) in texts {
        if let Some(value) = given {
            *target = value;
        }
    }
    if let Some(count) = fields.integer("max_concurrent_requests", 0..=COUNT)? {
        agent.max_concurrent_requests = count;
    }
    fields.note("description", &mut agent.description)?;
    fields.tiers("supported_tiers", &mut agent.supported_tiers)
}

fn delete(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let id = call.path("agent");
    app.store.write(|document, _| {
        find(document, id)?;
        document.agents.retain(|agent| agent.id != id);
        document.events.retain(|event| event.agent_id != id);
        document
            .candidates
            .retain(|candidate| candidate.agent_id != id);
        Ok(done())
    })
}

/// The newest first; what lies in the future has not happened.
fn events(app: &App, call: &Call) -> Answer {
    let query = call.query(page::QUERY)?;
    let cut = |document: &Document, now| {
        let agent = find(document, call.path("agent"))?;
        let spelling = agent.spelling();
        // Within a second the one recorded last is the newest.
        let recorded = document.events.iter().rev();
        let mut events: Vec<&Event> = recorded
            .filter(|event| event.agent_id == agent.id && event.created_at <= now)
            .collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.created_at));
        let show = |event: &&Event| {
            json!({
                "id": event.id,
                "agent_id": event.agent_id,
                "event_type": event.kind,
                "details": event.details,
                "created_at": spelling.write(event.created_at),
            })
        };
        app.pages
            .cut(&query, &events, |event| event.id.as_str(), show)
    };
    app.store.read(cut).map(|list| ok(&list))
}
