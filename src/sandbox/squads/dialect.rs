//! The two dialects of the squads API, and their general formats.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::clock::{Seconds, TimeEncoding};
use super::super::response::ApiError;

/// Dialect of the squads API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// As the API page documents it: strict input, and objects in envelopes.
    #[default]
    Page,
    /// As server version 0.3.1 behaves: bare objects, and unknown members silently dropped.
    Server,
}

impl Dialect {
    pub(super) fn is_page(self) -> bool {
        self == Self::Page
    }

    /// Wraps an object or a list in the page dialect's envelope.
    pub(super) fn wrap(self, name: &str, value: Value) -> Value {
        if self.is_page() {
            json!({ name: value })
        } else {
            value
        }
    }

    /// Creates an error: the page dialect adds a code to the message.
    pub(super) fn error(
        self,
        status: StatusCode,
        code: &str,
        message: impl Into<String>,
    ) -> ApiError {
        let message: String = message.into();
        let document = if self.is_page() {
            json!({ "error": message, "code": code })
        } else {
            json!({ "error": message })
        };
        ApiError::with_document(status, document)
    }

    pub(super) fn not_found(self, code: &str, message: impl Into<String>) -> ApiError {
        self.error(StatusCode::NOT_FOUND, code, message)
    }

    pub(super) fn conflict(self, code: &str, message: impl Into<String>) -> ApiError {
        self.error(StatusCode::CONFLICT, code, message)
    }

    pub(super) fn forbidden(self, code: &str, message: impl Into<String>) -> ApiError {
        self.error(StatusCode::FORBIDDEN, code, message)
    }

    pub(super) fn invalid(self, message: impl Into<String>) -> ApiError {
        self.error(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// 422 for well-formed input that cannot be applied.
    pub(super) fn unprocessable(self, code: &str, message: impl Into<String>) -> ApiError {
        self.error(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// The server dialect's response to unexpected input.
    pub(super) fn internal_error(self) -> ApiError {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        self.error(status, "internal_error", "Internal server error")
    }

    /// Encodes a time as ISO 8601, with milliseconds in the server dialect.
    pub(super) fn time(self, at: Seconds) -> Value {
        match TimeEncoding::Rfc3339.encode(at) {
            Value::String(text) if !self.is_page() => text.replace('Z', ".000Z").into(),
            other => other,
        }
    }

    /// Encodes a stored time, which may be absent or kept as sent.
    pub(super) fn time_of(self, stored: &Value) -> Value {
        stored
            .as_i64()
            .map_or_else(|| stored.clone(), |at| self.time(at))
    }
}
