//! An answer as it came.

use std::fmt;

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Version};

use super::server::Server;
use crate::error::{Error, Said};

/// The first line of a foreign answer is shown up to here.
const LONGEST_EXCERPT: usize = 200;

/// The head of an answer as text: its status, its headers, and the empty line behind them (RFC 9112, section 2.1).
#[must_use]
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

/// An answer, whatever its status.
pub struct Answer {
    /// The version of HTTP that it came in.
    pub version: Version,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// The base URL that was asked.
    pub base_url: String,
    /// The kind of server that was asked.
    pub server: Server,
}

impl Answer {
    /// The header `X-Request-ID`: the only handle to correlate with the router's own logs. Documented.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        self.header("x-request-id").map(str::to_owned)
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .filter(|value| !value.is_empty())
    }

    /// The body as text without white space around it.
    ///
    /// # Errors
    /// Exit 17 when it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body)
            .map(|text| text.trim_matches([' ', '\t', '\r', '\n', '\u{feff}']))
            .map_err(|_| self.garbled("no UTF-8 text"))
    }

    /// What can be said of a body that is no JSON error: a proxy's page, or nothing.
    #[must_use]
    pub fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line = text.lines().map(str::trim).find(|line| !line.is_empty());
        let Some(line) = line else {
            return "the answer is empty".to_owned();
        };
        let kind = self.header("content-type").unwrap_or("no content type");
        let excerpt: String = line.chars().take(LONGEST_EXCERPT).collect();
        let noun = self.server.noun();
        format!("the answer is not the {noun}'s ({kind}): {excerpt}")
    }

    /// The error of a success whose body is `what` instead of what the route answers. The body itself is shown only
    /// where it is nothing like the router's own answer, which may hold a token.
    #[must_use]
    pub fn garbled(&self, what: impl fmt::Display) -> Error {
        let text = String::from_utf8_lossy(&self.body);
        let message = if text.trim().is_empty() {
            format!("HTTP {}, but the answer is empty", self.status)
        } else if text.trim_start().starts_with('<') || self.is_page() {
            format!("HTTP {}, but {}", self.status, self.excerpt())
        } else {
            format!("HTTP {}, but the answer is {what}", self.status)
        };
        Error::unavailable(message)
            .said(Said {
                http_status: Some(self.status),
                request_id: self.request_id(),
                ..Said::default()
            })
            .next(
                match self.server {
                    Server::Router => format!("is {} the base URL of a router", self.base_url),
                    Server::Squads => format!("is {} the root of a squads API", self.base_url),
                },
                "config show",
            )
    }

    /// Whether the server itself says that this is a page for people.
    fn is_page(&self) -> bool {
        self.header("content-type")
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"))
    }

    /// The error of a body that is no JSON, or JSON of another form than documented. Of the parser's own words only the
    /// place is told: they quote values, and a value may be a token.
    #[must_use]
    pub fn misshapen(&self, error: &serde_json::Error) -> Error {
        use serde_json::error::Category;
        let what = match error.classify() {
            Category::Data => "another form than documented",
            Category::Eof => "JSON that breaks off",
            Category::Syntax | Category::Io => "no JSON",
        };
        let (line, column) = (error.line(), error.column());
        self.garbled(format_args!("{what} (line {line}, column {column})"))
    }
}
