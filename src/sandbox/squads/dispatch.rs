//! Dispatch of a squads request: routing, authentication, validation, and the handler call.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::ALLOW;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::super::app_state::AppState;
use super::super::request::{BODY, DRAIN, decode, parse_query};
use super::super::response::{ApiError, HandlerResult};
use super::caller::{Caller, Scope};
use super::dialect::Dialect;
use super::request_body;
use super::request_context::RequestContext;
use super::routes::{Route, RouteMatch, find};
use super::state::{SquadsState, is_uuid};

/// Handles a request below `/api`.
pub(in super::super) async fn dispatch(app: &AppState, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, DRAIN).await.ok();
    let body = body.as_deref().filter(|body| body.len() <= BODY);
    serve(app, &parts, body).unwrap_or_else(|error| {
        // Errors of the store are in the router's format.
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let response = error
            .message()
            .map(|message| app.dialect.error(status, "internal_error", message));
        response.unwrap_or(error).into_response()
    })
}

fn serve(app: &AppState, parts: &Parts, body: Option<&[u8]>) -> HandlerResult {
    let dialect = app.dialect;
    let path = parts.uri.path();
    let no_route = || {
        let message = format!("No route matches '{path}'");
        dialect.not_found("route_not_found", message)
    };
    let segments: Option<Vec<String>> = path.split('/').skip(2).map(decode).collect();
    let (route, ids) = match find(parts.method.as_str(), &segments.ok_or_else(no_route)?) {
        RouteMatch::Route(route, ids) => (route, ids),
        RouteMatch::WrongMethod(methods) => {
            return Ok(method_not_allowed(dialect, parts, &methods));
        }
        RouteMatch::NotFound => return Err(no_route()),
    };
    let handler = |state: &mut SquadsState, now| {
        let caller = match route.scope {
            Scope::Anyone => Caller::Local,
            _ => Caller::from_headers(dialect, &parts.headers, app.store.keys(), state, now)?,
        };
        route.scope.check(dialect, &caller)?;
        let mut context = RequestContext {
            dialect,
            caller,
            ids,
            query: query(dialect, route, parts.uri.query().unwrap_or_default())?,
            body: request_body::read(dialect, route.body, &parts.headers, body)?,
            state,
            now,
        };
        let response = (route.handler)(&mut context)?;
        Ok(if names_unknown_run(&context, route, parts) {
            dialect.internal_error().into_response()
        } else {
            response
        })
    };
    if route.method == Method::GET.as_str() {
        app.store
            .read(|document, now| handler(&mut document.squads.clone(), now))
    } else {
        app.store
            .write(|document, now| handler(&mut document.squads, now))
    }
}

fn method_not_allowed(dialect: Dialect, parts: &Parts, methods: &str) -> Response {
    let message = format!("{} is not allowed here", parts.method);
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let mut response = dialect
        .error(status, "method_not_allowed", message)
        .into_response();
    if let Ok(methods) = HeaderValue::try_from(methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}

/// Parses the query. The page dialect rejects unknown parameters; the server dialect ignores them, except on the list
/// of agents.
fn query(dialect: Dialect, route: &Route, query: &str) -> Result<Vec<(String, String)>, ApiError> {
    let pairs = parse_query(query)
        .map_err(|_| dialect.invalid("The query is not percent-encoded UTF-8"))?;
    let known = |name: &str| route.query.contains(&name);
    let mut names = pairs.iter().map(|(name, _)| name.as_str());
    let refused = if dialect.is_page() {
        names.find(|name| !known(name))
    } else if route.path == "/squads/{}/agents" && route.method == "GET" {
        names.next()
    } else {
        None
    };
    match refused {
        Some(name) => Err(dialect.invalid(format!("Unknown query parameter '{name}'"))),
        None => Ok(pairs),
    }
}

/// Whether the request names an unknown run, which makes the server dialect fail after the change has been stored.
fn names_unknown_run(context: &RequestContext<'_>, route: &Route, parts: &Parts) -> bool {
    let run = parts.headers.get("x-slaw-run-id");
    let run = run.and_then(|run| run.to_str().ok());
    !context.dialect.is_page()
        && route.method != "GET"
        && run.is_some_and(|run| is_uuid(run) && !context.state.has_run(run))
}
