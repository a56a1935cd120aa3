//! The two dialects of the service, and the forms in which they differ everywhere.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::clock::{Seconds, Spelling};
use super::super::reply::Refusal;

/// Which of the two services this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// As the service's page describes it: strict about what it is sent, each object in an envelope.
    #[default]
    Page,
    /// As its server, version 0.3.1, behaves: bare objects, and unknown members dropped without a word.
    Server,
}

impl Dialect {
    pub(super) fn is_page(self) -> bool {
        self == Self::Page
    }

    /// An object or a list under its name, where this dialect has envelopes.
    pub(super) fn wrap(self, name: &str, value: Value) -> Value {
        if self.is_page() {
            json!({ name: value })
        } else {
            value
        }
    }

    /// The page's errors carry a code, the server's a sentence alone.
    pub(super) fn refuse(
        self,
        status: StatusCode,
        code: &str,
        message: impl Into<String>,
    ) -> Refusal {
        let message: String = message.into();
        let document = if self.is_page() {
            json!({ "error": message, "code": code })
        } else {
            json!({ "error": message })
        };
        Refusal::foreign(status, document)
    }

    pub(super) fn not_found(self, code: &str, message: impl Into<String>) -> Refusal {
        self.refuse(StatusCode::NOT_FOUND, code, message)
    }

    pub(super) fn conflict(self, code: &str, message: impl Into<String>) -> Refusal {
        self.refuse(StatusCode::CONFLICT, code, message)
    }

    pub(super) fn forbidden(self, code: &str, message: impl Into<String>) -> Refusal {
        self.refuse(StatusCode::FORBIDDEN, code, message)
    }

    pub(super) fn invalid(self, message: impl Into<String>) -> Refusal {
        self.refuse(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// 422 for what is well formed and yet cannot be.
    pub(super) fn impossible(self, code: &str, message: impl Into<String>) -> Refusal {
        self.refuse(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// What the server says about everything that it did not foresee.
    pub(super) fn crash(self) -> Refusal {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        self.refuse(status, "internal_error", "Internal server error")
    }

    /// A time: ISO 8601, with milliseconds where the server writes it.
    pub(super) fn time(self, at: Seconds) -> Value {
        match Spelling::Rfc3339.write(at) {
            Value::String(text) if !self.is_page() => text.replace('Z', ".000Z").into(),
            other => other,
        }
    }

    /// A stored time, which may also be absent or be kept as it was given.
    pub(super) fn time_of(self, stored: &Value) -> Value {
        stored
            .as_i64()
            .map_or_else(|| stored.clone(), |at| self.time(at))
    }
}
