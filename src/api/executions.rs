//! Records of runs: `/exec/executions`, and the live feed of all of them.

use serde::Deserialize;

use super::document::Document;
use super::id::Id;
use super::invocations::Invocation;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Request};
use crate::time::WireTime;

/// The record of a run.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Execution {
    /// The id.
    pub id: Option<String>,
    /// The call that caused it.
    pub invocation_id: Option<String>,
    /// Where it stands; the words of an invocation.
    pub status: Option<String>,
    /// What the tool's process ended with.
    pub exit_code: Option<String>,
    /// When it started.
    pub created_at: Option<WireTime>,
    /// The tool.
    pub tool_name: Option<String>,
    /// The workspace.
    pub workspace_id: Option<String>,
}

impl From<Document> for Execution {
    // Documented: `status`, and that the rest is there; assumed: the names.
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
            invocation_id: document.text(&["invocation_id"]),
            status: document.text(&["status"]),
            exit_code: document.text(&["exit_code"]),
            created_at: document.time(&["created_at"]),
            tool_name: document.text(&["tool_name", "tool"]),
            workspace_id: document.text(&["workspace_id", "workspace"]),
        }
    }
}

const EXECUTIONS: [&str; 2] = ["exec", "executions"];

/// The runs of the project. Documented.
pub struct List;

impl ListEndpoint for List {
    type Item = Execution;

    fn request(&self) -> Request {
        Request::new("list executions", Method::Get, EXECUTIONS)
    }
}

/// One run. Documented.
pub struct Get<'a>(pub &'a Id);

impl Endpoint for Get<'_> {
    type Reply = Execution;

    fn request(&self) -> Request {
        Request::below("show execution", Method::Get, EXECUTIONS, [self.0.as_str()])
            .returns("execution", self.0.as_str())
    }
}

/// Runs the same call again. Documented.
pub struct Rerun<'a>(pub &'a Id);

impl Endpoint for Rerun<'_> {
    type Reply = Invocation;

    fn request(&self) -> Request {
        Request::below(
            "rerun execution",
            Method::Post,
            EXECUTIONS,
            [self.0.as_str(), "rerun"],
        )
        .starting_run()
    }
}

/// The request for the bytes that the agent returned. Assumed leaf.
pub fn raw(id: &Id) -> Request {
    Request::below(
        "get raw output",
        Method::Get,
        EXECUTIONS,
        [id.as_str(), "raw"],
    )
    .assumed()
    .header("accept", "*/*")
}

/// The request for the live feed, after the event `last` where one is given. Documented.
pub fn stream(last: Option<&str>) -> Request {
    let request = Request::below("follow executions", Method::Get, EXECUTIONS, ["stream"])
        .header("accept", "text/event-stream");
    match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    }
}

/// What an event of the feed says.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Document")]
pub struct ExecutionEvent {
    /// The call it is about.
    pub invocation_id: Option<String>,
    /// The tool.
    pub tool_name: Option<String>,
    /// The workspace.
    pub workspace_id: Option<String>,
    /// What became of the call.
    pub status: Option<String>,
}

impl From<Document> for ExecutionEvent {
    // Assumed: all names.
    fn from(document: Document) -> Self {
        Self {
            invocation_id: document.text(&["invocation_id"]),
            tool_name: document.text(&["tool_name", "tool"]),
            workspace_id: document.text(&["workspace_id", "workspace"]),
            status: document.text(&["status"]),
        }
    }
}
