//! Executions: `/exec/executions`, and the live feed of all runs.

use serde::Deserialize;

use super::document::Document;
use super::id::Id;
use super::invocations::{Invocation, error_text};
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Request};
use crate::time::WireTime;

/// The record of a run.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Execution {
    /// The id.
    pub id: Option<String>,
    /// The invocation that started it.
    pub invocation_id: Option<String>,
    /// The status, with the same values as for an invocation.
    pub status: Option<String>,
    /// The exit code of the tool's process.
    pub exit_code: Option<String>,
    /// When it started.
    pub created_at: Option<WireTime>,
    /// The tool.
    pub tool_name: Option<String>,
    /// The workspace.
    pub workspace_id: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// When the tool started, if this differs from `created_at`.
    pub started_at: Option<WireTime>,
    /// When it ended.
    pub completed_at: Option<WireTime>,
}

impl From<Document> for Execution {
    // Documented: `status`, and the existence of the other members. Assumed: their names.
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
            invocation_id: document.text(&["invocation_id"]),
            status: document.text(&["status"]),
            exit_code: document.text(&["exit_code"]),
            created_at: document.time(&["created_at"]),
            tool_name: document.text(&["tool_name", "tool"]),
            workspace_id: document.text(&["workspace_id", "workspace"]),
            error: error_text(&document),
            started_at: document.time(&["started_at"]),
            completed_at: document.time(&["completed_at", "finished_at", "ended_at"]),
        }
    }
}

const EXECUTIONS: [&str; 2] = ["exec", "executions"];

/// The project's executions. Documented.
pub struct List;

impl ListEndpoint for List {
    type Item = Execution;

    fn request(&self) -> Request {
        Request::new("list executions", Method::Get, EXECUTIONS)
    }
}

/// One execution. Documented.
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

/// The request for the agent's raw output. Assumed path.
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

/// The request for the live feed, starting after the event `last` if given. Documented.
pub fn stream(last: Option<&str>) -> Request {
    let request = Request::below("follow executions", Method::Get, EXECUTIONS, ["stream"])
        .header("accept", "text/event-stream");
    match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    }
}

/// An event of the feed.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Document")]
pub struct ExecutionEvent {
    /// The invocation.
    pub invocation_id: Option<String>,
    /// The tool.
    pub tool_name: Option<String>,
    /// The workspace.
    pub workspace_id: Option<String>,
    /// The new status.
    pub status: Option<String>,
    /// When it happened.
    pub at: Option<WireTime>,
}

impl From<Document> for ExecutionEvent {
    // Assumed: all names.
    fn from(document: Document) -> Self {
        Self {
            invocation_id: document.text(&["invocation_id"]),
            tool_name: document.text(&["tool_name", "tool"]),
            workspace_id: document.text(&["workspace_id", "workspace"]),
            status: document.text(&["status"]),
            at: document.time(&["created_at", "timestamp", "at"]),
        }
    }
}
