//! Fault injection: `METHOD PATTERN=OUTCOME[:COUNT|:RATE%]`.

use std::str::FromStr;

use axum::http::{Method, StatusCode};

use super::response::ApiError;

/// A fault to inject, such as `POST /exec/*=503:2`.
///
/// `METHOD` is an HTTP method or `*`. `PATTERN` is matched against the request's raw path below `/v1`, or against the
/// full path if it starts with `/api`; `*` matches any characters. `OUTCOME` is a status from 400 to 599, returned in
/// the service's error format, or one of `drop` (close the connection without a response), `html` (a proxy's 502 page),
/// and `hang` (never respond). The fault applies to `COUNT` requests, to a percentage of them at even distances, or to all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    method: Option<Method>,
    pattern: String,
    outcome: FaultEffect,
    frequency: Frequency,
}

/// How often a fault applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Always,
    /// So many times more.
    Remaining(u32),
    /// To this percentage of the requests, of which so many hundredths are due.
    Percent {
        rate: u32,
        due: u32,
    },
}

impl Frequency {
    /// Counts a matching request. Returns true if the fault applies to it.
    fn count(&mut self) -> bool {
        match self {
            Self::Always => true,
            Self::Remaining(left) => {
                let applies = *left > 0;
                *left = left.saturating_sub(1);
                applies
            }
            Self::Percent { rate, due } => {
                *due += *rate;
                let applies = *due >= 100;
                *due %= 100;
                applies
            }
        }
    }
}

/// Effect on a matching request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultEffect {
    /// An error response in the service's format.
    Status(StatusCode),
    /// Close the connection.
    Drop,
    /// An HTML page from a proxy.
    Html,
    /// Never respond.
    Hang,
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("invalid fault '{text}' (expected 'METHOD PATTERN=STATUS[:COUNT]')");
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
            frequency: count.map_or(Ok(Frequency::Always), parse_frequency)?,
        })
    }
}

impl Fault {
    /// Returns the effect on a request, if the fault matches, and counts the match.
    pub(super) fn trigger(&mut self, method: &Method, path: &str) -> Option<FaultEffect> {
        let applies = self.method.as_ref().is_none_or(|wanted| wanted == method)
            && matches(&self.pattern, path);
        (applies && self.frequency.count()).then_some(self.outcome)
    }
}

impl FaultEffect {
    /// Returns the error that the router would most likely send with this status at this path.
    pub(super) fn api_error(status: StatusCode, path: &str) -> ApiError {
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
                "The key lacks the 'execution' scope (injected fault).".to_owned()
            }
            403 => "The key lacks the 'management' scope (injected fault).".to_owned(),
            _ => format!(
                "{} (injected fault).",
                status.canonical_reason().unwrap_or("An error")
            ),
        };
        ApiError::new(status, code, message)
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
            "invalid method '{text}' (valid: *, GET, HEAD, POST, PUT, PATCH, DELETE)"
        )),
    }
}

fn parse_pattern(text: &str) -> Result<String, String> {
    // A path cannot contain whitespace, so such a pattern would never match.
    if text.starts_with(['/', '*']) && !text.contains(char::is_whitespace) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "invalid pattern '{text}' (must start with / or *, without whitespace)"
        ))
    }
}

fn parse_outcome(text: &str) -> Result<FaultEffect, String> {
    let status = || {
        text.parse()
            .ok()
            .filter(|status| (400..600).contains(status))
    };
    match text {
        "drop" => Ok(FaultEffect::Drop),
        "html" => Ok(FaultEffect::Html),
        "hang" => Ok(FaultEffect::Hang),
        _ => status()
            .and_then(|status| StatusCode::from_u16(status).ok())
            .map(FaultEffect::Status)
            .ok_or_else(|| {
                format!("invalid status '{text}' (valid: 400 to 599, drop, html, hang)")
            }),
    }
}

fn parse_frequency(text: &str) -> Result<Frequency, String> {
    if let Some(rate) = text.strip_suffix('%') {
        let rate = rate.parse().ok().filter(|rate| (1..=100).contains(rate));
        return rate
            .map(|rate| Frequency::Percent { rate, due: 0 })
            .ok_or_else(|| format!("invalid rate '{text}' (must be 1% to 100%)"));
    }
    let count = text.parse().ok().filter(|&count| count > 0);
    count
        .map(Frequency::Remaining)
        .ok_or_else(|| format!("invalid count '{text}' (must be at least 1)"))
}

/// Whether the pattern, in which `*` matches any characters, matches the full path.
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
        // The earliest match leaves the most text for the remaining parts.
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
