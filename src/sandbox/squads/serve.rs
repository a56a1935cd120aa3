//! The way of a request: its route, its caller, its query and body, the route's function.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::ALLOW;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::super::app::App;
use super::super::call::{BODY, DRAIN, decode, parse_query};
use super::super::clock::Seconds;
use super::super::reply::{Answer, Refusal, ok};
use super::Dialect;
use super::body;
use super::caller::{Caller, Scope};
use super::routes::{Found, Route, find};
use super::world::{World, is_uuid};

/// What a route does.
pub(super) type Work = fn(&mut Turn<'_>) -> Answer;

/// A request that is found to be in order, and the world that it asks about or changes.
pub(super) struct Turn<'a> {
    pub(super) dialect: Dialect,
    pub(super) caller: Caller,
    /// What stands for each `{}` of the route's path.
    pub(super) ids: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Map<String, Value>,
    pub(super) world: &'a mut World,
    pub(super) now: Seconds,
}

/// Answers a request below `/api`.
pub(in super::super) async fn answer(app: &App, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, DRAIN).await.ok();
    let body = body.as_deref().filter(|body| body.len() <= BODY);
    serve(app, &parts, body).unwrap_or_else(|refusal| {
        // What the store has to say, it says as the router does.
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let told = refusal
            .message()
            .map(|message| app.dialect.refuse(status, "internal_error", message));
        told.unwrap_or(refusal).into_response()
    })
}

fn serve(app: &App, parts: &Parts, body: Option<&[u8]>) -> Answer {
    let dialect = app.dialect;
    let path = parts.uri.path();
    let nothing = || {
        let message = format!("There is no route '{path}'");
        dialect.not_found("route_not_found", message)
    };
    let segments: Option<Vec<String>> = path.split('/').skip(2).map(decode).collect();
    let (route, ids) = match find(parts.method.as_str(), &segments.ok_or_else(nothing)?) {
        Found::Route(route, ids) => (route, ids),
        Found::Methods(methods) => return Ok(wrong_method(dialect, parts, &methods)),
        Found::Nothing => return Err(nothing()),
    };
    let work = |world: &mut World, now| {
        let caller = match route.scope {
            Scope::Anyone => Caller::Local,
            _ => Caller::of(dialect, &parts.headers, app.store.keys(), world, now)?,
        };
        route.scope.admit(dialect, &caller)?;
        let mut turn = Turn {
            dialect,
            caller,
            ids,
            query: query(dialect, route, parts.uri.query().unwrap_or_default())?,
            body: body::read(dialect, route.body, &parts.headers, body)?,
            world,
            now,
        };
        let answer = (route.work)(&mut turn)?;
        Ok(if turn.has_strange_run(route, parts) {
            dialect.crash().into_response()
        } else {
            answer
        })
    };
    if route.method == Method::GET.as_str() {
        app.store
            .read(|document, now| work(&mut document.squads.clone(), now))
    } else {
        app.store
            .write(|document, now| work(&mut document.squads, now))
    }
}

fn wrong_method(dialect: Dialect, parts: &Parts, methods: &str) -> Response {
    let message = format!("{} is not possible here", parts.method);
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let mut response = dialect
        .refuse(status, "method_not_allowed", message)
        .into_response();
    if let Ok(methods) = HeaderValue::try_from(methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}

/// The page refuses what it does not know. The server reads on, except before its list of agents.
fn query(dialect: Dialect, route: &Route, query: &str) -> Result<Vec<(String, String)>, Refusal> {
    let pairs = parse_query(query)
        .map_err(|_| dialect.invalid("The query is not percent-encoded UTF-8"))?;
    let known = |name: &str| route.query.contains(&name);
    let mut names = pairs.iter().map(|(name, _)| name.as_str());
    let refused = if dialect.is_page() {
        names.find(|name| !known(name))
    } else if route.path == "/squads/{}/agents" && route.method == "GET" {
        names.next()
    } else {
        None
    };
    match refused {
        Some(name) => Err(dialect.invalid(format!("Unknown query parameter '{name}'"))),
        None => Ok(pairs),
    }
}

impl Turn<'_> {
    /// Whether the server stumbles over the run that the change is said to be part of. It does so only afterwards:
    /// the change is kept.
    fn has_strange_run(&self, route: &Route, parts: &Parts) -> bool {
        let run = parts.headers.get("x-slaw-run-id");
        let run = run.and_then(|run| run.to_str().ok());
        !self.dialect.is_page()
            && route.method != "GET"
            && run.is_some_and(|run| is_uuid(run) && !self.world.knows_run(run))
    }

    /// The first of these names that the body has, and what it is there.
    pub(super) fn given(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.body.get(*name))
    }

    /// A text of the body.
    pub(super) fn word(&self, name: &str) -> Option<String> {
        self.body.get(name)?.as_str().map(str::to_owned)
    }

    /// An id of the path, in the case in which ids are kept.
    fn id(&self, place: usize) -> Option<String> {
        let id = self.ids.get(place)?;
        is_uuid(id).then(|| id.to_lowercase())
    }

    /// An id of the path as it is found in the world. One that is none breaks the server.
    pub(super) fn object_id(&self, place: usize, what: &str) -> Result<Value, Refusal> {
        match self.id(place) {
            Some(id) => Ok(id.into()),
            None if self.dialect.is_page() => Err(self.missing(what)),
            None => Err(self.dialect.crash()),
        }
    }

    /// 404 for an object of this kind.
    pub(super) fn missing(&self, what: &str) -> Refusal {
        let code = format!("{}_not_found", what.to_lowercase());
        self.dialect.not_found(&code, format!("{what} not found"))
    }

    /// Where the agent is that the path names.
    pub(super) fn agent(&self) -> Result<usize, Refusal> {
        let id = self.object_id(0, "Agent")?;
        let mut all = self.world.agents.iter();
        let place = all.position(|agent| agent["id"] == id);
        let place = place.ok_or_else(|| self.missing("Agent"))?;
        self.enter(&self.world.agents[place]["squadId"])?;
        Ok(place)
    }

    /// The squad that the path names.
    pub(super) fn squad(&self) -> Result<Value, Refusal> {
        let id = self.object_id(0, "Squad")?;
        let mut all = self.world.squads.iter();
        let squad = all.find(|squad| squad["id"] == id).cloned();
        let squad = squad.ok_or_else(|| self.missing("Squad"))?;
        self.enter(&squad["id"])?;
        Ok(squad)
    }

    /// Refuses an agent that is of another squad.
    pub(super) fn enter(&self, squad: &Value) -> Result<(), Refusal> {
        match self.own() {
            Some(agent) if agent["squadId"] != *squad => {
                let message = "An agent's key opens its own squad only";
                Err(self.dialect.forbidden("other_squad", message))
            }
            _ => Ok(()),
        }
    }

    /// The agent whose key this is.
    pub(super) fn own(&self) -> Option<&Value> {
        match &self.caller {
            Caller::Agent(id) => self.world.agent(id),
            _ => None,
        }
    }

    /// 200 with an object under its name, where there are envelopes.
    pub(super) fn reply(&self, name: &str, value: Value) -> Response {
        ok(&self.dialect.wrap(name, value))
    }
}

/// 200 with no more than that.
pub(super) fn done() -> Response {
    ok(&json!({ "ok": true }))
}
