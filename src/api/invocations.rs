//! Invocations, the calls of tools: `/exec/invocations`.

use serde::Deserialize;
use serde_json::Value;

use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Request};
use crate::error::Exit;
use crate::json;
use crate::time::WireTime;

/// An invocation: an accepted tool call.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Invocation {
    /// The id.
    pub id: Option<String>,
    /// The tool.
    pub tool_name: Option<String>,
    /// The workspace it runs in.
    pub workspace_id: Option<String>,
    /// The status; see [`ending`] and [`is_gated`].
    pub status: Option<String>,
    /// The tool's risk.
    pub risk: Option<String>,
    /// The approval that it requires or required.
    pub approval_id: Option<String>,
    /// The URL of the approval page.
    pub approval_url: Option<String>,
    /// The execution, once it has started.
    pub execution_id: Option<String>,
    /// When it was accepted.
    pub created_at: Option<WireTime>,
    /// When it ended.
    pub completed_at: Option<WireTime>,
    /// The error, if it failed.
    pub error: Option<String>,
    /// The arguments, as compact JSON.
    pub args: Option<String>,
    /// When the tool started.
    pub started_at: Option<WireTime>,
}

impl From<Document> for Invocation {
    // Documented: `id` and `status`. Assumed: the other names.
    fn from(document: Document) -> Self {
        let approval = document.inner(&["approval"]);
        let of_approval = |name| approval.as_ref().and_then(|inner| inner.string(&[name]));
        Self {
            id: document.text(&["id"]),
            tool_name: document.text(&["tool_name", "tool"]),
            workspace_id: document.text(&["workspace_id", "workspace"]),
            status: document.text(&["status"]),
            risk: document.text(&["risk"]),
            approval_id: document
                .string(&["approval_id"])
                .or_else(|| of_approval("id")),
            approval_url: document
                .string(&["approval_url", "monitor_url"])
                .or_else(|| of_approval("url")),
            execution_id: document.string(&["execution_id"]),
            created_at: document.time(&["created_at"]),
            completed_at: document.time(&["completed_at"]),
            error: error_text(&document),
            args: document.text(&["args", "arguments"]),
            started_at: document.time(&["started_at"]),
        }
    }
}

/// Why a run failed: a text, or the message of an object.
pub(super) fn error_text(document: &Document) -> Option<String> {
    let inner = document.inner(&["error"]);
    inner
        .and_then(|error| error.string(&["message", "code", "type"]))
        .or_else(|| document.text(&["error", "error_message"]))
}

/// The status words. Documented, as are the two lists; an unknown word is none of them.
pub const STATUSES: &[&str] = &[
    "queued",
    "running",
    "pending_approval",
    "completed",
    "failed",
    "rejected",
    "cancelled",
    "timeout",
];

/// The exit code for a final status, or `None` if the run continues or the status is unknown. Documented.
pub fn ending(status: &str) -> Option<Exit> {
    Some(match status {
        "completed" => Exit::Success,
        "failed" => Exit::RunFailed,
        "rejected" => Exit::RunRejected,
        "cancelled" => Exit::RunCancelled,
        "timeout" => Exit::RunTimeout,
        _ => return None,
    })
}

/// Whether the invocation is waiting for approval. Documented.
pub fn is_gated(status: &str) -> bool {
    status == "pending_approval"
}

const INVOCATIONS: [&str; 2] = ["exec", "invocations"];

/// The project's invocations. Documented.
pub struct List;

impl ListEndpoint for List {
    type Item = Invocation;

    fn request(&self) -> Request {
        Request::new("list invocations", Method::Get, INVOCATIONS)
    }
}

/// One invocation. Documented.
pub struct Get<'a>(pub &'a Id);

impl Endpoint for Get<'_> {
    type Reply = Invocation;

    fn request(&self) -> Request {
        Request::below(
            "show invocation",
            Method::Get,
            INVOCATIONS,
            [self.0.as_str()],
        )
        .returns("invocation", self.0.as_str())
    }
}

/// Invokes a tool. Documented, with assumed names in the body.
pub struct Invoke<'a> {
    /// The workspace to run in.
    pub workspace: &'a str,
    /// The tool.
    pub tool: &'a str,
    /// The arguments: the text of a JSON object, sent unchanged.
    pub args: &'a str,
}

impl Endpoint for Invoke<'_> {
    type Reply = Invocation;

    fn request(&self) -> Request {
        let text = |text: &str| Value::from(text).to_string();
        let mut request = Request::new("invoke tool", Method::Post, INVOCATIONS).starting_run();
        request.body = Some(json::object([
            ("workspace_id", &*text(self.workspace)),
            ("tool_name", &*text(self.tool)),
            ("args", self.args),
        ]));
        request
    }
}

/// Cancels an invocation that has not finished. Assumed path.
pub struct Cancel<'a>(pub &'a Id);

impl Endpoint for Cancel<'_> {
    type Reply = Invocation;

    fn request(&self) -> Request {
        Request::below(
            "cancel invocation",
            Method::Post,
            INVOCATIONS,
            [self.0.as_str(), "cancel"],
        )
        .assumed()
        .returns("invocation", self.0.as_str())
    }
}
