//! Answers: JSON documents, and refusals in the documented envelope.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What a handler returns.
pub(super) type Answer = Result<Response, Refusal>;

/// 200 with a document.
pub(super) fn ok(document: &Value) -> Response {
    with_status(StatusCode::OK, document)
}

/// 201 with the object made.
pub(super) fn created(document: &Value) -> Response {
    with_status(StatusCode::CREATED, document)
}

/// 202 with the receipt of what goes on after the answer.
pub(super) fn accepted(document: &Value) -> Response {
    with_status(StatusCode::ACCEPTED, document)
}

/// 204, no body.
pub(super) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Any other status with a document.
pub(super) fn with_status(status: StatusCode, document: &Value) -> Response {
    typed(status, "application/json", document.to_string().into())
}

/// A page for people.
pub(super) fn html(status: StatusCode, page: &'static str) -> Response {
    typed(status, "text/html; charset=utf-8", page.into())
}

fn typed(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// An error answer: `{"error": {"message", "type", "code", "param"}}`.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    /// Many of the router's own errors carry no code; so do those of ours that it has no word for.
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
    /// The body of one that has a form of its own.
    document: Option<Box<Value>>,
}

impl Refusal {
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

    /// A refusal of another service, whose body is not in the router's envelope.
    pub(super) fn foreign(status: StatusCode, document: Value) -> Self {
        Self {
            document: Some(Box::new(document)),
            ..Self::new(status, None, "")
        }
    }

    /// The sentence of a refusal that is not foreign.
    pub(super) fn message(&self) -> Option<&str> {
        self.document.is_none().then_some(&self.message)
    }

    /// 400 for what is wrong about the query or the request as a whole.
    pub(super) fn request(param: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message).about(param)
    }

    /// 400 for what is wrong about a member of the body.
    pub(super) fn body(param: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_body", message).about(param)
    }

    /// 404 for an id that leads nowhere; `code` as far as the router has one for this kind of object.
    pub(super) fn missing(what: &str, id: &str, code: impl Into<Option<&'static str>>) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code,
            format!("No {what} '{id}' exists in this project."),
        )
    }

    /// 409 for an action that the object's state rules out. The router documents no code for these.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, None, message)
    }

    /// 500 for what went wrong on our side.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
    }

    /// Names the field or header that is at fault.
    pub(super) fn about(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    fn kind(&self) -> &'static str {
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

/// Seconds that a 429 asks the client to wait: the shortest that both of its spellings can say.
const WAIT: u16 = 1;

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": self.kind(),
            "code": self.code,
            "param": self.param,
        });
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            error["retry_after"] = WAIT.into();
            error["retry_strategy"] = json!({
                "type": "exponential_backoff",
                "initial_delay_ms": 250,
                "max_delay_ms": 8000,
                "multiplier": 2.0,
                "jitter": true,
            });
        }
        let document = self.document.as_deref();
        let foreign = document.is_some();
        let enveloped = json!({ "error": error });
        let mut response = with_status(self.status, document.unwrap_or(&enveloped));
        let headers = response.headers_mut();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(RETRY_AFTER, HeaderValue::from(WAIT));
        }
        if self.status == StatusCode::UNAUTHORIZED && !foreign {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
