//! What the resources and the server share: the state behind a handler, and the form of a route.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::routing::MethodFilter;

use super::Fault;
use super::call::Call;
use super::page::Pages;
use super::reply::Answer;
use super::squads::Dialect;
use super::store::Store;

/// What every handler is given.
pub(super) struct App {
    /// Shared with streams, which outlast the handler that begins them.
    pub(super) store: Arc<Store>,
    pub(super) pages: Pages,
    pub(super) base_url: String,
    pub(super) latency: Duration,
    pub(super) faults: Mutex<Vec<Fault>>,
    pub(super) dialect: Dialect,
}

/// A method, a path below the base URL, and the function that answers there.
pub(super) type Route = (MethodFilter, &'static str, fn(&App, &Call) -> Answer);

impl App {
    /// Where a page for people would be. The sandbox serves none, but names them as the router does.
    pub(super) fn page_url(&self, path: &str) -> String {
        let site = self.base_url.strip_suffix("/v1").unwrap_or(&self.base_url);
        format!("{site}/{path}")
    }
}
