//! The inbox of the calling agent.

use serde::Deserialize;

use super::of_agent;
use crate::api::document::Document;
use crate::api::page::ListEndpoint;
use crate::api::request::{Method, Request};

/// An issue that is assigned to the calling agent.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Assignment {
    /// The id.
    pub id: Option<String>,
    /// The readable identifier, such as `SLA-26`.
    pub identifier: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// `todo`, `in_progress`, `in_review`, `blocked`, …; an open set.
    pub status: Option<String>,
    /// The priority.
    pub priority: Option<String>,
}

impl From<Document> for Assignment {
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
            identifier: document.text(&["identifier"]),
            title: document.text(&["title"]),
            status: document.text(&["status"]),
            priority: document.text(&["priority"]),
        }
    }
}

/// The compact inbox.
pub struct List<'a> {
    /// Only these statuses; if empty, the server decides.
    pub states: &'a [String],
}

impl ListEndpoint for List<'_> {
    type Item = Assignment;
    const MEMBER: &'static str = "items";
    const ANY_MEMBER: bool = false;

    fn request(&self) -> Request {
        let request = of_agent("list inbox", Method::Get, "me", &["inbox-lite"]);
        match self.states {
            [] => request,
            states => request.query("status", states.join(",")),
        }
    }
}
