//! Candidates, workers waiting for admission to an agent: `/management/agents/{id}/candidates`.

use serde::Deserialize;

use super::agents::AGENTS;
use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::time::WireTime;

/// A worker waiting for admission to an agent's serving pool.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Candidate {
    /// The id.
    pub id: Option<String>,
    /// `pending` means undecided; other values are possible.
    pub status: Option<String>,
    /// The agent to which it is attached.
    pub agent_id: Option<String>,
    /// When it connected.
    pub created_at: Option<WireTime>,
}

impl From<Document> for Candidate {
    // Assumed: all four names; the documents show the columns.
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
            status: document.text(&["status"]),
            agent_id: document.text(&["agent_id"]),
            created_at: document.time(&["created_at"]),
        }
    }
}

/// The candidates of one agent. Assumed path.
pub struct List<'a>(pub &'a Id);

impl ListEndpoint for List<'_> {
    type Item = Candidate;

    fn request(&self) -> Request {
        Request::below(
            "list candidates",
            Method::Get,
            AGENTS,
            [self.0.as_str(), "candidates"],
        )
        .assumed()
    }
}

/// The decision on a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Admit it.
    Approve,
    /// Reject it.
    Reject,
}

/// Decides on a candidate. Assumed paths.
pub struct Decide<'a> {
    /// The agent to which it is attached.
    pub agent: &'a Id,
    /// The candidate.
    pub candidate: &'a Id,
    /// The decision.
    pub decision: Decision,
}

impl Endpoint for Decide<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        let (action, leaf) = match self.decision {
            Decision::Approve => ("approve candidate", "approve"),
            Decision::Reject => ("reject candidate", "reject"),
        };
        let (agent, candidate) = (self.agent.as_str(), self.candidate.as_str());
        let path = [agent, "candidates", candidate, leaf];
        Request::below(action, Method::Post, AGENTS, path)
            .assumed()
            .acts_on("candidate", candidate)
            .belongs_to("agent", agent)
    }
}
