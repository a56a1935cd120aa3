//! What it means when an attempt gets no answer: the HTTP library's errors, understood.

use std::error::Error as _;

use super::retry::Outcome;

/// What an attempt that got no answer came to.
pub(super) struct Broken {
    /// What it means for another try.
    pub(super) outcome: Outcome<'static>,
    /// What happened, as half a sentence.
    pub(super) message: String,
    /// What lies beneath.
    pub(super) cause: anyhow::Error,
}

/// Tells what kind of failure the HTTP library reports. It wraps causes in causes; the innermost tells most.
pub(super) fn broken(error: reqwest::Error, answering: bool) -> Broken {
    let error = error.without_url();
    let trust = find_tls(&error);
    let (outcome, message) = if let Some(trust) = trust {
        (Outcome::Untrusted, format!("TLS: {trust}"))
    } else if error.is_connect() {
        let what = if error.is_timeout() {
            "no connection within 10 s"
        } else {
            "no connection"
        };
        (Outcome::Unreachable, what.to_owned())
    } else if is_corrupt(&error) {
        (
            Outcome::Unusable,
            "the answer can't be decompressed".to_owned(),
        )
    } else if is_no_http(&error) {
        (Outcome::Lost, "the answer is not HTTP".to_owned())
    } else if answering {
        (Outcome::Lost, "the answer broke off".to_owned())
    } else {
        (
            Outcome::Lost,
            "the connection ended before an answer came".to_owned(),
        )
    };
    Broken {
        outcome,
        message,
        cause: innermost(&error),
    }
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

fn find_tls(error: &reqwest::Error) -> Option<rustls::Error> {
    causes(error)
        .into_iter()
        .find_map(|cause| cause.downcast_ref::<rustls::Error>().cloned())
}

/// Whether a decompressor refused what came, rather than that too little came.
fn is_corrupt(error: &reqwest::Error) -> bool {
    let is_cut = |cause: &(dyn std::error::Error + 'static)| {
        cause.is::<hyper::Error>()
            || cause
                .downcast_ref::<std::io::Error>()
                .is_some_and(|cause| cause.kind() == std::io::ErrorKind::UnexpectedEof)
    };
    error.is_decode() && !causes(error).into_iter().any(is_cut)
}

/// Whether something came that is no answer.
fn is_no_http(error: &reqwest::Error) -> bool {
    let causes = causes(error).into_iter();
    let mut library = causes.filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    library.any(hyper::Error::is_parse)
}

fn innermost(error: &reqwest::Error) -> anyhow::Error {
    let last = std::iter::successors(error.source(), |cause| (*cause).source()).last();
    anyhow::Error::msg(last.map_or_else(|| error.to_string(), ToString::to_string))
}
