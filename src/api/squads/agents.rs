//! Agents: `/api/agents` and `/api/squads/{squad}/agents`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::page_only::TwoDialects;
use super::{object, of_agent, of_squad};
use crate::api::document::Document;
use crate::api::page::ListEndpoint;
use crate::api::request::{Endpoint, Method, Nothing, Request};
use crate::time::WireTime;

/// An agent of a squad, without its adapter's configuration, which may hold secrets.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Document")]
pub struct Agent {
    /// The ID, a UUID.
    pub id: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// The form of the name in URLs. *Server*.
    pub url_key: Option<String>,
    /// The role key; an open set.
    pub role: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// `active`, `paused`, `idle`, `running`, `error`, `pending_approval`, `terminated`; an open set.
    pub status: Option<String>,
    /// The adapter that runs it: `claude_local`, `process`, `http`, …; an open set.
    pub adapter: Option<String>,
    /// The ID of its manager.
    pub reports_to: Option<String>,
    /// The squad's id.
    pub squad_id: Option<String>,
    /// The system prompt, if the server shows it.
    pub prompt: Option<String>,
    /// The names of its managers, the direct one first.
    pub chain_of_command: Vec<String>,
    /// Whether it may create agents: `true` or `false`.
    pub can_create_agents: Option<String>,
    /// Whether it may assign tasks: `true` or `false`. *Server*: the effective right, which every active agent has.
    pub can_assign_tasks: Option<String>,
    /// Whether the permission to assign tasks is stored, which is what a change of permissions replaces.
    pub stores_task_permission: Option<bool>,
    /// Whether the response is the agent itself, without an envelope. *Server*.
    pub is_bare: bool,
    /// Where the prompt is kept, according to the response.
    pub instructions: ShownInstructions,
    /// When it was created.
    pub created_at: Option<WireTime>,
    /// When it was changed last.
    pub updated_at: Option<WireTime>,
}

/// The agent's instructions in the adapter's configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShownInstructions {
    /// The response does not show the configuration.
    #[default]
    Unknown,
    /// It contains none.
    Missing,
    /// It refers to a file. *Server*.
    InFile,
}

impl Agent {
    /// Whether the response shows that this prompt was not kept; `None` if that is unclear.
    pub fn lost_prompt(&self, prompt: &str) -> Option<bool> {
        match (&self.prompt, self.instructions) {
            (Some(kept), _) => Some(kept != prompt),
            (None, ShownInstructions::InFile) => Some(false),
            (None, ShownInstructions::Missing) => Some(true),
            (None, ShownInstructions::Unknown) => {
                (self.is_bare && self.id.is_some()).then_some(true)
            }
        }
    }
}

/// The permission to assign tasks as it is stored: in `permissions`, or as one of the grants.
fn stores_task_permission(agent: &Document) -> Option<bool> {
    let of_permissions = agent
        .inner(&["permissions"])
        .and_then(|permissions| permissions.text(&["canAssignTasks"]))
        .and_then(|text| text.parse().ok());
    let of_grants = || {
        let grants = agent.inner(&["access"])?.json(&["grants"])?;
        let grants: Vec<Document> = serde_json::from_str(&grants).ok()?;
        let is_it =
            |grant: &Document| grant.text(&["permissionKey"]).as_deref() == Some("tasks:assign");
        Some(grants.iter().any(is_it))
    };
    of_permissions.or_else(of_grants)
}

fn shown_instructions(agent: &Document) -> ShownInstructions {
    match agent.inner(&["adapterConfig"]) {
        None => ShownInstructions::Unknown,
        Some(config)
            if config
                .text(&["instructionsFilePath", "instructionsBundleMode"])
                .is_some() =>
        {
            ShownInstructions::InFile
        }
        Some(_) => ShownInstructions::Missing,
    }
}

impl From<Document> for Agent {
    // *Page*: in the envelope `agent`. *Server*: bare, `reportsTo`, `permissions` and `access`. Assumed: `prompt`,
    // `reportsToAgentId`, `createdAt` and `updatedAt` in responses.
    fn from(document: Document) -> Self {
        let inner = document.inner(&["agent"]);
        let is_bare = inner.is_none();
        let document = inner.unwrap_or(document);
        let right = |of: &str, name: &str| {
            document
                .inner(&[of])
                .and_then(|rights| rights.text(&[name]))
        };
        Self {
            id: document.text(&["id"]),
            name: document.text(&["name"]),
            url_key: document.text(&["urlKey"]),
            role: document.text(&["role"]),
            title: document.text(&["title"]),
            status: document.text(&["status"]),
            adapter: document.text(&["adapterType"]),
            reports_to: document.text(&["reportsTo", "reportsToAgentId"]),
            squad_id: document.text(&["squadId"]),
            prompt: document.text(&["prompt"]),
            chain_of_command: document.names(&["chainOfCommand"]),
            can_create_agents: right("permissions", "canCreateAgents"),
            can_assign_tasks: right("access", "canAssignTasks")
                .or_else(|| right("permissions", "canAssignTasks")),
            stores_task_permission: stores_task_permission(&document),
            is_bare,
            instructions: shown_instructions(&document),
            created_at: document.time(&["createdAt"]),
            updated_at: document.time(&["updatedAt"]),
        }
    }
}

/// The agent whose key is used.
pub struct Me;

impl Endpoint for Me {
    type Reply = Agent;

    fn request(&self) -> Request {
        of_agent("show calling agent", Method::Get, "me", &[])
    }
}

/// One agent.
pub struct Get<'a>(pub &'a str);

