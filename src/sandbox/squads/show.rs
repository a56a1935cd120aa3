//! How each dialect shows an agent.

use serde_json::{Value, json};

use super::serve::Turn;
use super::world::{set, text};

impl Turn<'_> {
    /// An agent as answers to changes show it.
    pub(super) fn show(&self, agent: &Value) -> Value {
        if self.dialect.is_page() {
            self.page_agent(agent)
        } else {
            self.server_agent(agent)
        }
    }

    /// An agent as a row of the list: the page has four members, the server all of them.
    pub(super) fn row(&self, agent: &Value) -> Value {
        if self.dialect.is_page() {
            short(agent)
        } else {
            self.server_agent(agent)
        }
    }

    /// An agent that was asked for by itself.
    pub(super) fn detail(&self, agent: &Value) -> Value {
        let mut shown = self.show(agent);
        if !self.dialect.is_page() {
            set(&mut shown, "chainOfCommand", self.chain(agent));
            let access = json!({
                "canAssignTasks": agent["canAssignTasks"] == true,
                "taskAssignSource": if agent["canAssignTasks"] == true { "explicit_grant" } else { "none" },
            });
            set(&mut shown, "access", access);
        }
        shown
    }

    /// The agent that asks about itself.
    pub(super) fn identity(&self, agent: &Value) -> Value {
        if !self.dialect.is_page() {
            return self.detail(agent);
        }
        let mut shown = short(agent);
        set(&mut shown, "squadId", agent["squadId"].clone());
        set(&mut shown, "chainOfCommand", self.chain(agent));
        shown
    }

    fn chain(&self, agent: &Value) -> Value {
        let chain = self.world.chain(agent);
        let page = self.dialect.is_page();
        let links = chain.into_iter().map(|boss| {
            let role = if page {
                page_role(boss)
            } else {
                boss["role"].clone()
            };
            let mut link = json!({ "id": boss["id"], "name": boss["name"], "role": role });
            if !page {
                set(&mut link, "title", boss["title"].clone());
            }
            link
        });
        links.collect()
    }

    /// What the page shows, and what else was given.
    fn page_agent(&self, agent: &Value) -> Value {
        let mut shown = json!({
            "id": agent["id"],
            "name": agent["name"],
            "role": page_role(agent),
            "title": agent["title"],
            "status": agent["status"],
            "adapterType": agent["adapterType"],
            "squadId": agent["squadId"],
            "reportsToAgentId": agent["reportsTo"],
            "permissions": { "canCreateAgents": agent["permissions"]["canCreateAgents"] == true },
            "access": { "canAssignTasks": agent["canAssignTasks"] == true },
            "createdAt": self.dialect.time_of(&agent["createdAt"]),
        });
        for name in ["prompt", "desiredSkills", "instructionsPath"] {
            if !agent[name].is_null() {
                set(&mut shown, name, agent[name].clone());
            }
        }
        shown
    }

    fn server_agent(&self, agent: &Value) -> Value {
        let object = |name: &str| match &agent[name] {
            Value::Null => json!({}),
            other => other.clone(),
        };
        let number = |name: &str| agent[name].as_i64().unwrap_or(0);
        json!({
            "id": agent["id"],
            "squadId": agent["squadId"],
            "name": agent["name"],
            "urlKey": url_key(text(agent, "name")),
            "role": agent["role"],
            "title": agent["title"],
            "icon": null,
            "status": agent["status"],
            "reportsTo": agent["reportsTo"],
            "capabilities": null,
            "adapterType": agent["adapterType"],
            "adapterConfig": object("adapterConfig"),
            "runtimeConfig": object("runtimeConfig"),
            "budgetMonthlyCents": number("budgetMonthlyCents"),
            "spentMonthlyCents": number("spentMonthlyCents"),
            "pauseReason": agent["pauseReason"],
            "pausedAt": self.dialect.time_of(&agent["pausedAt"]),
            "permissions": { "canCreateAgents": agent["permissions"]["canCreateAgents"] == true },
            "lastHeartbeatAt": null,
            "metadata": agent["metadata"],
            "createdAt": self.dialect.time_of(&agent["createdAt"]),
            "updatedAt": self.dialect.time_of(&agent["updatedAt"]),
        })
    }
}

fn short(agent: &Value) -> Value {
    json!({
        "id": agent["id"],
        "name": agent["name"],
        "role": page_role(agent),
        "status": agent["status"],
    })
}

/// The page names some roles otherwise.
fn page_role(agent: &Value) -> Value {
    let name = if agent["pageRole"].is_null() {
        "role"
    } else {
        "pageRole"
    };
    agent[name].clone()
}

/// The name of an agent as the server takes it in paths.
pub(super) fn url_key(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|character: char| !character.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}
