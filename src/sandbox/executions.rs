//! `/exec/executions`: executions of invocations and their output.

use std::cmp::Reverse;
use std::convert::Infallible;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use axum::routing::MethodFilter;
use futures_util::stream;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::clock::{Seconds, TimeEncoding};
use super::execution_output::{self, Output};
use super::invocations::{NewInvocation, create_invocation};
use super::pagination;
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, ok};
use super::state::{Document, Execution, Invocation};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/executions", list),
    (MethodFilter::GET, "/exec/executions/{execution}", get),
    (MethodFilter::GET, "/exec/executions/{execution}/raw", raw),
    (
        MethodFilter::POST,
        "/exec/executions/{execution}/rerun",
        rerun,
    ),
];

const TEXT_TYPE: &str = "text/plain; charset=utf-8";

/// A started execution with its invocation.
type ExecutionEntry<'a> = (&'a Execution, &'a Invocation);

fn entries(document: &Document, now: Seconds) -> impl Iterator<Item = ExecutionEntry<'_>> {
    let all = document.invocations.iter();
    all.filter_map(move |invocation| {
        invocation
            .started_execution(now)
            .map(|execution| (execution, invocation))
    })
}

fn find<'a>(
    document: &'a Document,
    id: &str,
    now: Seconds,
) -> Result<ExecutionEntry<'a>, ApiError> {
    let found = entries(document, now).find(|(execution, _)| execution.execution_id == id);
    // The router documents no code for this 404.
    found.ok_or_else(|| ApiError::not_found("execution", id, None))
}

fn show((execution, invocation): ExecutionEntry, now: Seconds) -> Value {
    let status = invocation.progress(now).status;
    json!({
        "id": execution.execution_id,
        "invocation_id": invocation.id,
        "tool_name": invocation.tool_name,
        "workspace_id": invocation.workspace_id,
        "status": status,
        "exit_code": execution.exit_code.filter(|_| status == execution.outcome),
        "error": invocation.error(now),
        "created_at": TimeEncoding::Rfc3339.encode(execution.started_at),
        "completed_at": TimeEncoding::Rfc3339.encode_optional(invocation.progress(now).ended_at),
    })
}

fn list(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(pagination::QUERY)?;
    let page = |document: &Document, now| {
        let mut all: Vec<ExecutionEntry> = entries(document, now).collect();
        all.sort_by_key(|(execution, _)| Reverse(execution.started_at));
        let show = |entry: &ExecutionEntry| show(*entry, now);
        app.page_limits
            .paginate(&query, &all, |entry| &entry.0.execution_id, show)
    };
    app.store.read(page).map(|list| ok(&list))
}

fn get(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    app.store.read(|document, now| {
        let entry = find(document, request.path_param("execution"), now)?;
        Ok(ok(&show(entry, now)))
    })
}

/// Returns the output, or 409 while the execution is running.
fn raw(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    app.store.read(|document, now| {
        let (execution, invocation) = find(document, request.path_param("execution"), now)?;
        let progress = invocation.progress(now);
        if progress.ended_at.is_none() {
            return Err(ApiError::conflict(
                "The execution is still running; its output is available once it has ended.",
            ));
        }
        Ok(
            match execution_output::for_execution(invocation, execution, progress.status) {
                Output::Text(text) => output_response(TEXT_TYPE, Body::from(text)),
                Output::Bytes(bytes) => {
                    output_response("application/octet-stream", Body::from(bytes))
                }
                Output::Large => {
                    let parts = execution_output::large().map(Ok::<_, Infallible>);
                    let mut response =
                        output_response(TEXT_TYPE, Body::from_stream(stream::iter(parts)));
                    let length = HeaderValue::from(execution_output::LARGE_SIZE);
                    response.headers_mut().insert(CONTENT_LENGTH, length);
                    response
                }
            },
        )
    })
}

fn output_response(content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let value = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, value);
    response
}

/// Returns 201 with a new invocation of the same tool in the same workspace with the same arguments.
fn rerun(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.optional_json_body(&[])?;
    app.store.write(|document, now| {
        let (_, invocation) = find(document, request.path_param("execution"), now)?;
        let new = NewInvocation {
            workspace_id: invocation.workspace_id.clone(),
            tool_name: invocation.tool_name.clone(),
            args: invocation.args.clone(),
        };
        create_invocation(app, document, now, new)
    })
}
