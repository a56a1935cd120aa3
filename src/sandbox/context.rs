//! `/exec/context`: what the agents of a workspace are told before they run anything.

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::Spelling;
use super::fields::required;
use super::reply::{Answer, ok};
use super::state::Context;
use super::workspace::known;

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/context", get),
    (MethodFilter::PUT, "/exec/context", put),
];

/// A workspace that was never given a context has an empty one.
fn show(workspace: &str, context: Option<&Context>) -> Value {
    json!({
        "workspace_id": workspace,
        "context": context.map_or_else(|| json!({}), |context| context.value.clone()),
        "updated_at": Spelling::Rfc3339.write_if(context.map(|context| context.updated_at)),
    })
}

fn get(app: &App, call: &Call) -> Answer {
    let query = call.query(&["workspace_id"])?;
    let workspace = query.required("workspace_id")?;
    app.store.read(|document, _| {
        known(document, workspace, "workspace_id")?;
        let mut all = document.contexts.iter();
        let found = all.find(|context| context.workspace_id == workspace);
        Ok(ok(&show(workspace, found)))
    })
}

/// 200 with what is now there. The new context takes the whole place of the old one.
fn put(app: &App, call: &Call) -> Answer {
    let fields = call.fields(&["workspace_id", "context"])?;
    let workspace = required("workspace_id", fields.text("workspace_id")?)?;
    let value = required("context", fields.object("context")?)?;
    app.store.write(|document, now| {
        known(document, &workspace, "workspace_id")?;
        let context = Context {
            workspace_id: workspace.clone(),
            value,
            updated_at: now,
            untouched: false,
        };
        let answer = ok(&show(&workspace, Some(&context)));
        document
            .contexts
            .retain(|old| old.workspace_id != workspace);
        document.contexts.push(context);
        Ok(answer)
    })
}
