//! `/exec/agents/{id}`: manifest, environment, and connectivity of an execution agent.

use std::iter;

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::clock::Seconds;
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, ok};
use super::state::{Agent, Document};
use super::{agents, tools};

pub(super) const ROUTES: &[Route] = &[
    (
        MethodFilter::GET,
        "/exec/agents/{agent}/manifest",
        |app, request| introspect(app, request, manifest),
    ),
    (
        MethodFilter::GET,
        "/exec/agents/{agent}/environment",
        |app, request| introspect(app, request, environment),
    ),
    (
        MethodFilter::GET,
        "/exec/agents/{agent}/connectivity",
        |app, request| introspect(app, request, connectivity),
    ),
];

/// Version of the agent software.
const VERSION: &str = "1.8.2";

/// What the tools of a domain require.
struct Domain {
    name: &'static str,
    binary: &'static str,
    version: &'static str,
    endpoint: &'static str,
}

const DOMAINS: &[Domain] = &[
    Domain {
        name: "kubernetes",
        binary: "kubectl",
        version: "1.33.2",
        endpoint: "https://10.0.0.1:6443",
    },
    Domain {
        name: "openstack",
        binary: "openstack",
        version: "7.4.0",
        endpoint: "https://keystone.example:5000",
    },
    Domain {
        name: "storage",
        binary: "volctl",
        version: "3.1.0",
        endpoint: "https://volumes.example:8776",
    },
];

fn domains(agent: &Agent) -> impl Iterator<Item = &'static Domain> {
    let has = |name: &str| agent.tools.iter().any(|tool| tools::domain(tool) == name);
    DOMAINS.iter().filter(move |domain| has(domain.name))
}

fn introspect(
    app: &AppState,
    request: &ApiRequest,
    build: fn(&Agent, &Document, Seconds) -> Value,
) -> HandlerResult {
    request.expect_empty()?;
    let id = request.path_param("agent");
    app.store.read(|document, now| {
        let agent = agents::find(document, id)?;
        if agent.tools.is_empty() {
            // The agent exists but is not an execution agent; the router documents no code for this.
            return Err(ApiError::not_found("execution (XEM) agent", id, None));
        }
        Ok(ok(&build(agent, document, now)))
    })
}

fn manifest(agent: &Agent, document: &Document, _: Seconds) -> Value {
    let published = agent.tools.iter();
    json!({
        "agent_id": agent.id,
        "agent_name": agent.name,
        "version": VERSION,
        "workspaces": document.workspaces,
        "tools": published.filter_map(|tool| tools::find(tool)).collect::<Vec<_>>(),
        "published_at": agent.time_encoding().encode(agent.updated_at),
    })
}

fn environment(agent: &Agent, _: &Document, _: Seconds) -> Value {
    json!({
        "agent_id": agent.id,
        "hostname": agent.worker_id,
        "os": { "name": "Debian GNU/Linux", "version": "13 (trixie)" },
        "kernel": "6.12.38+deb13-amd64",
        "architecture": "x86_64",
        "cpus": 8,
        "memory_bytes": 33_554_432_000_u64,
        "binaries": domains(agent)
            .map(|domain| json!({
                "name": domain.binary,
                "path": format!("/usr/bin/{}", domain.binary),
                "version": domain.version,
            }))
            .collect::<Vec<_>>(),
        "collected_at": agent.time_encoding().encode(agent.updated_at),
    })
}

/// A disconnected agent reaches no endpoint.
fn connectivity(agent: &Agent, _: &Document, now: Seconds) -> Value {
    let connected = agent.is_connected();
    let salt = agent.id.bytes().map(u64::from).sum::<u64>();
    let endpoint = |name: &str, address: &str| {
        json!({
            "name": name,
            "address": address,
            "reachable": connected,
            "latency_ms": connected.then_some(2 + (salt + address.len() as u64) % 17),
        })
    };
    let router = endpoint("router", "tcp://router:5555");
    let others = domains(agent).map(|domain| endpoint(domain.name, domain.endpoint));
    let endpoints: Vec<Value> = iter::once(router).chain(others).collect();
    let times = agent.time_encoding();
    json!({
        "agent_id": agent.id,
        "status": agent.status,
        "endpoints": endpoints,
        "last_heartbeat": times.encode_optional(agent.last_heartbeat(now)),
        "checked_at": times.encode_optional(agent.last_heartbeat(now)),
    })
}
