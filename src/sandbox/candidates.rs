//! `/management/agents/{id}/candidates`: workers awaiting admission to an agent.

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::agents::{find, find_mut};
use super::app_state::{AppState, Route};
use super::clock::{Seconds, TimeEncoding};
use super::pagination;
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, no_content, ok};
use super::state::{Candidate, Document};

pub(super) const ROUTES: &[Route] = &[
    (
        MethodFilter::GET,
        "/management/agents/{agent}/candidates",
        list,
    ),
    (
        MethodFilter::POST,
        "/management/agents/{agent}/candidates/{candidate}/approve",
        approve,
    ),
    (
        MethodFilter::POST,
        "/management/agents/{agent}/candidates/{candidate}/reject",
        reject,
    ),
];

const PENDING: &str = "pending";

fn status(candidate: &Candidate, now: Seconds) -> &str {
    match &candidate.decision {
        Some(decision) => decision,
        None if now < candidate.expires_at => PENDING,
        None => "expired",
    }
}

fn show(candidate: &Candidate, times: TimeEncoding, now: Seconds) -> Value {
    json!({
        "id": candidate.id,
        "status": status(candidate, now),
        "agent_id": candidate.agent_id,
        "worker_id": candidate.worker_id,
        "created_at": times.encode(candidate.created_at),
        "expires_at": times.encode(candidate.expires_at),
    })
}

/// Lists all candidates, including decided and expired ones. This list is not paginated.
fn list(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    app.store.read(|document, now| {
        let agent = find(document, request.path_param("agent"))?;
        let all = document.candidates.iter();
        let own: Vec<&Candidate> = all
            .filter(|candidate| candidate.agent_id == agent.id)
            .collect();
        let show = |candidate: &&Candidate| show(candidate, agent.time_encoding(), now);
        Ok(ok(&pagination::unpaged(
            &own,
            |candidate| &candidate.id,
            show,
        )))
    })
}

/// Returns 200 with the candidate.
fn approve(app: &AppState, request: &ApiRequest) -> HandlerResult {
    decide(app, request, "approved").map(|candidate| ok(&candidate))
}

/// Returns 204.
fn reject(app: &AppState, request: &ApiRequest) -> HandlerResult {
    decide(app, request, "rejected").map(|_| no_content())
}

/// Records a decision. As the router's troubleshooting page says, a decided or expired candidate is not found.
fn decide(app: &AppState, request: &ApiRequest, decision: &str) -> Result<Value, ApiError> {
    request.expect_empty()?;
    let (agent_id, id) = (request.path_param("agent"), request.path_param("candidate"));
    app.store.write(|document, now| {
        let times = find(document, agent_id)?.time_encoding();
        let candidate = find_pending(document, agent_id, id, now)?;
        candidate.decision = Some(decision.to_owned());
        candidate.is_demo = false;
        let shown = show(candidate, times, now);
        find_mut(document, agent_id)?.mark_modified(now);
        document.record_event(
            agent_id,
            &format!("candidate.{decision}"),
            json!({ "candidate_id": id }),
            now,
        );
        Ok(shown)
    })
}

fn find_pending<'a>(
    document: &'a mut Document,
    agent_id: &str,
    id: &str,
    now: Seconds,
) -> Result<&'a mut Candidate, ApiError> {
    let mut own = document
        .candidates
        .iter_mut()
        .filter(|candidate| candidate.agent_id == agent_id);
    let found = own.find(|candidate| candidate.id == id && status(candidate, now) == PENDING);
    found.ok_or_else(|| ApiError::not_found("pending candidate", id, "candidate_not_found"))
}
