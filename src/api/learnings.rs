//! Learnings of the mesh in a workspace: `/exec/learnings`.

use serde::Deserialize;

use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::time::WireTime;

/// A learning.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Learning {
    /// The id.
    pub id: Option<String>,
    /// The text.
    pub content: Option<String>,
    /// The workspace.
    pub workspace_id: Option<String>,
    /// The weight.
    pub score: Option<String>,
    /// The source.
    pub source_type: Option<String>,
    /// When it was recorded.
    pub created_at: Option<WireTime>,
}

impl From<Document> for Learning {
    // Documented: all names.
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
            content: document.text(&["content"]),
            workspace_id: document.text(&["workspace_id"]),
            score: document.text(&["score"]),
            source_type: document.text(&["source_type"]),
            created_at: document.time(&["created_at"]),
        }
    }
}

const LEARNINGS: [&str; 2] = ["exec", "learnings"];

/// The learnings of a workspace. Documented resource.
pub struct List<'a> {
    /// The workspace.
    pub workspace: &'a str,
}

impl ListEndpoint for List<'_> {
    type Item = Learning;

    fn request(&self) -> Request {
        Request::new("list learnings", Method::Get, LEARNINGS)
            .assumed()
            .query("workspace_id", self.workspace)
    }
}

/// One learning. Documented resource.
pub struct Get<'a>(pub &'a Id);

impl Endpoint for Get<'_> {
    type Reply = Learning;

    fn request(&self) -> Request {
        Request::below("show learning", Method::Get, LEARNINGS, [self.0.as_str()])
            .assumed()
            .returns("learning", self.0.as_str())
    }
}

/// Deletes a learning. Documented resource, assumed method.
pub struct Delete<'a>(pub &'a Id);

impl Endpoint for Delete<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        Request::below(
            "delete learning",
            Method::Delete,
            LEARNINGS,
            [self.0.as_str()],
        )
        .assumed()
        .acts_on("learning", self.0.as_str())
    }
}
