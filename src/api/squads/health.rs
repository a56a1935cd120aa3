//! Whether the server is well, and whom it takes us for.

use serde::Deserialize;

use crate::api::document::Document;
use crate::api::request::{Endpoint, Method, Request};

/// The health of the server. *Server*; open to everyone.
pub struct Get;

impl Endpoint for Get {
    type Reply = Document;

    fn request(&self) -> Request {
        Request::new("get health", Method::Get, ["api", "health"])
    }
}

/// Whom the server takes an operator for. *Server*.
pub struct WhoAmI;

/// How the server came to know us.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Identity {
    /// `local_implicit` where it trusts everyone and did not look at the key; an open set.
    pub source: Option<String>,
}

impl From<Document> for Identity {
    fn from(document: Document) -> Self {
        Self {
            source: document.text(&["source"]),
        }
    }
}

impl Endpoint for WhoAmI {
    type Reply = Identity;

    fn request(&self) -> Request {
        Request::new(
            "see whose the key is",
            Method::Get,
            ["api", "cli-auth", "me"],
        )
    }
}
