//! Faults on demand: `METHOD PATTERN=OUTCOME[:COUNT]`.

use std::str::FromStr;

use axum::http::{Method, StatusCode};

use super::reply::Refusal;

/// Something that goes wrong on purpose, such as `POST /exec/*=503:2`.
///
/// `METHOD` is an HTTP method or `*`. `PATTERN` is matched on the request's path below `/v1` as it was sent, and
/// on the whole path where that begins with `/api`; `*` in it stands for any characters. `OUTCOME` is a status from
/// 400 to 599, answered in the form of the service, or one of the words `drop` (the connection closes without an
/// answer), `html` (a proxy's 502 page) and `hang` (no answer ever). It happens `COUNT` times, or always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    method: Option<Method>,
    pattern: String,
    outcome: Outcome,
    /// How often it has yet to happen; `None`: always.
    left: Option<u32>,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An error in the envelope.
    Status(StatusCode),
    /// The connection closes.
    Drop,
    /// A page that is not the router's.
    Html,
    /// Nothing.
    Hang,
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("'{text}' is not of the form 'METHOD PATTERN=STATUS[:COUNT]'");
        let (target, effect) = text.rsplit_once('=').ok_or_else(form)?;
        let (method, pattern) = target.split_once(' ').ok_or_else(form)?;
        let (outcome, count) = match effect.split_once(':') {
            Some((outcome, count)) => (outcome, Some(count)),
            None => (effect, None),
        };
        Ok(Self {
            method: parse_method(method)?,
            pattern: parse_pattern(pattern)?,
            outcome: parse_outcome(outcome)?,
            left: count.map(parse_count).transpose()?,
        })
    }
}

impl Fault {
    /// What happens to such a request; counts it.
    pub(super) fn strike(&mut self, method: &Method, path: &str) -> Option<Outcome> {
        let meant = self.method.as_ref().is_none_or(|wanted| wanted == method)
            && matches(&self.pattern, path);
        if !meant || self.left == Some(0) {
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        Some(self.outcome)
    }
}

impl Outcome {
    /// The error that the router would most likely answer with this status at this path.
    pub(super) fn refusal(status: StatusCode, path: &str) -> Refusal {
        let has = |part: &str| path.contains(part);
        let code = match status.as_u16() {
            400 => Some("invalid_request"),
            401 => Some("authentication_error"),
            402 => Some("billing_delinquent"),
            403 => Some("scope_insufficient"),
            404 if has("/candidates") => Some("candidate_not_found"),
            404 if has("/management/agents") => Some("agent_not_found"),
            404 if has("/exec/tools") => Some("exec_tool_not_found"),
            404 if has("/exec/approvals") => Some("approval_not_found"),
            404 if has("/exec/invocations") => Some("invocation_not_found"),
            409 if has("/exec/approvals") => Some("approval_not_pending"),
            409 if has("/exec/") => Some("invocation_terminal"),
            429 => Some("rate_limit_exceeded"),
            500 => Some("internal_error"),
            503 if has("/exec/") => Some("tool_executor_unavailable"),
            _ => None,
        };
        let message = match status.as_u16() {
            403 if has("/exec/") => {
                "The key lacks the 'execution' scope (a fault on demand).".to_owned()
            }
            403 => "The key lacks the 'management' scope (a fault on demand).".to_owned(),
            _ => format!(
                "{} (a fault on demand).",
                status.canonical_reason().unwrap_or("An error")
            ),
        };
        Refusal::new(status, code, message)
    }
}

fn parse_method(text: &str) -> Result<Option<Method>, String> {
    match text {
        "*" => Ok(None),
        "GET" => Ok(Some(Method::GET)),
        "HEAD" => Ok(Some(Method::HEAD)),
        "POST" => Ok(Some(Method::POST)),
        "PUT" => Ok(Some(Method::PUT)),
        "PATCH" => Ok(Some(Method::PATCH)),
        "DELETE" => Ok(Some(Method::DELETE)),
        _ => Err(format!(
            "'{text}' is neither * nor one of GET, HEAD, POST, PUT, PATCH, DELETE"
        )),
    }
}

fn parse_pattern(text: &str) -> Result<String, String> {
    // A blank cannot be part of a path, so it is a slip that would make a fault that never happens.
    if text.starts_with(['/', '*']) && !text.contains(char::is_whitespace) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "the pattern '{text}' must begin with / or * and hold no blanks"
        ))
    }
}

fn parse_outcome(text: &str) -> Result<Outcome, String> {
    let status = || {
        text.parse()
            .ok()
            .filter(|status| (400..600).contains(status))
    };
    match text {
        "drop" => Ok(Outcome::Drop),
        "html" => Ok(Outcome::Html),
        "hang" => Ok(Outcome::Hang),
        _ => status()
            .and_then(|status| StatusCode::from_u16(status).ok())
            .map(Outcome::Status)
            .ok_or_else(|| {
                format!("'{text}' is neither a status from 400 to 599 nor drop, html or hang")
            }),
    }
}

fn parse_count(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|&count| count > 0);
    count.ok_or_else(|| format!("the count '{text}' must be a number from 1"))
}

/// Whether the pattern, in which `*` stands for any characters, covers the whole path.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == path;
    };
    let Some(mut rest) = path.strip_prefix(head) else {
        return false;
    };
    let mut parts: Vec<&str> = tail.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        // The earliest place leaves the most for the parts to come.
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
