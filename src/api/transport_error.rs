//! Classifies and explains the HTTP library's errors for attempts without a response.

use std::error::Error as _;
use std::io;
use std::time::{Duration, SystemTime};

use rustls::AlertDescription;

use super::connect::{NotLoopback, PHASE, Phase};
use super::proxy::{self, ProxyUse};
use super::request::Request;
use super::retry::{self, AttemptOutcome, LONGEST_RETRY_AFTER};
use super::tls_error::{self, Reason};
use crate::error::{Error, Exit};
use crate::time;

/// The hint for a port that doesn't speak TLS.
const MAY_NOT_USE_TLS: &str = "check the port in the base URL: it may not be one for TLS";

/// The outcome of an attempt without a response.
pub(super) struct TransportError {
    /// The class of the failure, for the retry decision.
    pub(super) outcome: AttemptOutcome<'static>,
    /// What happened, as part of a sentence.
    pub(super) message: String,
    /// A hint, if there is one.
    pub(super) hint: Option<String>,
    /// The underlying error, if it adds to the message.
    pub(super) cause: Option<anyhow::Error>,
    /// The request was sent, but no HTTP response arrived.
    pub(super) is_mute: bool,
    /// The response is not HTTP.
    pub(super) is_foreign: bool,
    /// The server ended the TLS handshake, with or without an alert.
    pub(super) is_handshake: bool,
    /// The alert with which it ended TLS, during the handshake or later.
    pub(super) alert: Option<AlertDescription>,
}

impl TransportError {
    pub(super) fn new(
        outcome: AttemptOutcome<'static>,
        message: impl Into<String>,
        cause: impl Into<anyhow::Error>,
    ) -> Self {
        Self {
            outcome,
            message: message.into(),
            hint: None,
            cause: Some(cause.into()),
            is_mute: false,
            is_foreign: false,
            is_handshake: false,
            alert: None,
        }
    }

    /// The handshake failed. Nothing was sent, and a retry would fail again.
    fn untrusted(self, reason: Reason) -> Self {
        Self {
            outcome: AttemptOutcome::Untrusted,
            message: reason.message,
            hint: Some(reason.hint),
            cause: None,
            ..self
        }
    }

    /// The same with a server that requested a client certificate, which may be the reason.
    pub(super) fn without_certificate(self) -> Self {
        let is_refusal = match self.alert {
            None => self.is_handshake,
            Some(_) if self.is_handshake => true,
            // In TLS 1.3, the client finishes and sends its request before the server checks the certificate. A
            // server that sends one of these alerts has not read the request.
            Some(alert) => matches!(
                alert,
                AlertDescription::CertificateRequired
                    | AlertDescription::HandshakeFailure
                    | AlertDescription::BadCertificate
                    | AlertDescription::CertificateUnknown
                    | AlertDescription::UnknownCA
            ),
        };
        if is_refusal {
            return self.untrusted(tls_error::certificate_wanted());
        }
        let hint = || "the server asked for a TLS client certificate, which xeroctl does not have";
        Self {
            hint: self
                .hint
                .clone()
                .or_else(|| self.is_mute.then(|| hint().to_owned())),
            ..self
        }
    }
}

