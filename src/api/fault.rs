//! What an answer without success means: the router's envelope, a proxy's page, or nothing at all.

use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::answer::{Answer, head};
use super::detail;
use super::document::Document;
use super::hints;
use super::request::Request;
use super::retry::{self, Outcome};
use crate::error::{Error, Exit, Refusal, Said};
use crate::secret::Secret;
use crate::time;

/// An answer without success, understood.
pub struct Fault {
    pub(super) status: u16,
    pub(super) message: Option<String>,
    pub(super) said: Said,
    /// What exactly was refused, a line each.
    details: Vec<String>,
    /// The answer carried a JSON error object: it is the server that speaks, and no proxy.
    pub(super) enveloped: bool,
    wait: Option<Duration>,
}

/// `{"error": {…}}`. Documented. The squads API has `error` as a bare text, with `code` beside it (its page) or with
/// `details` (its server); both are accepted from everybody.
#[derive(Deserialize)]
struct Envelope {
    error: Box<RawValue>,
    code: Option<Box<RawValue>>,
    details: Option<Box<RawValue>>,
}

impl Fault {
    /// Reads the envelope and the headers; `now` serves a `Retry-After` that is a date, and `key` is what no message
    /// may repeat.
    #[must_use]
    pub fn read(answer: &Answer, now: SystemTime, key: Option<&Secret>) -> Self {
        let mut fault = Self {
            status: answer.status,
            message: None,
            said: Said {
                http_status: Some(answer.status),
                request_id: answer.request_id(),
                answer: Some(Refusal {
                    head: head(answer.version, answer.status, &answer.headers),
                    body: answer.body.clone(),
                }),
                ..Said::default()
            },
            details: Vec::new(),
            enveloped: false,
            wait: answer
                .header("retry-after")
                .and_then(|value| retry_after(value, now)),
        };
        let envelope: Option<Envelope> =
            serde_json::from_str(answer.text().unwrap_or_default()).ok();
        let Some(envelope) = envelope else {
            return fault.conceal(key);
        };
        let error = envelope.error;
        if let Ok(error) = serde_json::from_str::<Document>(error.get()) {
            fault.enveloped = true;
            fault.message = error.text(&["message"]).filter(|text| !text.is_empty());
            fault.said.code = error.text(&["code"]).filter(|text| !text.is_empty());
            fault.said.kind = error.text(&["type"]).filter(|text| !text.is_empty());
            fault.said.param = error.text(&["param"]).filter(|text| !text.is_empty());
            let wait = error.text(&["retry_after"]);
            fault.wait = fault.wait.max(wait.and_then(|text| seconds(&text)));
        } else if let Ok(text) = serde_json::from_str::<String>(error.get()) {
            fault.enveloped = true;
            fault.message = Some(text);
            let code = envelope.code.map(|code| code.get().to_owned());
            fault.said.code = code.and_then(|code| serde_json::from_str(&code).ok());
            let details = envelope.details.map(|details| detail::read(details.get()));
            fault.details = details.unwrap_or_default();
        }
        fault.conceal(key)
    }

    /// A router may repeat the key that it refuses; no message of ours does.
    fn conceal(mut self, key: Option<&Secret>) -> Self {
        let said = &mut self.said;
        let texts = [
            &mut self.message,
            &mut said.code,
            &mut said.kind,
            &mut said.param,
            &mut said.request_id,
        ];
        let Some(key) = key else {
            return self;
        };
        let conceal = |text: &mut String| *text = text.replace(key.expose(), "***");
        if let Some(answer) = &mut said.answer {
            conceal(&mut answer.head);
            if let Ok(body) = std::str::from_utf8(&answer.body) {
                answer.body = body.replace(key.expose(), "***").into_bytes();
            }
        }
        let texts = texts.into_iter().flatten();
        texts.chain(&mut self.details).for_each(conceal);
        self
    }

    /// The same, as the retry decision needs it.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        Outcome::Answered {
            status: self.status,
            code: self.said.code.as_deref(),
            wait: self.wait,
        }
    }

    /// The error to show.
    #[must_use]
    pub fn error(self, request: &Request, answer: &Answer) -> Error {
        let exit = exit_code(self.said.code.as_deref(), self.status, self.enveloped);
        let again = retry::may_repeat(request.method, self.outcome());
        let unknown = exit == Exit::Unavailable
            && request.method.writes()
            && !retry::nothing_was_done(self.outcome());
        let why = self.message.clone().unwrap_or_else(|| answer.excerpt());
        let class = match (&self.said.code, &self.said.kind) {
            (Some(code), _) => format!(" ({code})"),
            (None, Some(kind)) => format!(" ({kind})"),
            (None, None) => String::new(),
        };
        let mut error = Error::new(
            exit,
            format!(
                "could not {}: HTTP {}: {why}{class}",
                request.action, self.status
            ),
        );
        error = self.details.iter().fold(error, Error::detail);
        error = hints::add(error, &self, request, answer);
        if again {
            error = error.retryable(self.wait);
        }
        if unknown {
            error = error.unknown_outcome();
        }
        error.said(self.said)
    }
}

/// The exit code of an answer: the router's word decides before the status.
#[must_use]
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
            400..=499 => Exit::Refused,
            _ => Exit::Unavailable,
        },
    }
}

/// No answer came.
pub(super) fn broken(
    request: &Request,
    base_url: &str,
    outcome: Outcome<'_>,
    message: &str,
    cause: anyhow::Error,
) -> Error {
    let error = Error::unavailable(format!("could not {}: {message}", request.action))
        .detail(format!("base URL: {base_url}"))
        .cause(cause);
    let error = match outcome {
        Outcome::Untrusted => error.hint(
            "a CA of your own is named with `xeroctl config set NAME --ca-cert FILE`, or SSL_CERT_FILE=FILE",
        ),
        _ => error.next("where the base URL comes from", "config show"),
    };
    let error = if retry::may_repeat(request.method, outcome) {
        error.retryable(None)
    } else {
        error
    };
    if !request.method.writes() {
        error
    } else if retry::nothing_was_done(outcome) {
        error.detail("nothing was sent")
    } else {
        error.unknown_outcome()
    }
}

/// `--timeout` passed.
pub(super) fn timed_out(request: &Request, after: Duration) -> Error {
    let error = Error::unavailable(format!(
        "could not {}: no answer within --timeout {}",
        request.action,
        time::show_duration(after)
    ));
    if request.method.writes() {
        error.unknown_outcome()
    } else {
        error.retryable(None)
    }
}

/// The router asks for a longer wait than may be waited: the error tells when to come back.
pub(super) fn too_long(error: Error, delay: Duration, now: SystemTime) -> Error {
    let when = now.checked_add(delay).map_or_else(String::new, |at| {
        format!(", at {}", time::utc(time::timestamp(at)))
    });
    error
        .retryable(Some(delay))
        .hint(format!("try again in {}{when}", time::show_duration(delay)))
}

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Some(wait) = seconds(value.trim()) {
        return Some(wait);
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(now).unwrap_or(Duration::ZERO))
}

/// A number of seconds; one too large to be a duration is as long as a duration can be.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}
