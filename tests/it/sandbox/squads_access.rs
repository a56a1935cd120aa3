//! Access to the squads API, and paths outside its routes.

use serde_json::json;
use xeroctl::sandbox::{Dialect, Options, Sandbox, reset};

use crate::sandbox::http::{Client, send};
use crate::sandbox::squads_http::{BOTH, CAREFUL, CODER, NOBODY, SQUAD, Squads, new_agent};

/// Every route with something that it takes.
fn routes() -> Vec<(&'static str, String, String)> {
    let agent = |rest: &str| format!("/agents/{CODER}{rest}");
    let squad = |rest: &str| format!("/squads/{SQUAD}{rest}");
    let body = |value: serde_json::Value| value.to_string();
    vec![
        ("POST", squad("/agents"), body(new_agent("New"))),
        ("PATCH", agent(""), body(json!({ "title": "x" }))),
        (
            "PATCH",
            agent("/permissions"),
            body(json!({ "canCreateAgents": true, "canAssignTasks": true })),
        ),
        (
            "PATCH",
            agent("/instructions-path"),
            body(json!({ "instructionsPath": "/x", "path": "/x" })),
        ),
        ("POST", agent("/pause"), body(json!({}))),
        ("POST", agent("/resume"), body(json!({}))),
        ("GET", agent("/keys"), String::new()),
        ("POST", agent("/keys"), body(json!({ "name": "x" }))),
        ("DELETE", agent(&format!("/keys/{NOBODY}")), String::new()),
        ("GET", agent("/runtime-state"), String::new()),
        (
            "POST",
            agent("/runtime-state/reset-session"),
            body(json!({})),
        ),
        ("POST", agent("/terminate"), body(json!({}))),
        ("DELETE", agent(""), String::new()),
    ]
}

#[test]
fn agent_key_opens_no_operator_routes() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        for (method, path, body) in routes() {
            let reply = squads.agent(method, &path, &body);
            squads.refused(&reply, (403, "operator_required"), 403);
            assert_eq!(reply.json()["error"], "Operator access required");
        }
        let hires = format!("/squads/{SQUAD}/agent-hires");
        let reply = squads.agent("POST", &hires, r#"{"name":"New","role":"qa"}"#);
        squads.refused(&reply, (403, "missing_permission"), 403);
        assert_eq!(
            squads.agent("GET", &format!("/agents/{CODER}"), "").status,
            200
        );
        let reply = squads.agent("GET", &format!("/squads/{CAREFUL}/agents"), "");
        squads.refused(&reply, (403, "other_squad"), 403);
        assert_eq!(squads.shown(CODER)["status"], "active");
    }
}

#[test]
fn only_agent_routes_require_a_key() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        for path in ["/agents/me", "/agents/me/inbox-lite"] {
            for reply in [squads.raw("GET", path, &[], ""), squads.get(path)] {
                squads.refused(&reply, (401, "agent_key_required"), 401);
            }
        }
        let json = [("Content-Type", "application/json")];
        for (method, path, body) in routes() {
            let reply = squads.raw(method, &path, &json, &body);
            assert_ne!(reply.status, 401, "{method} {path}");
            assert_ne!(reply.status, 403, "{method} {path}");
        }
    }
}

#[test]
fn wrong_token_is_rejected_or_ignored() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let source = |headers: &[(&str, &str)]| squads.raw("GET", "/cli-auth/me", headers, "");
        assert_eq!(source(&[]).json()["source"], "local_implicit");
        let own = squads.get("/cli-auth/me").json();
        assert_eq!(own["source"], "api_key");
        assert_eq!(own["squadIds"], json!([SQUAD, CAREFUL]));
        let agent = squads.agent("GET", "/cli-auth/me", "").json();
        assert_eq!(agent["source"], "agent_key");
        assert_eq!(agent["squadIds"], json!([SQUAD]));
        let router = squads.client.bearer();
        for wrong in ["Bearer x", "Bearer ", "Basic eA==", &router] {
            let reply = source(&[("Authorization", wrong)]);
            if squads.is_page() {
                squads.refused(&reply, (401, "unauthorized"), 0);
                let list = format!("/squads/{SQUAD}/agents");
                let reply = squads.raw("GET", &list, &[("Authorization", wrong)], "");
                squads.refused(&reply, (401, "unauthorized"), 0);
            } else {
                assert_eq!(reply.json()["source"], "local_implicit");
                let pause = format!("/agents/{CODER}/pause");
                let reply = squads.raw("POST", &pause, &[("Authorization", wrong)], "");
                assert_eq!(reply.status, 200, "it acts as the operator");
            }
        }
    }
}

