//! Turns error responses into errors with hints, depending on the server and the error.

use serde_json::value::RawValue;

use super::advice;
use super::error_response::{ErrorResponse, exit_code};
use super::request::{Method, Request};
use super::response::Response;
use super::retry;
use super::service::Service;
use crate::command_line::quote;
use crate::error::{Error, Exit};
use crate::json;
use crate::redact;
use crate::sanitize;

/// The maximum number of characters of a redirect's target.
const LONGEST_TARGET: usize = 300;

/// Longer bodies are not repeated in a suggested command.
const LONGEST_BODY: usize = 200;

/// The responses of nginx, Apache, Go, and Tomcat to plain HTTP on a TLS port, in lower case.
const WANT_TLS: [&str; 4] = [
    "plain http request was sent to https port",
    "speaking plain http to an ssl-enabled server port",
    "client sent an http request to an https server",
    "combination of host and port requires tls",
];

/// The hint for plain HTTP on a TLS port.
pub(super) const USE_TLS: &str = "this port speaks TLS: use https:// in the base URL";
/// The hint if that is only likely.
pub(super) const MAY_USE_TLS: &str = "if this port speaks HTTPS, use https:// in the base URL";

/// Whether this is a web server's page for plain HTTP on a TLS port.
fn wants_tls(response: &Response) -> bool {
    if response.status != 400 || !response.base_url.starts_with("http://") {
        return false;
    }
    let start = &response.body[..response.body.len().min(4096)];
    let page = String::from_utf8_lossy(start).to_ascii_lowercase();
    WANT_TLS.iter().any(|phrase| page.contains(phrase))
}

impl ErrorResponse {
    /// The error to show.
    pub fn error(self, request: &Request, response: &Response) -> Error {
        let wants_tls = !self.enveloped && wants_tls(response);
        let exit = if wants_tls {
            Exit::Unavailable
        } else if self.is_denial {
            Exit::Failure
        } else {
            exit_code(self.api_error.code.as_deref(), self.status, self.enveloped)
        };
        let again = retry::may_repeat(request.method, self.outcome());
        let unknown = (exit == Exit::Unavailable || self.other_id.is_some())
            && request.method.writes()
            && !wants_tls
            && !retry::is_known_unapplied(self.outcome());
        let why = match &self.message {
            Some(message) => message.clone(),
            None if self.is_denial => "the response says that it was not done".to_owned(),
            None => response.excerpt(),
        };
        let class = match (&self.api_error.code, &self.api_error.kind) {
            (Some(code), _) => format!(" ({code})"),
            (None, Some(kind)) => format!(" ({kind})"),
            (None, None) => String::new(),
        };
        let mut error = Error::new(
            exit,
            format!(
                "could not {}: HTTP {}: {why}{class}",
                request.action, response.status
            ),
        );
        error = self.details.iter().fold(error, Error::detail);
        if let Some(id) = &self.other_id {
            error = error.detail(format!("the response also names {id}"));
        }
        // Without the server's envelope, the response may come from a proxy.
        if let Some(via) = response.via.as_ref().filter(|_| !self.enveloped) {
            error = error.detail(format!("proxy: {}", via.text()));
        }
        error = add(error, &self, request, response);
        if again {
            error = error.retryable(self.wait);
        }
        if unknown {
            error = error.unknown_outcome();
        }
        error.with_api_error(self.api_error)
    }
}

/// Adds the hints.
fn add(error: Error, fault: &ErrorResponse, request: &Request, response: &Response) -> Error {
    if !fault.enveloped && wants_tls(response) {
        return error.hint(USE_TLS);
    }
    if response.service == Service::SQUADS {
        return of_squads(error, fault, request, response);
    }
    if let Some(advice) = fault.api_error.code.as_deref().and_then(advice::of) {
        return advice.add_to(error, request, fault.message.as_deref().unwrap_or_default());
    }
    // The router itself says that an object does not exist, so the route does.
    let names_object = request.path.len() > 2;
    let is_missing = fault.enveloped && fault.status == 404 && names_object;
    let error = if request.is_assumed && matches!(fault.status, 404 | 405) && !is_missing {
        let message =
            "this route is assumed: the documents do not name it, and this router may have another";
        let error = retry_composed(error.hint(message), request);
        // Only the router sends request IDs, so the URL is right.
        if fault.api_error.request_id.is_some() {
            return error;
        }
        error
    } else {
        error
    };
    if is_missing && let Some((what, command)) = advice::siblings(request) {
        return error.next(what, command);
    }
    if fault.is_denial
        && let Some((what, command)) = advice::check(request)
    {
        return error.next(what, command);
    }
    by_status(error, fault, request, response)
}

