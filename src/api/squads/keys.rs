//! The keys of an agent.

use serde::Deserialize;
use serde_json::json;

use super::{object, of_agent};
use crate::api::document::Document;
use crate::api::page::ListEndpoint;
use crate::api::request::{Endpoint, Method, Nothing, Request};
use crate::secret::Secret;
use crate::time::WireTime;

/// The names of the member with the token.
pub const TOKEN_NAMES: &[&str] = &["token"];

/// A key, without its token.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Key {
    /// The id.
    pub id: Option<String>,
    /// The label.
    pub name: Option<String>,
    /// When it was created.
    pub created_at: Option<WireTime>,
    /// When it expires; `None` if it never does.
    pub expires_at: Option<WireTime>,
    /// When it was revoked.
    pub revoked_at: Option<WireTime>,
}

impl From<Document> for Key {
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
            name: document.text(&["name"]),
            created_at: document.time(&["createdAt"]),
            expires_at: document.time(&["expiresAt"]),
            revoked_at: document.time(&["revokedAt"]),
        }
    }
}

/// A newly created key. Only this response contains the token.
#[derive(Deserialize)]
#[serde(from = "Document")]
pub struct Created {
    /// The key.
    pub key: Key,
    /// The token, or `None` if the server sent none.
    pub token: Option<Secret>,
}

impl From<Document> for Created {
    // *Page*: the key is in the envelope `key`, with the token next to it. *Server*: no envelope.
    fn from(document: Document) -> Self {
        let inner = document.inner(&["key"]);
        let token = document
            .string(TOKEN_NAMES)
            .or_else(|| inner.as_ref()?.string(TOKEN_NAMES));
        Self {
            token: token.map(Secret::new),
            key: inner.unwrap_or(document).into(),
        }
    }
}

/// The keys of an agent.
pub struct List<'a> {
    /// The agent.
    pub agent: &'a str,
}

impl ListEndpoint for List<'_> {
    type Item = Key;
    const MEMBER: &'static str = "keys";
    const ANY_MEMBER: bool = false;

    fn request(&self) -> Request {
        of_agent("list keys of agent", Method::Get, self.agent, &["keys"])
    }
}

/// Creates a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The agent.
    pub agent: String,
    /// The label.
    pub name: String,
    /// The expiry time in RFC 3339; `None` for a key that does not expire.
    pub expires_at: Option<String>,
}

impl Endpoint for Create {
    type Reply = Created;

    fn request(&self) -> Request {
        of_agent("create key of agent", Method::Post, &self.agent, &["keys"])
            .belongs_to("agent", &self.agent)
            .body(&object([
                ("name", Some(json!(self.name))),
                ("expiresAt", self.expires_at.as_ref().map(|at| json!(at))),
            ]))
    }
}

/// Revokes a key. *Server*.
pub struct Revoke<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The key.
    pub key: &'a str,
}

impl Endpoint for Revoke<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        let below = ["keys", self.key];
        of_agent("revoke key of agent", Method::Delete, self.agent, &below)
            .acts_on("key", self.key)
            .belongs_to("agent", self.agent)
    }
}
