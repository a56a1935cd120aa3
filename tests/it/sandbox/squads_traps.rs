//! Rejections in both dialects of the squads API, and requests on which the server fails.

use serde_json::{Value, json};
use xeroctl::sandbox::Dialect;

use crate::sandbox::squads_http::{BOTH, CAREFUL, CODER, NOBODY, SQUAD, Squads, new_agent};

fn agents(squad: &str) -> String {
    format!("/squads/{squad}/agents")
}

/// The codes and paths of the server's details.
fn details(document: &Value) -> Vec<(String, String)> {
    let details = document["details"].as_array().expect("details").iter();
    details
        .map(|flaw| {
            assert!(flaw["message"].is_string());
            let path = flaw["path"].as_array().expect("a path").iter();
            let path: Vec<&str> = path.filter_map(Value::as_str).collect();
            let code = flaw["code"].as_str().expect("a code");
            (code.to_owned(), path.join("."))
        })
        .collect()
}

#[test]
fn name_in_use() {
    let page = Squads::start(Dialect::Page);
    for name in ["Coder", "coder"] {
        let reply = page.post(&agents(SQUAD), &new_agent(name));
        page.refused(&reply, (409, "name_taken"), 0);
    }
    let server = Squads::start(Dialect::Server);
    for expected in ["Coder 2", "Coder 3"] {
        let reply = server.post(&agents(SQUAD), &new_agent("Coder"));
        assert_eq!(reply.status, 201);
        assert_eq!(reply.json()["name"], expected);
    }
    for squads in [page, server] {
        let reply = squads.patch(&format!("/agents/{CODER}"), &json!({ "name": "Manager" }));
        squads.refused(&reply, (409, "name_taken"), 409);
        let reply = squads.patch(&format!("/agents/{CODER}"), &json!({ "name": "Coder" }));
        assert_eq!(reply.status, 200, "its own name is no clash");
        // Another squad is another matter, and whoever is terminated has given the name up.
        let free = squads.post(&agents(SQUAD), &new_agent("Archivist"));
        assert_eq!(squads.open("agent", &free)["name"], "Archivist");
    }
}

#[test]
fn server_drops_members_of_the_page() {
    let server = Squads::start(Dialect::Server);
    let mut body = new_agent("Tester");
    body["reportsToAgentId"] = json!(CODER);
    body["prompt"] = json!("Test it.");
    body["whatever"] = json!([1, 2]);
    let reply = server.post(&agents(SQUAD), &body);
    assert_eq!(reply.status, 201);
    let made = reply.json();
    assert!(made["reportsTo"].is_null());
    assert_eq!(made["adapterConfig"], json!({}));
    assert_eq!(made.get("whatever"), None);

    let before = server.shown(CODER);
    let reply = server.patch(&format!("/agents/{CODER}"), &json!({ "prompt": "New." }));
    assert_eq!(reply.status, 200);
    assert!(!reply.text.contains("New."));
    assert_eq!(
        server.shown(CODER)["adapterConfig"],
        before["adapterConfig"]
    );

    let body = json!({ "name": "Help", "role": "qa", "reason": "Much to do" });
    let reply = server.post(&format!("/squads/{CAREFUL}/agent-hires"), &body);
    assert!(!reply.text.contains("Much to do"));

    let body = json!({ "name": "x", "expiresAt": "not a time" });
    let reply = server.post(&format!("/agents/{CODER}/keys"), &body);
    assert_eq!(reply.status, 201);
    assert!(!reply.text.contains("expiresAt"));
}

