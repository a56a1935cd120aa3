//! Error bodies: the contract's envelope, and the forms used by other servers, gateways, and frameworks.

mod report;

use std::borrow::Cow;

use super::document::plain;
use super::error_code::status_of;
use super::invocations::STATUSES;
use crate::json::{self, Items, Members};

use report::text_of;
pub(super) use report::{Report, read};

/// The role of a member in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The error itself: an object or a string.
    Error,
    /// The error under a name that can also mean something else.
    Fault,
    /// A list of errors.
    Errors,
    Code,
    Status,
    Message,
    Type,
    Object,
    /// A flag that is false if something failed.
    Success,
    /// A flag that is true if something failed.
    Failure,
    /// The ID of an object.
    Id,
    /// The content of the response.
    Wrapper,
    /// An object of a type that the API has.
    Kind,
    /// A member that may accompany an error.
    Beside,
}

/// The role of a member, or `None` if it is content of a response. The name is in lower case and without `_` and `-`:
/// `errorCode` and `error_code` are the same.
fn part(name: &str) -> Option<Part> {
    Some(match name {
        "error" => Part::Error,
        "fault" | "exception" | "problem" => Part::Fault,
        "errors" => Part::Errors,
        "code" | "errorcode" => Part::Code,
        "status" | "statuscode" | "httpstatus" | "httpcode" | "httpstatuscode" => Part::Status,
        "message" | "msg" | "detail" | "title" | "reason" | "errormessage" | "errormsg"
        | "errordescription" => Part::Message,
        "type" | "errortype" => Part::Type,
        "object" => Part::Object,
        "ok" | "success" | "succeeded" | "successful" | "issuccess" => Part::Success,
        "iserror" | "failed" | "haserror" | "haserrors" => Part::Failure,
        "id" | "invocationid" | "executionid" | "approvalid" | "agentid" => Part::Id,
        "data" | "result" | "results" | "response" | "payload" | "body" | "item" | "items" => {
            Part::Wrapper
        }
        "agent" | "agents" | "approval" | "approvals" | "candidate" | "execution"
        | "invocation" | "joinkey" | "key" | "learning" | "operation" => Part::Kind,
        "details" | "hint" | "param" | "path" | "instance" | "requestid" | "traceid"
        | "correlationid" | "errorid" | "errorcodes" | "timestamp" | "time" | "date" | "meta"
        | "jsonrpc" | "documentationurl" | "help" | "retryafter" => Part::Beside,
        _ => return None,
    })
}

/// Names of the members with an error's texts, spelled as in [`part`], in order of preference.
const MESSAGE: &[&str] = &[
    "message",
    "detail",
    "msg",
    "errormessage",
    "errormsg",
    "errordescription",
    "reason",
    "title",
];
/// See [`MESSAGE`].
const CODE: &[&str] = &["code", "errorcode"];
/// See [`MESSAGE`].
const TYPE: &[&str] = &["type", "errortype"];
/// See [`MESSAGE`].
const STATUS: &[&str] = &[
    "status",
    "statuscode",
    "httpstatus",
    "httpstatuscode",
    "httpcode",
];

/// Values of `status` that mean that the request failed.
const FAILED: &[&str] = &[
    "denied", "err", "error", "fail", "failed", "failure", "fault",
];

/// Last words of a `code` that mean that the request did not fail.
const DONE: &[&str] = &[
    "accepted",
    "approved",
    "cancelled",
    "canceled",
    "completed",
    "created",
    "deleted",
    "done",
    "none",
    "ok",
    "paused",
    "pending",
    "queued",
    "rejected",
    "removed",
    "resumed",
    "revoked",
    "rotated",
    "succeeded",
    "success",
    "successful",
    "updated",
];

/// The maximum depth of wrapped objects.
const DEEPEST: u8 = 4;

/// The maximum number of errors or wrapped items to examine.
const MOST: usize = 20;

/// Facts about the request that affect how its response is interpreted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expectation {
    /// Whether it is a change, so that content next to an error does not make it a success.
    pub(super) writes: bool,
    /// Whether the response may be a run, which has its own error and status.
    pub(super) may_be_run: bool,
    /// Whether the server reports errors as a plain string next to other members.
    pub(super) has_bare_errors: bool,
}

/// The relevant members of an object.
struct Body<'a> {
    parts: Vec<(Part, &'a str)>,
    has_content: bool,
}

