//! The squads API: a second server, with agents of its own, grouped in squads. It is spoken in two dialects: that of its
//! page, where answers lie in envelopes, and that of its server (release 0.3.1), where they are bare. What is sent
//! serves both; what comes is understood in both. Names marked *page* or *server* are of that dialect alone.

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

/// The path of an agent, and what lies below it.
fn of_agent(action: &'static str, method: Method, agent: &str, below: &[&str]) -> Request {
    let path = ["api", "agents", agent].into_iter();
    Request::new(action, method, path.chain(below.iter().copied()))
}

/// The path of something below a squad.
fn of_squad(action: &'static str, method: Method, squad: &str, below: &str) -> Request {
    Request::new(action, method, ["api", "squads", squad, below])
}

/// An object of those members that have a value.
fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter();
    let given = members.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect::<Map<_, _>>())
}
