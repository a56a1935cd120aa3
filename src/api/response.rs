//! A response as it came.

use std::fmt;
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

/// The first line of a foreign answer is shown up to here.
const LONGEST_EXCERPT: usize = 200;

/// So much of a request ID is shown.
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

/// A response, whatever its status.
pub struct Response {
    /// The version of HTTP that it came in.
    pub version: Version,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// Why there is not a body although one came.
    pub unreadable: Option<String>,
    /// The base URL that was asked.
    pub base_url: String,
    /// The proxy on the way.
    pub via: Option<ProxyUse>,
    /// The kind of server that was asked.
    pub service: &'static Service,
    /// See [`Response::outline`].
    pub(super) outline: OnceLock<Option<Outline>>,
}

impl Response {
    /// The same response without the secrets, which the server may repeat in any place. Here and not where it is shown,
    /// so that no text that was cut or laid out holds half of one.
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
            body,
            outline: OnceLock::new(),
            ..self
        }
    }

    /// The header `X-Request-ID`: the only handle to correlate with the router's own logs. Documented.
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
    /// Exit 17 when it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body)
            .map(trimmed)
            .map_err(|_| self.undecodable("no UTF-8 text"))
    }

    /// The first JSON value of the body, whatever follows it; bytes that are not UTF-8 are replaced. For what must be
    /// understood even if the response is damaged.
    pub(super) fn parse_prefix<T: DeserializeOwned>(&self) -> Option<T> {
        let text = String::from_utf8_lossy(&self.body);
        let values = serde_json::Deserializer::from_str(trimmed(&text));
        values.into_iter().next().and_then(Result::ok)
    }

    /// What `read` makes of the first JSON value of the body, without a copy of it (see [`Response::parse_prefix`]).
    pub(super) fn read_leading<T>(&self, read: impl FnOnce(&str) -> T) -> Option<T> {
        if let Some((text, outline)) = self.outline() {
            return text.get(outline.value.clone()).map(read);
        }
        let text = String::from_utf8_lossy(&self.body);
        let text = trimmed(&text);
        text.get(Outline::of(text)?.value).map(read)
    }

    /// The outline of the body, and the text in which its places are; none if the body does not start with a JSON value.
    /// Made once: both the search for an error and a list read it.
    pub(super) fn outline(&self) -> Option<(&str, &Outline)> {
        let text = self.text().ok()?;
        let outline = self.outline.get_or_init(|| Outline::of(text));
        outline.as_ref().map(|outline| (text, outline))
    }

    /// What can be said of a body that is not JSON error: a proxy's page, or nothing.
    pub fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line = text.lines().map(str::trim).find(|line| !line.is_empty());
        let Some(line) = line else {
            let empty = || "the response is empty".to_owned();
            return self.unreadable.clone().unwrap_or_else(empty);
        };
        let kind = self.header("content-type").unwrap_or("no content type");
        // A secret that its name reports may stand across the end.
        let line: String = line.chars().take(2 * LONGEST_EXCERPT).collect();
        let line = redact::text(&line);
        let excerpt: String = line.chars().take(LONGEST_EXCERPT).collect();
        let kind: String = kind.chars().take(LONGEST_EXCERPT).collect();
        let noun = self.service.noun;
        format!("the response is not the {noun}'s ({kind}): {excerpt}")
    }

    /// The error of a success whose body is `what` instead of what the route answers. The body itself is shown only
    /// where it is nothing like the router's own response, which may hold a token.
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
                format!("is {} the {}", self.base_url, self.service.url_noun),
                "config show",
            )
    }

    /// The error of a response that is about `other` instead of what the request names.
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

    /// Whether the server itself says that this is a page for people.
    fn is_page(&self) -> bool {
        self.header("content-type")
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
    }

    /// The error of a body that is not JSON, or JSON of another form than documented. Of the parser's own words only the
    /// place is shown: they quote values, and a value may be a token.
    pub fn is_malformed(&self, error: &serde_json::Error) -> Error {
        use serde_json::error::Category;
        let what = match error.classify() {
            Category::Data => "another form than documented",
            Category::Eof => "JSON that breaks off",
            Category::Syntax | Category::Io => "no JSON",
        };
        let (line, column) = (error.line(), error.column());
        self.undecodable(format_args!("{what} (line {line}, column {column})"))
    }
}
