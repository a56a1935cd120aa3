//! Approvals: what waits for a human, under `/exec/approvals`.

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::id::Id;
use super::page::Listing;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::time::Stamp;

/// How much harm a tool can do, from the least to the most. Documented, with this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Looks only.
    Read,
    /// Changes something.
    Write,
    /// Removes something; waits for a human.
    Destructive,
    /// Can't be undone; waits for a human.
    Irreversible,
}

impl Risk {
    /// The words on the wire, in the order of the risks.
    pub const WORDS: [&'static str; 4] = ["read", "write", "destructive", "irreversible"];

    /// Reads the word; none where it is unknown.
    #[must_use]
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

/// Whether what has this risk is approved only by naming the tool: what can't be undone, and what nobody can judge.
#[must_use]
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
    pub created_at: Option<Stamp>,
    /// When the policy decides in the place of a human.
    pub expires_at: Option<Stamp>,
    /// When it was decided.
    pub resolved_at: Option<Stamp>,
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
pub const ARGS: &[&str] = &["args"];

/// The words of states in which a decision has been made. Documented: approved, rejected and timed out; assumed: their
/// spelling.
const DECIDED: &[&str] = &[
    "approved",
    "rejected",
    "timed_out",
    "timeout",
    "cancelled",
    "expired",
];

impl From<Document> for Approval {
    // Assumed: all names.
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
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
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.status.as_deref() == Some("pending")
    }
}

impl Approval {
    /// The state, where it is known to be one in which nothing is left to decide.
    #[must_use]
    pub fn decided(&self) -> Option<&str> {
        self.status
            .as_deref()
            .filter(|status| DECIDED.contains(status))
    }
}

const APPROVALS: [&str; 2] = ["exec", "approvals"];

fn below(action: &'static str, method: Method, id: &Id, leaf: Option<&str>) -> Request {
    let mut request = Request::new(action, method, APPROVALS);
    request.path.push(id.to_string());
    request.path.extend(leaf.map(str::to_owned));
    request
}

/// The approvals of the project. Documented mount; assumed: the query.
pub struct List<'a> {
    /// Only those with this risk.
    pub risk: Option<&'a str>,
}

impl Listing for List<'_> {
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
        below("show approval", Method::Get, self.0, None)
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
        below("approve", Method::Post, &self.id, Some("approve")).body(&body)
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
        below("reject", Method::Post, &self.id, Some("reject")).body(&body)
    }
}