#[test]
fn page_accepts_only_its_own_names() {
    let page = Squads::start(Dialect::Page);
    let with = |name: &str, value: Value| {
        let mut body = new_agent("Tester");
        body[name] = value;
        body
    };
    let path = format!("/agents/{CODER}/instructions-path");
    for (method, path, body) in [
        (
            "POST",
            agents(SQUAD),
            json!({ "name": "x", "role": "y", "adapterType": "http", "nick": "z" }),
        ),
        ("PATCH", format!("/agents/{CODER}"), json!({ "Name": "x" })),
        ("POST", agents(SQUAD), with("reportsTo", json!(CODER))),
        (
            "POST",
            agents(SQUAD),
            with(
                "instructionsBundle",
                json!({ "files": { "AGENTS.md": "x" } }),
            ),
        ),
        ("POST", agents(SQUAD), with("adapterConfig", json!({}))),
        (
            "POST",
            format!("/squads/{SQUAD}/agent-hires"),
            new_agent("Tester"),
        ),
        (
            "PATCH",
            format!("/agents/{CODER}"),
            json!({ "reportsToAgentId": CODER }),
        ),
        ("PATCH", path.clone(), json!({})),
        ("PATCH", path.clone(), json!({ "path": "a.md" })),
        ("PATCH", path.clone(), json!({ "instructionsPath": null })),
        (
            "PATCH",
            path,
            json!({ "instructionsPath": "a.md", "path": "a.md" }),
        ),
        (
            "POST",
            format!("/agents/{CODER}/pause"),
            json!({ "reason": "x" }),
        ),
        (
            "PATCH",
            format!("/agents/{CODER}/permissions"),
            json!({ "canFly": true }),
        ),
        (
            "POST",
            format!("/agents/{CODER}/keys"),
            json!({ "name": "x", "ttl": 5 }),
        ),
        (
            "POST",
            format!("/agents/{CODER}/keys"),
            json!({ "name": "x", "expiresAt": "soon" }),
        ),
        (
            "POST",
            format!("/agents/{CODER}/keys"),
            json!({ "name": "x", "expiresAt": "2001-01-01T00:00:00Z" }),
        ),
        (
            "PATCH",
            format!("/agents/{CODER}"),
            json!({ "status": "idle" }),
        ),
        (
            "DELETE",
            format!("/agents/{CODER}"),
            json!({ "force": true }),
        ),
    ] {
        let reply = page.operator(method, &path, &body.to_string());
        page.refused(&reply, (400, "invalid_request"), 0);
    }
    for reply in [
        page.get(&format!("/agents/{CODER}?squadId={SQUAD}")),
        page.get("/health?verbose=1"),
        page.agent("GET", "/agents/me/inbox-lite?statuses=todo", ""),
        page.operator(
            "POST",
            &format!("/agents/{CODER}/keys"),
            r#"{"name":"a","name":"b"}"#,
        ),
    ] {
        page.refused(&reply, (400, "invalid_request"), 0);
    }
}

#[test]
fn body_rules() {
    let cases = [
        (json!({}), vec![("invalid_type", "name")]),
        (
            json!({ "name": " ", "role": "qa" }),
            vec![("too_small", "name")],
        ),
        (
            json!({ "name": 1, "role": "software_engineer" }),
            vec![("invalid_type", "name"), ("invalid_enum_value", "role")],
        ),
        (
            json!({ "name": "x", "reportsTo": "me", "title": 5 }),
            vec![("invalid_type", "title"), ("invalid_string", "reportsTo")],
        ),
        (
            json!({ "name": "x", "instructionsBundle": { "files": { "AGENTS.md": 1 } } }),
            vec![("invalid_type", "instructionsBundle.files")],
        ),
        (json!([]), vec![("invalid_type", "")]),
    ];
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        for (body, expected) in &cases {
            let reply = squads.post(&agents(SQUAD), body);
            squads.refused(&reply, (400, "invalid_request"), 400);
            if !squads.is_page() {
                let found = details(&reply.json());
                let found: Vec<_> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
                assert_eq!(&found, expected, "{body}");
            }
        }
        let mut body = new_agent("x");
        body["adapterType"] = json!("abacus");
        let reply = squads.post(&agents(SQUAD), &body);
        squads.refused(&reply, (422, "unknown_adapter"), 422);
        body["adapterType"] = json!("process");
        let manager = if squads.is_page() {
            "reportsToAgentId"
        } else {
            "reportsTo"
        };
        body[manager] = json!(NOBODY);
        let reply = squads.post(&agents(SQUAD), &body);
        squads.refused(&reply, (404, "agent_not_found"), 404);
        if squads.is_page() {
            continue;
        }
        let body = json!({ "reportsTo": CODER });
        let lead = squads.id("Platform Lead");
        let reply = squads.patch(&format!("/agents/{lead}"), &body);
        squads.refused(&reply, (422, "reporting_circle"), 422);
    }
    // Roles are open on the page.
    let page = Squads::start(Dialect::Page);
    let mut body = new_agent("x");
    body["role"] = json!("astronaut");
    let made = page.open("agent", &page.post(&agents(SQUAD), &body));
    assert_eq!(made["role"], "astronaut");
}

