//! What the resources and the server share: the state behind a handler, and the form of a route.

use std::sync::Mutex;
use std::time::Duration;

use axum::routing::MethodFilter;

use super::Fault;
use super::call::Call;
use super::page::Pages;
use super::reply::Answer;
use super::store::Store;

/// What every handler is given.
pub(super) struct App {
    pub(super) store: Store,
    pub(super) pages: Pages,
    pub(super) base_url: String,
    pub(super) latency: Duration,
    pub(super) faults: Mutex<Vec<Fault>>,
}

/// A method, a path below the base URL, and the function that answers there.
pub(super) type Route = (MethodFilter, &'static str, fn(&App, &Call) -> Answer);
