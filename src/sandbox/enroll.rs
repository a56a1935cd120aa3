//! Enrollment of a simulated worker with a join key's token.
//!
//! Real workers enroll over a protocol of their own, which the sandbox does not serve, so this changes the stored state
//! directly. Another process that serves the same state sees the new agent at once.

use std::io;
use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::clock::Seconds;
use super::options::Options;
use super::state::{Agent, Document, JoinKey};
use super::{id, join_keys, store};

/// Concurrent requests of an enrolled inference agent.
const CONCURRENCY: u32 = 8;

/// Tools of an enrolled execution agent; an agent without tools has the inference role.
const TOOLS: &[&str] = &[
    "kubectl_get",
    "kubectl_logs",
    "kubectl_scale",
    "kubectl_drain",
    "sandbox_run",
    "sandbox_gate",
];

/// A worker that asks to enroll.
pub struct Worker<'a> {
    /// The join key's token.
    pub token: &'a str,
    /// The agent's name; derived from the join key's name if omitted.
    pub name: Option<&'a str>,
}

/// An enrolled agent and its join key.
pub struct Enrollment {
    /// ID of the new agent; `None` if nothing was changed.
    pub agent_id: Option<String>,
    /// Name of the agent.
    pub name: String,
    /// Region of the agent.
    pub region: String,
    /// ID of the join key.
    pub join_key_id: String,
    /// Status of the join key after the enrollment.
    pub join_key_status: &'static str,
}

/// Why a worker cannot enroll.
#[derive(Debug)]
pub enum EnrollError {
    /// No join key has this token.
    UnknownToken,
    /// The join key with this ID has this status, so it admits no workers.
    NotActive(String, &'static str),
    /// The state cannot be read or written.
    State(io::Error),
}

impl From<io::Error> for EnrollError {
    fn from(error: io::Error) -> Self {
        Self::State(error)
    }
}

/// Enrolls a worker in the state of these options.
///
/// # Errors
/// The token is not valid, its key is not active, or the state cannot be read or written.
pub fn enroll(options: &Options, worker: &Worker<'_>) -> Result<Enrollment, EnrollError> {
    let Some(state) = &options.state else {
        return Err(EnrollError::UnknownToken);
    };
    let lock_options = options.lock_options();
    store::change(state, &lock_options, &options.now, |document, now| {
        add(document, worker, now)
    })?
    .ok_or(EnrollError::UnknownToken)
}

/// Returns what [`enroll`] would do, and changes nothing.
///
/// # Errors
/// As [`enroll`].
pub fn plan_enrollment(options: &Options, worker: &Worker<'_>) -> Result<Enrollment, EnrollError> {
    let found = options.state.as_deref().map(store::peek).transpose()?;
    let Some(mut document) = found.flatten() else {
        return Err(EnrollError::UnknownToken);
    };
    let enrollment = add(&mut document, worker, super::clock::now(&options.now))?;
    Ok(Enrollment {
        agent_id: None,
        ..enrollment
    })
}

fn add(
    document: &mut Document,
    worker: &Worker<'_>,
    now: Seconds,
) -> Result<Enrollment, EnrollError> {
    let key = join_keys::find_by_token(document, worker.token).ok_or(EnrollError::UnknownToken)?;
    let status = join_keys::status(key, now);
    if status != join_keys::ACTIVE {
        return Err(EnrollError::NotActive(key.id.clone(), status));
    }
    key.current_enrollments += 1;
    let agent = agent(key, worker, now);
    let enrollment = Enrollment {
        agent_id: Some(agent.id.clone()),
        name: agent.name.clone(),
        region: agent.region.clone(),
        join_key_id: key.id.clone(),
        join_key_status: join_keys::status(key, now),
    };
    let details = json!({ "worker_id": agent.worker_id, "join_key_id": key.id });
    document.record_event(&agent.id, "agent.created", Value::Null, now);
    document.record_event(&agent.id, "agent.enrolled", details, now);
    // Newest first, so that a new agent is on the first page.
    document.agents.insert(0, agent);
    Ok(enrollment)
}

/// The agent of a worker that has just enrolled; its enrollment is already counted.
fn agent(key: &JoinKey, worker: &Worker<'_>, now: Seconds) -> Agent {
    let executes = key.agent_role == "execution";
    let tools = if executes { TOOLS } else { &[] };
    let name = worker.name.map_or_else(
        || format!("{}-{}", key.name, key.current_enrollments),
        str::to_owned,
    );
    let public_key: Vec<u8> = iter::repeat_with(|| fastrand::u8(..)).take(32).collect();
    Agent {
        id: id::random("agt_"),
        name,
        worker_id: id::random("sim-"),
        region: key.region.clone(),
        status: "active".to_owned(),
        max_concurrent_requests: if executes { 0 } else { CONCURRENCY },
        description: Some("Simulated worker".to_owned()),
        supported_tiers: key.supported_tiers.clone(),
        public_key: STANDARD.encode(public_key),
        tools: tools.iter().map(|&tool| tool.to_owned()).collect(),
        created_at: now,
        updated_at: now,
        ..Agent::default()
    }
}