#[test]
fn server_requires_both_permissions() {
    let server = Squads::start(Dialect::Server);
    let path = format!("/agents/{CODER}/permissions");
    let reply = server.patch(&path, &json!({ "canCreateAgents": true }));
    assert_eq!(reply.status, 400);
    let missing = ("invalid_type".to_owned(), "canAssignTasks".to_owned());
    assert_eq!(details(&reply.json()), [missing]);
    let page = Squads::start(Dialect::Page);
    let agent = page.open(
        "agent",
        &page.patch(&path, &json!({ "canCreateAgents": true })),
    );
    assert_eq!(agent["permissions"]["canCreateAgents"], true);
    assert_eq!(agent["permissions"]["canAssignTasks"], true, "as it was");
}

#[test]
fn server_fails_on_broken_json_long_bodies_and_bad_ids() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let keys = format!("/agents/{CODER}/keys");
        let reply = squads.operator("POST", &keys, "{");
        squads.refused(&reply, (400, "invalid_json"), 500);
        let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(1 << 20));
        let reply = squads.operator("POST", &keys, &long);
        squads.refused(&reply, (413, "payload_too_large"), 500);
        for path in [
            "/agents/none",
            "/agents/none/keys",
            "/agents/none/runtime-state",
        ] {
            squads.refused(&squads.get(path), (404, "agent_not_found"), 500);
        }
        let reply = squads.get(&agents("none"));
        squads.refused(&reply, (404, "squad_not_found"), 500);
        let reply = squads.operator("DELETE", &format!("{keys}/none"), "");
        squads.refused(&reply, (404, "key_not_found"), 500);
        // Good IDs that lead nowhere.
        let reply = squads.get(&format!("/agents/{NOBODY}"));
        squads.refused(&reply, (404, "agent_not_found"), 404);
        let reply = squads.get(&agents(NOBODY));
        if squads.is_page() {
            squads.refused(&reply, (404, "squad_not_found"), 0);
        } else {
            assert_eq!((reply.status, reply.json()), (200, json!([])));
        }
        let reply = squads.operator("DELETE", &format!("{keys}/{NOBODY}"), "");
        squads.refused(&reply, (404, "key_not_found"), 404);
        let upper = format!("/agents/{}", CODER.to_uppercase());
        assert_eq!(squads.get(&upper).status, 200);
    }
}

#[test]
fn body_without_json_content_type() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let path = format!("/agents/{CODER}/keys");
        let reply = squads.raw("POST", &path, &[], r#"{"name":"x"}"#);
        squads.refused(&reply, (400, "invalid_request"), 400);
    }
}

#[test]
fn server_rejects_queries_of_the_list() {
    let server = Squads::start(Dialect::Server);
    let reply = server.get(&format!("{}?limit=5", agents(SQUAD)));
    server.refused(&reply, (0, ""), 400);
    assert_eq!(server.get(&format!("{}?", agents(SQUAD))).status, 200);
    assert_eq!(server.get("/health?x=1").status, 200);
}

#[test]
fn server_finds_agent_by_name() {
    let server = Squads::start(Dialect::Server);
    let get = |key: &str, squad: &str| server.get(&format!("/agents/{key}?squadId={squad}"));
    assert_eq!(get("coder", SQUAD).json()["id"], CODER);
    assert_eq!(get("platform-lead", SQUAD).json()["name"], "Platform Lead");
    assert_eq!(get("coder", CAREFUL).status, 404);
    assert_eq!(get("reviewer", SQUAD).status, 409, "there are two");
    assert_eq!(get(CODER, SQUAD).json()["id"], CODER);
}

