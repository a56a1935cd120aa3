//! `/exec/agents/{id}`: what an execution agent tells of itself.

use std::iter;

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::Seconds;
use super::reply::{Answer, Refusal, ok};
use super::state::{Agent, Document};
use super::{agents, tools};

pub(super) const ROUTES: &[Route] = &[
    (
        MethodFilter::GET,
        "/exec/agents/{agent}/manifest",
        |app, call| told(app, call, manifest),
    ),
    (
        MethodFilter::GET,
        "/exec/agents/{agent}/environment",
        |app, call| told(app, call, environment),
    ),
    (
        MethodFilter::GET,
        "/exec/agents/{agent}/connectivity",
        |app, call| told(app, call, connectivity),
    ),
];

/// The agent's software.
const VERSION: &str = "1.8.2";

/// What the tools of a domain need.
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

fn told(app: &App, call: &Call, tell: fn(&Agent, &Document, Seconds) -> Value) -> Answer {
    call.bare()?;
    let id = call.path("agent");
    app.store.read(|document, now| {
        let agent = agents::find(document, id)?;
        if agent.tools.is_empty() {
            // It exists, but not here; the router documents no code for this.
            return Err(Refusal::missing("execution (XEM) agent", id, None));
        }
        Ok(ok(&tell(agent, document, now)))
    })
}

fn manifest(agent: &Agent, document: &Document, _: Seconds) -> Value {
    let published = agent.tools.iter();
    json!({
        "agent_id": agent.id,
        "agent_name": agent.name,
        "version": VERSION,
        "workspaces": document.workspaces,
        "tools": published.filter_map(|tool| tools::described(tool)).collect::<Vec<_>>(),
        "published_at": agent.spelling().write(agent.updated_at),
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
        "collected_at": agent.spelling().write(agent.updated_at),
    })
}

/// An agent that is away reaches nothing.
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
    let spelling = agent.spelling();
    json!({
        "agent_id": agent.id,
        "status": agent.status,
        "endpoints": endpoints,
        "last_heartbeat": spelling.write_if(agent.last_heartbeat(now)),
        "checked_at": spelling.write_if(agent.last_heartbeat(now)),
    })
}
