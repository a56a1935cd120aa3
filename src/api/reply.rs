//! Parsed responses, each with the document as received.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use super::document;
use super::expected_object;
use super::id::Id;
use super::request::Request;
use super::response::Response;
use crate::error::Error;

/// A response, parsed and as received.
pub struct Reply<T> {
    /// The parsed value.
    pub value: T,
    /// The router's JSON document, or `{}` if the body was empty.
    pub document: Box<RawValue>,
}

impl<T: DeserializeOwned> Reply<T> {
    /// Reads the response to a successful change. Its body may be empty.
    ///
    /// # Errors
    /// Exit 17 if the body is not the expected JSON, or if it is about an object other than the one `request` names.
    pub fn read(response: &Response, request: &Request) -> Result<Self, Error> {
        let whole = response.text().and_then(|text| match text {
            "" => Self::parse("{}", response, request),
            // These add nothing to the status.
            "null" | "true" | "[]" => Self::parse(text, response, request),
            // A string or a list may mean that nothing was done.
            text if !text.starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok() => {
                Err(response.undecodable("not an object"))
            }
            text => Self::parse(text, response, request),
        });
        whole.or_else(|error| {
            if error.api_error().is_foreign {
                return Err(error);
            }
            // The change was made, so any readable part of the response is kept.
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

    /// Reads the response to a successful read.
    ///
    /// # Errors
    /// As [`Reply::read`], and also if there is no body.
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

/// The ID at the start of a truncated object.
fn named(body: &[u8]) -> Option<Id> {
    let text = std::str::from_utf8(body).ok()?;
    let object = text.trim_start().strip_prefix('{')?.trim_start();
    let value = object.strip_prefix("\"id\"")?.trim_start();
    let value = value.strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (id, _) = value.split_once('"')?;
    id.parse().ok().filter(|_| !id.contains('\\'))
}