impl Endpoint for Get<'_> {
    type Reply = Agent;

    fn request(&self) -> Request {
        of_agent("show agent", Method::Get, self.0, &[]).returns("agent", self.0)
    }
}

/// The agents of a squad, without pages: the server rejects any query.
pub struct List<'a> {
    /// The squad.
    pub squad: &'a str,
}

impl ListEndpoint for List<'_> {
    type Item = Agent;
    const MEMBER: &'static str = "agents";
    const ANY_MEMBER: bool = false;

    fn request(&self) -> Request {
        of_squad("list agents of squad", Method::Get, self.squad, "agents")
    }
}

/// The properties of a new agent.
#[derive(Debug)]
pub struct New {
    /// The display name.
    pub name: String,
    /// The role key.
    pub role: String,
    /// The job title.
    pub title: Option<String>,
    /// The adapter that runs it.
    pub adapter: Option<String>,
    /// The ID of its manager.
    pub reports_to: Option<String>,
    /// The system prompt.
    pub prompt: Option<String>,
    /// The keys of the skills that it starts with.
    pub skills: Vec<String>,
}

impl New {
    /// The body of the request, with a reason for the reviewer.
    pub(super) fn body(&self, reason: Option<&str>) -> Value {
        let prompt = self.prompt.as_ref();
        object([
            ("name", Some(json!(self.name))),
            ("role", Some(json!(self.role))),
            ("title", self.title.as_ref().map(|title| json!(title))),
            ("adapterType", self.adapter.as_ref().map(|kind| json!(kind))),
            // *Page*, then *server*; each ignores the other's name.
            (
                "reportsToAgentId",
                self.reports_to.as_ref().map(|id| json!(id)),
            ),
            ("reportsTo", self.reports_to.as_ref().map(|id| json!(id))),
            // *Page*, then *server*.
            ("prompt", prompt.map(|prompt| json!(prompt))),
            (
                "instructionsBundle",
                prompt.map(|prompt| json!({"files": {"AGENTS.md": prompt}})),
            ),
            (
                "desiredSkills",
                (!self.skills.is_empty()).then(|| json!(self.skills)),
            ),
            ("reason", reason.map(|reason| json!(reason))),
        ])
    }
}

/// Creates an agent at once.
pub struct Create<'a> {
    /// The squad.
    pub squad: &'a str,
    /// The agent.
    pub new: &'a New,
}

impl TwoDialects for Create<'_> {
    const PAGE: &'static [&'static str] = &[
        "name",
        "role",
        "title",
        "adapterType",
        "reportsToAgentId",
        "prompt",
        "desiredSkills",
    ];
}

impl Endpoint for Create<'_> {
    type Reply = Agent;

    fn request(&self) -> Request {
        of_squad("create agent in squad", Method::Post, self.squad, "agents")
            .body(&self.new.body(None))
    }
}

/// Changes the given settings of an agent.
#[derive(Debug, Default)]
pub struct Update<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The display name.
    pub name: Option<&'a str>,
    /// The job title.
    pub title: Option<&'a str>,
    /// The system prompt.
    pub prompt: Option<&'a str>,
    /// `active` or `paused`.
    pub status: Option<&'a str>,
}

impl Endpoint for Update<'_> {
    type Reply = Agent;

    fn request(&self) -> Request {
        let text = |text: Option<&str>| text.map(|text| json!(text));
        of_agent("update agent", Method::Patch, self.agent, &[])
            .returns("agent", self.agent)
            .body(&object([
                ("name", text(self.name)),
                ("title", text(self.title)),
                ("prompt", text(self.prompt)),
                ("status", text(self.status)),
            ]))
    }
}

/// Sets an agent's permissions. The server requires both.
pub struct SetPermissions<'a> {
    /// The agent.
    pub agent: &'a str,
    /// Whether it may create agents.
    pub can_create_agents: Option<bool>,
    /// Whether it may assign tasks.
    pub can_assign_tasks: Option<bool>,
}

impl Endpoint for SetPermissions<'_> {
    type Reply = Agent;

    fn request(&self) -> Request {
        let right = |right: Option<bool>| right.map(|right| json!(right));
        of_agent(
            "set permissions of agent",
            Method::Patch,
            self.agent,
            &["permissions"],
        )
        .returns("agent", self.agent)
        .body(&object([
            ("canCreateAgents", right(self.can_create_agents)),
            ("canAssignTasks", right(self.can_assign_tasks)),
        ]))
    }
}

/// The lifecycle actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifecycleAction {
    /// Starts no runs until it is resumed.
    Pause,
    /// Can start runs again.
    Resume,
    /// Never runs again; its records are kept.
    Terminate,
}

/// Pauses, resumes, or terminates an agent.
pub struct Apply<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The action.
    pub act: LifecycleAction,
}

impl Endpoint for Apply<'_> {
    // *Page*: `{"ok":true}`, without the agent.
    type Reply = Agent;

    fn request(&self) -> Request {
        let (action, word) = match self.act {
            LifecycleAction::Pause => ("pause agent", "pause"),
            LifecycleAction::Resume => ("resume agent", "resume"),
            LifecycleAction::Terminate => ("terminate agent", "terminate"),
        };
        of_agent(action, Method::Post, self.agent, &[word])
            .acts_on("agent", self.agent)
            .body(&json!({}))
    }
}

/// Removes an agent and its records.
pub struct Delete<'a>(pub &'a str);

impl Endpoint for Delete<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        of_agent("delete agent", Method::Delete, self.0, &[]).acts_on("agent", self.0)
    }
}
