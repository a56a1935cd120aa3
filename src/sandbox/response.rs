//! JSON responses, and API errors in the documented format.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Result of a handler.
pub(super) type HandlerResult = Result<Response, ApiError>;

/// 200 with a document.
pub(super) fn ok(document: &Value) -> Response {
    with_status(StatusCode::OK, document)
}

/// 201 with the created object.
pub(super) fn created(document: &Value) -> Response {
    with_status(StatusCode::CREATED, document)
}

/// 202 with a receipt; processing continues after the response.
pub(super) fn accepted(document: &Value) -> Response {
    with_status(StatusCode::ACCEPTED, document)
}

/// 204 without a body.
pub(super) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// A given status with a document.
pub(super) fn with_status(status: StatusCode, document: &Value) -> Response {
    typed(status, "application/json", document.to_string().into())
}

/// An HTML html.
pub(super) fn html(status: StatusCode, html: &'static str) -> Response {
    typed(status, "text/html; charset=utf-8", html.into())
}

fn typed(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// An error response: `{"error": {"message", "type", "code", "param"}}`.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    /// Many of the router's errors have no code, and neither do errors for which it defines none.
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
    /// A body that replaces the default format.
    document: Option<Box<Value>>,
}

impl ApiError {
    pub(super) fn new(
        status: StatusCode,
        code: impl Into<Option<&'static str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            param: None,
            document: None,
        }
    }

    /// An error of another service, with its own body.
    pub(super) fn with_document(status: StatusCode, document: Value) -> Self {
        Self {
            document: Some(Box::new(document)),
            ..Self::new(status, None, "")
        }
    }

    /// The message of an error in the router's format.
    pub(super) fn message(&self) -> Option<&str> {
        self.document.is_none().then_some(&self.message)
    }

    /// 400 for an invalid query or request.
    pub(super) fn invalid_request(param: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message).with_param(param)
    }

    /// 400 for an invalid body member.
    pub(super) fn invalid_body(param: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_body", message).with_param(param)
    }

    /// 404 for an unknown ID, with the router's `code` for this kind of object, if it has one.
    pub(super) fn not_found(what: &str, id: &str, code: impl Into<Option<&'static str>>) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code,
            format!("No {what} '{id}' exists in this project."),
        )
    }

    /// 409 for an action that the object's status does not allow. The router documents no code for these.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, None, message)
    }

    /// 500 for an internal error.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
    }

    /// Names the invalid field or header.
    pub(super) fn with_param(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    fn error_type(&self) -> &'static str {
        match self.status.as_u16() {
            401 | 403 => "authentication_error",
            402 => "billing_error",
            404 => "not_found_error",
            409 => "conflict_error",
            429 => "rate_limit_error",
            500.. => "server_error",
            _ => "invalid_request_error",
        }
    }
}

/// Retry delay of a 429: the shortest that both the header and the body can express.
const RETRY_AFTER_SECONDS: u16 = 1;

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": self.error_type(),
            "code": self.code,
            "param": self.param,
        });
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            error["retry_after"] = RETRY_AFTER_SECONDS.into();
            error["retry_strategy"] = json!({
                "type": "exponential_backoff",
                "initial_delay_ms": 250,
                "max_delay_ms": 8000,
                "multiplier": 2.0,
                "jitter": true,
            });
        }
        let document = self.document.as_deref();
        let custom = document.is_some();
        let enveloped = json!({ "error": error });
        let mut response = with_status(self.status, document.unwrap_or(&enveloped));
        let headers = response.headers_mut();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        if self.status == StatusCode::UNAUTHORIZED && !custom {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
