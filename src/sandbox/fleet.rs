//! A generated fleet of any size, and what an agent's name decides about its rotations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use serde_json::Value;

use super::clock::Seconds;
use super::state::{Agent, AgentEvent, Document};

/// The largest fleet: with more agents, each request would take long.
pub const LARGEST_FLEET: usize = 100_000;

const REGIONS: [&str; 4] = ["us-east", "us-west", "eu-west", "eu-central"];
const TOOLS: [&str; 2] = ["kubectl_get", "sandbox_run"];

/// The agents are an hour old.
const AGE: Seconds = 3600;

/// What becomes of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RotationOutcome {
    /// The agent acknowledges it, and its new key is promoted.
    Acknowledged,
    /// The agent refuses it.
    Refused,
    /// The agent never responds.
    Silent,
    /// The agent acknowledges it and disconnects.
    Lost,
}

impl RotationOutcome {
    /// The end of an agent's name decides.
    pub(super) fn of(name: &str) -> Self {
        match name.rsplit('-').next() {
            Some("refuses") => Self::Refused,
            Some("silent") => Self::Silent,
            Some("drops") => Self::Lost,
            _ => Self::Acknowledged,
        }
    }
}

/// Adds `count` agents to a new document. Of each hundred, one refuses rotations, one never answers them, one has the
/// inference role, and one is disconnected.
pub(super) fn add(document: &mut Document, count: usize, now: Seconds) {
    for number in 1..=count {
        let agent = agent(number, now);
        document.events.push(AgentEvent {
            id: format!("evt_fleet{number:05}"),
            agent_id: agent.id.clone(),
            kind: "agent.created".to_owned(),
            details: Value::Null,
            created_at: agent.created_at,
        });
        document.agents.push(agent);
    }
}

fn agent(number: usize, now: Seconds) -> Agent {
    let suffix = match number % 100 {
        97 => "-refuses",
        98 => "-silent",
        99 => "-inference",
        0 => "-offline",
        _ => "",
    };
    let mut random = Rng::with_seed(u64::try_from(number).unwrap_or_default());
    let is_offline = suffix == "-offline";
    let tools: &[&str] = if suffix == "-inference" { &[] } else { &TOOLS };
    Agent {
        id: format!("agt_fleet{number:05}"),
        name: format!("fleet-{number:05}{suffix}"),
        worker_id: format!("w-fleet-{number:05}"),
        region: REGIONS[number % REGIONS.len()].to_owned(),
        status: if is_offline { "disconnected" } else { "active" }.to_owned(),
        max_concurrent_requests: 8,
        supported_tiers: Some(vec!["default".to_owned()]),
        public_key: STANDARD.encode(std::array::from_fn::<u8, 32, _>(|_| random.u8(..))),
        tools: tools.iter().map(|tool| (*tool).to_owned()).collect(),
        created_at: now - AGE,
        updated_at: now - AGE,
        lost_at: is_offline.then_some(now - AGE / 2),
        ..Agent::default()
    }
}
