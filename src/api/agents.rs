//! Agents and their events: `/management/agents`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::time::WireTime;

/// The path of the collection. Documented.
pub(super) const AGENTS: [&str; 2] = ["management", "agents"];

/// The status words that are known; the set is open.
pub const STATUSES: &[&str] = &["pending", "active", "suspended", "disconnected", "dead"];

/// An agent: a compute worker that serves inference or executes tools. Its fields are read from the response's text when
/// they are asked for: of a large fleet, a table reads only the columns that it shows.
#[derive(Deserialize)]
#[serde(from = "Document")]
pub struct Agent(Document);

impl From<Document> for Agent {
    fn from(document: Document) -> Self {
        Self(document)
    }
}

impl Agent {
    /// The external ID.
    pub fn id(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["id"])
    }

    /// The display name.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["name"])
    }

    /// The agent's identifier in the mesh.
    pub fn worker_id(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["worker_id"])
    }

    /// The deployment region.
    pub fn region(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["region"])
    }

    /// The maximum number of concurrent inference requests; 0 lets the router decide.
    pub fn max_concurrent_requests(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["max_concurrent_requests"])
    }

    /// Free-text description.
    pub fn description(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["description"])
    }

    /// The supported service tiers.
    pub fn supported_tiers(&self) -> Vec<String> {
        self.0.texts(&["supported_tiers"])
    }

    /// Whether its storage is limited.
    pub fn storage_limit_enabled(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["storage_limit_enabled"])
    }

    /// The storage limit in bytes.
    pub fn storage_limit_bytes(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["storage_limit_bytes"])
    }

    // Assumed: the documents show this and the following as columns, not as members.

    /// Known values are `pending`, `active`, `suspended`, `disconnected`, and `dead`; others are possible.
    pub fn status(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["status"])
    }

    /// When the agent last reported its health.
    pub fn last_heartbeat(&self) -> Option<WireTime> {
        self.0.time(&["last_heartbeat", "last_heartbeat_at"])
    }

    /// The Curve25519 public key, base64.
    pub fn public_key(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["public_key"])
    }

    /// When the record was created.
    pub fn created_at(&self) -> Option<WireTime> {
        self.0.time(&["created_at"])
    }

    /// When the record was last changed.
    pub fn updated_at(&self) -> Option<WireTime> {
        self.0.time(&["updated_at"])
    }

    /// The names of the tools that an execution agent serves.
    pub fn tools(&self) -> Vec<String> {
        self.0.names(&["tools"])
    }

    /// `inference` or `execution`; an open set.
    pub fn agent_role(&self) -> Option<Cow<'_, str>> {
        self.0.text_in_place(&["agent_role", "role"])
    }

    /// The workspaces that it serves.
    pub fn workspaces(&self) -> Vec<String> {
        self.0.names(&["workspaces", "workspace_ids"])
    }

    /// Whether execution is paused in all workspaces; `None` if the router does not report it.
    pub fn exec_paused(&self) -> Option<bool> {
        let word = self.0.text_in_place(&["exec_paused"])?;
        Some(word == "true")
    }

    /// The workspaces in which execution is paused.
    pub fn exec_paused_workspaces(&self) -> Vec<String> {
        self.0.names(&["exec_paused_workspaces"])
    }

    /// Whether execution is paused in a workspace or in all.
    pub fn is_paused_somewhere(&self) -> bool {
        self.exec_paused() == Some(true) || !self.exec_paused_workspaces().is_empty()
    }

    /// The workspaces in which its credentials are revoked.
    pub fn credentials_revoked_workspaces(&self) -> Vec<String> {
        self.0.names(&["credentials_revoked_workspaces"])
    }
}

/// An entry of an agent's history.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Event {
    /// The ID, which is also the cursor.
    pub id: Option<String>,
    /// The type of the event.
    pub event_type: Option<String>,
    /// Details as text, or as JSON on one line.
    pub details: Option<String>,
    /// When it happened.
    pub created_at: Option<WireTime>,
}

impl From<Document> for Event {
    // Assumed: all four names; the documents show the columns.
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
            event_type: document.text(&["event_type", "type"]),
            details: document.text(&["details"]),
            created_at: document.time(&["created_at"]),
        }
    }
}

/// A key rotation that has started.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Rotation {
    /// The ID of the request to rotate.
    pub request_id: Option<String>,
    /// The status of the dispatch to the agent.
    pub status: Option<String>,
    /// The URL at which the rotation's progress is shown.
    pub monitor_url: Option<String>,
}

