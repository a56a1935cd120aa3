//! The state document: what the sandbox remembers between requests and between processes.
//!
//! Times are Unix seconds. Anything that follows from the time (a heartbeat, an expiry, the progress of a rotation)
//! is worked out when it is read and never stored, so that a read changes nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clock::{Seconds, Spelling};
use super::id;

/// The format of the document; another number makes it unreadable.
pub(super) const VERSION: u32 = 1;

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
    pub(super) executions: Vec<Execution>,
    /// Kept for the squads service, which has no routes yet.
    pub(super) squad_agents: Vec<Value>,
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

/// A tool call.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) tool_name: String,
    pub(super) workspace_id: String,
    /// What it is until `completed_at`, and what it is from then on.
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<String>,
    pub(super) args: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) execution_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    pub(super) created_at: Seconds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) completed_at: Option<Seconds>,
    #[serde(default)]
    pub(super) untouched: bool,
}

/// The record of a run.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Execution {
    pub(super) id: String,
    pub(super) invocation_id: String,
    pub(super) tool_name: String,
    pub(super) workspace_id: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) exit_code: Option<i32>,
    pub(super) created_at: Seconds,
    #[serde(default)]
    pub(super) untouched: bool,
}

impl Document {
    /// Moves what is untouched to the present: what was live when it was set up is live again.
    pub(super) fn redate(&mut self, now: Seconds) {
        let shift = now - self.dated_at;
        let untouched: Vec<&str> = self
            .agents
            .iter()
            .filter(|agent| agent.untouched)
            .map(|agent| agent.id.as_str())
            .collect();
        // An agent that was changed keeps its history where it is, or routine events would overtake the change's.
        for event in self
            .events
            .iter_mut()
            .filter(|event| untouched.contains(&event.agent_id.as_str()))
        {
            event.created_at += shift;
        }
        for agent in self.agents.iter_mut().filter(|agent| agent.untouched) {
            agent.created_at += shift;
            agent.updated_at += shift;
            agent.lost_at = agent.lost_at.map(|at| at + shift);
        }
        for candidate in self
            .candidates
            .iter_mut()
            .filter(|candidate| candidate.untouched)
        {
            candidate.created_at += shift;
            candidate.expires_at += shift;
        }
        for key in self.join_keys.iter_mut().filter(|key| key.untouched) {
            key.created_at += shift;
            key.expires_at = key.expires_at.map(|at| at + shift);
        }
        for invocation in self
            .invocations
            .iter_mut()
            .filter(|invocation| invocation.untouched)
        {
            invocation.created_at += shift;
            invocation.completed_at = invocation.completed_at.map(|at| at + shift);
        }
        for execution in self
            .executions
            .iter_mut()
            .filter(|execution| execution.untouched)
        {
            execution.created_at += shift;
        }
        self.dated_at = now;
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
