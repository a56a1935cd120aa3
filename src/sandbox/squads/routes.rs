//! The table of routes.

use super::body::Kind::{Files, Flag, Id, Note, Object, Role, Status, Text, Texts, Time};
use super::body::{BOTH, PAGE, PAGE_MUST, Rule, SERVER_MUST};
use super::caller::Scope;
use super::serve::Work;
use super::{agents, hiring, keys, lifecycle, mine, runtime};

/// A method and a path, in which `{}` stands for an id; what may be sent, by whom; and what is done then.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) scope: Scope,
    /// The names of the query.
    pub(super) query: &'static [&'static str],
    /// The members of the body; none where a body is out of place.
    pub(super) body: Option<&'static [Rule]>,
    pub(super) work: Work,
}

const CREATE: &[Rule] = &[
    Rule("name", Text, BOTH | PAGE_MUST | SERVER_MUST),
    Rule("role", Role, BOTH | PAGE_MUST),
    Rule("title", Note, BOTH),
    Rule("adapterType", Text, BOTH | PAGE_MUST),
    Rule("reportsToAgentId", Id, PAGE),
    Rule("reportsTo", Id, BOTH),
    Rule("prompt", Note, PAGE),
    Rule("instructionsBundle", Files, BOTH),
    Rule("desiredSkills", Texts, BOTH),
    Rule("adapterConfig", Object, BOTH),
    Rule("runtimeConfig", Object, BOTH),
    Rule("metadata", Object, BOTH),
];

const HIRE: &[Rule] = &[
    Rule("name", Text, BOTH | PAGE_MUST | SERVER_MUST),
    Rule("role", Role, BOTH | PAGE_MUST),
    Rule("reason", Note, PAGE),
    Rule("title", Note, BOTH),
    Rule("adapterType", Text, BOTH),
    Rule("reportsToAgentId", Id, PAGE),
    Rule("reportsTo", Id, BOTH),
    Rule("prompt", Note, PAGE),
    Rule("instructionsBundle", Files, BOTH),
    Rule("desiredSkills", Texts, BOTH),
    Rule("adapterConfig", Object, BOTH),
    Rule("runtimeConfig", Object, BOTH),
    Rule("metadata", Object, BOTH),
];

const UPDATE: &[Rule] = &[
    Rule("name", Text, BOTH),
    Rule("title", Note, BOTH),
    Rule("role", Role, BOTH),
    Rule("status", Status, BOTH),
    Rule("reportsToAgentId", Id, PAGE),
    Rule("reportsTo", Id, BOTH),
    Rule("prompt", Note, PAGE),
    Rule("metadata", Object, BOTH),
];

const PERMISSIONS: &[Rule] = &[
    Rule("canCreateAgents", Flag, BOTH | SERVER_MUST),
    Rule("canAssignTasks", Flag, BOTH | SERVER_MUST),
];

const INSTRUCTIONS: &[Rule] = &[
    Rule("instructionsPath", Note, PAGE),
    Rule("path", Note, BOTH | SERVER_MUST),
    Rule("adapterConfigKey", Text, BOTH),
];

const KEY: &[Rule] = &[
    Rule("name", Text, BOTH | PAGE_MUST | SERVER_MUST),
    Rule("expiresAt", Time, PAGE),
];

const RESET: &[Rule] = &[Rule("taskKey", Note, BOTH)];

const fn get(path: &'static str, scope: Scope, work: Work) -> Route {
    Route {
        method: "GET",
        path,
        scope,
        query: &[],
        body: None,
        work,
    }
}

const fn operate(
    method: &'static str,
    path: &'static str,
    body: Option<&'static [Rule]>,
    work: Work,
) -> Route {
    Route {
        method,
        path,
        scope: Scope::Operator,
        query: &[],
        body,
        work,
    }
}

/// The first that fits counts: `me` is no id.
pub(super) const ROUTES: &[Route] = &[
    get("/health", Scope::Anyone, mine::health),
    get("/cli-auth/me", Scope::Known, mine::auth),
    get("/agents/me", Scope::Agent, mine::me),
    Route {
        query: &["status"],
        ..get("/agents/me/inbox-lite", Scope::Agent, mine::inbox)
    },
    get("/agents/{}", Scope::Known, agents::get),
    get("/squads/{}/agents", Scope::Known, agents::list),
    operate("POST", "/squads/{}/agents", Some(CREATE), hiring::create),
    Route {
        scope: Scope::Known,
        ..operate("POST", "/squads/{}/agent-hires", Some(HIRE), hiring::hire)
    },
    operate("PATCH", "/agents/{}", Some(UPDATE), agents::update),
    operate("DELETE", "/agents/{}", None, agents::delete),
    operate(
        "PATCH",
        "/agents/{}/permissions",
        Some(PERMISSIONS),
        agents::permissions,
    ),
    operate(
        "PATCH",
        "/agents/{}/instructions-path",
        Some(INSTRUCTIONS),
        agents::instructions,
    ),
    operate("POST", "/agents/{}/pause", Some(&[]), lifecycle::pause),
    operate("POST", "/agents/{}/resume", Some(&[]), lifecycle::resume),
    operate(
        "POST",
        "/agents/{}/terminate",
        Some(&[]),
        lifecycle::terminate,
    ),
    get("/agents/{}/keys", Scope::Operator, keys::list),
    operate("POST", "/agents/{}/keys", Some(KEY), keys::create),
    operate("DELETE", "/agents/{}/keys/{}", None, keys::revoke),
    get("/agents/{}/runtime-state", Scope::Operator, runtime::get),
    operate(
        "POST",
        "/agents/{}/runtime-state/reset-session",
        Some(RESET),
        runtime::reset,
    ),
];

/// Where a request leads.
pub(super) enum Found {
    Route(&'static Route, Vec<String>),
    /// The path is there, for these methods.
    Methods(String),
    Nothing,
}

/// Finds the route of a method and the segments below `/api`.
pub(super) fn find(method: &str, segments: &[String]) -> Found {
    let method = if method == "HEAD" { "GET" } else { method };
    let mut methods: Vec<&str> = Vec::new();
    for route in ROUTES {
        let Some(ids) = fit(route.path, segments) else {
            continue;
        };
        if route.method == method {
            return Found::Route(route, ids);
        }
        let more = if route.method == "GET" {
            &["GET", "HEAD"][..]
        } else {
            &[route.method]
        };
        for name in more {
            if !methods.contains(name) {
                methods.push(name);
            }
        }
    }
    if methods.is_empty() {
        Found::Nothing
    } else {
        Found::Methods(methods.join(","))
    }
}

/// What stands for each `{}` of the pattern, if the segments fit it. As with the router, what is empty or climbs is no
/// id.
fn fit(pattern: &str, segments: &[String]) -> Option<Vec<String>> {
    let parts: Vec<&str> = pattern.split('/').skip(1).collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (part, segment) in parts.into_iter().zip(segments) {
        if part == "{}" && !matches!(segment.as_str(), "" | "." | "..") {
            ids.push(segment.clone());
        } else if part != segment {
            return None;
        }
    }
    Some(ids)
}
