//! `/exec/executions`: the runs of calls, and what they put out.

use std::cmp::Reverse;
use std::convert::Infallible;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use axum::routing::MethodFilter;
use futures_util::stream;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::{Seconds, Spelling};
use super::invocations::{Wish, begin};
use super::output::{self, Output};
use super::page;
use super::reply::{Answer, Refusal, ok};
use super::state::{Document, Invocation, Run};

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

const TEXT: &str = "text/plain; charset=utf-8";

/// A run that has begun, with its call.
type Row<'a> = (&'a Run, &'a Invocation);

fn rows(document: &Document, now: Seconds) -> impl Iterator<Item = Row<'_>> {
    let all = document.invocations.iter();
    all.filter_map(move |invocation| invocation.begun(now).map(|run| (run, invocation)))
}

fn find<'a>(document: &'a Document, id: &str, now: Seconds) -> Result<Row<'a>, Refusal> {
    let found = rows(document, now).find(|(run, _)| run.execution_id == id);
    // The router documents no code for this 404.
    found.ok_or_else(|| Refusal::missing("execution", id, None))
}

fn show((run, invocation): Row, now: Seconds) -> Value {
    let status = invocation.standing(now).status;
    json!({
        "id": run.execution_id,
        "invocation_id": invocation.id,
        "tool_name": invocation.tool_name,
        "workspace_id": invocation.workspace_id,
        "status": status,
        "exit_code": run.exit_code.filter(|_| status == run.outcome),
        "created_at": Spelling::Rfc3339.write(run.started_at),
    })
}

fn list(app: &App, call: &Call) -> Answer {
    let query = call.query(page::QUERY)?;
    let cut = |document: &Document, now| {
        let mut all: Vec<Row> = rows(document, now).collect();
        all.sort_by_key(|(run, _)| Reverse(run.started_at));
        let show = |row: &Row| show(*row, now);
        app.pages.cut(&query, &all, |row| &row.0.execution_id, show)
    };
    app.store.read(cut).map(|list| ok(&list))
}

fn get(app: &App, call: &Call) -> Answer {
    call.bare()?;
    app.store.read(|document, now| {
        let row = find(document, call.path("execution"), now)?;
        Ok(ok(&show(row, now)))
    })
}

/// The bytes; 409 while there may be more to come.
fn raw(app: &App, call: &Call) -> Answer {
    call.bare()?;
    app.store.read(|document, now| {
        let (run, invocation) = find(document, call.path("execution"), now)?;
        let standing = invocation.standing(now);
        if standing.ended_at.is_none() {
            return Err(Refusal::conflict(
                "The execution is running; its output is there when it has ended.",
            ));
        }
        Ok(match output::of(invocation, run, standing.status) {
            Output::Text(text) => payload(TEXT, Body::from(text)),
            Output::Bytes(bytes) => payload("application/octet-stream", Body::from(bytes)),
            Output::Large => {
                let parts = output::large().map(Ok::<_, Infallible>);
                let mut response = payload(TEXT, Body::from_stream(stream::iter(parts)));
                let length = HeaderValue::from(output::LARGE);
                response.headers_mut().insert(CONTENT_LENGTH, length);
                response
            }
        })
    })
}

fn payload(content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let value = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, value);
    response
}

/// 201 with a new call of the same tool, in the same workspace, with the same arguments.
fn rerun(app: &App, call: &Call) -> Answer {
    call.fields_if_any(&[])?;
    app.store.write(|document, now| {
        let (_, invocation) = find(document, call.path("execution"), now)?;
        let wish = Wish {
            workspace_id: invocation.workspace_id.clone(),
            tool_name: invocation.tool_name.clone(),
            args: invocation.args.clone(),
        };
        begin(app, document, now, wish)
    })
}
