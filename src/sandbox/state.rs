//! The state document: what the sandbox remembers between requests and between processes.
//!
//! Times are Unix seconds. Anything that follows from the time (a heartbeat, an expiry, the progress of a rotation)
//! is worked out when it is read and never stored, so that a read changes nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clock::{Seconds, Spelling};
use super::id;
use super::squads::World;

/// The format of the document; another number makes it unreadable.
pub(super) const VERSION: u32 = 3;

/// All that is remembered.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) version: u32,
    pub(super) key: String,
    /// The present that the times of untouched demonstration objects refer to.
    pub(super) dated_at: Seconds,
    pub(super) workspaces: Vec<String>,
    pub(super) agents: Vec<Agent>,
    #[serde(default)]
    pub(super) events: Vec<Event>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) join_keys: Vec<JoinKey>,
    pub(super) invocations: Vec<Invocation>,
    #[serde(default)]
    pub(super) learnings: Vec<Learning>,
    #[serde(default)]
    pub(super) contexts: Vec<Context>,
    /// The number of the latest write that other writes must be told from.
    #[serde(default)]
    pub(super) sequence: u64,
    /// What the squads service remembers.
    pub(super) squads: World,
}

/// An agent. `untouched`: part of the demonstration and as it was set up, so it is dated anew at every start.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) worker_id: String,
    pub(super) region: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) max_concurrent_requests: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) supported_tiers: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) storage_limit_bytes: Option<u64>,
    #[serde(default)]
    pub(super) public_key: String,
    /// Names of the tools it publishes; an agent with tools is an execution (XEM) agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tools: Vec<String>,
    pub(super) created_at: Seconds,
    pub(super) updated_at: Seconds,
    /// When a disconnected or dead agent was last heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lost_at: Option<Seconds>,
    #[serde(default)]
    pub(super) exec_paused: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) exec_paused_workspaces: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) credentials_revoked_workspaces: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rotation: Option<Rotation>,
    #[serde(default)]
    pub(super) unix_times: bool,
    #[serde(default)]
    pub(super) untouched: bool,
}

/// A rotation of an agent's key that has begun, and when the new key takes over.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    pub(super) public_key: String,
    pub(super) promoted_at: Seconds,
}

/// An entry of an agent's history. One of the future is there but not seen yet.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) agent_id: String,
    pub(super) kind: String,
    pub(super) details: Value,
    pub(super) created_at: Seconds,
}

/// A worker that waits to be admitted to an agent's serving pool.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) agent_id: String,
    pub(super) worker_id: String,
    /// `approved` or `rejected`; without one it is pending until it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) decision: Option<String>,
    pub(super) created_at: Seconds,
    pub(super) expires_at: Seconds,
    #[serde(default)]
    pub(super) untouched: bool,
}

/// An enrolment token's record; the token itself is nowhere.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinKey {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) router_addrs: Vec<String>,
    pub(super) agent_role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) supported_tiers: Option<Vec<String>>,
    #[serde(default)]
    pub(super) current_enrollments: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_enrollments: Option<u32>,
    pub(super) created_at: Seconds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Seconds>,
    #[serde(default)]
    pub(super) revoked: bool,
    #[serde(default)]
    pub(super) untouched: bool,
}

/// A tool call: with the approval that it waited for and the run that it led to, which have no records of their own.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) tool_name: String,
    pub(super) workspace_id: String,
    /// The agent that was online for it.
    pub(super) agent_id: String,
    pub(super) args: Value,
    pub(super) created_at: Seconds,
    /// The place of its making among all writes.
    #[serde(default)]
    pub(super) sequence: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) gate: Option<Gate>,
    /// There from the moment at which nothing stands in its way any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<Run>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cancelled_at: Option<Seconds>,
    #[serde(default)]
    pub(super) untouched: bool,
}

/// A wait for a human.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gate {
    pub(super) approval_id: String,
    pub(super) requested_by: String,
    pub(super) expires_at: Seconds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) decision: Option<Decision>,
}

/// What the human said.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    pub(super) approved: bool,
    pub(super) by: String,
    pub(super) at: Seconds,
    /// Its place among all writes.
    #[serde(default)]
    pub(super) sequence: u64,
}

/// A run and how it will end, settled when it is let go.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    pub(super) execution_id: String,
    pub(super) started_at: Seconds,
    pub(super) ended_at: Seconds,
    /// `completed`, `failed` or `timeout`.
    pub(super) outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exit_code: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

/// Something learned. It can only be read and deleted, so it is always untouched.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Learning {
    pub(super) id: String,
    pub(super) content: String,
    pub(super) workspace_id: String,
    pub(super) score: f64,
    pub(super) source_type: String,
    pub(super) created_at: Seconds,
}

/// What the agents of a workspace are told.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Context {
    pub(super) workspace_id: String,
    pub(super) value: Value,
    pub(super) updated_at: Seconds,
    #[serde(default)]
    pub(super) untouched: bool,
}

impl Document {
    /// A number for a write, greater than all before it.
    pub(super) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Ends a rotation that is under way: its new key, and what was recorded ahead of it, will not come.
    pub(super) fn abandon_rotation(&mut self, agent_id: &str, now: Seconds) {
        for agent in self.agents.iter_mut().filter(|agent| agent.id == agent_id) {
            agent.public_key = agent.public_key(now).to_owned();
            agent.rotation = None;
        }
        self.events
            .retain(|event| event.agent_id != agent_id || event.created_at <= now);
    }

    /// Adds an entry to an agent's history.
    pub(super) fn record(&mut self, agent_id: &str, kind: &str, details: Value, at: Seconds) {
        self.events.push(Event {
            id: id::fresh("evt_"),
            agent_id: agent_id.to_owned(),
            kind: kind.to_owned(),
            details,
            created_at: at,
        });
    }
}

impl Agent {
    pub(super) fn spelling(&self) -> Spelling {
        if self.unix_times {
            Spelling::Unix
        } else {
            Spelling::Rfc3339
        }
    }

    /// Whether its worker is there. A suspended agent is sent no work, but its worker goes on reporting.
    pub(super) fn is_connected(&self) -> bool {
        matches!(self.status.as_str(), "active" | "suspended")
    }

    /// A connected agent reports every 15 to 29 seconds, each in a rhythm of its own.
    pub(super) fn last_heartbeat(&self, now: Seconds) -> Option<Seconds> {
        if !self.is_connected() {
            return self.lost_at;
        }
        let rhythm = self.id.bytes().fold(7, |sum: Seconds, byte| {
            (sum * 31 + Seconds::from(byte)) % 3600
        });
        Some(now - (now + rhythm).rem_euclid(15 + rhythm % 15))
    }

    /// Its key at this time: a rotation's new key once that is promoted.
    pub(super) fn public_key(&self, now: Seconds) -> &str {
        match &self.rotation {
            Some(rotation) if rotation.promoted_at <= now => &rotation.public_key,
            _ => &self.public_key,
        }
    }

    /// Sets the status; an agent that leaves was last heard of at its last heartbeat.
    pub(super) fn become_status(&mut self, status: &str, now: Seconds) {
        let heard = self.last_heartbeat(now);
        status.clone_into(&mut self.status);
        self.lost_at = if self.is_connected() { None } else { heard };
    }

    /// Marks a change by the user, after which the agent is no longer dated anew.
    pub(super) fn touch(&mut self, now: Seconds) {
        self.updated_at = now;
        self.untouched = false;
    }
}
