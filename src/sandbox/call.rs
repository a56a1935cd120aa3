//! A request as a handler sees it, and the strictness about queries and bodies that all handlers share.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use super::fields::Fields;
use super::reply::Refusal;

/// The longest body looked at.
pub(super) const BODY: usize = 1 << 20;

/// How far a body that is too long is still read, so that its sender gets to read the refusal: a connection closed
/// over unread bytes is reset, and the answer lost with it.
pub(super) const DRAIN: usize = 16 << 20;

/// A request whose body has arrived. A handler names what it takes: [`Call::bare`], [`Call::query`] or
/// [`Call::fields`]; everything else about the request is refused.
pub(super) struct Call {
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
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
                let message = format!("The body is longer than {BODY} bytes.");
                Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, None, message)
            })?,
        })
    }
}

impl Call {
    /// A segment of the path, by the name that the route gives it.
    pub(super) fn path(&self, name: &str) -> &str {
        let segment = self.path.iter().find(|(known, _)| known == name);
        segment.map_or("", |(_, value)| value)
    }

    /// Neither query nor body.
    pub(super) fn bare(&self) -> Result<(), Refusal> {
        self.query(&[]).map(drop)
    }

    /// A query of these names, and no body.
    pub(super) fn query(&self, known: &[&str]) -> Result<Query<'_>, Refusal> {
        if !self.body.is_empty() {
            return Err(Refusal::request("body", "This request takes no body."));
        }
        self.query_alone(known)
    }

    /// A body of these members, and no query.
    pub(super) fn fields(&self, known: &[&str]) -> Result<Fields, Refusal> {
        self.query_alone(&[])?;
        if !is_json(&self.headers) {
            let message = "The body must be sent with 'Content-Type: application/json'.";
            return Err(Refusal::body("content-type", message));
        }
        Fields::parse(&self.body, known)
    }

    /// As [`Call::fields`], with no body at all for one without members.
    pub(super) fn fields_if_any(&self, known: &[&str]) -> Result<Fields, Refusal> {
        if self.body.is_empty() {
            self.query_alone(&[])?;
            return Ok(Fields::none());
        }
        self.fields(known)
    }

    /// A header that is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn query_alone(&self, known: &[&str]) -> Result<Query<'_>, Refusal> {
        let mut seen = BTreeSet::new();
        for (name, _) in &self.query {
            if !known.contains(&name.as_str()) {
                return Err(Refusal::request(
                    name,
                    format!("Unknown query parameter '{name}'."),
                ));
            }
            if !seen.insert(name) {
                return Err(Refusal::request(
                    name,
                    format!("The query parameter '{name}' is given twice."),
                ));
            }
        }
        Ok(Query(&self.query))
    }
}

/// A query whose names are known and single.
pub(super) struct Query<'a>(&'a [(String, String)]);

impl Query<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// A parameter that must be given.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .ok_or_else(|| Refusal::request(name, format!("'{name}' is required.")))
    }

    /// One of these words.
    pub(super) fn word(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            Some(word) if !words.contains(&word) => Err(Refusal::request(
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
    ) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        // Digits alone: `str::parse` would also take `+5`.
        let number = text
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse().ok());
        let number = number.flatten().filter(|number| range.contains(number));
        let (low, high) = (range.start(), range.end());
        let refusal = || {
            Refusal::request(
                name,
                format!("'{name}' must be an integer from {low} to {high}."),
            )
        };
        number.map(Some).ok_or_else(refusal)
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Refusal::request(
                name,
                format!("'{name}' must be true or false."),
            )),
        }
    }
}

/// 404 for a path that is no route.
pub(super) fn no_route(path: &str) -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        None,
        format!("There is no route '{path}'."),
    )
}

/// What percent-encoding stands for; `None` where it is broken or no UTF-8.
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

pub(super) fn parse_query(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // In queries, unlike in paths, `+` is a space.
            let read = |text: &str| decode(&text.replace('+', " "));
            let broken = || Refusal::request(name, "The query is not percent-encoded UTF-8.");
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
