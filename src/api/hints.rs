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

/// Adds the hints.
pub(super) fn add(error: Error, fault: &Fault, request: &Request, answer: &Answer) -> Error {
    if answer.server == Server::Squads {
        return of_squads(error, fault, request, answer);
    }
    if let Some(advice) = fault.said.code.as_deref().and_then(advice::of) {
        return advice.add_to(error, request, fault.message.as_deref().unwrap_or_default());
    }
    let error = if request.is_assumed && matches!(fault.status, 404 | 405) {
        error
            .hint("this route is assumed: the documents do not name it, and this router may have another")
            .next("to try another one", composed(request))
    } else {
        error
    };
    by_status(error, fault, answer)
}

/// The command that sends this same request, ready to be changed.
fn composed(request: &Request) -> String {
    let target = client::url("", request);
    let mut line = format!("api {} {}", request.method.word(), quote(&target));
    let members = request.body.as_deref().map(json::members);
    for (name, value) in members.flatten().unwrap_or_default() {
        match field(&name, &value) {
            Some(field) => line.push_str(&field),
            // What has an inside does not fit on a line.
            None => {
                return format!(
                    "api {} {} --input FILE",
                    request.method.word(),
                    quote(&target)
                );
            }
        }
    }
    line
}

fn field(name: &str, value: &RawValue) -> Option<String> {
    let (option, text) = match value.get().as_bytes().first()? {
        b'"' => ("-f", serde_json::from_str(value.get()).ok()?),
        b'{' | b'[' => return None,
        _ => ("-F", value.get().to_owned()),
    };
    Some(format!(" {option} {}", quote(&format!("{name}={text}"))))
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
