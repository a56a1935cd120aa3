//! Authentication and authorization of callers.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::super::clock::Seconds;
use super::super::id::hash;
use super::super::response::ApiError;
use super::super::state::Keys;
use super::dialect::Dialect;
use super::state::{SquadsState, text};

/// ID of the demo agent key's record.
const DEMO_KEY_ID: &str = "c0de0000-5eed-4a9e-8b1d-7f3c2a1e0d94";

/// Identity behind a request.
#[derive(Clone, PartialEq)]
pub(super) enum Caller {
    /// A local process without a key, which is trusted.
    Local,
    /// The holder of the operator key.
    Operator,
    /// The holder of an agent's key, with the agent's ID.
    Agent(Value),
}

/// Callers admitted to a route.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scope {
    /// Everyone; keys are ignored.
    Anyone,
    /// Every caller whose key, if any, is valid.
    Known,
    /// Agents only.
    Agent,
    /// Operators, and local callers without a key.
    Operator,
}

impl Caller {
    /// Identifies the caller from the headers. The page dialect rejects an invalid key; the server dialect ignores it.
    pub(super) fn from_headers(
        dialect: Dialect,
        headers: &HeaderMap,
        keys: &Keys,
        state: &SquadsState,
        now: Seconds,
    ) -> Result<Self, ApiError> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (first, more) = (values.next(), values.next().is_some());
        let Some(value) = first else {
            return Ok(Self::Local);
        };
        let pair = value.to_str().ok().and_then(|text| text.split_once(' '));
        let token = pair
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer") && !more)
            .map(|(_, token)| token);
        let found = token.and_then(|token| {
            if token == keys.operator {
                return Some(Self::Operator);
            }
            let own = token == keys.agent;
            let hash = hash(token);
            let mut all = state.keys.iter();
            let key = all.find(|key| key["hash"] == hash || own && key["id"] == DEMO_KEY_ID)?;
            is_live(key, now).then(|| Self::Agent(key["agentId"].clone()))
        });
        match found {
            Some(caller) => Ok(caller),
            None if dialect.is_page() => Err(dialect.error(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "The token is unknown, expired, or revoked",
            )),
            None => Ok(Self::Local),
        }
    }

    /// How the caller was authenticated.
    pub(super) fn source(&self) -> &'static str {
        match self {
            Self::Local => "local_implicit",
            Self::Operator => "api_key",
            Self::Agent(_) => "agent_key",
        }
    }
}

impl Scope {
    /// Returns an error if the caller is not admitted.
    pub(super) fn check(self, dialect: Dialect, caller: &Caller) -> Result<(), ApiError> {
        let is_agent = matches!(caller, Caller::Agent(_));
        match self {
            Self::Agent if !is_agent => Err(dialect.error(
                StatusCode::UNAUTHORIZED,
                "agent_key_required",
                "Agent authentication required",
            )),
            Self::Operator if is_agent => {
                Err(dialect.forbidden("operator_required", "Operator access required"))
            }
            _ => Ok(()),
        }
    }
}

fn is_live(key: &Value, now: Seconds) -> bool {
    let expiry = key["expiresAt"].as_i64().or_else(|| {
        let time = text(key, "expiresAt").parse::<jiff::Timestamp>().ok()?;
        Some(time.as_second())
    });
    key["revokedAt"].is_null() && expiry.is_none_or(|at| at > now)
}
