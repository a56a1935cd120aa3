//! A response as received.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Version};
use serde::de::DeserializeOwned;

use super::proxy::ProxyUse;
use super::request::Request;
use super::service::Service;
use crate::error::{ApiErrorBody, Error};
use crate::json::Outline;
use crate::redact::{self, KnownSecrets};
use crate::sanitize;

/// The maximum number of characters shown of an unexpected response.
const LONGEST_EXCERPT: usize = 200;

/// The maximum number of characters shown of a request ID.
const LONGEST_REQUEST_ID: usize = 200;

/// The head of a response as text: its status, its headers, and the empty line behind them (RFC 9112, section 2.1).
pub fn head(version: Version, status: u16, headers: &HeaderMap) -> String {
    let status = StatusCode::from_u16(status);
    let mut head = status.map_or_else(
        |_| format!("{version:?}"),
        |status| format!("{version:?} {status}"),
    );
    for (name, value) in headers {
        head.push_str(&format!(
            "\n{name}: {}",
            String::from_utf8_lossy(value.as_bytes())
        ));
    }
    head + "\n\n"
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n', '\u{feff}'])
}

/// Headers without the secrets: a server may repeat what it was sent, even as a name.
pub(super) fn redact_headers(headers: &mut HeaderMap, known: &KnownSecrets) {
    let named = |name: &HeaderName| known.redact(name.as_str()) != name.as_str();
    let names: Vec<HeaderName> = headers.keys().filter(|name| named(name)).cloned().collect();
    for name in names {
        headers.remove(name);
    }
    for value in headers.values_mut() {
        if let Some(shown) = known.redact_bytes(value.as_bytes()) {
            *value = HeaderValue::from_bytes(&shown).unwrap_or(HeaderValue::from_static("***"));
        }
    }
}

/// The bytes of a body, checked once for being text.
#[derive(Clone)]
pub enum Body {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Bytes(Vec<u8>),
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Bytes(error.into_bytes()), Self::Text)
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// A response, whatever its status.
pub struct Response {
    /// The HTTP version.
    pub version: Version,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Body,
    /// Why the body could not be read, if it was sent.
    pub unreadable: Option<String>,
    /// The base URL of the request.
    pub base_url: String,
    /// The proxy in use.
    pub via: Option<ProxyUse>,
    /// The service that the request was sent to.
    pub service: &'static Service,
    /// See [`Response::outline`].
    pub(super) outline: OnceLock<Option<Outline>>,
}

impl Response {
    /// The same response with secrets masked, which the server may repeat anywhere. They are masked before anything is
    /// shown, so that no truncated or wrapped text contains a part of one.
    pub(super) fn redact(mut self, known: &KnownSecrets) -> Self {
        redact_headers(&mut self.headers, known);
        if let Some(body) = known.redact_bytes(&self.body) {
            return self.with_body(body);
        }
        self
    }

    /// The same response with another body.
    pub fn with_body(self, body: Vec<u8>) -> Self {
        Self {
            body: body.into(),
            outline: OnceLock::new(),
            ..self
        }
    }

    /// The header `X-Request-ID`, the only link to the router's own logs. Documented.
    pub fn request_id(&self) -> Option<String> {
        let id = self.header("x-request-id")?;
        Some(sanitize::capped(id, LONGEST_REQUEST_ID).into_owned())
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .filter(|value| !value.is_empty())
    }

    /// When the server sent it, by the server's own clock: the `Date` header, and the `Age` that a cache adds.
    pub fn date(&self) -> Option<SystemTime> {
        let date = httpdate::parse_http_date(self.header("date")?).ok()?;
        let age = self.header("age").and_then(|age| age.parse().ok());
        date.checked_add(Duration::from_secs(age.unwrap_or(0)))
    }

