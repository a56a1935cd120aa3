//! `/exec/approvals`: pending and resolved approvals of invocations.

use std::cmp::Reverse;

use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::clock::{Seconds, TimeEncoding};
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, ok};
use super::state::{Approval, Decision, Document, Invocation};
use super::timeline::{self, CALLER};
use super::tools;

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/approvals", list),
    (MethodFilter::GET, "/exec/approvals/{approval}", get),
    (
        MethodFilter::POST,
        "/exec/approvals/{approval}/approve",
        approve,
    ),
    (
        MethodFilter::POST,
        "/exec/approvals/{approval}/reject",
        reject,
    ),
];

const PENDING: &str = "pending";

/// An approval with its invocation.
type ApprovalEntry<'a> = (&'a Approval, &'a Invocation);

fn entry(invocation: &Invocation) -> Option<ApprovalEntry<'_>> {
    invocation
        .approval
        .as_ref()
        .map(|approval| (approval, invocation))
}

fn show((approval, invocation): ApprovalEntry, now: Seconds) -> Value {
    let progress = approval.progress(invocation.cancelled_at, now);
    let resolved_by = match (&approval.decision, progress.status) {
        (Some(decision), _) => Some(decision.by.as_str()),
        (None, "timed_out") => Some("policy"),
        (None, "cancelled") => Some(CALLER),
        (None, _) => None,
    };
    // An approval is escalated halfway to its deadline.
    let escalates_at = invocation.created_at + (approval.expires_at - invocation.created_at) / 2;
    let escalated = escalates_at <= progress.ended_at.unwrap_or(now);
    json!({
        "id": approval.approval_id,
        "status": progress.status,
        "risk": tools::risk(&invocation.tool_name),
        "tool_name": invocation.tool_name,
        "workspace_id": invocation.workspace_id,
        "agent_id": invocation.agent_id,
        "invocation_id": invocation.id,
        "args": invocation.args,
        "requested_by": approval.requested_by,
        "created_at": TimeEncoding::Rfc3339.encode(invocation.created_at),
        "expires_at": TimeEncoding::Rfc3339.encode(approval.expires_at),
        "escalated_at": TimeEncoding::Rfc3339.encode_optional(escalated.then_some(escalates_at)),
        "resolved_at": TimeEncoding::Rfc3339.encode_optional(progress.ended_at),
        "resolved_by": resolved_by,
        // The router accepts a note, reason, and confirmation but stores none of them.
        "resolution_note": null,
    })
}

/// Lists all approvals, newest first.
fn list(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(&["risk", "limit", "after"])?;
    let risk = query.one_of("risk", &["read", "write", "destructive", "irreversible"])?;
    let page = |document: &Document, now| {
        let all = document.invocations.iter().filter_map(entry);
        let mut entries: Vec<ApprovalEntry> = all
            .filter(|(_, invocation)| {
                risk.is_none_or(|risk| tools::risk(&invocation.tool_name) == risk)
            })
            .collect();
        entries.sort_by_key(|(_, invocation)| Reverse(invocation.created_at));
        let show = |entry: &ApprovalEntry| show(*entry, now);
        app.page_limits
            .paginate(&query, &entries, |entry| &entry.0.approval_id, show)
    };
    app.store.read(page).map(|list| ok(&list))
}

fn not_found(id: &str) -> ApiError {
    ApiError::not_found("approval", id, "approval_not_found")
}

fn get(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let id = request.path_param("approval");
    app.store.read(|document, now| {
        let mut entries = document.invocations.iter().filter_map(entry);
        let found = entries.find(|(approval, _)| approval.approval_id == id);
        Ok(ok(&show(found.ok_or_else(|| not_found(id))?, now)))
    })
}

fn approve(app: &AppState, request: &ApiRequest) -> HandlerResult {
    resolve(app, request, &["note", "confirm"], true)
}

fn reject(app: &AppState, request: &ApiRequest) -> HandlerResult {
    resolve(app, request, &["reason"], false)
}

/// Returns 200 with the approval, or 409 if it is no longer pending.
fn resolve(
    app: &AppState,
    request: &ApiRequest,
    remarks: &[&str],
    approved: bool,
) -> HandlerResult {
    let fields = request.optional_json_body(remarks)?;
    for remark in remarks {
        // Checked for its type only.
        fields.nullable_text(remark, &mut None)?;
    }
    let id = request.path_param("approval");
    app.store.write(|document, now| {
        let sequence = document.next_sequence();
        let mut all = document.invocations.iter_mut();
        let invocation = all
            .find(|one| {
                one.approval
                    .as_ref()
                    .is_some_and(|approval| approval.approval_id == id)
            })
            .ok_or_else(|| not_found(id))?;
        let (approval, _) = entry(invocation).ok_or_else(|| not_found(id))?;
        let status = approval.progress(invocation.cancelled_at, now).status;
        if status != PENDING {
            let message = format!("The approval is already {status}.");
            let code = "approval_not_pending";
            return Err(ApiError::new(StatusCode::CONFLICT, code, message));
        }
        if approved {
            let execution =
                timeline::schedule_execution(&invocation.tool_name, &invocation.args, now);
            invocation.execution = Some(execution);
        }
        if let Some(approval) = &mut invocation.approval {
            approval.decision = Some(Decision {
                approved,
                by: CALLER.to_owned(),
                at: now,
                sequence,
            });
        }
        invocation.is_demo = false;
        let shown = entry(invocation).map(|entry| show(entry, now));
        Ok(ok(&shown.unwrap_or_default()))
    })
}
