//! `/exec/approvals`: calls that wait, or waited, for a human.

use std::cmp::Reverse;

use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::{Seconds, Spelling};
use super::course::{self, CALLER};
use super::reply::{Answer, Refusal, ok};
use super::state::{Decision, Document, Gate, Invocation};
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

/// A call with the approval that it has.
type Row<'a> = (&'a Gate, &'a Invocation);

fn row(invocation: &Invocation) -> Option<Row<'_>> {
    invocation.gate.as_ref().map(|gate| (gate, invocation))
}

fn show((gate, invocation): Row, now: Seconds) -> Value {
    let standing = gate.standing(invocation.cancelled_at, now);
    let by = match (&gate.decision, standing.status) {
        (Some(decision), _) => Some(decision.by.as_str()),
        (None, "timed_out") => Some("policy"),
        (None, "cancelled") => Some(CALLER),
        (None, _) => None,
    };
    // Half-way to the deadline others are asked as well.
    let half = invocation.created_at + (gate.expires_at - invocation.created_at) / 2;
    let escalated = half <= standing.ended_at.unwrap_or(now);
    json!({
        "id": gate.approval_id,
        "status": standing.status,
        "risk": tools::risk(&invocation.tool_name),
        "tool_name": invocation.tool_name,
        "workspace_id": invocation.workspace_id,
        "agent_id": invocation.agent_id,
        "invocation_id": invocation.id,
        "args": invocation.args,
        "requested_by": gate.requested_by,
        "created_at": Spelling::Rfc3339.write(invocation.created_at),
        "expires_at": Spelling::Rfc3339.write(gate.expires_at),
        "escalated_at": Spelling::Rfc3339.write_if(escalated.then_some(half)),
        "resolved_at": Spelling::Rfc3339.write_if(standing.ended_at),
        "resolved_by": by,
        // The router takes note, reason and confirm, and stores none of them.
        "resolution_note": null,
    })
}

/// All of them, the newest first.
fn list(app: &App, call: &Call) -> Answer {
    let query = call.query(&["risk", "limit", "after"])?;
    let risk = query.word("risk", &["read", "write", "destructive", "irreversible"])?;
    let cut = |document: &Document, now| {
        let all = document.invocations.iter().filter_map(row);
        let mut rows: Vec<Row> = all
            .filter(|(_, invocation)| {
                risk.is_none_or(|risk| tools::risk(&invocation.tool_name) == risk)
            })
            .collect();
        rows.sort_by_key(|(_, invocation)| Reverse(invocation.created_at));
        let show = |row: &Row| show(*row, now);
        app.pages.cut(&query, &rows, |row| &row.0.approval_id, show)
    };
    app.store.read(cut).map(|list| ok(&list))
}

fn missing(id: &str) -> Refusal {
    Refusal::missing("approval", id, "approval_not_found")
}

fn get(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let id = call.path("approval");
    app.store.read(|document, now| {
        let mut rows = document.invocations.iter().filter_map(row);
        let found = rows.find(|(gate, _)| gate.approval_id == id);
        Ok(ok(&show(found.ok_or_else(|| missing(id))?, now)))
    })
}

fn approve(app: &App, call: &Call) -> Answer {
    decide(app, call, &["note", "confirm"], true)
}

fn reject(app: &App, call: &Call) -> Answer {
    decide(app, call, &["reason"], false)
}

/// 200 with the approval; 409 for one that does not wait any more.
fn decide(app: &App, call: &Call, remarks: &[&str], approved: bool) -> Answer {
    let fields = call.fields_if_any(remarks)?;
    for remark in remarks {
        // Read for its type alone.
        fields.note(remark, &mut None)?;
    }
    let id = call.path("approval");
    app.store.write(|document, now| {
        let sequence = document.next_sequence();
        let mut all = document.invocations.iter_mut();
        let invocation = all
            .find(|one| one.gate.as_ref().is_some_and(|gate| gate.approval_id == id))
            .ok_or_else(|| missing(id))?;
        let (gate, _) = row(invocation).ok_or_else(|| missing(id))?;
        let status = gate.standing(invocation.cancelled_at, now).status;
        if status != PENDING {
            let message = format!("The approval is {status} already.");
            let code = "approval_not_pending";
            return Err(Refusal::new(StatusCode::CONFLICT, code, message));
        }
        if approved {
            let run = course::run(&invocation.tool_name, &invocation.args, now);
            invocation.run = Some(run);
        }
        if let Some(gate) = &mut invocation.gate {
            gate.decision = Some(Decision {
                approved,
                by: CALLER.to_owned(),
                at: now,
                sequence,
            });
        }
        invocation.untouched = false;
        let shown = row(invocation).map(|row| show(row, now));
        Ok(ok(&shown.unwrap_or_default()))
    })
}
