//! What to do about an answer without success, by the server and by what it said.

use serde_json::value::RawValue;

use super::advice;
use super::answer::Answer;
use super::client;
use super::fault::Fault;
use super::request::{Method, Request};
use super::server::Server;
use crate::error::Error;
use crate::json;
use crate::line::quote;

/// A body that is longer is not repeated.
const LONGEST_BODY: usize = 200;

/// Adds the hints.
pub(super) fn add(error: Error, fault: &Fault, request: &Request, answer: &Answer) -> Error {
    if answer.server == Server::Squads {
        return of_squads(error, fault, request, answer);
    }
    if let Some(advice) = fault.said.code.as_deref().and_then(advice::of) {
        return advice.add_to(error, request, fault.message.as_deref().unwrap_or_default());
    }
    let error = if request.is_assumed && matches!(fault.status, 404 | 405) {
        let said =
            "this route is assumed: the documents do not name it, and this router may have another";
        retry_composed(error.hint(said), request)
    } else {
        error
    };
    by_status(error, fault, answer)
}

/// Adds the command that sends this same request, ready to be changed.
fn retry_composed(error: Error, request: &Request) -> Error {
    const FOR: &str = "to try another one";
    let mut line = format!(
        "api {} {}",
        request.method.word(),
        quote(&client::url("", request))
    );
    let Some(body) = request.body.as_deref() else {
        return error.next(FOR, line);
    };
    if let Some(fields) = fields(body) {
        line.push_str(&fields);
        return error.next(FOR, line);
    }
    line.push_str(" --input FILE");
    let body = json::compact(body);
    if body.len() > LONGEST_BODY {
        return error.next(FOR, line);
    }
    error.next(format!("{FOR}, with {body} in FILE"), line)
}

/// The options that make this body; none where it does not fit on a line.
fn fields(body: &str) -> Option<String> {
    let members = json::members(body)?;
    // Without fields there would be no body at all.
    if members.is_empty() {
        return None;
    }
    members
        .iter()
        .map(|(name, value)| field(name, value))
        .collect()
}

/// The option of one member; none for what has an inside, and for what can't be seen.
fn field(name: &str, value: &RawValue) -> Option<String> {
    let (option, text) = match value.get().as_bytes().first()? {
        b'"' => ("-f", serde_json::from_str(value.get()).ok()?),
        b'{' | b'[' => return None,
        _ => ("-F", value.get().to_owned()),
    };
    let pair = format!("{name}={text}");
    // A message shows an escape in the place of what is hidden.
    let is_visible = json::escaped(&pair) == pair;
    is_visible.then(|| format!(" {option} {}", quote(&pair)))
}

/// The squads API has other words than the router.
fn of_squads(error: Error, fault: &Fault, request: &Request, answer: &Answer) -> Error {
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
        300..=399 | 407 => by_status(error, fault, answer),
        // Of a deletion the command knows better.
        500.. if request.method != Method::Delete => {
            error.hint("report the time to whoever runs the squads server")
        }
        _ => error,
    }
}

fn by_status(error: Error, fault: &Fault, answer: &Answer) -> Error {
    let base_url = &answer.base_url;
    match fault.status {
        304 => error.hint("there is nothing newer than what a header of the request names"),
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
        405 if answer.header("allow").is_some() => {
            let allowed = answer.header("allow").unwrap_or_default();
            error.hint(format!("the route takes {allowed}"))
        }
        404 | 405 if !fault.enveloped => error.next(
            format!("no router answers below {base_url}; where that comes from"),
            "config show",
        ),
        500.. => error.hint("report the request id and the time to whoever runs the router"),
        _ => error,
    }
}