#[test]
fn squad_may_require_approvals() {
    let server = Squads::start(Dialect::Server);
    let reply = server.post(&agents(CAREFUL), &new_agent("New"));
    server.refused(&reply, (0, ""), 409);
    let hired = server
        .post(&format!("/squads/{CAREFUL}/agent-hires"), &new_agent("New"))
        .json();
    let path = format!("/agents/{}", hired["agent"]["id"].as_str().expect("an id"));
    let reply = server.post(&format!("{path}/keys"), &json!({ "name": "x" }));
    server.refused(&reply, (0, ""), 409);
    let reply = server.operator("POST", &format!("{path}/resume"), "{}");
    assert_eq!(reply.json()["status"], "idle", "it goes round the approval");
    let reply = server.operator("DELETE", &path, "");
    server.refused(&reply, (0, ""), 500);
    let page = Squads::start(Dialect::Page);
    assert_eq!(page.post(&agents(CAREFUL), &new_agent("New")).status, 201);
}

#[test]
fn server_cannot_delete_agent_with_costs() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let path = format!("/agents/{}", squads.id("Deployer"));
        let reply = squads.operator("DELETE", &path, "");
        if squads.is_page() {
            assert_eq!(reply.status, 200);
        } else {
            squads.refused(&reply, (0, ""), 500);
            assert_eq!(squads.get(&path).status, 200);
        }
    }
}

#[test]
fn relative_path_requires_a_directory_on_the_server() {
    let server = Squads::start(Dialect::Server);
    let path = |name: &str| format!("/agents/{}/instructions-path", server.id(name));
    let reply = server.patch(&path("Manager"), &json!({ "path": "AGENTS.md" }));
    server.refused(&reply, (0, ""), 422);
    let reply = server.patch(&path("Manager"), &json!({ "path": "/srv/AGENTS.md" }));
    assert_eq!(reply.json()["path"], "/srv/AGENTS.md");
    let reply = server.patch(&path("Growth"), &json!({ "path": "/srv/AGENTS.md" }));
    server.refused(&reply, (0, ""), 422);
    let reply = server.patch(&path("Manager"), &json!({ "instructionsPath": "/x" }));
    assert_eq!(details(&reply.json())[0].1, "path");
}

#[test]
fn session_reset_requires_an_object() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let path = format!("/agents/{CODER}/runtime-state/reset-session");
        let reply = squads.operator("POST", &path, "");
        if squads.is_page() {
            assert_eq!(reply.status, 200);
        } else {
            let flaw = ("invalid_type".to_owned(), String::new());
            assert_eq!((reply.status, details(&reply.json())), (400, vec![flaw]));
        }
    }
}

#[test]
fn unknown_run_fails_after_the_write() {
    let known = "5a1d6c7e-93b4-4f0a-8e21-c4d7b6a5f310";
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let path = format!("/agents/{CODER}");
        let patch = |run: &str, title: &str| {
            let headers = [("Content-Type", "application/json"), ("X-Slaw-Run-Id", run)];
            let body = json!({ "title": title }).to_string();
            squads.raw("PATCH", &path, &headers, &body)
        };
        assert_eq!(patch(known, "one").status, 200);
        assert_eq!(patch("no uuid", "two").status, 200);
        let reply = patch(NOBODY, "three");
        if squads.is_page() {
            assert_eq!(reply.status, 200);
        } else {
            squads.refused(&reply, (0, ""), 500);
        }
        assert_eq!(squads.shown(CODER)["title"], "three", "the write is kept");
        let headers = [("X-Slaw-Run-Id", NOBODY)];
        assert_eq!(squads.raw("GET", &path, &headers, "").status, 200);
    }
}

#[test]
fn rejected_change_changes_nothing() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let before = squads.shown(CODER);
        let body = json!({ "title": "x", "status": "paused", "name": "Manager" });
        assert_eq!(squads.patch(&format!("/agents/{CODER}"), &body).status, 409);
        assert_eq!(squads.shown(CODER), before);
    }
}