    /// The body as text without white space around it.
    ///
    /// # Errors
    /// Exit 17 if it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        match &self.body {
            Body::Text(text) => Ok(trimmed(text)),
            Body::Bytes(_) => Err(self.undecodable("not UTF-8 text")),
        }
    }

    /// The first JSON value of the body, whatever follows it; bytes that are not UTF-8 are replaced. For what must be
    /// understood even if the response is damaged.
    pub(super) fn parse_prefix<T: DeserializeOwned>(&self) -> Option<T> {
        let text = String::from_utf8_lossy(&self.body);
        let values = serde_json::Deserializer::from_str(trimmed(&text));
        values.into_iter().next().and_then(Result::ok)
    }

    /// Applies `read` to the first JSON value of the body without copying it (see [`Response::parse_prefix`]).
    pub(super) fn read_leading<T>(&self, read: impl FnOnce(&str) -> T) -> Option<T> {
        if let Some((text, outline)) = self.outline() {
            return text.get(outline.value.clone()).map(read);
        }
        let text = String::from_utf8_lossy(&self.body);
        let text = trimmed(&text);
        text.get(Outline::of(text)?.value).map(read)
    }

    /// The outline of the body, and the text that it refers to; `None` if the body does not start with a JSON value.
    /// Made once: both the search for an error and a list read it.
    pub(super) fn outline(&self) -> Option<(&str, &Outline)> {
        let text = self.text().ok()?;
        let outline = self.outline.get_or_init(|| Outline::of(text));
        outline.as_ref().map(|outline| (text, outline))
    }

    /// A description of a body that is not a JSON error, such as a proxy's page.
    pub fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line = text.lines().map(str::trim).find(|line| !line.is_empty());
        let Some(line) = line else {
            let empty = || "the response is empty".to_owned();
            return self.unreadable.clone().unwrap_or_else(empty);
        };
        let kind = self.header("content-type").unwrap_or("no content type");
        // A secret after its name may extend across the end.
        let line: String = line.chars().take(2 * LONGEST_EXCERPT).collect();
        let line = redact::text(&line);
        let excerpt: String = line.chars().take(LONGEST_EXCERPT).collect();
        let kind: String = kind.chars().take(LONGEST_EXCERPT).collect();
        let noun = self.service.noun;
        format!("the response is not the {noun}'s ({kind}): {excerpt}")
    }

    /// The error for a success status with an unexpected body, described by `what`. The body is shown only if it does
    /// not resemble the router's own response, which may contain a token.
    pub fn undecodable(&self, what: impl fmt::Display) -> Error {
        let text = String::from_utf8_lossy(&self.body);
        let message = if text.trim().is_empty() {
            format!("HTTP {}, but the response is empty", self.status)
        } else if text.trim_start().starts_with('<') || self.is_page() {
            format!("HTTP {}, but {}", self.status, self.excerpt())
        } else {
            format!("HTTP {}, but the response is {what}", self.status)
        };
        Error::unavailable(message)
            .with_api_error(ApiErrorBody {
                http_status: Some(self.status),
                request_id: self.request_id(),
                ..ApiErrorBody::default()
            })
            .next(
                format!(
                    "check that {} is the {}",
                    self.base_url, self.service.url_noun
                ),
                "config show",
            )
    }

    /// The error for a response about the object `other` instead of the requested one.
    pub(super) fn mismatched_id(&self, request: &Request, other: &str) -> Error {
        let named: Vec<&str> = request.subjects.iter().map(|it| it.id.as_str()).collect();
        let other: String = other.chars().take(LONGEST_EXCERPT).collect();
        Error::unavailable(format!(
            "could not {}: the {}'s response is about {other}, not {}",
            request.action,
            self.service.noun,
            named.join(" of ")
        ))
        .with_api_error(ApiErrorBody {
            http_status: Some(self.status),
            request_id: self.request_id(),
            is_foreign: true,
            ..ApiErrorBody::default()
        })
    }

    /// Whether the server declares this an HTML page.
    fn is_page(&self) -> bool {
        self.header("content-type")
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
    }

    /// The error for a body that is not JSON or has an undocumented form. Only the position from the parser's message
    /// is shown, because the rest quotes values, which may be tokens.
    pub fn is_malformed(&self, error: &serde_json::Error) -> Error {
        use serde_json::error::Category;
        let what = match error.classify() {
            Category::Data => "not of the documented form",
            Category::Eof => "truncated JSON",
            Category::Syntax | Category::Io => "not JSON",
        };
        let (line, column) = (error.line(), error.column());
        self.undecodable(format_args!("{what} (line {line}, column {column})"))
    }
}
