//! The context of a workspace (`/exec/context`), and the reports of execution agents about themselves
//! (`/exec/agents/{id}`).

use serde_json::Value;

use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::json;

const CONTEXT: [&str; 2] = ["exec", "context"];

/// The project's workspaces. Documented family, assumed path and members.
pub struct List;

impl ListEndpoint for List {
    type Item = Document;

    fn request(&self) -> Request {
        Request::new("list workspaces", Method::Get, ["workspaces"]).assumed()
    }
}

/// Gets the context of a workspace. Documented resource, assumed form.
pub struct GetContext<'a>(pub &'a str);

impl Endpoint for GetContext<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        Request::new("show context", Method::Get, CONTEXT)
            .assumed()
            .query("workspace_id", self.0)
    }
}

/// Replaces the context of a workspace. Documented resource, assumed form.
pub struct SetContext<'a> {
    /// The workspace.
    pub workspace: &'a str,
    /// The text of a JSON object, sent unchanged.
    pub context: &'a str,
}

impl Endpoint for SetContext<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        let workspace = Value::from(self.workspace).to_string();
        let mut request = Request::new("set context", Method::Put, CONTEXT).assumed();
        request.body = Some(json::object([
            ("workspace_id", &*workspace),
            ("context", self.context),
        ]));
        request
    }
}

/// A report of an execution agent about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// The tools it publishes.
    Manifest,
    /// The hardware and system it runs on.
    Environment,
    /// The network destinations it can reach.
    Connectivity,
}

/// Gets a report from an execution agent: any object. Documented.
pub struct Introspect<'a> {
    /// The agent.
    pub agent: &'a Id,
    /// The report.
    pub aspect: Aspect,
}

impl Endpoint for Introspect<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        let (action, leaf) = match self.aspect {
            Aspect::Manifest => ("show manifest", "manifest"),
            Aspect::Environment => ("show environment", "environment"),
            Aspect::Connectivity => ("show connectivity", "connectivity"),
        };
        Request::new(
            action,
            Method::Get,
            ["exec", "agents", self.agent.as_str(), leaf],
        )
        .belongs_to("agent", self.agent.as_str())
    }
}
