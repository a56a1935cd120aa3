//! `/management/agents`: agent records and their event history.

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::clock::Seconds;
use super::fields::{Fields, MAX_COUNT, required};
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, created, no_content, ok};
use super::state::{Agent, AgentEvent, Document};
use super::{id, pagination, tools};

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

/// Fields accepted on create; an update also accepts `status`.
const CREATE_FIELDS: &[&str] = &[
    "name",
    "worker_id",
    "public_key",
    "region",
    "max_concurrent_requests",
    "description",
    "supported_tiers",
];

/// Valid statuses. The router's set is open; the sandbox accepts only these.
const STATUSES: &[&str] = &["pending", "active", "suspended", "disconnected", "dead"];

/// Finds an agent by ID.
pub(super) fn find<'a>(document: &'a Document, id: &str) -> Result<&'a Agent, ApiError> {
    let agent = document.agents.iter().find(|agent| agent.id == id);
    agent.ok_or_else(|| not_found(id))
}

/// Finds an agent by ID for modification.
pub(super) fn find_mut<'a>(
    document: &'a mut Document,
    id: &str,
) -> Result<&'a mut Agent, ApiError> {
    let agent = document.agents.iter_mut().find(|agent| agent.id == id);
    agent.ok_or_else(|| not_found(id))
}

fn not_found(id: &str) -> ApiError {
    ApiError::not_found("agent", id, "agent_not_found")
}

/// Returns the agent's detail view: the list fields plus those only the detail has.
pub(super) fn detail(agent: &Agent, now: Seconds) -> Value {
    let mut view = list_item(agent, now);
    view["credentials_revoked_workspaces"] = json!(agent.credentials_revoked_workspaces);
    if !agent.tools.is_empty() {
        view["tools"] = agent
            .tools
            .iter()
            .filter_map(|tool| tools::summary(tool))
            .collect();
    }
    view
}

fn list_item(agent: &Agent, now: Seconds) -> Value {
    let times = agent.time_encoding();
    json!({
        "id": agent.id,
        "name": agent.name,
        "worker_id": agent.worker_id,
        "region": agent.region,
        "status": agent.status,
        "exec_paused": agent.exec_paused,
        "exec_paused_workspaces": agent.exec_paused_workspaces,
        "agent_role": if agent.tools.is_empty() { "inference" } else { "execution" },
        "max_concurrent_requests": agent.max_concurrent_requests,
        "description": agent.description,
        "supported_tiers": agent.supported_tiers,
        "storage_limit_enabled": agent.storage_limit_bytes.is_some(),
        "storage_limit_bytes": agent.storage_limit_bytes,
        "last_heartbeat": times.encode_optional(agent.last_heartbeat(now)),
        "public_key": agent.public_key(now),
        "created_at": times.encode(agent.created_at),
        "updated_at": times.encode(agent.updated_at),
    })
}

fn list(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(pagination::QUERY)?;
    let page = |document: &Document, now| {
        app.page_limits.paginate(
            &query,
            &document.agents,
            |agent| &agent.id,
            |agent| list_item(agent, now),
        )
    };
    app.store.read(page).map(|list| ok(&list))
}

fn get(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let show =
        |document: &Document, now| Ok(detail(find(document, request.path_param("agent"))?, now));
    app.store.read(show).map(|agent| ok(&agent))
}

fn create(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let fields = request.json_body(CREATE_FIELDS)?;
    let mut agent = Agent {
        id: id::random("agt_"),
        name: required("name", fields.text("name")?)?,
        worker_id: required("worker_id", fields.text("worker_id")?)?,
        public_key: required("public_key", fields.public_key("public_key")?)?,
        region: required("region", fields.region("region")?)?,
        status: "pending".to_owned(),
        ..Agent::default()
    };
    apply_fields(&mut agent, &fields)?;
    app.store.write(|document, now| {
        agent.created_at = now;
        agent.updated_at = now;
        document.record_event(
            &agent.id,
            "agent.created",
            json!("Created by an operator"),
            now,
        );
        let response = created(&detail(&agent, now));
        // Newest first, so that a new agent is on the first page.
        document.agents.insert(0, agent);
        Ok(response)
    })
}

fn update(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let fields = request.json_body(&[CREATE_FIELDS, &["status"]].concat())?;
    if fields.is_empty() {
        return Err(ApiError::invalid_body(
            "body",
            "At least one field must be given.",
        ));
    }
    let status = fields.one_of("status", STATUSES)?;
    let id = request.path_param("agent");
    app.store.write(|document, now| {
        if fields
            .names()
            .iter()
            .any(|name| matches!(*name, "public_key" | "status"))
        {
            // A key or status set by the operator takes precedence over a rotation in progress.
            document.cancel_rotation(id, now);
        }
        let agent = find_mut(document, id)?;
        apply_fields(agent, &fields)?;
        if let Some(status) = &status {
            agent.set_status(status, now);
        }
        agent.mark_modified(now);
        let response = ok(&detail(agent, now));
        let mut details = json!({ "fields": fields.names() });
        if let Some(status) = &status {
            details["status"] = json!(status);
        }
        document.record_event(id, "agent.updated", details, now);
        Ok(response)
    })
}

/// Applies all fields of the body except the status.
fn apply_fields(agent: &mut Agent, fields: &Fields) -> Result<(), ApiError> {
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
    if let Some(count) = fields.integer("max_concurrent_requests", 0..=MAX_COUNT)? {
        agent.max_concurrent_requests = count;
    }
    fields.nullable_text("description", &mut agent.description)?;
    fields.tiers("supported_tiers", &mut agent.supported_tiers)
}

fn delete(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let id = request.path_param("agent");
    app.store.write(|document, _| {
        find(document, id)?;
        document.agents.retain(|agent| agent.id != id);
        document.events.retain(|event| event.agent_id != id);
        document
            .candidates
            .retain(|candidate| candidate.agent_id != id);
        Ok(no_content())
    })
}

/// Lists events, newest first, excluding those scheduled for the future.
fn events(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(pagination::QUERY)?;
    let page = |document: &Document, now| {
        let agent = find(document, request.path_param("agent"))?;
        let times = agent.time_encoding();
        // Within one second, the event recorded last is the newest.
        let recorded = document.events.iter().rev();
        let mut events: Vec<&AgentEvent> = recorded
            .filter(|event| event.agent_id == agent.id && event.created_at <= now)
            .collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.created_at));
        let show = |event: &&AgentEvent| {
            json!({
                "id": event.id,
                "agent_id": event.agent_id,
                "event_type": event.kind,
                "details": event.details,
                "created_at": times.encode(event.created_at),
            })
        };
        app.page_limits
            .paginate(&query, &events, |event| event.id.as_str(), show)
    };
    app.store.read(page).map(|list| ok(&list))
}
