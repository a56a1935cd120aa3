//! Approvals: what waits for a reviewer, under `/exec/approvals`.

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::time::WireTime;

/// How much harm a tool can do, from the least to the most. Documented, with this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Looks only.
    Read,
    /// Changes something.
    Write,
    /// Removes something; waits for a reviewer.
    Destructive,
    /// Can't be undone; waits for a reviewer.
    Irreversible,
}

impl Risk {
    /// The words on the wire, in the order of the risks.
    pub const WORDS: [&'static str; 4] = ["read", "write", "destructive", "irreversible"];

    /// Reads the word; none where it is unknown.
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

/// Whether what has this risk is approved only by naming the tool: what can't be undone, and what no one can judge.
pub fn needs_the_name(risk: Option<&str>) -> bool {
    risk.and_then(Risk::read)
        .is_none_or(|risk| risk >= Risk::Irreversible)
}

/// A call of a tool that waits, or waited, for a decision.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Approval {
    /// The id.
    pub id: Option<String>,
    /// `pending` waits for a decision; an open set.
    pub status: Option<String>,
    /// The tool's risk.
    pub risk: Option<String>,
    /// The tool.
    pub tool_name: Option<String>,
    /// The workspace it would run in.
    pub workspace_id: Option<String>,
    /// The agent it would run on.
    pub agent_id: Option<String>,
    /// The call that waits.
    pub invocation_id: Option<String>,
    /// The arguments, as JSON text.
    pub args: Option<String>,
    /// Who asked.
    pub requested_by: Option<String>,
    /// When.
    pub created_at: Option<WireTime>,
    /// When the policy decides instead of a reviewer.
    pub expires_at: Option<WireTime>,
    /// When it was decided.
    pub resolved_at: Option<WireTime>,
    /// Who decided.
    pub resolved_by: Option<String>,
    /// What they noted.
    pub resolution_note: Option<String>,
}

/// The names of the members that say what would run.
pub const TOOL: &[&str] = &["tool_name", "tool"];
/// See [`TOOL`].
pub const WORKSPACE: &[&str] = &["workspace_id", "workspace"];
/// See [`TOOL`].
pub const ARGS: &[&str] = &["args", "arguments"];

/// Everything that a decision rests on: the names under which it is read, and others that it must not contradict.
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

/// The words of states in which a decision has been made. Documented: approved, rejected and timed out; assumed: their
/// spelling, and the others. In lower case and without `_` and `-`.
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
    /// Whether it waits for a decision.
    pub fn is_pending(&self) -> bool {
        self.status.as_deref() == Some("pending")
    }
}

impl Approval {
    /// The status if nothing is left to decide: it is known to be an end, or the approval says when or by whom it was
    /// decided.
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

/// The approvals of the project. Documented mount; assumed: the query.
#[derive(Clone, Copy)]
pub struct List<'a> {
    /// Only those with this risk.
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

/// One approval. Documented mount.
pub struct Get<'a>(pub &'a Id);

impl Endpoint for Get<'_> {
    type Reply = Approval;

    fn request(&self) -> Request {
        Request::below("show approval", Method::Get, APPROVALS, [self.0.as_str()])
            .returns("approval", self.0.as_str())
    }
}

/// Lets the call run. Documented.
#[derive(Clone, Debug)]
pub struct Approve {
    /// The approval.
    pub id: Id,
    /// Why; the router accepts it, but does not store it today. Documented.
    pub note: Option<String>,
    /// The tool's name, typed by the one who approves. Likewise.
    pub confirm: Option<String>,
    /// The call that waits, as far as it is known: the response may be about it.
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

/// Refuses the call. Documented.
#[derive(Clone, Debug)]
pub struct Reject {
    /// The approval.
    pub id: Id,
    /// Why; the router accepts it, but does not store it today. Documented.
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
