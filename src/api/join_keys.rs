//! Join keys, the tokens workers use to enroll: `/management/join-keys`.

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::id::Id;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Nothing, Request};
use crate::secret::Secret;
use crate::time::WireTime;

/// The path of the collection, a sibling of the agents. Documented.
const JOIN_KEYS: [&str; 2] = ["management", "join-keys"];

/// The names of the member with the token. Assumed.
pub const TOKEN_NAMES: &[&str] = &["token", "key", "join_key", "join_token"];

/// The status words that are known; the set is open.
pub const STATUSES: &[&str] = &["active", "revoked", "exhausted", "expired"];

/// A join key, without its token.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct JoinKey {
    /// The id.
    pub id: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// `active`, `revoked`, `exhausted`, or `expired`; others are possible.
    pub status: Option<String>,
    /// The region it is limited to.
    pub region: Option<String>,
    /// The number of agents enrolled with it.
    pub enrollments: Option<String>,
    /// The maximum number of agents.
    pub max_enrollments: Option<String>,
    /// When it expires.
    pub expires_at: Option<WireTime>,
    /// `inference` or `execution`.
    pub agent_role: Option<String>,
    /// When it was created.
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

/// A newly created join key. Only this response contains the token.
#[derive(Deserialize)]
#[serde(from = "Document")]
pub struct Created {
    /// The key.
    pub key: JoinKey,
    /// The token, or `None` if the router sent none.
    pub token: Option<Secret>,
}

impl From<Document> for Created {
    // Assumed: that the token, the key, or both may be in an object of their own.
    fn from(document: Document) -> Self {
        let objects = document.objects();
        let inner = || objects.iter().find_map(|object| object.string(TOKEN_NAMES));
        let token = document.string(TOKEN_NAMES).or_else(inner);
        let has_id = |object: &Document| object.text(&["id"]).is_some();
        // The ID next to an object named `join_key` may be that of the request.
        let named = document.inner(&["join_key", "key"]).filter(has_id);
        let key = match named {
            None if has_id(&document) => None,
            None => objects.into_iter().find(has_id),
            named => named,
        };
        Self {
            token: token.map(Secret::new),
            key: key.unwrap_or(document).into(),
        }
    }
}

/// The project's join keys, one page at a time. Documented; the name in the query is assumed.
pub struct List {
    /// Whether to include revoked, exhausted, and expired keys.
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

/// Creates a join key. Documented path and `agent_role`; the other names are assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Create {
    /// The display name.
    pub name: String,
    /// The region to limit it to.
    pub region: String,
    /// The endpoints that the enrolled agent connects to; at least one.
    pub router_addrs: Vec<String>,
    /// The maximum number of agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_enrollments: Option<u32>,
    /// The lifetime in seconds.
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

/// Revokes a join key. Assumed method.
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
