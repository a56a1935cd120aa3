//! Hire requests: new agents that an operator may have to approve first.

use serde::Deserialize;

use super::agents::{Agent, New};
use super::of_squad;
use super::page_only::TwoDialects;
use crate::api::document::Document;
use crate::api::request::{Endpoint, Method, Request};

/// The result of a hire request.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Hired {
    /// The pending approval; `None` if the agent was created immediately.
    pub approval_id: Option<String>,
    /// The status of the approval, or of the agent.
    pub status: Option<String>,
    /// The reason, if the response shows it.
    pub reason: Option<String>,
    /// Whether the response shows the approval, which includes the reason.
    pub shows_approval: bool,
    /// The agent. *Server*.
    pub agent: Agent,
}

impl Hired {
    /// Whether an approval is pending.
    pub fn is_pending(&self) -> bool {
        match self.status.as_deref() {
            Some("pending" | "pending_approval") => true,
            Some("approved") => false,
            _ => self.approval_id.is_some(),
        }
    }
}

impl From<Document> for Hired {
    // *Page*: `approvalId` and `status`. *Server*: `agent`, and `approval` or null.
    fn from(document: Document) -> Self {
        let approval = document.inner(&["approval"]);
        let of_approval = |name: &str| approval.as_ref().and_then(|it| it.text(&[name]));
        let payload = approval.as_ref().and_then(|it| it.inner(&["payload"]));
        let agent = document.inner(&["agent"]).map(Agent::from);
        let agent = agent.unwrap_or_default();
        Self {
            approval_id: document.text(&["approvalId"]).or_else(|| of_approval("id")),
            status: document
                .text(&["status"])
                .or_else(|| of_approval("status"))
                .or_else(|| agent.status.clone()),
            reason: document
                .text(&["reason"])
                .or_else(|| of_approval("reason"))
                .or_else(|| payload.and_then(|payload| payload.text(&["reason"]))),
            shows_approval: approval.is_some(),
            agent,
        }
    }
}

/// Requests a new agent.
pub struct Hire<'a> {
    /// The squad.
    pub squad: &'a str,
    /// The agent.
    pub new: &'a New,
    /// The reason, for the reviewer.
    pub reason: Option<&'a str>,
}

impl TwoDialects for Hire<'_> {
    const PAGE: &'static [&'static str] = &["name", "role", "reason"];
}

impl Endpoint for Hire<'_> {
    type Reply = Hired;

    fn request(&self) -> Request {
        of_squad("hire agent", Method::Post, self.squad, "agent-hires")
            .body(&self.new.body(self.reason))
    }
}