/// Classifies a failure of the HTTP library. It nests causes; the innermost is the most specific.
pub(super) fn broken(error: reqwest::Error, answering: bool) -> TransportError {
    let error = error.without_url();
    let new = |outcome, message: &str| TransportError::new(outcome, message, innermost(&error));
    let tls = find_tls(&error);
    let alert = match &tls {
        Some(rustls::Error::AlertReceived(alert)) => Some(*alert),
        _ => None,
    };
    let broken = if let Some(elsewhere) = find::<NotLoopback>(&error) {
        let message = format!("refusing to send the key unencrypted: {elsewhere}");
        TransportError {
            // The client's own refusal needs no further explanation.
            cause: None,
            ..new(AttemptOutcome::Barred(Exit::Config), &message)
        }
    } else if let Some(tls) = tls.as_ref().filter(|_| error.is_connect()) {
        TransportError {
            is_handshake: alert.is_some(),
            ..new(AttemptOutcome::Untrusted, "").untrusted(tls_error::explain(tls))
        }
    } else if let Some((outcome, what)) = of_proxy(&error) {
        new(outcome, what)
    } else if is_unsent(&error) {
        let what = "the connection closed before the request was sent";
        new(AttemptOutcome::Unreachable, what)
    } else if error.is_connect() {
        unreachable_because(&error)
    } else if let Some(tls) = tls {
        // After the handshake, the request may have been sent. Later failures are not about trust.
        let what = "the TLS connection broke before the response was complete";
        TransportError {
            is_mute: !answering,
            cause: Some(anyhow::Error::msg(tls.to_string())),
            ..new(AttemptOutcome::Lost, what)
        }
    } else if is_too_large(&error) {
        new(
            AttemptOutcome::Unusable,
            "the headers of the response are too large",
        )
    } else if let Some(parse) = parse_error(&error) {
        if parse.to_string().contains("version") {
            TransportError {
                is_mute: true,
                is_foreign: true,
                ..new(AttemptOutcome::Lost, "the response is not HTTP")
            }
        } else {
            new(AttemptOutcome::Lost, "the response is not valid HTTP")
        }
    } else if answering {
        new(AttemptOutcome::Lost, "the response broke off")
    } else {
        TransportError {
            is_mute: true,
            ..new(
                AttemptOutcome::Lost,
                "the connection closed before a response arrived",
            )
        }
    };
    TransportError { alert, ..broken }
}

/// No connection was established.
fn unreachable_because(error: &reqwest::Error) -> TransportError {
    let new =
        |message: &str| TransportError::new(AttemptOutcome::Unreachable, message, innermost(error));
    if error.is_timeout() {
        if PHASE.try_with(Phase::is_shaking_hands).unwrap_or(false) {
            return TransportError {
                hint: Some(MAY_NOT_USE_TLS.to_owned()),
                cause: None,
                ..new(
                    "the server accepted the connection, but did not respond to the TLS handshake within 10 s",
                )
            };
        }
        return new("no connection within 10 s");
    }
    // If TCP can't connect, the library reports neither.
    let is_closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|cause| {
            cause.kind() == io::ErrorKind::ConnectionReset
                || cause.to_string().contains("tls handshake eof")
        })
    };
    if causes(error).into_iter().any(is_closed) {
        return TransportError {
            is_handshake: true,
            hint: Some(MAY_NOT_USE_TLS.to_owned()),
            cause: None,
            ..new("the server closed the connection during the TLS handshake")
        };
    }
    new("no connection")
}