impl<'a> Body<'a> {
    fn of(object: &'a str) -> Self {
        Self::with(Members::of(object))
    }

    fn with(members: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut body = Self {
            parts: Vec::new(),
            has_content: false,
        };
        let mut letters = String::new();
        for (name, value) in members {
            match part(spelled(name, &mut letters)) {
                Some(Part::Beside) => {}
                Some(part) => body.parts.push((part, value)),
                None => body.has_content |= value != "null",
            }
        }
        body
    }

    fn all(&self, part: Part) -> impl Iterator<Item = &'a str> {
        let parts = self.parts.iter().filter(move |(is, _)| *is == part);
        parts.map(|(_, value)| *value)
    }

    fn any(&self, part: Part, test: impl Fn(&str) -> bool) -> bool {
        self.all(part).any(test)
    }

    fn ids(&self) -> impl Iterator<Item = Cow<'a, str>> {
        let ids = self.all(Part::Id).filter(|id| !is_nothing(id));
        ids.map(json::string)
    }

    /// The content: an object, or a list of objects.
    fn wrapped(&self) -> impl Iterator<Item = (Part, &'a str)> {
        let is_wrapper = |part: &Part| matches!(part, Part::Wrapper | Part::Kind);
        let parts = self.parts.iter().filter(move |(part, _)| is_wrapper(part));
        parts.copied()
    }

    fn has_message(&self) -> bool {
        self.any(Part::Message, is_text)
    }

    /// Whether there are members that don't belong to an error.
    fn has_more(&self) -> bool {
        let is_more = |(part, value): (Part, &str)| match part {
            Part::Kind => value != "null",
            _ => !is_nothing(value) || value == "[]",
        };
        self.has_content || self.wrapped().any(is_more)
    }

    /// Whether the body itself is an error without a member `error`. `certain` requires both a message and a member that
    /// only errors have.
    fn is_flat_error(&self, certain: bool, expected: Expectation) -> bool {
        let has_message = self.has_message();
        let is_known = self.any(Part::Code, |code| status_of(&plain(code)).is_some())
            || self.any(Part::Status, |status| {
                let status = plain(status);
                status_of(&status).is_some() && !STATUSES.contains(&&*status)
            });
        if certain || is_known {
            return is_known && (has_message || !certain);
        }
        let has_failed = self.any(Part::Status, |status| {
            let status = plain(status).to_ascii_lowercase();
            let is_of_run = expected.may_be_run && STATUSES.contains(&&*status);
            FAILED.contains(&&*status) && (!is_of_run || expected.writes && has_message)
        });
        let is_error_type = |kind: &str| {
            let kind = plain(kind).to_ascii_lowercase();
            ["error", "exception"].iter().any(|end| kind.ends_with(end))
        };
        has_failed && (has_message || expected.writes)
            || has_message && self.any(Part::Code, is_failure)
            || has_message
                && self.any(Part::Type, |kind| {
                    is_error_type(kind) || is_uri(&plain(kind))
                })
            || self.any(Part::Object, is_error_type)
    }

    fn is_denial(&self) -> bool {
        self.any(Part::Success, is_off) || self.any(Part::Failure, is_on)
    }

    /// Whether this is an error. `depth` is the number of enclosing objects.
    fn is_error(&self, expected: Expectation, depth: u8) -> bool {
        let is_object = |value: &str| value.starts_with('{');
        let is_list = |value: &str| value.starts_with('[') && value != "[]" || is_object(value);
        let has_status = self.any(Part::Status, |status| !is_nothing(status));
        let is_inner = depth > 0;
        let writes = expected.writes;
        let has_more = self.has_more();
        if self.ids().next().is_some() {
            let is_run = || self.any(Part::Status, |word| STATUSES.contains(&&*plain(word)));
            if !writes || expected.may_be_run && is_run() {
                return false;
            }
            let described = self.any(Part::Error, is_described)
                || self.any(Part::Fault, is_described)
                || self.any(Part::Errors, is_described);
            let is_stated = !has_status && !has_more && self.any(Part::Error, is_truthy);
            return described || is_stated || self.is_flat_error(true, expected);
        }
        // The content of a read may describe errors, especially one level down.
        let excused = has_more && !writes;
        self.any(Part::Error, is_object) && !(excused && is_inner)
            || self.any(Part::Fault, |fault| is_described(fault) || is_text(fault)) && !excused
            || self.any(Part::Errors, is_list) && !excused
            || self.any(Part::Error, is_truthy)
                && (!excused || expected.has_bare_errors && !is_inner)
            || self.is_denial() && !excused
            || !is_inner && !has_more && self.is_flat_error(false, expected)
            || writes && !self.has_content && self.is_flat_error(false, expected)
            || writes && self.is_flat_error(true, expected)
            || self.wraps_error(expected, depth)
    }

    fn wraps_error(&self, expected: Expectation, depth: u8) -> bool {
        if depth >= DEEPEST || self.has_content && !expected.writes {
            return false;
        }
        self.wrapped().any(|(part, value)| {
            if part == Part::Kind && !expected.writes {
                return false;
            }
            let is_error = |object: &str| {
                object.starts_with('{') && Body::of(object).is_error(expected, depth + 1)
            };
            if !value.starts_with('[') {
                return is_error(value);
            }
            let mut items = Items::of(value).take(MOST).peekable();
            items.peek().is_some() && items.all(is_error)
        })
    }
}

