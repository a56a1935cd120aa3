//! Functions the middleware needs: path check, web page, and errors raised before dispatch.

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::super::options::PROJECT;
use super::dialect::Dialect;

/// The web application's page, also served for a wrong base URL.
pub(in super::super) const WEB_PAGE: &str = "<!doctype html>\n<html><head><title>Squads</title></head>\n\
                               <body><div id=\"root\"></div></body></html>\n";

/// Root URL of the service on this port.
pub(in super::super) fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Whether a path belongs to the squads service.
pub(in super::super) fn is_squads_path(path: &str) -> bool {
    path.strip_prefix("/api")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the server dialect serves its web page for this request: on every path outside both APIs.
pub(in super::super) fn serves_web_page(dialect: Dialect, request: &Request) -> bool {
    let readable = matches!(*request.method(), Method::GET | Method::HEAD);
    let first = request.uri().path().split('/').nth(1);
    dialect == Dialect::Server && readable && first != Some(PROJECT)
}

/// 403 for a request from a web page.
pub(in super::super) fn forbidden(dialect: Dialect, message: &str) -> Response {
    dialect
        .error(StatusCode::FORBIDDEN, "forbidden", message.to_owned())
        .into_response()
}

/// Injected error in this service's format.
pub(in super::super) fn injected_error(dialect: Dialect, status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("An error");
    let message = format!("{reason} (injected fault)");
    dialect
        .error(status, "fault_on_demand", message)
        .into_response()
}
