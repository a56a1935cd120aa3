//! The wire: what the router is asked and what it answers. Knows nothing of terminals.
//!
//! One file holds one resource: its routes, its request bodies and how its answers are read. A line marked *assumed*
//! is one that no document settles.

pub mod advice;
pub mod agents;
pub mod answer;
pub mod approvals;
mod broken;
pub mod candidates;
pub mod client;
pub mod composed;
mod detail;
pub mod document;
pub mod executions;
pub mod fault;
mod hints;
pub mod id;
pub mod incoming;
pub mod invocations;
pub mod join_keys;
pub mod learnings;
pub mod page;
mod pinned;
pub mod reply;
pub mod request;
pub mod retry;
pub mod server;
pub mod squads;
pub mod sse;
pub mod tools;
pub mod trust;
pub mod workspaces;

pub use answer::Answer;
pub use client::Client;
pub use id::Id;
pub use reply::Reply;
pub use request::{Endpoint, Method, Request};
