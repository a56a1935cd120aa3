//! State document: everything the sandbox stores between requests and processes.
//!
//! Times are Unix seconds. Values that depend on the time (heartbeats, expiry, rotation progress) are computed when
//! read and never stored, so that a read changes nothing. Serde aliases accept documents with
//! earlier member names.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clock::{Seconds, TimeEncoding};
use super::id;
use super::squads::SquadsState;

/// Format version; a document with another version is unreadable.
pub(super) const VERSION: u32 = 3;

/// The state document.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) version: u32,
    pub(super) key: String,
    /// The time to which the times of unmodified demo objects are relative.
    #[serde(alias = "dated_at")]
    pub(super) rebased_at: Seconds,
    pub(super) workspaces: Vec<String>,
    pub(super) agents: Vec<Agent>,
    #[serde(default)]
    pub(super) events: Vec<AgentEvent>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) join_keys: Vec<JoinKey>,
    pub(super) invocations: Vec<Invocation>,
    #[serde(default)]
    pub(super) learnings: Vec<Learning>,
    #[serde(default)]
    pub(super) contexts: Vec<ExecContext>,
    /// Sequence number of the latest write.
    #[serde(default)]
    pub(super) sequence: u64,
    /// State of the squads service.
    pub(super) squads: SquadsState,
}

/// API keys of the sandbox.
#[derive(Clone)]
pub(super) struct Keys {
    /// Key of the router API.
    pub(super) router: String,
    /// Operator key of the squads service.
    pub(super) operator: String,
    /// Key of one agent of the squads service.
    pub(super) agent: String,
}

/// An agent. `is_demo` marks unmodified demo data, whose times are rebased.
#[derive(Clone, Default, Serialize, Deserialize)]
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
    /// Names of the tools it publishes. An agent with tools is an execution (XEM) agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tools: Vec<String>,
    pub(super) created_at: Seconds,
    pub(super) updated_at: Seconds,
    /// Last heartbeat of a disconnected or dead agent.
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
    #[serde(default, alias = "untouched")]
    pub(super) is_demo: bool,
}

/// A key rotation, and when its new key is promoted.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    pub(super) public_key: String,
    pub(super) promoted_at: Seconds,
}

/// An event of an agent's history. Events with future times are not yet visible.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentEvent {
    pub(super) id: String,
    pub(super) agent_id: String,
    pub(super) kind: String,
    pub(super) details: Value,
    pub(super) created_at: Seconds,
}

/// A worker awaiting admission to an agent's serving pool.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) agent_id: String,
    pub(super) worker_id: String,
    /// `approved` or `rejected`; otherwise it is pending until it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) decision: Option<String>,
    pub(super) created_at: Seconds,
    pub(super) expires_at: Seconds,
    #[serde(default, alias = "untouched")]
    pub(super) is_demo: bool,
}

/// A join key.
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
    /// Hash of its token, which is not stored. Demo keys have none, so no worker can enroll with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token_hash: Option<String>,
    #[serde(default, alias = "untouched")]
    pub(super) is_demo: bool,
}

/// A tool invocation, including its approval and its execution.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) tool_name: String,
    pub(super) workspace_id: String,
    /// The agent that was selected to run it.
    pub(super) agent_id: String,
    pub(super) args: Value,
    pub(super) created_at: Seconds,
    /// Sequence number of the write that created it.
    #[serde(default)]
    pub(super) sequence: u64,
    #[serde(default, alias = "gate", skip_serializing_if = "Option::is_none")]
    pub(super) approval: Option<Approval>,
    /// Present once nothing prevents it from running.
    #[serde(default, alias = "run", skip_serializing_if = "Option::is_none")]
    pub(super) execution: Option<Execution>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cancelled_at: Option<Seconds>,
    #[serde(default, alias = "untouched")]
    pub(super) is_demo: bool,
}

/// An approval of an invocation.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    clippy::struct_field_names,
    reason = "members of the stored document keep their names"
)]
pub(super) struct Approval {
    pub(super) approval_id: String,
    pub(super) requested_by: String,
    pub(super) expires_at: Seconds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) decision: Option<Decision>,
}

/// A reviewer's decision.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    pub(super) approved: bool,
    pub(super) by: String,
    pub(super) at: Seconds,
    /// Sequence number of its write.
    #[serde(default)]
    pub(super) sequence: u64,
}

/// A scheduled execution with its predetermined outcome.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    clippy::struct_field_names,
    reason = "members of the stored document keep their names"
)]
pub(super) struct Execution {
    pub(super) execution_id: String,
    pub(super) started_at: Seconds,
    pub(super) ended_at: Seconds,
    /// `completed`, `failed`, or `timeout`.
    pub(super) outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exit_code: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

/// A learning. It can only be read and deleted, so it is always unmodified demo data.
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

/// A workspace's context document.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExecContext {
    pub(super) workspace_id: String,
    pub(super) value: Value,
    pub(super) updated_at: Seconds,
    #[serde(default, alias = "untouched")]
    pub(super) is_demo: bool,
}

impl Document {
    /// Returns the next sequence number.
    pub(super) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Cancels a rotation in progress: its new key and its scheduled events are discarded.
    pub(super) fn cancel_rotation(&mut self, agent_id: &str, now: Seconds) {
        for agent in self.agents.iter_mut().filter(|agent| agent.id == agent_id) {
            agent.public_key = agent.public_key(now).to_owned();
            agent.rotation = None;
        }
        self.events
            .retain(|event| event.agent_id != agent_id || event.created_at <= now);
    }

    /// Adds an event to an agent's history.
    pub(super) fn record_event(&mut self, agent_id: &str, kind: &str, details: Value, at: Seconds) {
        self.events.push(AgentEvent {
            id: id::random("evt_"),
            agent_id: agent_id.to_owned(),
            kind: kind.to_owned(),
            details,
            created_at: at,
        });
    }
}

impl Agent {
    pub(super) fn time_encoding(&self) -> TimeEncoding {
        if self.unix_times {
            TimeEncoding::Unix
        } else {
            TimeEncoding::Rfc3339
        }
    }

    /// Whether its worker is connected. A suspended agent receives no work but still sends heartbeats.
    pub(super) fn is_connected(&self) -> bool {
        matches!(self.status.as_str(), "active" | "suspended")
    }

    /// A connected agent sends a heartbeat every 15 to 29 seconds, at its own interval.
    pub(super) fn last_heartbeat(&self, now: Seconds) -> Option<Seconds> {
        if !self.is_connected() {
            return self.lost_at;
        }
        let rhythm = self.id.bytes().fold(7, |sum: Seconds, byte| {
            (sum * 31 + Seconds::from(byte)) % 3600
        });
        let latest = now - (now + rhythm).rem_euclid(15 + rhythm % 15);
        // The first heartbeat is the one with which it enrolled.
        Some(latest.max(self.created_at))
    }

    /// Its public key at this time: a rotation's new key once promoted.
    pub(super) fn public_key(&self, now: Seconds) -> &str {
        match &self.rotation {
            Some(rotation) if rotation.promoted_at <= now => &rotation.public_key,
            _ => &self.public_key,
        }
    }

    /// Sets the status. An agent that disconnects keeps its last heartbeat.
    pub(super) fn set_status(&mut self, status: &str, now: Seconds) {
        let heard = self.last_heartbeat(now);
        status.clone_into(&mut self.status);
        self.lost_at = if self.is_connected() { None } else { heard };
    }

    /// Records a modification, after which the agent's times are no longer rebased.
    pub(super) fn mark_modified(&mut self, now: Seconds) {
        self.updated_at = now;
        self.is_demo = false;
    }
}
