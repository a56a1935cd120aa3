//! Requests as values, which can be printed, compared, and tested without being sent.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::expected_object::{ExpectedObject, Role};

/// All but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The HTTP methods that the router's routes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; can be retried.
    Get,
    /// Acts or creates.
    Post,
    /// Replaces an object.
    Put,
    /// Changes the given fields.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// The method's name in a request.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request with this method may make changes.
    pub fn writes(self) -> bool {
        self != Self::Get
    }
}

/// One request below the base URL.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The action in words: `delete agent`.
    pub action: Cow<'static, str>,
    /// The method.
    pub method: Method,
    /// The path below the base URL as segments, not yet percent-encoded.
    pub path: Vec<String>,
    /// The path and query as used in the URL, instead of `path` and before `query`, for requests composed by the
    /// user.
    pub target: Option<String>,
    /// The query, in order.
    pub query: Vec<(Cow<'static, str>, String)>,
    /// Additional headers. `accept` replaces the default `application/json`.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The JSON body as sent, with numbers spelled as the user wrote them.
    pub body: Option<String>,
    /// A body that may not be JSON, instead of `body`.
    pub payload: Option<Vec<u8>>,
    /// Whether the request is never retried.
    pub once: bool,
    /// Whether the route is assumed. The real router may use another one.
    pub is_assumed: bool,
    /// The objects that the request names. A response about another object is rejected.
    pub subjects: Vec<ExpectedObject>,
    /// Whether the request starts a run, which is the response.
    pub starts_run: bool,
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
            subjects: Vec::new(),
            starts_run: false,
        }
    }

    /// A request for a path below a collection.
    pub fn below<'a>(
        action: &'static str,
        method: Method,
        collection: [&'a str; 2],
        rest: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::new(action, method, collection.into_iter().chain(rest))
    }

    /// The URL of this request below a base URL, with each dynamic part percent-encoded.
    pub fn url(&self, base_url: &str) -> String {
        let mut url = base_url.to_owned();
        match &self.target {
            Some(target) => url.push_str(target),
            None => {
                for segment in &self.path {
                    url.push('/');
                    url.extend(utf8_percent_encode(segment, RESERVED));
                }
            }
        }
        let mut separator = if url.contains('?') { '&' } else { '?' };
        for (name, value) in &self.query {
            url.push(std::mem::replace(&mut separator, '&'));
            url.extend(utf8_percent_encode(name, RESERVED));
            url.push('=');
            url.extend(utf8_percent_encode(value, RESERVED));
        }
        url
    }

    /// Declares that the response must be the object of this type and ID (see [`Role::Result`]).
    pub fn returns(self, kind: &'static str, id: &str) -> Self {
        self.about(Role::Result, kind, id)
    }

    /// Declares that the request acts on the object of this type and ID (see [`Role::ActedOn`]).
    pub fn acts_on(self, kind: &'static str, id: &str) -> Self {
        self.about(Role::ActedOn, kind, id)
    }

    /// Declares that the response belongs to the object of this type and ID (see [`Role::Parent`]).
    pub fn belongs_to(self, kind: &'static str, id: &str) -> Self {
        self.about(Role::Parent, kind, id)
    }

    fn about(mut self, role: Role, kind: &'static str, id: &str) -> Self {
        self.subjects.push(ExpectedObject {
            role,
            kind,
            member: if kind == "tool" { "name" } else { "id" },
            id: id.to_owned(),
        });
        self
    }

    /// Marks the request as one that starts a run (see [`Request::starts_run`]).
    pub fn starting_run(mut self) -> Self {
        self.starts_run = true;
        self
    }

    /// Marks the route as assumed (see [`Request::is_assumed`]).
    pub fn assumed(mut self) -> Self {
        self.is_assumed = true;
        self
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the JSON body.
    pub fn body(mut self, body: &impl Serialize) -> Self {
        // The bodies are structs of strings and numbers, which always serialize.
        self.body = serde_json::to_string(body).ok();
        self
    }
}

/// A route of the API with its parameters.
pub trait Endpoint {
    /// The type of the response.
    type Reply: DeserializeOwned;

    /// The request for this route.
    fn request(&self) -> Request;
}

/// The response of an action without a relevant result: any JSON, or no body.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<'de> serde::Deserialize<'de> for Nothing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}
