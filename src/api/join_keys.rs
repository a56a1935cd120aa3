//! Join keys: `/management/join-keys`, tokens with which workers enroll.

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::secret::Secret;
use crate::time::WireTime;

/// The path of the collection, a sibling of the agents. Documented.
const JOIN_KEYS: [&str; 2] = ["management", "join-keys"];

/// The members under which a token may come. Assumed.
pub const TOKEN_NAMES: &[&str] = &["token", "key", "join_key"];

/// A join key, without its token.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct JoinKey {
    /// The id.
    pub id: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// `active`, `revoked`, `exhausted`, `expired`; an open set.
    pub status: Option<String>,
    /// The region that it is scoped to.
    pub region: Option<String>,
    /// How many agents have enrolled with it.
    pub enrollments: Option<String>,
    /// How many may.
    pub max_enrollments: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<WireTime>,
    /// `inference` or `execution`.
    pub agent_role: Option<String>,
    /// When it was made.
    pub created_at: Option<WireTime>,
}

impl From<Document> for JoinKey {
    // Assumed: every name; the documents show the columns.
    fn from(document: Document) -> Self {
        Self {
            id: document.text(&["id"]),
            name: document.text(&["name"]),
            status: document.text(&["status"]),
            region: document.text(&["region"]),
            enrollments: document.text(&["current_enrollments", "enrollments", "enrollment_count"]),
            max_enrollments: document.text(&["max_enrollments"]),
            expires_at: document.time(&["expires_at"]),
            agent_role: document.text(&["agent_role"]),
            created_at: document.time(&["created_at"]),
        }
    }
}

/// A join key that was just created: the only answer that ever holds the token.
#[derive(Deserialize)]
#[serde(from = "Document")]
pub struct Created {
    /// The key.
    pub key: JoinKey,
    /// The token; none when the router sent none.
    pub token: Option<Secret>,
}

impl From<Document> for Created {
    fn from(document: Document) -> Self {
        Self {
            token: document.string(TOKEN_NAMES).map(Secret::new),
            key: document.into(),
        }
    }
}

/// The join keys of the project, a page at a time. Documented; the name in the query is assumed.
pub struct List {
    /// Revoked, exhausted and expired ones too.
    pub include_terminal: bool,
}

impl ListEndpoint for List {
    type Item = JoinKey;

    fn request(&self) -> Request {
        let request = Request::new("list join keys", Method::Get, JOIN_KEYS);
        if self.include_terminal {
            request.query("include_terminal", "true")
        } else {
            request
        }
    }
}

/// Creates a join key. Documented path; assumed names but `agent_role`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Create {
    /// The display name.
    pub name: String,
    /// The region to scope it to.
    pub region: String,
    /// Where the enrolled agent connects: at least one.
    pub router_addrs: Vec<String>,
    /// How many agents may enroll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_enrollments: Option<u32>,
    /// How long it lives, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u32>,
    /// The service tiers of the enrolling agents; may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_tiers: Option<Vec<String>>,
    /// `inference` (the router's default) or `execution`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_role: Option<String>,
}

impl Endpoint for Create {
    type Reply = Created;

    fn request(&self) -> Request {
        Request::new("create join key", Method::Post, JOIN_KEYS).body(self)
    }
}

/// Revokes a join key. Assumed subcommand.
pub struct Revoke<'a>(pub &'a Id);

impl Endpoint for Revoke<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        Request::below(
            "revoke join key",
            Method::Delete,
            JOIN_KEYS,
            [self.0.as_str()],
        )
        .assumed()
        .acts_on("join_key", self.0.as_str())
    }
}