/// Every cause of an error, outermost first. Includes errors wrapped in an I/O error, which `source` leaves out.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> Vec<&'a (dyn std::error::Error + 'static)> {
    let mut found = Vec::new();
    let mut waiting: Vec<&'a (dyn std::error::Error + 'static)> =
        error.source().into_iter().collect();
    while let Some(cause) = waiting.pop() {
        found.push(cause);
        let carried = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        waiting.extend(cause.source());
        waiting.extend(carried.map(|carried| carried as &(dyn std::error::Error + 'static)));
    }
    found
}

fn find<T: std::error::Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    causes(error)
        .into_iter()
        .find_map(|cause| cause.downcast_ref())
}

fn of_proxy(error: &reqwest::Error) -> Option<(AttemptOutcome<'static>, &'static str)> {
    let causes = causes(error).into_iter().filter(|_| error.is_connect());
    let causes: Vec<_> = causes.map(ToString::to_string).collect();
    proxy::failure(&causes.join("; "))
}

/// Whether the HTTP library returned the request unsent, because the connection closed first.
fn is_unsent(error: &reqwest::Error) -> bool {
    find(error).is_some_and(hyper::Error::is_canceled)
}

/// The TLS error in the causes, if any.
pub(super) fn find_tls(error: &reqwest::Error) -> Option<rustls::Error> {
    causes(error)
        .into_iter()
        .find_map(|cause| cause.downcast_ref::<rustls::Error>().cloned())
}

/// Whether the response has too many headers or too many bytes of headers.
fn is_too_large(error: &reqwest::Error) -> bool {
    let causes = causes(error).into_iter();
    let mut library = causes.filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    library.any(hyper::Error::is_parse_too_large)
}

/// The problem with the response's status line or headers. If the response is not HTTP at all, its version is invalid.
fn parse_error(error: &reqwest::Error) -> Option<&hyper::Error> {
    let causes = causes(error).into_iter();
    let mut library = causes.filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    library.find(|error| error.is_parse())
}

/// The innermost cause, without the URL of the library's documentation.
fn innermost(error: &reqwest::Error) -> anyhow::Error {
    let last = std::iter::successors(error.source(), |cause| (*cause).source()).last();
    let text = last.map_or_else(|| error.to_string(), ToString::to_string);
    let text = text.split(": https://").next().unwrap_or_default();
    anyhow::Error::msg(text.to_owned())
}

/// The error of a request without a response.
pub(super) fn unanswered(
    request: &Request,
    base_url: &str,
    via: Option<&ProxyUse>,
    broken: TransportError,
) -> Error {
    let outcome = broken.outcome;
    let what = format!("could not {}: {}", request.action, broken.message);
    let mut error = Error::unavailable(what).detail(format!("base URL: {base_url}"));
    if let Some(cause) = broken.cause {
        error = error.cause(cause);
    }
    if let Some(via) = via {
        error = error.detail(format!("proxy: {}", via.text()));
    }
    let error = match outcome {
        AttemptOutcome::Barred(Exit::Auth) => {
            let hint = via.map_or_else(String::new, ProxyUse::credentials_hint);
            error.with_exit(Exit::Auth).hint(hint)
        }
        AttemptOutcome::Barred(exit) => error
            .with_exit(exit)
            .hint("use an https base URL, or an address such as 127.0.0.1; if the network in between is trusted: --allow-http"),
        _ => match broken.hint {
            Some(hint) => error.hint(hint),
            None => error.next("find the cause", "doctor"),
        },
    };
    let error = if retry::may_repeat(request.method, outcome) {
        error.retryable(None)
    } else {
        error
    };
    if !request.method.writes() {
        error
    } else if retry::is_known_unapplied(outcome) {
        error.detail(if broken.is_mute {
            "nothing was done"
        } else {
            "nothing was sent"
        })
    } else {
        error.unknown_outcome()
    }
}

/// `--timeout` expired.
pub(super) fn timed_out(
    request: &Request,
    via: Option<&ProxyUse>,
    after: Duration,
    phase: &Phase,
) -> Error {
    let what = if phase.is_shaking_hands() {
        "response to the TLS handshake"
    } else if phase.is_connecting() {
        "connection"
    } else {
        "response"
    };
    let mut error = Error::unavailable(format!(
        "could not {}: no {what} within --timeout {}",
        request.action,
        time::show_duration(after)
    ));
    if let Some(via) = via {
        error = error.detail(format!("proxy: {}", via.text()));
    }
    if !request.method.writes() {
        error.retryable(None)
    } else if phase.is_connected() {
        error.unknown_outcome()
    } else {
        error.detail("nothing was sent").retryable(None)
    }
}

/// A signal arrived before a change was sent.
pub(super) fn stopped(request: &Request) -> Error {
    let what = format!(
        "could not {}: interrupted before the request left",
        request.action
    );
    Error::new(Exit::Interrupted, what).detail("nothing was sent")
}

/// The router requests a delay beyond the limit. The error contains the time of the next attempt.
pub(super) fn too_long(error: Error, delay: Duration, now: SystemTime) -> Error {
    let at = now.checked_add(delay).and_then(time::timestamp_of);
    let when = at.map_or_else(String::new, |at| format!(", at {}", time::utc(at)));
    let more = if delay < LONGEST_RETRY_AFTER {
        ""
    } else {
        " or later"
    };
    error.retryable(Some(delay)).hint(format!(
        "try again in {}{when}{more}",
        time::show_duration(delay)
    ))
}
