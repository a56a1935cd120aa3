//! A request is a value: what would be sent can be printed, compared and tested without sending it.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The HTTP methods that the router's routes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; may be sent again.
    Get,
    /// Acts or creates.
    Post,
    /// Sets the whole.
    Put,
    /// Changes the given fields.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request with this method may change something.
    #[must_use]
    pub fn writes(self) -> bool {
        self != Self::Get
    }
}

/// One request below the base URL.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What it does, in words: `delete agent`.
    pub action: Cow<'static, str>,
    /// The method.
    pub method: Method,
    /// The path below the base URL as segments, not yet percent-encoded.
    pub path: Vec<String>,
    /// Path and query as they go into the URL, in the place of `path` and before `query`: for requests that somebody
    /// else composed.
    pub target: Option<String>,
    /// The query, in order.
    pub query: Vec<(Cow<'static, str>, String)>,
    /// Headers besides the ones that every request has; `accept` takes the place of `application/json`.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The JSON body, as it is sent: numbers keep the spelling that the user gave them.
    pub body: Option<String>,
    /// A body that need not be JSON, in the place of `body`.
    pub payload: Option<Vec<u8>>,
    /// It is sent once, whatever comes of it.
    pub once: bool,
    /// No document names this route: on the real router it may be another one.
    pub is_assumed: bool,
}

impl Request {
    /// A request without query and body.
    pub fn new<S: Into<String>>(
        action: &'static str,
        method: Method,
        path: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            action: action.into(),
            method,
            path: path.into_iter().map(Into::into).collect(),
            target: None,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            payload: None,
            once: false,
            is_assumed: false,
        }
    }

    /// Marks the route as assumed (see [`Request::is_assumed`]).
    #[must_use]
    pub fn assumed(mut self) -> Self {
        self.is_assumed = true;
        self
    }

    /// Adds one name and value to the query.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the JSON body.
    #[must_use]
    pub fn body(mut self, body: &impl Serialize) -> Self {
        // The bodies are structs of texts and numbers, which always have a JSON form.
        self.body = serde_json::to_string(body).ok();
        self
    }
}

/// One thing that the router can be asked.
pub trait Endpoint {
    /// What it answers.
    type Reply: DeserializeOwned;

    /// The request that asks it.
    fn request(&self) -> Request;
}

/// The answer of an action that returns nothing that matters: any JSON, or no body at all.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<'de> serde::Deserialize<'de> for Nothing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}
