//! Headers and bodies for `-vv`. Everything is masked except an allow-list.

use std::borrow::Cow;

use serde_json::Value;

use super::{KnownSecrets, MASK, names_secret, text, words};
use crate::secret::Secret;

/// Response headers whose values may be shown. All others are masked, because an unknown header may contain a secret.
const HEADERS: &[&str] = &[
    "allow",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "location",
    "retry-after",
    "server",
    "transfer-encoding",
    "vary",
    "via",
    "x-request-id",
];

/// Members of JSON bodies whose strings may be shown, without separators: `worker_id` and `workerId` are the same. All
/// others are masked.
const MEMBERS: &[&str] = &[
    "accept",
    "adaptertype",
    "agent",
    "agentid",
    "agentrole",
    "agents",
    "approval",
    "approvalid",
    "approvalurl",
    "approvals",
    "code",
    "completedat",
    "contenttype",
    "createdat",
    "credentialsrevokedworkspaces",
    "currentenrollments",
    "data",
    "deploymentmode",
    "description",
    "details",
    "dispatchstatus",
    "domain",
    "enrollmentcount",
    "enrollments",
    "error",
    "eventtype",
    "execpausedworkspaces",
    "executionid",
    "exitcode",
    "expiresat",
    "firstid",
    "hasmore",
    "id",
    "invocationid",
    "issues",
    "items",
    "lastheartbeat",
    "lastheartbeatat",
    "lastid",
    "lastrunid",
    "lastrunstatus",
    "maxconcurrentrequests",
    "maxenrollments",
    "message",
    "method",
    "monitorurl",
    "multiplier",
    "name",
    "object",
    "param",
    "path",
    "publickey",
    "reason",
    "region",
    "reportsto",
    "reportstoagentid",
    "requestedby",
    "requestid",
    "resolutionnote",
    "resolvedat",
    "resolvedby",
    "retryafter",
    "retrystrategy",
    "revokedat",
    "risk",
    "role",
    "routeraddrs",
    "score",
    "sourcetype",
    "squadid",
    "status",
    "storagelimitbytes",
    "storagelimitenabled",
    "supportedtiers",
    "timeoutms",
    "title",
    "toolname",
    "tools",
    "ttlseconds",
    "type",
    "updatedat",
    "url",
    "urlkey",
    "version",
    "workerid",
    "workspace",
    "workspaceid",
    "workspaceids",
    "workspaces",
];

/// Names with more or longer words may be tokens.
const MOST_WORDS: usize = 6;
const LONGEST_WORD: usize = 16;

/// The value of a response header for `-vv`.
pub fn shown_header<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    if !HEADERS.contains(&name) {
        return MASK.into();
    }
    match name {
        "location" => super::location(value).into(),
        _ => text(value),
    }
}

/// A body for `-vv`: strings on the allow-list, and values that can't be secrets. The value of a member named like a
/// secret is masked throughout the body.
pub fn traced(body: Value) -> Value {
    let mut secrets = KnownSecrets::default();
    collect(&body, false, &mut secrets);
    shown(body, &secrets)
}

/// Whether a member is on the allow-list.
fn is_listed(name: &str) -> bool {
    MEMBERS.contains(&words(name).concat().as_str())
}

/// Collects the strings below members named like secrets.
fn collect(value: &Value, is_secret: bool, secrets: &mut KnownSecrets) {
    match value {
        Value::String(text) if is_secret => secrets.add(&Secret::new(text.as_str())),
        Value::Array(items) => {
            for item in items {
                collect(item, is_secret, secrets);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let is_secret = is_secret || (names_secret(name) && !is_listed(name));
                collect(value, is_secret, secrets);
            }
        }
        _ => {}
    }
}

fn shown(value: Value, secrets: &KnownSecrets) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let is_harmless = match &value {
                    Value::Null | Value::Bool(_) => true,
                    Value::Number(_) => !names_secret(&name),
                    _ => false,
                };
                let value = if is_listed(&name) || is_harmless {
                    shown(value, secrets)
                } else {
                    Value::from(MASK)
                };
                (member_name(&name, secrets), value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| shown(item, secrets)).collect(),
        Value::String(value) => text(&secrets.redact(&value)).into_owned().into(),
        other => other,
    }
}

/// The name of a member, or `***` if it looks like a token.
fn member_name(name: &str, secrets: &KnownSecrets) -> String {
    let name = secrets.redact(name);
    let name = if is_plain_name(&name) { &name } else { MASK };
    name.to_owned()
}

/// Whether a text looks like a member name: a few short words with few digits.
pub fn is_plain_name(name: &str) -> bool {
    const MOST_DIGITS: usize = 3;
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let words = words(name);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.$:/@ ".contains(c);
    name.chars().all(is_plain)
        && digits <= MOST_DIGITS
        && words.len() <= MOST_WORDS
        && words.iter().all(|word| word.len() <= LONGEST_WORD)
}
