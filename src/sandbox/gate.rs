//! What every request passes before a handler sees it: latency, faults, the key, the project, the path.

use std::future;
use std::sync::{Arc, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::app::App;
use super::call::{decode, no_route};
use super::fault::Outcome;
use super::line::Line;
use super::reply::{Refusal, html};
use super::{PROJECT, id, squads};

/// Lets a request through or answers in the handler's place. Every answer of the router carries an `X-Request-ID`;
/// the squads service has none, and sees to its keys itself.
pub(super) async fn pass(
    State(app): State<Arc<App>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
    next: Next,
) -> Response {
    if !app.latency.is_zero() {
        tokio::time::sleep(app.latency).await;
    }
    let fault = fault(&app, &request);
    let path = request.uri().path();
    let squads = squads::covers(path);
    let mut response = match fault {
        Some(Outcome::Status(status)) if squads => squads::fault(app.dialect, status),
        Some(Outcome::Status(status)) => Outcome::refusal(status, path).into_response(),
        Some(Outcome::Html) => proxy_page(),
        Some(Outcome::Drop) => {
            line.cut();
            future::pending().await
        }
        Some(Outcome::Hang) => future::pending().await,
        None if squads => squads::answer(&app, request).await,
        None if squads::has_page(app.dialect, &request) => html(StatusCode::OK, squads::PAGE),
        None => match admit(&app, &request) {
            Ok(()) => next.run(request).await,
            Err(refusal) => refusal.into_response(),
        },
    };
    if squads {
        return response;
    }
    if let Ok(id) = HeaderValue::try_from(id::fresh("req_")) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// The fault that is to happen to this request: matched below `/v1`, or on the whole path below `/api`.
fn fault(app: &App, request: &Request) -> Option<Outcome> {
    let path = request.uri().path();
    let path = if squads::covers(path) {
        path
    } else {
        below_v1(path)?
    };
    let mut faults = app.faults.lock().unwrap_or_else(PoisonError::into_inner);
    faults
        .iter_mut()
        .find_map(|fault| fault.strike(request.method(), path))
}

/// `/management/agents` of `/proj/v1/management/agents`.
fn below_v1(path: &str) -> Option<&str> {
    let (_, rest) = path.strip_prefix('/')?.split_once('/')?;
    rest.strip_prefix("v1").filter(|rest| rest.starts_with('/'))
}

fn admit(app: &App, request: &Request) -> Result<(), Refusal> {
    if !has_key(request.headers(), &app.store.keys().router) {
        let message = "The API key is missing or not the sandbox's.";
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            message,
        ));
    }
    let path = request.uri().path();
    // A segment that is empty or, once decoded, climbs must lead nowhere: `DELETE …/agents/..` is not the list.
    let mut segments = path.split('/').skip(1).map(decode);
    if !segments
        .all(|segment| segment.is_some_and(|segment| !matches!(segment.as_str(), "" | "." | "..")))
    {
        return Err(no_route(path));
    }
    match path.split('/').nth(1) {
        Some(PROJECT) => Ok(()),
        other => {
            let project = other.unwrap_or_default();
            Err(Refusal::missing("project", project, "project_not_found"))
        }
    }
}

/// Whether the request bears this key, and bears it once.
fn has_key(headers: &HeaderMap, key: &str) -> bool {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let pair = value.to_str().ok().and_then(|text| text.split_once(' '));
    // The scheme's case does not matter (RFC 9110, section 11.1).
    pair.is_some_and(|(scheme, given)| scheme.eq_ignore_ascii_case("bearer") && given == key)
}

/// What a proxy in front of the router says when it cannot reach it.
fn proxy_page() -> Response {
    let page = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n\
                <body><h1>502 Bad Gateway</h1></body></html>\n";
    html(StatusCode::BAD_GATEWAY, page)
}
