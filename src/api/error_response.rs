//! Error responses: the router's envelope, a proxy's page, or an empty body.

use std::time::{Duration, SystemTime};

use serde_json::value::RawValue;

use super::envelope::{self, Report};
use super::error_code;
use super::request::Request;
use super::response::{Response, head};
use super::retry::{AttemptOutcome, LONGEST_RETRY_AFTER};
use crate::error::{ApiErrorBody, Exit, RawResponse};
use crate::redact::{self, KnownSecrets};
use crate::sanitize;

/// The maximum number of characters of a server's text, which leaves room for the surrounding message.
const LONGEST_TEXT: usize = 1_500;

/// The maximum number of characters of a code, a type, or a request ID.
const LONGEST_WORD: usize = 200;

/// A parsed error response.
pub struct ErrorResponse {
    /// The HTTP status. For an error with a success status, the status that its code maps to.
    pub(super) status: u16,
    pub(super) message: Option<String>,
    pub(super) api_error: ApiErrorBody,
    /// The individual validation errors, one per line.
    pub(super) details: Vec<String>,
    /// Whether the response has a JSON error object, so that it came from the server and not from a proxy.
    pub(super) enveloped: bool,
    pub(super) wait: Option<Duration>,
    /// Whether only a flag reports that the request failed.
    pub(super) is_denial: bool,
    /// An ID next to the error that is not in the request: the object may have been created.
    pub(super) other_id: Option<String>,
}

impl ErrorResponse {
    /// Parses the envelope and the headers. `now` is used for a `Retry-After` date if the response has no date. `known` are
    /// secrets to mask in messages.
    pub fn read(
        request: &Request,
        response: &Response,
        now: SystemTime,
        known: &KnownSecrets,
    ) -> Self {
        let mut error = Self {
            status: response.status,
            message: None,
            api_error: ApiErrorBody {
                http_status: Some(response.status),
                request_id: response.request_id(),
                response: Some(RawResponse {
                    head: head(response.version, response.status, &response.headers),
                    body: response.body.to_vec(),
                }),
                ..ApiErrorBody::default()
            },
            details: Vec::new(),
            enveloped: false,
            wait: response
                .header("retry-after")
                .and_then(|value| retry_after(value, sent_at(response).unwrap_or(now))),
            is_denial: false,
            other_id: None,
        };
        let is_success = (200..300).contains(&response.status);
        let report = if is_success {
            response.read_leading(envelope::read).flatten()
        } else {
            let text = response.text().unwrap_or_default();
            let document = serde_json::from_str::<&RawValue>(text).ok();
            let report = document.and_then(|document| envelope::read(document.get()));
            // A gateway's own errors also look like this.
            report.filter(|report| !report.is_flat || has_known_code(report))
        };
        let Some(report) = report else {
            return error.redact(known);
        };
        error.enveloped = true;
        error.message = report.message;
        error.api_error.code = report.code;
        error.api_error.kind = report.kind;
        error.api_error.param = report.param;
        error.details = report.details;
        let wait = report.wait.and_then(|text| seconds(&text));
        error.wait = error.wait.max(wait);
        if is_success {
            let code = error.api_error.code.as_deref();
            let status = code.and_then(error_code::status_of).or(report.status);
            error.status = status.unwrap_or(response.status);
            error.is_denial = report.is_denial;
            error.other_id = other_id(request, response);
        }
        error.redact(known)
    }

    /// The same with its secrets masked, because a server may repeat parts of the request.
    fn redact(mut self, known: &KnownSecrets) -> Self {
        // Cut before searching, because the text may have any length.
        let shown = |text: &str| {
            let text = sanitize::capped(text, LONGEST_TEXT);
            redact::text(&known.redact(&text)).into_owned()
        };
        let api_error = &mut self.api_error;
        let words = [
            &mut api_error.code,
            &mut api_error.kind,
            &mut api_error.request_id,
            &mut self.other_id,
        ];
        for word in words.into_iter().flatten() {
            *word = known
                .redact(&sanitize::capped(word, LONGEST_WORD))
                .into_owned();
        }
        let texts = self.message.iter_mut().chain(&mut self.details);
        for text in texts.chain(&mut api_error.param) {
            *text = shown(text);
        }
        self
    }

