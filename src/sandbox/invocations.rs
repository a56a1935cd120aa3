//! `/exec/invocations`: tool invocations.

use std::cmp::Reverse;

use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::clock::{Seconds, TimeEncoding};
use super::fields::required;
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, created, ok};
use super::state::{Agent, Document, Invocation};
use super::workspaces::require_workspace;
use super::{id, pagination, timeline, tools};

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

/// An invocation to create.
pub(super) struct NewInvocation {
    pub(super) workspace_id: String,
    pub(super) tool_name: String,
    pub(super) args: Value,
}

fn show(app: &AppState, invocation: &Invocation, now: Seconds) -> Value {
    let progress = invocation.progress(now);
    let approval = invocation
        .approval
        .as_ref()
        .map(|approval| &approval.approval_id);
    json!({
        "id": invocation.id,
        "tool_name": invocation.tool_name,
        "workspace_id": invocation.workspace_id,
        "status": progress.status,
        "risk": tools::risk(&invocation.tool_name),
        "args": invocation.args,
        "approval_id": approval,
        "approval_url": approval.map(|id| app.page_url(&format!("approvals/{id}"))),
        "execution_id": invocation.started_execution(now).map(|execution| &execution.execution_id),
        "created_at": TimeEncoding::Rfc3339.encode(invocation.created_at),
        "completed_at": TimeEncoding::Rfc3339.encode_optional(progress.ended_at),
        "error": invocation.error(now),
    })
}

fn list(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(pagination::QUERY)?;
    let page = |document: &Document, now| {
        let mut all: Vec<&Invocation> = document.invocations.iter().collect();
        all.sort_by_key(|invocation| Reverse(invocation.created_at));
        let show = |invocation: &&Invocation| show(app, invocation, now);
        app.page_limits
            .paginate(&query, &all, |invocation| &invocation.id, show)
    };
    app.store.read(page).map(|list| ok(&list))
}

fn not_found(id: &str) -> ApiError {
    ApiError::not_found("invocation", id, "invocation_not_found")
}

fn get(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let id = request.path_param("invocation");
    app.store.read(|document, now| {
        let mut all = document.invocations.iter();
        let found = all.find(|invocation| invocation.id == id);
        let invocation = found.ok_or_else(|| not_found(id))?;
        Ok(ok(&show(app, invocation, now)))
    })
}

fn create(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let fields = request.json_body(&["workspace_id", "tool_name", "args"])?;
    let new = NewInvocation {
        workspace_id: required("workspace_id", fields.text("workspace_id")?)?,
        tool_name: required("tool_name", fields.text("tool_name")?)?,
        args: required("args", fields.object("args")?)?,
    };
    app.store
        .write(|document, now| create_invocation(app, document, now, new))
}

/// Returns 201 with the new invocation, which is pending approval or queued.
pub(super) fn create_invocation(
    app: &AppState,
    document: &mut Document,
    now: Seconds,
    new: NewInvocation,
) -> HandlerResult {
    tools::for_invocation(&new.tool_name, &new.args)?;
    require_workspace(document, &new.workspace_id, "workspace_id")?;
    let mut agents = document.agents.iter();
    let agent = agents.find(|agent| can_run(agent, &new));
    let agent_id = agent.map(|agent| agent.id.clone()).ok_or_else(|| {
        let message = format!(
            "No online agent in '{}' publishes the tool '{}'.",
            new.workspace_id, new.tool_name
        );
        let code = "tool_executor_unavailable";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
    })?;
    let approval = timeline::required_approval(&new.tool_name, &new.args, now);
    let execution = timeline::schedule_execution(&new.tool_name, &new.args, now);
    let invocation = Invocation {
        id: id::uuid(),
        tool_name: new.tool_name,
        workspace_id: new.workspace_id,
        agent_id,
        args: new.args,
        created_at: now,
        sequence: document.next_sequence(),
        execution: approval.is_none().then_some(execution),
        approval,
        cancelled_at: None,
        is_demo: false,
    };
    let response = created(&show(app, &invocation, now));
    // Newest first, even within one second.
    document.invocations.insert(0, invocation);
    Ok(response)
}

/// Whether the agent can run this invocation.
fn can_run(agent: &Agent, new: &NewInvocation) -> bool {
    let contains = |names: &[String], name: &str| names.iter().any(|known| known == name);
    agent.status == "active"
        && contains(&agent.tools, &new.tool_name)
        && !agent.exec_paused
        && !contains(&agent.exec_paused_workspaces, &new.workspace_id)
        && !contains(&agent.credentials_revoked_workspaces, &new.workspace_id)
}

/// Returns 200 with the invocation, or 409 if it has ended.
fn cancel(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.optional_json_body(&[])?;
    let id = request.path_param("invocation");
    app.store.write(|document, now| {
        let mut all = document.invocations.iter_mut();
        let found = all.find(|invocation| invocation.id == id);
        let invocation = found.ok_or_else(|| not_found(id))?;
        let progress = invocation.progress(now);
        if progress.ended_at.is_some() {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "invocation_terminal",
                format!("The invocation is already {}.", progress.status),
            ));
        }
        invocation.cancelled_at = Some(now);
        invocation.is_demo = false;
        Ok(ok(&show(app, invocation, now)))
    })
}