impl From<Document> for Rotation {
    // Assumed: all names, and that they may be in an object of their own; the documents name the values.
    fn from(document: Document) -> Self {
        const IDS: &[&str] = &["request_id", "rotation_request_id", "rotation_id"];
        let objects = document.objects();
        let find = |names: &[&str]| {
            let inner = || objects.iter().find_map(|object| object.text(names));
            document.text(names).or_else(inner)
        };
        Self {
            // The agent's own ID may be next to the rotation's.
            request_id: find(IDS)
                .or_else(|| document.inner(&["rotation", "request"])?.text(&["id"]))
                .or_else(|| find(&["id"])),
            status: find(&["status", "dispatch_status"]),
            monitor_url: find(&["monitor_url"]),
        }
    }
}

/// The project's agents, one page at a time. Documented.
pub struct List;

impl ListEndpoint for List {
    type Item = Agent;

    fn request(&self) -> Request {
        Request::new("list agents", Method::Get, AGENTS)
    }
}

/// The history of one agent, one page at a time, in the router's order. Assumed path.
pub struct Events<'a>(pub &'a Id);

impl ListEndpoint for Events<'_> {
    type Item = Event;

    fn request(&self) -> Request {
        Request::below(
            "list agent events",
            Method::Get,
            AGENTS,
            [self.0.as_str(), "events"],
        )
        .assumed()
    }
}

/// One agent. Documented.
pub struct Get<'a>(pub &'a Id);

impl Endpoint for Get<'_> {
    type Reply = Agent;

    fn request(&self) -> Request {
        Request::below("get agent", Method::Get, AGENTS, [self.0.as_str()])
            .returns("agent", self.0.as_str())
    }
}

/// The writable fields of an agent. `None` is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fields {
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The agent's identifier in the mesh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<String>,
    /// The Curve25519 public key in base64, as given. Assumed name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The deployment region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The maximum number of concurrent inference requests; 0 lets the router decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrent_requests: Option<u32>,
    /// Free-text description; may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The service tiers; may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_tiers: Option<Vec<String>>,
    /// The status, for an update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Creates an agent record. Documented.
pub struct Create<'a>(pub &'a Fields);

impl Endpoint for Create<'_> {
    type Reply = Agent;

    fn request(&self) -> Request {
        Request::new("create agent", Method::Post, AGENTS).body(self.0)
    }
}

/// Changes the given fields of an agent. Assumed method.
pub struct Update<'a>(pub &'a Id, pub &'a Fields);

impl Endpoint for Update<'_> {
    type Reply = Agent;

    fn request(&self) -> Request {
        Request::below("update agent", Method::Patch, AGENTS, [self.0.as_str()])
            .assumed()
            .returns("agent", self.0.as_str())
            .body(self.1)
    }
}

/// Deletes an agent record. Documented.
pub struct Delete<'a>(pub &'a Id);

impl Endpoint for Delete<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        Request::below("delete agent", Method::Delete, AGENTS, [self.0.as_str()])
            .assumed()
            .acts_on("agent", self.0.as_str())
    }
}

/// Actions on an agent's execution role, in one workspace or in all. Assumed paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Stops dispatching tool calls to the agent, which stays connected.
    Pause,
    /// Resumes dispatching tool calls.
    Resume,
    /// Ends the agent's authenticated session; the agent must enroll again.
    Revoke,
}

/// Applies a [`Control`] to an agent, optionally in one workspace.
pub struct Apply {
    /// The agent.
    pub agent: Id,
    /// The action.
    pub control: Control,
    /// The workspace, or `None` for all.
    pub workspace: Option<String>,
}

#[derive(Serialize)]
struct Scope<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<&'a str>,
}

impl Endpoint for Apply {
    type Reply = Nothing;

    fn request(&self) -> Request {
        let (action, leaf) = match self.control {
            Control::Pause => ("pause execution", "pause-exec"),
            Control::Resume => ("resume execution", "resume-exec"),
            Control::Revoke => ("revoke credentials", "revoke-credentials"),
        };
        Request::below(action, Method::Post, AGENTS, [self.agent.as_str(), leaf])
            .assumed()
            .acts_on("agent", self.agent.as_str())
            .body(&Scope {
                workspace: self.workspace.as_deref(),
            })
    }
}

/// Starts a CURVE key rotation. Assumed path and body.
pub struct Rotate<'a> {
    /// The agent.
    pub agent: &'a Id,
    /// The reason, for the audit log.
    pub reason: &'a str,
}

#[derive(Serialize)]
struct Reason<'a> {
    reason: &'a str,
}

impl Endpoint for Rotate<'_> {
    type Reply = Rotation;

    fn request(&self) -> Request {
        Request::below(
            "rotate CURVE key",
            Method::Post,
            AGENTS,
            [self.agent.as_str(), "curve-rotate"],
        )
        .assumed()
        .belongs_to("agent", self.agent.as_str())
        .body(&Reason {
            reason: self.reason,
        })
    }
}
