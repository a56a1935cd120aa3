//! The squads API: a separate server with its own agents, grouped in squads. It has two dialects: the documented one
//! (*page*), with responses in envelopes, and that of its server, release 0.3.1 (*server*), with bare responses.
//! Requests work in both, and responses of both are understood. Names marked with a dialect exist only there.

pub mod agents;
pub mod health;
pub mod hires;
pub mod inbox;
pub mod instructions;
pub mod keys;
pub mod page_only;
pub mod runtime;

use serde_json::{Map, Value};

pub use crate::redact::squads_document as masked;

use super::request::{Method, Request};

/// A path below an agent.
fn of_agent(action: &'static str, method: Method, agent: &str, below: &[&str]) -> Request {
    let path = ["api", "agents", agent].into_iter();
    Request::new(action, method, path.chain(below.iter().copied()))
}

/// A path below a squad.
fn of_squad(action: &'static str, method: Method, squad: &str, below: &str) -> Request {
    Request::new(action, method, ["api", "squads", squad, below])
}

/// An object of the members that have a value.
fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter();
    let given = members.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect::<Map<_, _>>())
}
