//! What an answer without success means: the router's envelope, a proxy's page, or nothing at all.

use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::advice;
use super::answer::Answer;
use super::detail;
use super::document::Document;
use super::request::{Method, Request};
use super::retry::{self, Outcome};
use super::server::Server;
use crate::error::{Error, Exit, Said};
use crate::secret::Secret;
use crate::time;

/// An answer without success, understood.
pub struct Fault {
    status: u16,
    message: Option<String>,
    said: Said,
    /// What exactly was refused, a line each.
    details: Vec<String>,
    /// The answer carried a JSON error object: it is the server that speaks, and no proxy.
    enveloped: bool,
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
        for text in texts.into_iter().flatten().chain(&mut self.details) {
            if let Some(key) = key {
                *text = text.replace(key.expose(), "***");
            }
        }
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
        error = match answer.server {
            Server::Router => advise(error, &self, request, answer),
            Server::Squads => advise_squads(error, &self, request, answer),
        };
        if again {
            error = error.retryable(self.wait);
        }
        if unknown {
            error = error.unknown_outcome();
        }
        error.said(self.said)
    }
}

/// Adds what to do at the squads API, whose words are others than the router's.
fn advise_squads(error: Error, fault: &Fault, request: &Request, answer: &Answer) -> Error {
    let root = &answer.base_url;
    let of_agent = request
        .path
        .get(1..3)
        .is_some_and(|path| path == ["agents", "me"]);
    match fault.status {
        401 | 403 if of_agent => error.hint(
            "this needs the agent's own key: --api-key-file FILE, SLAW_API_KEY, or squads_api_key of the deployment",
        ),
        401 | 403 => error
            .hint("this needs an operator's key: --api-key-file FILE, SLAW_API_KEY, or squads_api_key of the deployment")
            .next("where the key comes from", "config show"),
        404 | 405 if !fault.enveloped => error.next(
            format!("no squads API answers below {root}; where that comes from"),
            "config show",
        ),
        300..=399 | 407 => advise_by_status(error, fault, answer),
        // Of a deletion the command knows better.
        500.. if request.method != Method::Delete => {
            error.hint("report the time to whoever runs the squads server")
        }
        _ => error,
    }
}

/// Adds what to do at the router: by its word where there is one, else by the status.
fn advise(error: Error, fault: &Fault, request: &Request, answer: &Answer) -> Error {
    if let Some(advice) = fault.said.code.as_deref().and_then(advice::of) {
        return advice.add_to(error, request, fault.message.as_deref().unwrap_or_default());
    }
    advise_by_status(error, fault, answer)
}

fn advise_by_status(error: Error, fault: &Fault, answer: &Answer) -> Error {
    let base_url = &answer.base_url;
    match fault.status {
        300..=399 => {
            let to = answer.header("location").unwrap_or("nowhere");
            error
                .hint(format!(
                    "redirects are not followed, and this one points to {to}"
                ))
                .next(format!("is the base URL {base_url} right"), "config show")
        }
        401 => error.next(
            "the router does not accept this key; where it comes from",
            "config show",
        ),
        403 => error.hint("the key may not do this: use one with the scope that the message names"),
        407 => error.hint("a proxy asks for credentials: see HTTPS_PROXY and HTTP_PROXY"),
        404 | 405 if !fault.enveloped => error.next(
            format!("no router answers below {base_url}; where that comes from"),
            "config show",
        ),
        500.. => error.hint("report the request id and the time to whoever runs the router"),
        _ => error,
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
