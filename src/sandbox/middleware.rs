//! Request middleware: Host and Origin checks, latency, fault injection, authentication, and path checks.

use std::future;
use std::net::Ipv4Addr;
use std::sync::{Arc, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, DATE, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::app_state::AppState;
use super::clock;
use super::connection::Connection;
use super::fault_injection::FaultEffect;
use super::options::PROJECT;
use super::request::{decode, no_route};
use super::response::{ApiError, html};
use super::{id, squads};

/// Passes a request to its handler, or responds in its place. Every router response has an `X-Request-ID`; the squads
/// service sends none and authenticates its requests itself.
pub(super) async fn handle(
    State(app): State<Arc<AppState>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(message) = rejection_reason(&app, &request) {
        return forbidden(&app, &request, message);
    }
    if !app.latency.is_zero() {
        tokio::time::sleep(app.latency).await;
    }
    let fault = injected_fault(&app, &request);
    let path = request.uri().path();
    let squads = squads::is_squads_path(path);
    let mut response = match fault {
        Some(FaultEffect::Status(status)) if squads => squads::injected_error(app.dialect, status),
        Some(FaultEffect::Status(status)) => FaultEffect::api_error(status, path).into_response(),
        Some(FaultEffect::Html) => proxy_page(),
        Some(FaultEffect::Drop) => {
            connection.close();
            future::pending().await
        }
        Some(FaultEffect::Hang) => future::pending().await,
        None if squads => squads::dispatch(&app, request).await,
        None if squads::serves_web_page(app.dialect, &request) => {
            html(StatusCode::OK, squads::WEB_PAGE)
        }
        None => match authorize(&app, &request) {
            Ok(()) => next.run(request).await,
            Err(error) => error.into_response(),
        },
    };
    // The sandbox's clock may differ from the machine's.
    if let Some(date) = clock::http_date(app.store.time()) {
        response.headers_mut().insert(DATE, date);
    }
    if squads {
        return response;
    }
    if let Ok(id) = HeaderValue::try_from(id::random("req_")) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Returns why a request does not come from a program on this machine: a web page can resolve its own host name to this
/// machine (DNS rebinding) or send cross-origin requests.
fn rejection_reason(app: &AppState, request: &Request) -> Option<&'static str> {
    let headers = request.headers();
    let from_target = request.uri().authority().map(Authority::as_str);
    let mut hosts = headers.get_all(HOST).iter().map(HeaderValue::to_str);
    let is_local = |host: &str| is_local(host, app.port, true);
    if !hosts.all(|host| host.is_ok_and(is_local)) || !from_target.is_none_or(is_local) {
        return Some(
            "The sandbox accepts only loopback host names and addresses with its own port.",
        );
    }
    let mut origins = headers.get_all(ORIGIN).iter().map(HeaderValue::to_str);
    let is_own_origin = |origin: &str| {
        let host = origin.strip_prefix("http://");
        host.is_some_and(|host| self::is_local(host, app.port, false))
    };
    if !origins.all(|origin| origin.is_ok_and(is_own_origin)) {
        return Some("The sandbox does not accept requests from web pages.");
    }
    None
}

/// Whether a host and port are this server's. `lenient` also accepts a host without a port.
fn is_local(host: &str, port: u16, lenient: bool) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let given = match authority.port() {
        Some(given) => given.as_str().parse().ok(),
        None if lenient && authority.as_str() == authority.host() => Some(port),
        None => None,
    };
    let name = authority.host();
    let is_loopback = name.eq_ignore_ascii_case("localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || name == "[::1]";
    is_loopback && given == Some(port) && !authority.as_str().contains('@')
}

fn forbidden(app: &AppState, request: &Request, message: &'static str) -> Response {
    if squads::is_squads_path(request.uri().path()) {
        return squads::forbidden(app.dialect, message);
    }
    ApiError::new(StatusCode::FORBIDDEN, None, message).into_response()
}

/// Returns the injected fault for this request, matched below `/v1`, or on the full path for squads.
fn injected_fault(app: &AppState, request: &Request) -> Option<FaultEffect> {
    let path = request.uri().path();
    let path = if squads::is_squads_path(path) {
        path
    } else {
        below_v1(path)?
    };
    let mut faults = app.faults.lock().unwrap_or_else(PoisonError::into_inner);
    faults
        .iter_mut()
        .find_map(|fault| fault.trigger(request.method(), path))
}

/// `/management/agents` in `/proj/v1/management/agents`.
fn below_v1(path: &str) -> Option<&str> {
    let (_, rest) = path.strip_prefix('/')?.split_once('/')?;
    rest.strip_prefix("v1").filter(|rest| rest.starts_with('/'))
}

fn authorize(app: &AppState, request: &Request) -> Result<(), ApiError> {
    if !has_key(request.headers(), &app.store.keys().router) {
        let message = "The API key is missing or invalid.";
        return Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            message,
        ));
    }
    let path = request.uri().path();
    // Empty and dot segments are rejected: `DELETE …/agents/..` must not reach the list.
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
            Err(ApiError::not_found("project", project, "project_not_found"))
        }
    }
}

/// Whether the request has exactly one Authorization header, with this key.
fn has_key(headers: &HeaderMap, key: &str) -> bool {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let pair = value.to_str().ok().and_then(|text| text.split_once(' '));
    // The scheme is case-insensitive (RFC 9110, section 11.1).
    pair.is_some_and(|(scheme, given)| scheme.eq_ignore_ascii_case("bearer") && given == key)
}

/// The page of a proxy that cannot reach the router.
fn proxy_page() -> Response {
    let page = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n\
                <body><h1>502 Bad Gateway</h1></body></html>\n";
    html(StatusCode::BAD_GATEWAY, page)
}
