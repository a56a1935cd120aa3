//! Who asks, and what they may.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::clock::Seconds;
use super::super::reply::Refusal;
use super::super::store::Keys;
use super::Dialect;
use super::world::{World, text};

/// The record of the agent key that the state begins with.
const OWN_KEY: &str = "c0de0000-5eed-4a9e-8b1d-7f3c2a1e0d94";

/// Whom a request comes from.
#[derive(Clone, PartialEq)]
pub(super) enum Caller {
    /// Somebody on this machine who has shown no key, and is trusted.
    Local,
    /// The bearer of the operator's key.
    Operator,
    /// The bearer of an agent's key: the agent's id.
    Agent(Value),
}

/// Who may call a route.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scope {
    /// Whoever asks; keys are not even looked at.
    Anyone,
    /// Everybody whose key is good.
    Known,
    /// Agents alone.
    Agent,
    /// Operators, and those who need no key.
    Operator,
}

impl Caller {
    /// The caller that the headers tell of. A key that is wrong is refused on the page; the server overlooks it.
    pub(super) fn of(
        dialect: Dialect,
        headers: &HeaderMap,
        keys: &Keys,
        world: &World,
        now: Seconds,
    ) -> Result<Self, Refusal> {
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
            let mut all = world.keys.iter();
            let key = all.find(|key| key["hash"] == hash || own && key["id"] == OWN_KEY)?;
            is_live(key, now).then(|| Self::Agent(key["agentId"].clone()))
        });
        match found {
            Some(caller) => Ok(caller),
            None if dialect.is_page() => Err(dialect.refuse(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "The token is unknown, expired or revoked",
            )),
            None => Ok(Self::Local),
        }
    }

    /// How the caller was recognised.
    pub(super) fn source(&self) -> &'static str {
        match self {
            Self::Local => "local_implicit",
            Self::Operator => "api_key",
            Self::Agent(_) => "agent_key",
        }
    }
}

impl Scope {
    /// Refuses a caller who may not.
    pub(super) fn admit(self, dialect: Dialect, caller: &Caller) -> Result<(), Refusal> {
        let is_agent = matches!(caller, Caller::Agent(_));
        match self {
            Self::Agent if !is_agent => Err(dialect.refuse(
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

/// What is kept of a token.
pub(super) fn hash(token: &str) -> String {
    STANDARD.encode(Sha256::digest(token.as_bytes()))
}

fn is_live(key: &Value, now: Seconds) -> bool {
    let expiry = key["expiresAt"].as_i64().or_else(|| {
        let time = text(key, "expiresAt").parse::<jiff::Timestamp>().ok()?;
        Some(time.as_second())
    });
    key["revokedAt"].is_null() && expiry.is_none_or(|at| at > now)
}
