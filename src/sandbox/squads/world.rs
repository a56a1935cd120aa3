//! What the service remembers. Objects are JSON, since each is shown in two forms and neither is whole.
//!
//! Members whose names end in `At` are Unix seconds; an object that is `untouched` is part of the demonstration and
//! dated anew.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::clock::Seconds;

/// The squads, and all that is in them.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct World {
    pub(in super::super) operator_key: String,
    pub(in super::super) agent_key: String,
    pub(super) squads: Vec<Value>,
    pub(super) agents: Vec<Value>,
    pub(super) keys: Vec<Value>,
    pub(super) issues: Vec<Value>,
    pub(super) approvals: Vec<Value>,
}

/// The demonstration, whose present is second 0.
pub(in super::super) fn demo(operator_key: &str, agent_key: &str) -> World {
    let mut world: World = serde_json::from_slice(include_bytes!("demo.json"))
        .expect("demo.json is part of the program and tested");
    operator_key.clone_into(&mut world.operator_key);
    agent_key.clone_into(&mut world.agent_key);
    world
}

impl World {
    /// Moves what is untouched to the present.
    pub(in super::super) fn redate(&mut self, shift: Seconds) {
        let all = [&mut self.agents, &mut self.keys, &mut self.issues];
        for item in all.into_iter().flatten() {
            if item["untouched"] != true {
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

    /// Whether an agent of the squad, other than this one, bears the name. One that is terminated has given it up.
    pub(super) fn has_name(&self, squad: &Value, name: &str, but: &Value) -> bool {
        let name = name.to_lowercase();
        self.agents.iter().any(|agent| {
            agent["squadId"] == *squad
                && agent["id"] != *but
                && agent["status"] != "terminated"
                && text(agent, "name").to_lowercase() == name
        })
    }

    /// The superiors of an agent, the nearest first.
    pub(super) fn chain(&self, agent: &Value) -> Vec<&Value> {
        let mut chain: Vec<&Value> = Vec::new();
        let mut below = agent;
        while let Some(boss) = self.agent(&below["reportsTo"]) {
            // A circle ends where it began.
            if boss["id"] == agent["id"] || chain.len() > self.agents.len() {
                break;
            }
            chain.push(boss);
            below = boss;
        }
        chain
    }

    /// Whether a run of this id has been heard of.
    pub(super) fn knows_run(&self, id: &str) -> bool {
        self.agents
            .iter()
            .any(|agent| agent["runtime"]["lastRunId"] == id)
    }

    /// Makes every key of an agent useless.
    pub(super) fn revoke_all(&mut self, agent: &Value, now: Seconds) {
        for key in &mut self.keys {
            if key["agentId"] == *agent && key["revokedAt"].is_null() {
                set(key, "revokedAt", now);
                touch(key, now);
            }
        }
    }
}

/// A member that is text; else nothing.
pub(super) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name].as_str().unwrap_or_default()
}

/// Sets a member.
pub(super) fn set(item: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = item.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// Sets a member of an object that is itself a member, which is made where it is missing.
pub(super) fn set_in(item: &mut Value, outer: &str, name: &str, value: impl Into<Value>) {
    let mut inner = item[outer].clone();
    if !inner.is_object() {
        inner = json!({});
    }
    set(&mut inner, name, value);
    set(item, outer, inner);
}

/// Marks a change by the user.
pub(super) fn touch(item: &mut Value, now: Seconds) {
    set(item, "updatedAt", now);
    set(item, "untouched", false);
}

/// Whether this is a UUID, in either case.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
