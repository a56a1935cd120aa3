//! The server's health, and the operator that it identified.

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

/// The operator that the server identified. *Server*.
pub struct WhoAmI;

/// How the server identified the operator.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Identity {
    /// `local_implicit` if it trusts every client and ignores the key; an open set.
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
            "check whose key this is",
            Method::Get,
            ["api", "cli-auth", "me"],
        )
    }
}
