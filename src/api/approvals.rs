//! Approvals: tool calls that need a reviewer's decision, under `/exec/approvals`.

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::time::WireTime;

/// The risk of a tool, from lowest to highest. Documented, with this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Only reads.
    Read,
    /// Makes changes.
    Write,
    /// Removes data; requires approval.
    Destructive,
    /// Can't be undone; requires approval.
    Irreversible,
}

impl Risk {
    /// The words on the wire, in the order of the risks.
    pub const WORDS: [&'static str; 4] = ["read", "write", "destructive", "irreversible"];

    /// Parses the word. Returns `None` if it is unknown.
    pub fn read(word: &str) -> Option<Self> {
        Some(match word {
            "read" => Self::Read,
            "write" => Self::Write,
            "destructive" => Self::Destructive,
            "irreversible" => Self::Irreversible,
            _ => return None,
        })
    }
}

/// Whether approving a tool with this risk requires typing its name: if it can't be undone, or if the risk is unknown.
pub fn needs_the_name(risk: Option<&str>) -> bool {
    risk.and_then(Risk::read)
        .is_none_or(|risk| risk >= Risk::Irreversible)
}

/// The status words that are known; the set is open.
///
/// The documents have both words for one that nobody decided on in time; see [`same_status`].
pub const STATUSES: &[&str] = &[
    "pending",
    "approved",
    "rejected",
    "expired",
    "timed_out",
    "timeout",
    "cancelled",
];

/// Whether two words are the same status: `timed_out` is also spelled `timeout`.
pub fn same_status(one: &str, other: &str) -> bool {
    let spelled = |word| if word == "timeout" { "timed_out" } else { word };
    spelled(one) == spelled(other)
}

/// A tool call that is waiting for a decision, or was decided.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Approval {
    /// The id.
    pub id: Option<String>,
    /// `pending` means undecided; other values are possible.
    pub status: Option<String>,
    /// The tool's risk.
    pub risk: Option<String>,
    /// The tool.
    pub tool_name: Option<String>,
    /// The workspace it would run in.
    pub workspace_id: Option<String>,
    /// The agent it would run on.
    pub agent_id: Option<String>,
    /// The invocation.
    pub invocation_id: Option<String>,
    /// The arguments as JSON text.
    pub args: Option<String>,
    /// The requester.
    pub requested_by: Option<String>,
    /// When it was requested.
    pub created_at: Option<WireTime>,
    /// When the approval expires and the policy decides.
    pub expires_at: Option<WireTime>,
    /// When it was decided.
    pub resolved_at: Option<WireTime>,
    /// The reviewer.
    pub resolved_by: Option<String>,
    /// The reviewer's note.
    pub resolution_note: Option<String>,
}

/// The names of the members that identify the call.
pub const TOOL: &[&str] = &["tool_name", "tool"];
/// See [`TOOL`].
pub const WORKSPACE: &[&str] = &["workspace_id", "workspace"];
/// See [`TOOL`].
pub const ARGS: &[&str] = &["args", "arguments"];

/// The members that a decision depends on: the names under which each is read, and other names whose values must agree.
pub const FACTS: &[(&[&str], &[&str])] = &[
    (&["id", "approval_id"], &[]),
    (&["status"], &[]),
    (&["risk"], &["risk_level"]),
    (TOOL, &[]),
    (WORKSPACE, &[]),
    (ARGS, &["tool_args", "tool_arguments"]),
    (&["agent_id"], &[]),
    (&["invocation_id"], &[]),
];

/// The statuses of decided approvals, in lower case and without `_` and `-`. Documented: approved, rejected, and timed
/// out. Assumed: their spelling, and the others.
const DECIDED: &[&str] = &[
    "allowed",
    "approved",
    "canceled",
    "cancelled",
    "closed",
    "completed",
    "declined",
    "denied",
    "executed",
    "expired",
    "granted",
    "rejected",
    "resolved",
    "timedout",
    "timeout",
];

