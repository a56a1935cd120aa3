//! Route table and route matching.

use super::caller::Scope;
use super::request_body::ValueKind::{
    AnyText, Files, Flag, Id, Note, Object, Role, Status, Text, Texts, Time,
};
use super::request_body::{BOTH, FieldRule, PAGE, PAGE_REQUIRED, SERVER, SERVER_REQUIRED};
use super::request_context::Handler;
use super::{agent_keys, agents, caller_info, hiring, instructions, lifecycle, runtime_state};

/// A route: method, path with `{}` for IDs, accepted input, admitted callers, and handler.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) scope: Scope,
    /// Accepted query parameters.
    pub(super) query: &'static [&'static str],
    /// Rules for body members; `None` if a body is not accepted.
    pub(super) body: Option<&'static [FieldRule]>,
    pub(super) handler: Handler,
}

const CREATE: &[FieldRule] = &[
    FieldRule("name", Text, BOTH | PAGE_REQUIRED | SERVER_REQUIRED),
    FieldRule("role", Role, BOTH | PAGE_REQUIRED),
    FieldRule("title", Note, BOTH),
    FieldRule("adapterType", Text, BOTH | PAGE_REQUIRED),
    FieldRule("reportsToAgentId", Id, PAGE),
    FieldRule("reportsTo", Id, SERVER),
    FieldRule("prompt", Note, PAGE),
    FieldRule("instructionsBundle", Files, SERVER),
    FieldRule("desiredSkills", Texts, BOTH),
    FieldRule("adapterConfig", Object, SERVER),
    FieldRule("runtimeConfig", Object, SERVER),
    FieldRule("metadata", Object, SERVER),
];

const HIRE: &[FieldRule] = &[
    FieldRule("name", Text, BOTH | PAGE_REQUIRED | SERVER_REQUIRED),
    FieldRule("role", Role, BOTH | PAGE_REQUIRED),
    FieldRule("reason", Note, PAGE),
    FieldRule("title", Note, SERVER),
    FieldRule("adapterType", Text, SERVER),
    FieldRule("reportsTo", Id, SERVER),
    FieldRule("instructionsBundle", Files, SERVER),
    FieldRule("desiredSkills", Texts, SERVER),
    FieldRule("adapterConfig", Object, SERVER),
    FieldRule("runtimeConfig", Object, SERVER),
    FieldRule("metadata", Object, SERVER),
];

const UPDATE: &[FieldRule] = &[
    FieldRule("name", Text, BOTH),
    FieldRule("title", Note, BOTH),
    FieldRule("role", Role, SERVER),
    FieldRule("status", Status, BOTH),
    FieldRule("reportsTo", Id, SERVER),
    FieldRule("prompt", Note, PAGE),
    FieldRule("metadata", Object, SERVER),
];

const PERMISSIONS: &[FieldRule] = &[
    FieldRule("canCreateAgents", Flag, BOTH | SERVER_REQUIRED),
    FieldRule("canAssignTasks", Flag, BOTH | SERVER_REQUIRED),
];

const INSTRUCTIONS: &[FieldRule] = &[
    FieldRule("instructionsPath", Text, PAGE | PAGE_REQUIRED),
    FieldRule("path", Note, SERVER | SERVER_REQUIRED),
    FieldRule("adapterConfigKey", Text, SERVER),
];

const FILE: &[FieldRule] = &[
    FieldRule("path", Text, SERVER | SERVER_REQUIRED),
    FieldRule("content", AnyText, SERVER | SERVER_REQUIRED),
];

const KEY: &[FieldRule] = &[
    FieldRule("name", Text, BOTH | PAGE_REQUIRED | SERVER_REQUIRED),
    FieldRule("expiresAt", Time, PAGE),
];

const RESET: &[FieldRule] = &[FieldRule("taskKey", Note, BOTH)];

const fn get_route(path: &'static str, scope: Scope, handler: Handler) -> Route {
    Route {
        method: "GET",
        path,
        scope,
        query: &[],
        body: None,
        handler,
    }
}

const fn operator_route(
    method: &'static str,
    path: &'static str,
    body: Option<&'static [FieldRule]>,
    handler: Handler,
) -> Route {
    Route {
        method,
        path,
        scope: Scope::Operator,
        query: &[],
        body,
        handler,
    }
}

/// The first match applies, so `me` is not an ID.
pub(super) const ROUTES: &[Route] = &[
    get_route("/health", Scope::Anyone, caller_info::health),
    get_route("/cli-auth/me", Scope::Known, caller_info::identity),
    get_route("/agents/me", Scope::Agent, caller_info::current_agent),
    Route {
        query: &["status"],
        ..get_route("/agents/me/inbox-lite", Scope::Agent, caller_info::inbox)
    },
    get_route("/agents/{}", Scope::Known, agents::get),
    get_route("/squads/{}/agents", Scope::Known, agents::list),
    operator_route("POST", "/squads/{}/agents", Some(CREATE), hiring::create),
    Route {
        scope: Scope::Known,
        ..operator_route("POST", "/squads/{}/agent-hires", Some(HIRE), hiring::hire)
    },
    operator_route("PATCH", "/agents/{}", Some(UPDATE), agents::update),
    operator_route("DELETE", "/agents/{}", None, agents::delete),
    operator_route(
        "PATCH",
        "/agents/{}/permissions",
        Some(PERMISSIONS),
        agents::permissions,
    ),
    operator_route(
        "PATCH",
        "/agents/{}/instructions-path",
        Some(INSTRUCTIONS),
        instructions::set_path,
    ),
    Route {
        query: &["path"],
        ..get_route(
            "/agents/{}/instructions-bundle/file",
            Scope::Operator,
            instructions::read_file,
        )
    },
    operator_route(
        "PUT",
        "/agents/{}/instructions-bundle/file",
        Some(FILE),
        instructions::write_file,
    ),
    operator_route("POST", "/agents/{}/pause", Some(&[]), lifecycle::pause),
    operator_route("POST", "/agents/{}/resume", Some(&[]), lifecycle::resume),
    operator_route(
        "POST",
        "/agents/{}/terminate",
        Some(&[]),
        lifecycle::terminate,
    ),
    get_route("/agents/{}/keys", Scope::Operator, agent_keys::list),
    operator_route("POST", "/agents/{}/keys", Some(KEY), agent_keys::create),
    operator_route("DELETE", "/agents/{}/keys/{}", None, agent_keys::revoke),
    get_route(
        "/agents/{}/runtime-state",
        Scope::Operator,
        runtime_state::get,
    ),
    operator_route(
        "POST",
        "/agents/{}/runtime-state/reset-session",
        Some(RESET),
        runtime_state::reset,
    ),
];

/// Result of route matching.
pub(super) enum RouteMatch {
    Route(&'static Route, Vec<String>),
    /// The path exists with these methods.
    WrongMethod(String),
    NotFound,
}

/// Finds the route for a method and the path segments below `/api`.
pub(super) fn find(method: &str, segments: &[String]) -> RouteMatch {
    let method = if method == "HEAD" { "GET" } else { method };
    let mut methods: Vec<&str> = Vec::new();
    for route in ROUTES {
        let Some(ids) = match_path(route.path, segments) else {
            continue;
        };
        if route.method == method {
            return RouteMatch::Route(route, ids);
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
        RouteMatch::NotFound
    } else {
        RouteMatch::WrongMethod(methods.join(","))
    }
}

/// Returns the values of the pattern's `{}` placeholders if the segments match. As on the router, empty and dot
/// segments are not IDs.
fn match_path(pattern: &str, segments: &[String]) -> Option<Vec<String>> {
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
