//! Demo data of a new sandbox.
//!
//! `demo.json` is a state document whose current time is second 0: its times are negative and relative, and are rebased
//! to the present. Event histories and public keys are generated from fixed seeds instead, so they are the same on
//! every machine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use serde_json::{Value, json};

use super::clock::Seconds;
use super::state::{Agent, AgentEvent, Document, Keys};
use super::{id, squads};

const MINUTE: Seconds = 60;
const HOUR: Seconds = 60 * MINUTE;

/// The agent used in the documentation's examples; it has the longest history.
const EXAMPLE: &str = "agt_abc123";

/// The event ID used as a cursor in those examples, and the number of newer events.
const CURSOR: (&str, usize) = ("evt_xyz", 24);

/// Creates a new document whose current time is `now`.
pub(super) fn document(keys: &Keys, now: Seconds) -> Document {
    let mut document: Document = serde_json::from_slice(include_bytes!("demo.json"))
        .expect("the embedded demo.json is valid");
    keys.router.clone_into(&mut document.key);
    document.squads = squads::demo_state(&keys.operator, &keys.agent);
    for agent in &mut document.agents {
        let mut random = random_for(&agent.id);
        agent.public_key = STANDARD.encode(std::array::from_fn::<u8, 32, _>(|_| random.u8(..)));
        document.events.extend(history(agent, &mut random));
    }
    for number in 0..document.invocations.len() {
        let sequence = document.next_sequence();
        document.invocations[number].sequence = sequence;
    }
    document.rebase_times(now);
    document
}

/// Seeds a generator from the agent's ID, so that its numbers do not depend on other agents.
fn random_for(id: &str) -> Rng {
    Rng::with_seed(id.bytes().fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}

/// Generates an agent's history, oldest first: creation, routine events, and the event behind its status.
fn history(agent: &Agent, random: &mut Rng) -> Vec<AgentEvent> {
    let routine = match agent.status.as_str() {
        "pending" => 0,
        _ if agent.id == EXAMPLE => 52,
        _ => random.usize(2..5),
    };
    let latest = agent.lost_at.unwrap_or(-4 * MINUTE);
    let mut at = latest;
    let mut newest_first = Vec::with_capacity(routine + 3);
    newest_first.extend(state_event(agent).map(|(event, details)| (at, event, details)));
    for number in 0..routine {
        at = (at - random.i64(5 * MINUTE..9 * HOUR)).max(agent.created_at + MINUTE);
        let (event, details) = routine_event(number, random);
        newest_first.push((at, event, details));
    }
    if agent.status != "pending" {
        newest_first.push((
            agent.created_at + 30,
            "agent.enrolled",
            json!({ "worker_id": agent.worker_id }),
        ));
    }
    newest_first.push((agent.created_at, "agent.created", Value::Null));
    let events =
        newest_first
            .into_iter()
            .enumerate()
            .map(|(newer, (created_at, kind, details))| AgentEvent {
                id: if agent.id == EXAMPLE && newer == CURSOR.1 {
                    CURSOR.0.to_owned()
                } else {
                    id::random_from("evt_", random)
                },
                agent_id: agent.id.clone(),
                kind: kind.to_owned(),
                details,
                created_at,
            });
    let mut oldest_first: Vec<AgentEvent> = events.collect();
    oldest_first.reverse();
    oldest_first
}

/// Returns the event that led to the agent's status.
fn state_event(agent: &Agent) -> Option<(&'static str, Value)> {
    match agent.status.as_str() {
        "suspended" => Some((
            "agent.suspended",
            json!({ "by": "operator", "note": agent.description }),
        )),
        "disconnected" => Some(("agent.disconnected", json!("No heartbeat for 90 s"))),
        "dead" => Some(("agent.dead", json!("No heartbeat for 24 h"))),
        _ => None,
    }
}

/// Like the router, sends details as text, as an object, or not at all.
fn routine_event(number: usize, random: &mut Rng) -> (&'static str, Value) {
    match number % 6 {
        0 => (
            "agent.heartbeat_restored",
            json!(format!("After {} s", random.u16(31..240))),
        ),
        1 => (
            "model.assigned",
            json!({ "model": "llama-3.3-70b", "shards": random.u8(1..5) }),
        ),
        2 => ("sync.completed", Value::Null),
        3 => (
            "model.unassigned",
            json!({ "model": "qwen2.5-32b", "reason": "rebalanced" }),
        ),
        4 => (
            "agent.error",
            json!(format!("CUDA out of memory on device {}", random.u8(0..8))),
        ),
        _ => (
            "capacity.changed",
            json!({ "from": random.u8(4..8), "to": 8 }),
        ),
    }
}
