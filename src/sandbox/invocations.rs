//! `/exec/invocations`: calls of tools.

use std::cmp::Reverse;

use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::{Seconds, Spelling};
use super::fields::required;
use super::reply::{Answer, Refusal, created, ok};
use super::state::{Agent, Document, Invocation};
use super::workspace::known;
use super::{course, id, page, tools};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/invocations", list),
    (MethodFilter::POST, "/exec/invocations", create),
    (MethodFilter::GET, "/exec/invocations/{invocation}", get),
    (
        MethodFilter::POST,
        "/exec/invocations/{invocation}/cancel",
        cancel,
    ),
];

/// A call as it is asked for.
pub(super) struct Wish {
    pub(super) workspace_id: String,
    pub(super) tool_name: String,
    pub(super) args: Value,
}

fn show(app: &App, invocation: &Invocation, now: Seconds) -> Value {
    let standing = invocation.standing(now);
    let approval = invocation.gate.as_ref().map(|gate| &gate.approval_id);
    json!({
        "id": invocation.id,
        "tool_name": invocation.tool_name,
        "workspace_id": invocation.workspace_id,
        "status": standing.status,
        "risk": tools::risk(&invocation.tool_name),
        "args": invocation.args,
        "approval_id": approval,
        "approval_url": approval.map(|id| app.page_url(&format!("approvals/{id}"))),
        "execution_id": invocation.begun(now).map(|run| &run.execution_id),
        "created_at": Spelling::Rfc3339.write(invocation.created_at),
        "completed_at": Spelling::Rfc3339.write_if(standing.ended_at),
        "error": invocation.error(now),
    })
}

fn list(app: &App, call: &Call) -> Answer {
    let query = call.query(page::QUERY)?;
    let cut = |document: &Document, now| {
        let mut all: Vec<&Invocation> = document.invocations.iter().collect();
        all.sort_by_key(|invocation| Reverse(invocation.created_at));
        let show = |invocation: &&Invocation| show(app, invocation, now);
        app.pages
            .cut(&query, &all, |invocation| &invocation.id, show)
    };
    app.store.read(cut).map(|list| ok(&list))
}

fn missing(id: &str) -> Refusal {
    Refusal::missing("invocation", id, "invocation_not_found")
}

fn get(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let id = call.path("invocation");
    app.store.read(|document, now| {
        let mut all = document.invocations.iter();
        let found = all.find(|invocation| invocation.id == id);
        let invocation = found.ok_or_else(|| missing(id))?;
        Ok(ok(&show(app, invocation, now)))
    })
}

fn create(app: &App, call: &Call) -> Answer {
    let fields = call.fields(&["workspace_id", "tool_name", "args"])?;
    let wish = Wish {
        workspace_id: required("workspace_id", fields.text("workspace_id")?)?,
        tool_name: required("tool_name", fields.text("tool_name")?)?,
        args: required("args", fields.object("args")?)?,
    };
    app.store
        .write(|document, now| begin(app, document, now, wish))
}

/// 201 with the call, which waits for an approval or for its turn.
pub(super) fn begin(app: &App, document: &mut Document, now: Seconds, wish: Wish) -> Answer {
    tools::called(&wish.tool_name, &wish.args)?;
    known(document, &wish.workspace_id, "workspace_id")?;
    let mut agents = document.agents.iter();
    let serving = agents.find(|agent| serves(agent, &wish));
    let agent_id = serving.map(|agent| agent.id.clone()).ok_or_else(|| {
        let message = format!(
            "No agent that is online in '{}' publishes the tool '{}'.",
            wish.workspace_id, wish.tool_name
        );
        let code = "tool_executor_unavailable";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
    })?;
    let gate = course::gate(&wish.tool_name, &wish.args, now);
    let run = course::run(&wish.tool_name, &wish.args, now);
    let invocation = Invocation {
        id: id::uuid(),
        tool_name: wish.tool_name,
        workspace_id: wish.workspace_id,
        agent_id,
        args: wish.args,
        created_at: now,
        sequence: document.next_sequence(),
        run: gate.is_none().then_some(run),
        gate,
        cancelled_at: None,
        untouched: false,
    };
    let answer = created(&show(app, &invocation, now));
    // The newest first, also within a second.
    document.invocations.insert(0, invocation);
    Ok(answer)
}

/// Whether the agent is there for such a call.
fn serves(agent: &Agent, wish: &Wish) -> bool {
    let named = |names: &[String], name: &str| names.iter().any(|known| known == name);
    agent.status == "active"
        && named(&agent.tools, &wish.tool_name)
        && !agent.exec_paused
        && !named(&agent.exec_paused_workspaces, &wish.workspace_id)
        && !named(&agent.credentials_revoked_workspaces, &wish.workspace_id)
}

/// 200 with the call; 409 for one that has ended.
fn cancel(app: &App, call: &Call) -> Answer {
    call.fields_if_any(&[])?;
    let id = call.path("invocation");
    app.store.write(|document, now| {
        let mut all = document.invocations.iter_mut();
        let found = all.find(|invocation| invocation.id == id);
        let invocation = found.ok_or_else(|| missing(id))?;
        let standing = invocation.standing(now);
        if standing.ended_at.is_some() {
            return Err(Refusal::new(
                StatusCode::CONFLICT,
                "invocation_terminal",
                format!("The invocation is {} already.", standing.status),
            ));
        }
        invocation.cancelled_at = Some(now);
        invocation.untouched = false;
        Ok(ok(&show(app, invocation, now)))
    })
}
