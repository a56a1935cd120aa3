//! The squads service below `/api`, which manages agents in squads, in either of two dialects.
//!
//! `dispatch` looks up the route in `routes`, authenticates the caller (`caller`), validates the body (`request_body`),
//! and calls the route's handler with a `RequestContext`. `agent_view` formats agents for each [`Dialect`]; `state`
//! holds the stored data.

mod agent_keys;
mod agent_view;
mod agents;
mod caller;
mod caller_info;
mod dialect;
mod dispatch;
mod entry;
mod hiring;
mod instructions;
mod lifecycle;
mod request_body;
mod request_context;
mod routes;
mod runtime_state;
mod state;

pub use dialect::Dialect;
pub(super) use dispatch::dispatch;
pub(super) use entry::{WEB_PAGE, forbidden, injected_error, is_squads_path, serves_web_page, url};
pub(super) use state::{SquadsState, demo_state};

/// The default squad. New agents need no approval, except as the dialect requires.
pub const SQUAD: &str = "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24";

/// A squad whose new agents need an approval.
pub const APPROVAL_SQUAD: &str = "b7e0c2d9-6a14-4f3b-8c55-91d2f0a3e648";
