//! HTTP requests as handlers see them, with strict query and body parsing.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use super::fields::Fields;
use super::response::ApiError;

/// Maximum body size in bytes.
pub(super) const BODY: usize = 1 << 20;

/// How much of an oversized body is read. Closing a connection with unread data resets it, and the sender would lose
/// the error response.
pub(super) const DRAIN: usize = 16 << 20;

/// A request whose body has been read. A handler declares its input with [`ApiRequest::expect_empty`],
/// [`ApiRequest::query`], or [`ApiRequest::json_body`]; any other query or body is an error.
pub(super) struct ApiRequest {
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for ApiRequest {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let path = RawPathParams::from_request_parts(&mut parts, state)
            .await
            .map_err(|_| no_route(parts.uri.path()))?;
        let body = to_bytes(body, DRAIN)
            .await
            .ok()
            .filter(|body| body.len() <= BODY);
        Ok(Self {
            path: path
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            query: parse_query(parts.uri.query().unwrap_or_default())?,
            headers: parts.headers,
            body: body.ok_or_else(|| {
                let message = format!("The body exceeds {BODY} bytes.");
                ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, None, message)
            })?,
        })
    }
}

impl ApiRequest {
    /// Returns a path parameter by the name the route gives it.
    pub(super) fn path_param(&self, name: &str) -> &str {
        let segment = self.path.iter().find(|(known, _)| known == name);
        segment.map_or("", |(_, value)| value)
    }

    /// Requires an empty query and body.
    pub(super) fn expect_empty(&self) -> Result<(), ApiError> {
        self.query(&[]).map(drop)
    }

    /// Parses a query with these parameters; requires an empty body.
    pub(super) fn query(&self, known: &[&str]) -> Result<Query<'_>, ApiError> {
        if !self.body.is_empty() {
            return Err(ApiError::invalid_request(
                "body",
                "This request does not accept a body.",
            ));
        }
        self.check_query(known)
    }

    /// Parses a JSON body with these members; requires an empty query.
    pub(super) fn json_body(&self, known: &[&str]) -> Result<Fields, ApiError> {
        self.check_query(&[])?;
        if !is_json(&self.headers) {
            let message = "The body must be sent with 'Content-Type: application/json'.";
            return Err(ApiError::invalid_body("content-type", message));
        }
        Fields::parse(&self.body, known)
    }

    /// Like [`ApiRequest::json_body`], but an empty body counts as an object without members.
    pub(super) fn optional_json_body(&self, known: &[&str]) -> Result<Fields, ApiError> {
        if self.body.is_empty() {
            self.check_query(&[])?;
            return Ok(Fields::empty());
        }
        self.json_body(known)
    }

    /// Returns a header value if it is valid text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn check_query(&self, known: &[&str]) -> Result<Query<'_>, ApiError> {
        let mut seen = BTreeSet::new();
        for (name, _) in &self.query {
            if !known.contains(&name.as_str()) {
                return Err(ApiError::invalid_request(
                    name,
                    format!("Unknown query parameter '{name}'."),
                ));
            }
            if !seen.insert(name) {
                return Err(ApiError::invalid_request(
                    name,
                    format!("Duplicate query parameter '{name}'."),
                ));
            }
        }
        Ok(Query(&self.query))
    }
}

/// A query without unknown or repeated parameters.
pub(super) struct Query<'a>(&'a [(String, String)]);

impl Query<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// Returns a required parameter.
    pub(super) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name)
            .ok_or_else(|| ApiError::invalid_request(name, format!("'{name}' is required.")))
    }

    /// Returns a parameter that must be one of `words`.
    pub(super) fn one_of(&self, name: &str, words: &[&str]) -> Result<Option<&str>, ApiError> {
        match self.get(name) {
            Some(word) if !words.contains(&word) => Err(ApiError::invalid_request(
                name,
                format!("'{name}' must be one of {}.", words.join(", ")),
            )),
            other => Ok(other),
        }
    }

    pub(super) fn integer(
        &self,
        name: &str,
        range: RangeInclusive<usize>,
    ) -> Result<Option<usize>, ApiError> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        // Digits only: `str::parse` also accepts `+5`.
        let number = text
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse().ok());
        let number = number.flatten().filter(|number| range.contains(number));
        let (low, high) = (range.start(), range.end());
        let error = || {
            ApiError::invalid_request(
                name,
                format!("'{name}' must be an integer from {low} to {high}."),
            )
        };
        number.map(Some).ok_or_else(error)
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(ApiError::invalid_request(
                name,
                format!("'{name}' must be true or false."),
            )),
        }
    }
}

/// 404 for a path without a route.
pub(super) fn no_route(path: &str) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        None,
        format!("No route matches '{path}'."),
    )
}

/// Decodes percent-encoding; `None` if it is malformed or not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            _ => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

pub(super) fn parse_query(query: &str) -> Result<Vec<(String, String)>, ApiError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // In queries, unlike in paths, `+` is a space.
            let read = |text: &str| decode(&text.replace('+', " "));
            let broken =
                || ApiError::invalid_request(name, "The query is not percent-encoded UTF-8.");
            read(name).zip(read(value)).ok_or_else(broken)
        })
        .collect()
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}
