//! `/exec`: the tool catalogue, and the records of what was called and run.

use std::sync::LazyLock;

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::{Seconds, Spelling};
use super::page;
use super::reply::{Answer, Refusal, ok};
use super::state::{Document, Execution, Invocation};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/tools", tools),
    (MethodFilter::GET, "/exec/tools/{tool}", tool),
    (MethodFilter::GET, "/exec/invocations", invocations),
    (
        MethodFilter::GET,
        "/exec/invocations/{invocation}",
        invocation,
    ),
    (MethodFilter::GET, "/exec/executions", executions),
    (MethodFilter::GET, "/exec/executions/{execution}", execution),
];

/// The catalogue does not change, so it is no part of the state.
static CATALOGUE: LazyLock<Vec<Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("tools.json"))
        .expect("tools.json is part of the program and tested")
});

fn name(tool: &Value) -> &str {
    tool["name"].as_str().unwrap_or_default()
}

fn described(wanted: &str) -> Option<&'static Value> {
    CATALOGUE.iter().find(|tool| name(tool) == wanted)
}

/// A tool as an agent's detail lists it.
pub(super) fn summary(tool: &str) -> Option<Value> {
    let tool = described(tool)?;
    let members = ["name", "description", "risk", "domain"];
    Some(
        members
            .map(|member| (member, tool[member].clone()))
            .into_iter()
            .collect(),
    )
}

fn tools(app: &App, call: &Call) -> Answer {
    let query = call.query(page::QUERY)?;
    let list = app.pages.cut(&query, &CATALOGUE, name, Value::clone)?;
    Ok(ok(&list))
}

fn tool(_: &App, call: &Call) -> Answer {
    call.bare()?;
    let wanted = call.path("tool");
    described(wanted)
        .map(ok)
        .ok_or_else(|| Refusal::missing("tool", wanted, "exec_tool_not_found"))
}

fn show_invocation(invocation: &Invocation, now: Seconds) -> Value {
    let ended = invocation.completed_at.filter(|&at| at <= now);
    let outcome = invocation.outcome.as_ref().filter(|_| ended.is_some());
    json!({
        "id": invocation.id,
        "tool_name": invocation.tool_name,
        "workspace_id": invocation.workspace_id,
        "status": outcome.unwrap_or(&invocation.status),
        "risk": described(&invocation.tool_name).map(|tool| &tool["risk"]),
        "args": invocation.args,
        "execution_id": invocation.execution_id,
        "created_at": Spelling::Rfc3339.write(invocation.created_at),
        "completed_at": Spelling::Rfc3339.write_if(ended),
        "error": invocation.error,
    })
}

fn invocations(app: &App, call: &Call) -> Answer {
    let query = call.query(page::QUERY)?;
    let cut = |document: &Document, now| {
        let show = |invocation: &Invocation| show_invocation(invocation, now);
        app.pages.cut(
            &query,
            &document.invocations,
            |invocation| &invocation.id,
            show,
        )
    };
    app.store.read(cut).map(|list| ok(&list))
}

fn invocation(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let id = call.path("invocation");
    app.store.read(|document, now| {
        let found = document
            .invocations
            .iter()
            .find(|invocation| invocation.id == id);
        let invocation =
            found.ok_or_else(|| Refusal::missing("invocation", id, "invocation_not_found"))?;
        Ok(ok(&show_invocation(invocation, now)))
    })
}

fn show_execution(execution: &Execution) -> Value {
    json!({
        "id": execution.id,
        "invocation_id": execution.invocation_id,
        "tool_name": execution.tool_name,
        "workspace_id": execution.workspace_id,
        "status": execution.status,
        "exit_code": execution.exit_code,
        "created_at": Spelling::Rfc3339.write(execution.created_at),
    })
}

fn executions(app: &App, call: &Call) -> Answer {
    let query = call.query(page::QUERY)?;
    let cut = |document: &Document, _| {
        app.pages
            .cut(&query, &document.executions, |run| &run.id, show_execution)
    };
    app.store.read(cut).map(|list| ok(&list))
}

fn execution(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let id = call.path("execution");
    app.store.read(|document, _| {
        let found = document
            .executions
            .iter()
            .find(|execution| execution.id == id);
        // The router documents no code for this 404.
        let execution = found.ok_or_else(|| Refusal::missing("execution", id, None))?;
        Ok(ok(&show_execution(execution)))
    })
}
