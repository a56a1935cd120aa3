//! `/api`: a second service, which manages agents grouped in squads, in either of its two dialects.
//!
//! The two are told apart in [`Dialect`]. What they have in common is done once: `serve` finds the route in the table
//! of `routes`, lets `caller` say who asks, has `body` check what was sent, and calls the route's function with a
//! `Turn`. `show` gives each dialect its form of an object; `world` is what is remembered.

mod agents;
mod body;
mod caller;
mod dialect;
mod hiring;
mod keys;
mod lifecycle;
mod mine;
mod routes;
mod runtime;
mod serve;
mod show;
mod world;

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

pub use dialect::Dialect;
pub(super) use serve::answer;
pub(super) use world::{World, demo};

use super::PROJECT;

/// The squad to begin with: whoever is hired here is there at once, as far as the dialect has it so.
pub const SQUAD: &str = "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24";

/// A squad whose new agents need an approval.
pub const CAREFUL_SQUAD: &str = "b7e0c2d9-6a14-4f3b-8c55-91d2f0a3e648";

/// What a browser is shown, and whoever has configured a wrong address.
pub(super) const PAGE: &str = "<!doctype html>\n<html><head><title>Squads</title></head>\n\
                               <body><div id=\"root\"></div></body></html>\n";

/// The root of the service on this port.
pub(super) fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Whether a path is this service's and not the router's.
pub(super) fn covers(path: &str) -> bool {
    path.strip_prefix("/api")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the running server would send its page. Every path but its own and the router's leads there.
pub(super) fn has_page(dialect: Dialect, request: &Request) -> bool {
    let readable = matches!(*request.method(), Method::GET | Method::HEAD);
    let first = request.uri().path().split('/').nth(1);
    dialect == Dialect::Server && readable && first != Some(PROJECT)
}

/// A fault on demand in this service's form.
pub(super) fn fault(dialect: Dialect, status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("An error");
    let message = format!("{reason} (a fault on demand)");
    dialect
        .refuse(status, "fault_on_demand", message)
        .into_response()
}
