//! Whether the router has the routes that its documents do not specify. Only reads are tried.

use futures_util::future::join_all;

use crate::api::agents::{self, Agent};
use crate::api::candidates;
use crate::api::executions;
use crate::api::id::Id;
use crate::api::learnings;
use crate::api::page::{ListEndpoint, ListParams};
use crate::api::request::{Endpoint as _, Method, Request};
use crate::api::workspaces::GetContext;
use crate::cmd::checks::Report;
use crate::error::{Error, Exit};
use crate::session::{Scope, Session};

/// A route, with a request for it if there is an object to ask for.
struct Route {
    check: &'static str,
    path: &'static str,
    request: Result<Request, &'static str>,
}

/// What was found out about a route.
pub(super) struct Finding {
    check: &'static str,
    path: &'static str,
    result: Result<Result<(), Error>, &'static str>,
}

/// Tries each route.
pub(super) async fn check(session: &Session<'_>, agents: Option<&Vec<Agent>>) -> Vec<Finding> {
    let routes = routes(session, agents).await;
    let findings = routes.into_iter().map(async |route| Finding {
        check: route.check,
        path: route.path,
        result: match route.request {
            Ok(request) => Ok(session.probe_head(request).await),
            Err(why) => Err(why),
        },
    });
    join_all(findings).await
}

async fn routes(session: &Session<'_>, agents: Option<&Vec<Agent>>) -> Vec<Route> {
    let agents = agents.map(Vec::as_slice).unwrap_or_default();
    let agent: Option<Id> = agents.iter().find_map(|agent| agent.id()?.parse().ok());
    let agent = agent.as_ref().ok_or("no agent");
    let runs = first(session, executions::List).await;
    let run: Option<Id> = runs.iter().find_map(|run| run.id.as_deref()?.parse().ok());
    let known = runs.iter().find_map(|run| run.workspace_id.clone());
    let of_agents = || {
        agents
            .iter()
            .find_map(|agent| agent.workspaces().into_iter().next())
    };
    let workspace = known.or_else(of_agents);
    let workspace = workspace.as_deref().ok_or("no workspace is known");
    let learning: Option<Id> = match workspace {
        Ok(workspace) => {
            let found = first(session, learnings::List { workspace }).await;
            found
                .iter()
                .find_map(|learning| learning.id.as_deref()?.parse().ok())
        }
        Err(_) => None,
    };
    let family =
        |name: &'static str, path: &[&str]| Request::new(name, Method::Get, path.iter().copied());
    let route = |check, path, request| Route {
        check,
        path,
        request,
    };
    vec![
        route(
            "events route",
            "/management/agents/{agent_id}/events",
            agent.map(|id| agents::Events(id).request().query("limit", "1")),
        ),
        route(
            "candidates route",
            "/management/agents/{agent_id}/candidates",
            agent.map(|id| candidates::List(id).request()),
        ),
        route(
            "raw route",
            "/exec/executions/{execution_id}/raw",
            run.as_ref().map(executions::raw).ok_or("no execution"),
        ),
        route(
            "learnings route",
            "/exec/learnings",
            workspace.map(|workspace| learnings::List { workspace }.request()),
        ),
        route(
            "learning route",
            "/exec/learnings/{learning_id}",
            learning
                .as_ref()
                .map(|id| learnings::Get(id).request())
                .ok_or("no learning"),
        ),
        route(
            "context route",
            "/exec/context",
            workspace.map(|workspace| GetContext(workspace).request()),
        ),
        route(
            "workspaces route",
            "/workspaces",
            Ok(family("list workspaces", &["workspaces"])),
        ),
        route(
            "settings route",
            "/settings",
            Ok(family("get settings", &["settings"])),
        ),
        route(
            "project route",
            "/management/project",
            Ok(family("get project", &["management", "project"])),
        ),
    ]
}

/// The first item of a list, as far as it can be read.
async fn first<L: ListEndpoint>(session: &Session<'_>, list: L) -> Vec<L::Item> {
    let params = ListParams {
        limit: Some(1),
        ..ListParams::default()
    };
    let pages = session.pages(list, &params, Scope::Command);
    pages.collect().await.unwrap_or_default()
}

/// Reports on each route.
pub(super) fn report(report: &mut Report<'_>, findings: Vec<Finding>) {
    for Finding {
        check,
        path,
        result,
    } in findings
    {
        let error = match result {
            Ok(Ok(())) => {
                report.ok(check, format!("GET {path} exists"));
                continue;
            }
            Err(why) => {
                report.ok(check, format!("GET {path} not checked: {why}"));
                continue;
            }
            Ok(Err(error)) => error,
        };
        let status = error.api_error().http_status;
        // The router itself says something about the object or the request, so the route exists.
        let is_of_object = match error.exit() {
            Exit::NotFound => path.contains('{'),
            Exit::Conflict => true,
            Exit::BadRequest => status != Some(405),
            _ => false,
        };
        match status {
            _ if is_of_object => report.ok(check, format!("GET {path} exists")),
            Some(404 | 405) => {
                let detail = format!("GET {path} does not exist here; this router may use another");
                report.warn(check, detail, Some("api --help"));
            }
            _ => {
                let detail = format!("GET {path} not checked: {}", error.message());
                report.warn(check, detail, None);
            }
        }
    }
}
