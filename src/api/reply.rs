//! A response that was understood.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use super::document;
use super::expected_object;
use super::id::Id;
use super::request::Request;
use super::response::Response;
use crate::error::Error;

/// What the router returned: understood, and as it came.
pub struct Reply<T> {
    /// What was understood.
    pub value: T,
    /// The router's own document; `{}` where the body was empty.
    pub document: Box<RawValue>,
}

impl<T: DeserializeOwned> Reply<T> {
    /// Reads the response of a change that succeeded; its body may be empty.
    ///
    /// # Errors
    /// Exit 17 when the body is not the JSON that the route answers, or is about another object than `request` names.
    pub fn read(response: &Response, request: &Request) -> Result<Self, Error> {
        let whole = response.text().and_then(|text| match text {
            "" => Self::parse("{}", response, request),
            // These say nothing more than the status.
            "null" | "true" | "[]" => Self::parse(text, response, request),
            // A text or a list may say that nothing was done.
            text if !text.starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok() => {
                Err(response.undecodable("not an object"))
            }
            text => Self::parse(text, response, request),
        });
        whole.or_else(|error| {
            if error.api_error().is_foreign {
                return Err(error);
            }
            // The change was made: what can be understood of the response is not thrown away.
            match response.parse_prefix::<Box<RawValue>>() {
                Some(value) if value.get().starts_with('{') => {
                    Self::parse(value.get(), response, request)
                }
                _ => Err(match named(&response.body) {
                    Some(id) => error.detail(format!("the response names the ID {id}")),
                    None => error,
                }),
            }
        })
    }

    /// Reads the response of a read that succeeded.
    ///
    /// # Errors
    /// As [`Reply::read`]; also when there is not a body.
    pub fn read_object(response: &Response, request: &Request) -> Result<Self, Error> {
        Self::parse(response.text()?, response, request)
    }

    fn parse(text: &str, response: &Response, request: &Request) -> Result<Self, Error> {
        let document: Box<RawValue> =
            serde_json::from_str(text).map_err(|e| response.is_malformed(&e))?;
        if document::is_too_long(document.get()) {
            let most = document::MOST_MEMBERS;
            return Err(
                response.undecodable(format_args!("an object with more than {most} members"))
            );
        }
        if let Some(other) = expected_object::mismatched_id(&request.subjects, document.get()) {
            return Err(response.mismatched_id(request, &other));
        }
        let value = serde_json::from_str(document.get()).map_err(|e| response.is_malformed(&e))?;
        Ok(Self { value, document })
    }
}

/// The ID at the beginning of an object whose end is missing.
fn named(body: &[u8]) -> Option<Id> {
    let text = std::str::from_utf8(body).ok()?;
    let object = text.trim_start().strip_prefix('{')?.trim_start();
    let value = object.strip_prefix("\"id\"")?.trim_start();
    let value = value.strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (id, _) = value.split_once('"')?;
    id.parse().ok().filter(|_| !id.contains('\\'))
}
