//! `/exec/context`: the context document that a workspace's agents receive before each execution.

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::clock::TimeEncoding;
use super::fields::required;
use super::request::ApiRequest;
use super::response::{HandlerResult, ok};
use super::state::ExecContext;
use super::workspaces::require_workspace;

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/context", get),
    (MethodFilter::PUT, "/exec/context", put),
];

/// A workspace without a stored context has an empty one.
fn show(workspace: &str, context: Option<&ExecContext>) -> Value {
    json!({
        "workspace_id": workspace,
        "context": context.map_or_else(|| json!({}), |context| context.value.clone()),
        "updated_at": TimeEncoding::Rfc3339.encode_optional(context.map(|context| context.updated_at)),
    })
}

fn get(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(&["workspace_id"])?;
    let workspace = query.required("workspace_id")?;
    app.store.read(|document, _| {
        require_workspace(document, workspace, "workspace_id")?;
        let mut all = document.contexts.iter();
        let found = all.find(|context| context.workspace_id == workspace);
        Ok(ok(&show(workspace, found)))
    })
}

/// Replaces the context and returns 200 with it.
fn put(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let fields = request.json_body(&["workspace_id", "context"])?;
    let workspace = required("workspace_id", fields.text("workspace_id")?)?;
    let value = required("context", fields.object("context")?)?;
    app.store.write(|document, now| {
        require_workspace(document, &workspace, "workspace_id")?;
        let context = ExecContext {
            workspace_id: workspace.clone(),
            value,
            updated_at: now,
            is_demo: false,
        };
        let response = ok(&show(&workspace, Some(&context)));
        document
            .contexts
            .retain(|old| old.workspace_id != workspace);
        document.contexts.push(context);
        Ok(response)
    })
}