/// Adds the command that sends the same request, for editing.
fn retry_composed(error: Error, request: &Request) -> Error {
    const FOR: &str = "to try another route";
    let mut line = format!(
        "api {} {}",
        request.method.word(),
        quote(&redact::url(&request.url("")))
    );
    let Some(body) = request.body.as_deref() else {
        return error.next(FOR, line);
    };
    if let Some(fields) = fields(body) {
        line.push_str(&fields);
        return error.next(FOR, line);
    }
    line.push_str(" --input FILE");
    let body = json::compact(&redact::body(body));
    if body.len() > LONGEST_BODY {
        return error.next(FOR, line);
    }
    error.next(format!("{FOR}, with {body} in FILE"), line)
}

/// The options that produce this body, or `None` if they can't be typed.
fn fields(body: &str) -> Option<String> {
    let members = json::entries(body)?;
    // Without fields, there would be no body.
    if members.is_empty() {
        return None;
    }
    members
        .iter()
        .map(|(name, value)| field(name, value))
        .collect()
}

/// The option for one member, or `None` for nested values and for hidden characters.
fn field(name: &str, value: &RawValue) -> Option<String> {
    let (option, text) = match value.get().as_bytes().first()? {
        b'"' => ("-f", serde_json::from_str(value.get()).ok()?),
        b'{' | b'[' => return None,
        _ => ("-F", value.get().to_owned()),
    };
    let pair = redact::word(&format!("{name}={text}"));
    // A message would show escapes instead of hidden characters.
    let is_visible = json::escaped(&pair) == pair;
    is_visible.then(|| format!(" {option} {}", quote(&pair)))
}

/// The squads API needs other hints than the router. Its commands add those that depend on the key, the squad, or the
/// run.
fn of_squads(error: Error, fault: &ErrorResponse, request: &Request, response: &Response) -> Error {
    let root = &response.base_url;
    match fault.status {
        404 | 405 if !fault.enveloped => error.next(
            format!("no squads API responds below {root}; show where the URL comes from"),
            "config show",
        ),
        300..=399 | 407 => by_status(error, fault, request, response),
        _ => error,
    }
}

fn by_status(error: Error, fault: &ErrorResponse, request: &Request, response: &Response) -> Error {
    let base_url = &response.base_url;
    match fault.status {
        304 => error.hint("nothing has changed since the version named in a request header"),
        300..=399 => {
            let to = response.header("location");
            let to = to.map_or_else(|| "nowhere".to_owned(), redact::location);
            error
                .hint(format!(
                    "redirects are not followed, and this one points to {to}"
                ))
                .next(format!("check the base URL {base_url}"), "config show")
        }
        401 => error.next(
            "the router does not accept this key; show where it comes from",
            "config show",
        ),
        403 => error.next(
            "the key lacks permission: use one with the scope named in the message; check its scopes",
            "status",
        ),
        407 => match &response.via {
            Some(via) => error.hint(via.credentials_hint()),
            None => error.hint("a proxy in front of the server requires credentials (no proxy variable applies here)"),
        },
        405 if response.header("allow").is_some() => {
            let allowed = response.header("allow").unwrap_or_default();
            let allowed = sanitize::capped(allowed, LONGEST_TARGET);
            error.hint(format!("the route accepts {allowed}"))
        }
        // Only the router sends request IDs.
        404 | 405 if !fault.enveloped && fault.api_error.request_id.is_some() => error.next(
            format!("the router below {base_url} responded, but it has no such route; show where the URL comes from"),
            "config show",
        ),
        // The commands to try another route and to check the result come first.
        404 | 405 if !fault.enveloped && request.is_assumed && request.method.writes() => {
            error.hint(format!("or no router responds below {base_url}"))
        }
        404 | 405 if !fault.enveloped => error.next(
            format!("no router responds below {base_url}; show where the URL comes from"),
            "config show",
        ),
        409 | 412 => match advice::check(request) {
            Some((what, command)) => error.next(format!("its status prevents this; {what}"), command),
            None => error,
        },
        400 | 413 | 415 | 422 => {
            error.hint(match request.method {
                Method::Get => "correct the error named in the message, and run the command again",
                _ => "nothing was changed: correct the error named in the message, and run the command again",
            })
        }
        500.. => error.next(
            "report the request ID and the time to the router's operators; check the router",
            "status",
        ),
        _ => error,
    }
}
