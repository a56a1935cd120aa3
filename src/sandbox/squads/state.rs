//! Stored data of the squads service. Objects are JSON, since the two dialects return different subsets of their
//! members.
//!
//! Members whose names end in `At` are Unix seconds. `is_demo` marks unmodified demo objects, whose times are rebased.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::clock::Seconds;

/// Squads and their contents.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SquadsState {
    pub(in super::super) operator_key: String,
    pub(in super::super) agent_key: String,
    pub(super) squads: Vec<Value>,
    pub(super) agents: Vec<Value>,
    pub(super) keys: Vec<Value>,
    pub(super) issues: Vec<Value>,
    pub(super) approvals: Vec<Value>,
}

/// Demo data, with times relative to second 0.
pub(in super::super) fn demo_state(operator_key: &str, agent_key: &str) -> SquadsState {
    let mut state: SquadsState = serde_json::from_slice(include_bytes!("demo.json"))
        .expect("the embedded demo.json is valid");
    operator_key.clone_into(&mut state.operator_key);
    agent_key.clone_into(&mut state.agent_key);
    state
}

impl SquadsState {
    /// Shifts the times of unmodified demo objects.
    pub(in super::super) fn rebase_times(&mut self, shift: Seconds) {
        let all = [&mut self.agents, &mut self.keys, &mut self.issues];
        for item in all.into_iter().flatten() {
            if !is_demo(item) {
                continue;
            }
            for (name, value) in item.as_object_mut().into_iter().flatten() {
                if let Some(at) = value.as_i64().filter(|_| name.ends_with("At")) {
                    *value = (at + shift).into();
                }
            }
        }
    }

    pub(super) fn agent(&self, id: &Value) -> Option<&Value> {
        self.agents.iter().find(|agent| agent["id"] == *id)
    }

    /// Whether another agent of the squad has this name. Terminated agents do not count.
    pub(super) fn name_in_use(&self, squad: &Value, name: &str, but: &Value) -> bool {
        let name = name.to_lowercase();
        self.agents.iter().any(|agent| {
            agent["squadId"] == *squad
                && agent["id"] != *but
                && agent["status"] != "terminated"
                && text(agent, "name").to_lowercase() == name
        })
    }

    /// Returns an agent's managers, the direct one first.
    pub(super) fn managers(&self, agent: &Value) -> Vec<&Value> {
        let mut chain: Vec<&Value> = Vec::new();
        let mut current = agent;
        while let Some(manager) = self.agent(&current["reportsTo"]) {
            // Stop if the chain is circular.
            if manager["id"] == agent["id"] || chain.len() > self.agents.len() {
                break;
            }
            chain.push(manager);
            current = manager;
        }
        chain
    }

    /// Whether a run with this ID exists.
    pub(super) fn has_run(&self, id: &str) -> bool {
        self.agents
            .iter()
            .any(|agent| agent["runtime"]["lastRunId"] == id)
    }

    /// Revokes all keys of an agent.
    pub(super) fn revoke_keys(&mut self, agent: &Value, now: Seconds) {
        for key in &mut self.keys {
            if key["agentId"] == *agent && key["revokedAt"].is_null() {
                set(key, "revokedAt", now);
                mark_modified(key, now);
            }
        }
    }
}

/// Returns a string member, or an empty string.
pub(super) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name].as_str().unwrap_or_default()
}

/// Sets a member.
pub(super) fn set(item: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = item.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// Sets a member of a nested object, creating the object if needed.
pub(super) fn set_in(item: &mut Value, outer: &str, name: &str, value: impl Into<Value>) {
    let mut inner = item[outer].clone();
    if !inner.is_object() {
        inner = json!({});
    }
    set(&mut inner, name, value);
    set(item, outer, inner);
}

/// Whether an object is unmodified demo data. Documents written earlier have `untouched` instead.
fn is_demo(item: &Value) -> bool {
    let marker = item.get("is_demo").or_else(|| item.get("untouched"));
    marker.is_some_and(|marker| marker == true)
}

/// Records a modification.
pub(super) fn mark_modified(item: &mut Value, now: Seconds) {
    set(item, "updatedAt", now);
    set(item, "is_demo", false);
}

/// Whether this is a UUID, in upper or lower case.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
