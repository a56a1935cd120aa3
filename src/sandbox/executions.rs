//! `/exec/executions`: the runs of calls, and what they put out.

use std::cmp::Reverse;

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::{Seconds, Spelling};
use super::page;
use super::reply::{Answer, Refusal, ok};
use super::state::{Document, Invocation, Run};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/executions", list),
    (MethodFilter::GET, "/exec/executions/{execution}", get),
];

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
