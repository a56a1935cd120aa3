//! `/management/agents/{id}/candidates`: workers that wait to be admitted.

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::agents::{find, find_mut};
use super::app::{App, Route};
use super::call::Call;
use super::clock::{Seconds, Spelling};
use super::page;
use super::reply::{Answer, Refusal, done, ok};
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

fn show(candidate: &Candidate, spelling: Spelling, now: Seconds) -> Value {
    json!({
        "id": candidate.id,
        "status": status(candidate, now),
        "agent_id": candidate.agent_id,
        "worker_id": candidate.worker_id,
        "created_at": spelling.write(candidate.created_at),
        "expires_at": spelling.write(candidate.expires_at),
    })
}

/// All of them, decided and expired ones too: this list is not cut into pages.
fn list(app: &App, call: &Call) -> Answer {
    call.bare()?;
    app.store.read(|document, now| {
        let agent = find(document, call.path("agent"))?;
        let all = document.candidates.iter();
        let own: Vec<&Candidate> = all
            .filter(|candidate| candidate.agent_id == agent.id)
            .collect();
        let show = |candidate: &&Candidate| show(candidate, agent.spelling(), now);
        Ok(ok(&page::whole(&own, |candidate| &candidate.id, show)))
    })
}

/// 200 with the candidate.
fn approve(app: &App, call: &Call) -> Answer {
    decide(app, call, "approved").map(|candidate| ok(&candidate))
}

/// 204.
fn reject(app: &App, call: &Call) -> Answer {
    decide(app, call, "rejected").map(|_| done())
}

/// One that was decided on, or has expired, is not found any more: so the router's troubleshooting page.
fn decide(app: &App, call: &Call, decision: &str) -> Result<Value, Refusal> {
    call.bare()?;
    let (agent_id, id) = (call.path("agent"), call.path("candidate"));
    app.store.write(|document, now| {
        let spelling = find(document, agent_id)?.spelling();
        let candidate = waiting(document, agent_id, id, now)?;
        candidate.decision = Some(decision.to_owned());
        candidate.untouched = false;
        let shown = show(candidate, spelling, now);
        find_mut(document, agent_id)?.touch(now);
        document.record(
            agent_id,
            &format!("candidate.{decision}"),
            json!({ "candidate_id": id }),
            now,
        );
        Ok(shown)
    })
}

fn waiting<'a>(
    document: &'a mut Document,
    agent_id: &str,
    id: &str,
    now: Seconds,
) -> Result<&'a mut Candidate, Refusal> {
    let mut own = document
        .candidates
        .iter_mut()
        .filter(|candidate| candidate.agent_id == agent_id);
    let found = own.find(|candidate| candidate.id == id && status(candidate, now) == PENDING);
    found.ok_or_else(|| Refusal::missing("pending candidate", id, "candidate_not_found"))
}
