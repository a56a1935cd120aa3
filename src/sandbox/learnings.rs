//! `/exec/learnings`: learnings from a workspace's executions.

use std::cmp::Reverse;

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::clock::{Seconds, TimeEncoding};
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, no_content, ok};
use super::state::{Document, Learning};
use super::workspaces::require_workspace;

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/learnings", list),
    (MethodFilter::GET, "/exec/learnings/{learning}", get),
    (MethodFilter::DELETE, "/exec/learnings/{learning}", delete),
];

fn show(learning: &Learning) -> Value {
    json!({
        "id": learning.id,
        "content": learning.content,
        "workspace_id": learning.workspace_id,
        "score": learning.score,
        "source_type": learning.source_type,
        "created_at": TimeEncoding::Rfc3339.encode(learning.created_at),
    })
}

/// Lists the learnings of one workspace, newest first.
fn list(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(&["workspace_id", "limit", "after"])?;
    let workspace = query.required("workspace_id")?;
    let page = |document: &Document, _: Seconds| {
        require_workspace(document, workspace, "workspace_id")?;
        let all = document.learnings.iter();
        let mut own: Vec<&Learning> = all
            .filter(|learning| learning.workspace_id == workspace)
            .collect();
        own.sort_by_key(|learning| Reverse(learning.created_at));
        let show = |learning: &&Learning| show(learning);
        app.page_limits
            .paginate(&query, &own, |learning| &learning.id, show)
    };
    app.store.read(page).map(|list| ok(&list))
}

fn find<'a>(document: &'a Document, id: &str) -> Result<&'a Learning, ApiError> {
    let found = document.learnings.iter().find(|learning| learning.id == id);
    // The router documents no code for this 404.
    found.ok_or_else(|| ApiError::not_found("learning", id, None))
}

fn get(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    app.store
        .read(|document, _| Ok(ok(&show(find(document, request.path_param("learning"))?))))
}

/// Returns 204.
fn delete(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let id = request.path_param("learning");
    app.store.write(|document, _| {
        find(document, id)?;
        document.learnings.retain(|learning| learning.id != id);
        Ok(no_content())
    })
}
