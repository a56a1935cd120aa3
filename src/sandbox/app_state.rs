//! State shared by the server and all handlers, and the route type.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::routing::MethodFilter;

use super::fault_injection::Fault;
use super::pagination::PageLimits;
use super::request::ApiRequest;
use super::response::HandlerResult;
use super::squads::Dialect;
use super::store::Store;

/// Application state passed to every handler.
pub(super) struct AppState {
    /// Shared with event streams, which outlive the handler that starts them.
    pub(super) store: Arc<Store>,
    pub(super) page_limits: PageLimits,
    pub(super) base_url: String,
    pub(super) port: u16,
    pub(super) latency: Duration,
    pub(super) faults: Mutex<Vec<Fault>>,
    pub(super) dialect: Dialect,
}

/// Method, path below the base URL, and handler.
pub(super) type Route = (
    MethodFilter,
    &'static str,
    fn(&AppState, &ApiRequest) -> HandlerResult,
);

impl AppState {
    /// URL of a web page. The sandbox serves none, but returns such URLs as the router does. The domain is reserved for
    /// names that never resolve.
    pub(super) fn page_url(&self, path: &str) -> String {
        let project = self.base_url.rsplit('/').nth(1).unwrap_or_default();
        format!("https://no-console.sandbox.invalid/{project}/{path}")
    }
}