    /// The facts for the retry decision.
    pub fn outcome(&self) -> AttemptOutcome<'_> {
        if self.other_id.is_some() {
            // Even if the error is retryable, a retry might create another object.
            return AttemptOutcome::Unusable;
        }
        AttemptOutcome::Answered {
            status: self.status,
            code: self.api_error.code.as_deref(),
            wait: self.wait,
        }
    }
}

fn has_known_code(report: &Report) -> bool {
    let code = report.code.as_deref();
    code.is_some_and(|code| code.parse::<u16>().is_err() && error_code::status_of(code).is_some())
}

/// The first ID in the response to a change that is not in the request.
fn other_id(request: &Request, response: &Response) -> Option<String> {
    if !request.method.writes() {
        return None;
    }
    let ids = response.read_leading(envelope::ids).unwrap_or_default();
    let target = request.target.as_deref().unwrap_or_default();
    let is_own = |id: &String| {
        request.subjects.iter().any(|subject| subject.id == *id)
            || request.path.contains(id)
            || target.contains(id.as_str())
    };
    ids.into_iter().find(|id| !is_own(id))
}

/// The exit code of a response. The error code takes precedence over the HTTP status.
pub fn exit_code(code: Option<&str>, status: u16, enveloped: bool) -> Exit {
    match code {
        Some(
            "rate_limit_exceeded"
            | "capacity_exceeded"
            | "quota_exceeded"
            | "insufficient_quota"
            | "billing_delinquent",
        ) => Exit::Throttled,
        Some(code) if code.ends_with("_not_found") => Exit::NotFound,
        Some(
            "authentication_error"
            | "scope_insufficient"
            | "cross_project_access"
            | "endpoint_restricted"
            | "signing_public_key_required",
        ) => Exit::Auth,
        Some("invocation_terminal" | "approval_not_pending") => Exit::Conflict,
        Some(
            "tool_executor_unavailable"
            | "endpoint_inactive"
            | "model_not_scoring"
            | "internal_error",
        ) => Exit::Unavailable,
        _ => match status {
            401 | 403 | 407 => Exit::Auth,
            402 | 429 => Exit::Throttled,
            404 if !enveloped => Exit::Unavailable,
            404 | 410 => Exit::NotFound,
            409 | 412 => Exit::Conflict,
            408 => Exit::Unavailable,
            400..=499 => Exit::BadRequest,
            _ => Exit::Unavailable,
        },
    }
}

/// The server's time when it sent the response, which dates in the response refer to.
fn sent_at(response: &Response) -> Option<SystemTime> {
    httpdate::parse_http_date(response.header("date")?).ok()
}

/// Parses `Retry-After`: seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Some(wait) = seconds(value.trim()) {
        return Some(wait);
    }
    let at = httpdate::parse_http_date(value).ok()?;
    let wait = at.duration_since(now).unwrap_or(Duration::ZERO);
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// Parses a number of seconds.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    let wait = || Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    (seconds >= 0.0).then(|| wait().min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_requested_delay_to_a_day() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (value, wait) in [
            ("0", Some(0)),
            ("1.5", Some(1)),
            ("3600", Some(3_600)),
            ("86401", Some(86_400)),
            ("99999999999999999999", Some(86_400)),
            ("1e999", Some(86_400)),
            ("inf", Some(86_400)),
            ("NaN", None),
            ("-1", None),
            ("soon", None),
            ("Sun, 06 Nov 1994 08:49:39 GMT", Some(2)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400)),
        ] {
            let read = retry_after(value, now);
            assert_eq!(read.map(|wait| wait.as_secs()), wait, "{value}");
        }
    }
}
