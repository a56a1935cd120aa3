//! A request is a value: what would be sent can be printed, compared and tested without sending it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::client::Answer;
use crate::error::Error;

/// The HTTP methods that the router's routes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; may be sent again.
    Get,
    /// Acts or creates.
    Post,
    /// Changes the given fields.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
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
    pub action: &'static str,
    /// The method.
    pub method: Method,
    /// The path below the base URL as segments, not yet percent-encoded.
    pub path: Vec<String>,
    /// The query, in order.
    pub query: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: Option<Value>,
}

impl Request {
    /// A request without query and body.
    pub fn new<S: Into<String>>(
        action: &'static str,
        method: Method,
        path: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            action,
            method,
            path: path.into_iter().map(Into::into).collect(),
            query: Vec::new(),
            body: None,
        }
    }

    /// Adds one name and value to the query.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Sets the JSON body.
    #[must_use]
    pub fn body(mut self, body: &impl Serialize) -> Self {
        // The bodies are structs of texts and numbers, which always have a JSON form.
        self.body = serde_json::to_value(body).ok();
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

/// An answer: understood, and as it came.
pub struct Reply<T> {
    /// What was understood.
    pub value: T,
    /// The router's own document; `{}` where the body was empty.
    pub document: Box<RawValue>,
}

impl<T: DeserializeOwned> Reply<T> {
    /// Reads the answer of a change that succeeded; its body may be empty.
    ///
    /// # Errors
    /// Exit 17 when the body is not the JSON that the route answers.
    pub fn read(answer: &Answer) -> Result<Self, Error> {
        match answer.text()? {
            "" => Self::parse("{}", answer),
            text => Self::parse(text, answer),
        }
    }

    /// Reads the answer of a read that succeeded: an object, and not an error in disguise.
    ///
    /// # Errors
    /// As [`Reply::read`]; also when there is no body.
    pub fn read_object(answer: &Answer) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Disguised {
            error: Option<serde_json::Map<String, Value>>,
        }
        let text = answer.text()?;
        let disguised = serde_json::from_str::<Disguised>(text);
        if disguised.is_ok_and(|object| object.error.is_some()) {
            return Err(answer.garbled("an error"));
        }
        Self::parse(text, answer)
    }

    fn parse(text: &str, answer: &Answer) -> Result<Self, Error> {
        let document: Box<RawValue> =
            serde_json::from_str(text).map_err(|e| answer.misshapen(&e))?;
        let value = serde_json::from_str(document.get()).map_err(|e| answer.misshapen(&e))?;
        Ok(Self { value, document })
    }
}

/// The answer of an action that returns nothing that matters: any JSON, or no body at all.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<'de> serde::Deserialize<'de> for Nothing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}
