//! `/exec/learnings`: what was learned from runs in a workspace.

use std::cmp::Reverse;

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::{Seconds, Spelling};
use super::reply::{Answer, Refusal, done, ok};
use super::state::{Document, Learning};
use super::workspace::known;

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
        "created_at": Spelling::Rfc3339.write(learning.created_at),
    })
}

/// Those of one workspace, the newest first.
fn list(app: &App, call: &Call) -> Answer {
    let query = call.query(&["workspace_id", "limit", "after"])?;
    let workspace = query.required("workspace_id")?;
    let cut = |document: &Document, _: Seconds| {
        known(document, workspace, "workspace_id")?;
        let all = document.learnings.iter();
        let mut own: Vec<&Learning> = all
            .filter(|learning| learning.workspace_id == workspace)
            .collect();
        own.sort_by_key(|learning| Reverse(learning.created_at));
        let show = |learning: &&Learning| show(learning);
        app.pages.cut(&query, &own, |learning| &learning.id, show)
    };
    app.store.read(cut).map(|list| ok(&list))
}

fn find<'a>(document: &'a Document, id: &str) -> Result<&'a Learning, Refusal> {
    let found = document.learnings.iter().find(|learning| learning.id == id);
    // The router documents no code for this 404.
    found.ok_or_else(|| Refusal::missing("learning", id, None))
}

fn get(app: &App, call: &Call) -> Answer {
    call.bare()?;
    app.store
        .read(|document, _| Ok(ok(&show(find(document, call.path("learning"))?))))
}

/// 204.
fn delete(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let id = call.path("learning");
    app.store.write(|document, _| {
        find(document, id)?;
        document.learnings.retain(|learning| learning.id != id);
        Ok(done())
    })
}