#[test]
fn router_and_squads_keys_are_separate() {
    let squads = Squads::start(Dialect::Page);
    let client = &squads.client;
    for key in [client.0.squads_operator_key(), client.0.squads_agent_key()] {
        let bearer = format!("Bearer {key}");
        let path = Client::path("/management/agents");
        let headers = [("Authorization", bearer.as_str())];
        let reply = send(client.0.port(), "GET", &path, &headers, "");
        assert_eq!(reply.error().0, 401);
    }
    assert_eq!(client.get("/management/agents").status, 200);
}

#[test]
fn unknown_routes_and_methods_return_json() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        for path in [
            "",
            "/",
            "/nothing",
            "/agents",
            "/agents/",
            "/squads",
            "//agents/me",
        ] {
            let reply = squads.get(path);
            squads.refused(&reply, (404, "route_not_found"), 404);
        }
        for (method, path, allow) in [
            ("PUT", "/agents/me", "GET,HEAD,PATCH,DELETE"),
            ("DELETE", "/agents/me/inbox-lite", "GET,HEAD"),
            ("POST", "/health", "GET,HEAD"),
        ] {
            let reply = squads.operator(method, path, "");
            squads.refused(&reply, (405, "method_not_allowed"), 405);
            assert_eq!(reply.header("allow"), Some(allow), "{method} {path}");
            assert_eq!(reply.header("x-request-id"), None);
        }
        let reply = squads.operator("HEAD", "/health", "");
        assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    }
}

#[test]
fn server_dialect_has_a_page_for_other_paths() {
    let server = Squads::start(Dialect::Server);
    let port = server.client.0.port();
    for path in ["/", "/squads/api/agents/me", "/apis"] {
        let reply = send(port, "GET", path, &[], "");
        let kind = reply.header("content-type");
        assert_eq!(
            (reply.status, kind),
            (200, Some("text/html; charset=utf-8"))
        );
        assert!(reply.text.starts_with("<!doctype html>"));
    }
    assert_eq!(send(port, "POST", "/", &[], "").status, 401);
    assert_eq!(server.client.get("/management/agents").status, 200);
    let page = Squads::start(Dialect::Page);
    assert_eq!(send(page.client.0.port(), "GET", "/", &[], "").status, 401);
}

#[test]
fn faults_and_latency_apply_to_squads() {
    for dialect in BOTH {
        let faults = [
            "GET /api/agents/me=503:1",
            "GET /agents/me=418",
            "GET /api/health=html:1",
            "PATCH /api/*=429",
        ];
        let squads = Squads::with(Options {
            dialect,
            latency: std::time::Duration::from_millis(30),
            faults: faults.map(|text| text.parse().expect("a fault")).into(),
            ..Options::default()
        });
        let began = std::time::Instant::now();
        let reply = squads.agent("GET", "/agents/me", "");
        assert!(began.elapsed().as_millis() >= 30);
        squads.refused(&reply, (503, "fault_on_demand"), 503);
        assert_eq!(squads.agent("GET", "/agents/me", "").status, 200);
        assert_eq!(squads.get("/health").status, 502);
        let reply = squads.patch(&format!("/agents/{CODER}"), &json!({}));
        squads.refused(&reply, (429, "fault_on_demand"), 429);
        assert_eq!(reply.header("retry-after"), Some("1"));
    }
}

#[test]
fn state_and_keys_persist() {
    let home = tempfile::tempdir().expect("a directory");
    let options = |dialect| Options {
        dialect,
        state: Some(home.path().to_owned()),
        ..Options::default()
    };
    let page = Squads::with(options(Dialect::Page));
    assert_eq!(
        page.client.0.squads_url(),
        format!("http://127.0.0.1:{}", page.client.0.port())
    );
    assert_eq!(page.client.0.squads_squad_id(), SQUAD);
    let made = page.post(&format!("/agents/{CODER}/keys"), &json!({ "name": "mine" }));
    let token = made.json()["token"].as_str().expect("a token").to_owned();
    let text = std::fs::read_to_string(home.path().join("state.json")).expect("the state");
    assert!(!text.contains(&token));
    let keys = |sandbox: &Sandbox| {
        let (operator, agent) = (sandbox.squads_operator_key(), sandbox.squads_agent_key());
        (operator.to_owned(), agent.to_owned())
    };
    let before = keys(&page.client.0);
    drop(page);

    let server = Squads::with(options(Dialect::Server));
    assert_eq!(keys(&server.client.0), before);
    let me = server.bearing(&token, "GET", "/agents/me").json();
    assert_eq!(me["id"], CODER);
    // One that is being served starts over with the keys that it told.
    reset(&options(Dialect::Page)).expect("it is removed");
    assert_eq!(server.agent("GET", "/agents/me", "").status, 200);
    assert_eq!(server.get("/cli-auth/me").json()["source"], "api_key");
    assert_eq!(server.bearing(&token, "GET", "/agents/me").status, 401);
    drop(server);
    reset(&options(Dialect::Page)).expect("it is removed");
    assert_ne!(keys(&Squads::with(options(Dialect::Page)).client.0), before);
}