impl From<Document> for Approval {
    // Assumed: all names.
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id", "approval_id"]),
            status: document.text(&["status"]),
            risk: document.text(&["risk"]),
            tool_name: document.text(TOOL),
            workspace_id: document.text(WORKSPACE),
            agent_id: document.text(&["agent_id"]),
            invocation_id: document.text(&["invocation_id"]),
            args: document.json(ARGS),
            requested_by: document.text(&["requested_by"]),
            created_at: document.time(&["created_at"]),
            expires_at: document.time(&["expires_at"]),
            resolved_at: document.time(&["resolved_at"]),
            resolved_by: document.text(&["resolved_by"]),
            resolution_note: document.text(&["resolution_note"]),
        }
    }
}

impl Approval {
    /// Whether it is waiting for a decision.
    pub fn is_pending(&self) -> bool {
        self.status.as_deref() == Some("pending")
    }
}

impl Approval {
    /// The status, if the approval is already decided: the status is known to be final, or the approval has a reviewer or
    /// a time of decision.
    pub fn decided(&self) -> Option<&str> {
        if self.is_pending() {
            return None;
        }
        let is_end = |status: &str| {
            let letters = status.chars().filter(|letter| !matches!(letter, '_' | '-'));
            let word: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
            DECIDED.contains(&&*word)
        };
        let is_resolved = self.resolved_at.is_some() || self.resolved_by.is_some();
        match self.status.as_deref() {
            Some(status) if is_resolved || is_end(status) => Some(status),
            None if is_resolved => Some("resolved"),
            _ => None,
        }
    }
}

const APPROVALS: [&str; 2] = ["exec", "approvals"];

/// The project's approvals. Documented path; assumed query.
#[derive(Clone, Copy)]
pub struct List<'a> {
    /// The risk to filter by.
    pub risk: Option<&'a str>,
}

impl ListEndpoint for List<'_> {
    type Item = Approval;

    fn request(&self) -> Request {
        let request = Request::new("list approvals", Method::Get, APPROVALS);
        match self.risk {
            Some(risk) => request.query("risk", risk),
            None => request,
        }
    }
}

/// One approval. Documented path.
pub struct Get<'a>(pub &'a Id);

impl Endpoint for Get<'_> {
    type Reply = Approval;

    fn request(&self) -> Request {
        Request::below("show approval", Method::Get, APPROVALS, [self.0.as_str()])
            .returns("approval", self.0.as_str())
    }
}

/// Approves the call. Documented.
#[derive(Clone, Debug)]
pub struct Approve {
    /// The approval.
    pub id: Id,
    /// The reason. The router accepts it but currently doesn't store it. Documented.
    pub note: Option<String>,
    /// The tool's name as typed by the reviewer. Also accepted but not stored.
    pub confirm: Option<String>,
    /// The invocation, if known, because the response may be about it.
    pub invocation: Option<String>,
}

impl Endpoint for Approve {
    type Reply = Nothing;

    fn request(&self) -> Request {
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            note: &'a Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            confirm: &'a Option<String>,
        }
        let body = Body {
            note: &self.note,
            confirm: &self.confirm,
        };
        let request = Request::below(
            "approve",
            Method::Post,
            APPROVALS,
            [self.id.as_str(), "approve"],
        )
        .acts_on("approval", self.id.as_str())
        .body(&body);
        match &self.invocation {
            Some(invocation) => request.belongs_to("invocation", invocation),
            None => request,
        }
    }
}

/// Rejects the call. Documented.
#[derive(Clone, Debug)]
pub struct Reject {
    /// The approval.
    pub id: Id,
    /// The reason. The router accepts it but currently doesn't store it. Documented.
    pub reason: Option<String>,
}

impl Endpoint for Reject {
    type Reply = Nothing;

    fn request(&self) -> Request {
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            reason: &'a Option<String>,
        }
        let body = Body {
            reason: &self.reason,
        };
        Request::below(
            "reject",
            Method::Post,
            APPROVALS,
            [self.id.as_str(), "reject"],
        )
        .acts_on("approval", self.id.as_str())
        .body(&body)
    }
}
