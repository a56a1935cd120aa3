//! What it means when an attempt gets no response: the HTTP library's errors, understood.

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

/// What to do if nothing that is TLS comes from a port.
const MAY_NOT_USE_TLS: &str = "check the port in the base URL: it may not be one for TLS";

/// What an attempt that got no response came to.
pub(super) struct TransportError {
    /// What it means for another try.
    pub(super) outcome: AttemptOutcome<'static>,
    /// What happened, as half a sentence.
    pub(super) message: String,
    /// What to do about it, if that is known.
    pub(super) hint: Option<String>,
    /// What lies beneath, if it says more than the message.
    pub(super) cause: Option<anyhow::Error>,
    /// The request had left, but nothing came that is HTTP.
    pub(super) is_mute: bool,
    /// Something came that is not HTTP.
    pub(super) is_foreign: bool,
    /// The server ended the TLS handshake, with an alert or without.
    pub(super) is_handshake: bool,
    /// The alert with which it ended TLS, in the handshake or later.
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

    /// The handshake failed: nothing was done, and the next one would fail likewise.
    fn untrusted(self, reason: Reason) -> Self {
        Self {
            outcome: AttemptOutcome::Untrusted,
            message: reason.message,
            hint: Some(reason.hint),
            cause: None,
            ..self
        }
    }

    /// The same from a server that asked for a client certificate, which may be the reason.
    pub(super) fn without_certificate(self) -> Self {
        let is_refusal = match self.alert {
            None => self.is_handshake,
            Some(_) if self.is_handshake => true,
            // In TLS 1.3 the client has finished, and sent its request, before the server judges the certificate. A
            // server that sends one of these has read nothing of the request.
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

/// Reports what kind of failure the HTTP library reports. It wraps causes in causes; the innermost says most.
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
            // Our own refusal has said it all.
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
        // The handshake was done, and the request may have left: what breaks then is not a question of trust.
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
                "the connection ended before a response came",
            )
        }
    };
    TransportError { alert, ..broken }
}

/// There is not a connection.
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
    // Of a TCP connection that can't be made, neither is said.
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

/// Every cause of an error, outermost first. An I/O error hides the error that it carries: that is not its source.
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

/// What TLS made of it.
pub(super) fn find_tls(error: &reqwest::Error) -> Option<rustls::Error> {
    causes(error)
        .into_iter()
        .find_map(|cause| cause.downcast_ref::<rustls::Error>().cloned())
}

/// Whether the head of the response has too many bytes or too many headers.
fn is_too_large(error: &reqwest::Error) -> bool {
    let causes = causes(error).into_iter();
    let mut library = causes.filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    library.any(hyper::Error::is_parse_too_large)
}

/// What is wrong with the head of the response. If it does not even start as HTTP does, the version is wrong.
fn parse_error(error: &reqwest::Error) -> Option<&hyper::Error> {
    let causes = causes(error).into_iter();
    let mut library = causes.filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    library.find(|error| error.is_parse())
}

/// The innermost cause, without the address of the library's documents that it may end with.
fn innermost(error: &reqwest::Error) -> anyhow::Error {
    let last = std::iter::successors(error.source(), |cause| (*cause).source()).last();
    let text = last.map_or_else(|| error.to_string(), ToString::to_string);
    let text = text.split(": https://").next().unwrap_or_default();
    anyhow::Error::msg(text.to_owned())
}

/// The error of a request that got no response.
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
            None => error.next("where the base URL comes from", "config show"),
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

/// `--timeout` passed.
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

/// A signal came before a change had left.
pub(super) fn stopped(request: &Request) -> Error {
    let what = format!(
        "could not {}: interrupted before the request left",
        request.action
    );
    Error::new(Exit::Interrupted, what).detail("nothing was sent")
}

/// The router asks for a longer wait than may be waited: the error says when to come back.
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