/// Whether this JSON value is an error.
pub(super) fn is_error(value: &str, expected: Expectation) -> bool {
    value.starts_with('{') && Body::of(value).is_error(expected, 0)
}

/// Whether the object with these members is an error.
pub(super) fn has_error<'a>(
    members: impl Iterator<Item = (&'a str, &'a str)>,
    expected: Expectation,
) -> bool {
    Body::with(members).is_error(expected, 0)
}

/// The objects wrapped in a response.
pub(super) fn wrapped(object: &str) -> impl Iterator<Item = &str> {
    let values: Vec<&str> = Body::of(object).wrapped().map(|(_, value)| value).collect();
    values.into_iter().filter(|value| value.starts_with('{'))
}

/// The IDs in an object: its own, and that of a wrapped object.
pub(super) fn ids(object: &str) -> Vec<String> {
    let body = Body::of(object);
    let wrapped = body.wrapped().map(|(_, value)| Body::of(value));
    let mut ids: Vec<String> = body.ids().map(Cow::into_owned).collect();
    for inner in wrapped {
        ids.extend(inner.ids().map(Cow::into_owned));
    }
    ids
}

/// The name of a member in the spelling of [`part`].
fn spelled<'a>(name: &str, letters: &'a mut String) -> &'a str {
    letters.clear();
    let name = json::string(name);
    let known = name.chars().filter(|letter| !matches!(letter, '_' | '-'));
    letters.extend(known.map(|letter| letter.to_ascii_lowercase()));
    letters
}

fn is_nothing(value: &str) -> bool {
    matches!(value, "null" | "\"\"" | "[]" | "{}")
}

fn is_text(value: &str) -> bool {
    value.starts_with('"') && value != "\"\""
}

/// Whether an `error` that is not an object reports an error.
fn is_truthy(error: &str) -> bool {
    !error.starts_with('{') && !matches!(error, "null" | "false" | "0" | "\"\"" | "[]")
}

fn is_off(flag: &str) -> bool {
    matches!(&*json::string(flag), "false" | "0" | "no")
}

fn is_on(flag: &str) -> bool {
    matches!(&*json::string(flag), "true" | "1" | "yes")
}

/// Whether an object, or the first one of a list, describes an error.
fn is_described(error: &str) -> bool {
    let first = Items::of(error).next().unwrap_or(error);
    let names = [MESSAGE, CODE, TYPE].concat();
    first.starts_with('{') && text_of(first, &names).is_some()
        || error.starts_with('[') && is_text(first)
}

/// Whether a type is a URI, as in a problem (RFC 9457).
fn is_uri(kind: &str) -> bool {
    ["about:", "http:", "https:", "urn:", "tag:"]
        .iter()
        .any(|scheme| kind.starts_with(scheme))
}

/// Whether an unknown code means a failure. 0 and success statuses don't.
fn is_failure(code: &str) -> bool {
    let code = plain(code).to_ascii_lowercase();
    if let Ok(number) = code.parse::<i64>() {
        return number != 0 && !(100..400).contains(&number);
    }
    let mut words = code.split(|letter: char| !letter.is_alphanumeric());
    let is_negated = words.clone().any(|word| word == "not");
    let is_done = words.next_back().is_some_and(|word| DONE.contains(&word));
    !code.is_empty() && code != "null" && (is_negated || !is_done)
}

#[cfg(test)]
mod tests;
