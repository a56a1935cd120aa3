//! Every route of the squads API with valid requests, in both dialects.

use serde_json::{Value, json};
use xeroctl::sandbox::{Dialect, Options};

use crate::sandbox::http::Clock;
use crate::sandbox::squads_http::{BOTH, CAREFUL, CODER, SQUAD, Squads, new_agent};

/// The names of an object's members, in their order.
fn members(value: &Value) -> Vec<&str> {
    let members = value.as_object().expect("an object");
    members.keys().map(String::as_str).collect()
}

#[test]
fn health_is_public() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        for headers in [&[][..], &[("Authorization", "Bearer wrong")]] {
            let reply = squads.raw("GET", "/health", headers, "");
            assert_eq!(reply.status, 200);
            let health = reply.json();
            assert_eq!(health["deploymentMode"], "local_trusted");
            assert_eq!(health["version"], "0.3.1");
        }
    }
}

#[test]
fn agent_reads_its_identity() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let reply = squads.agent("GET", "/agents/me", "");
        assert_eq!(reply.status, 200);
        let me = squads.open("agent", &reply);
        assert_eq!((&me["id"], &me["name"]), (&json!(CODER), &json!("Coder")));
        assert_eq!(me["squadId"], SQUAD);
        let chain: Vec<&Value> = me["chainOfCommand"]
            .as_array()
            .expect("a chain")
            .iter()
            .map(|link| &link["name"])
            .collect();
        assert_eq!(chain, ["Platform Lead", "Manager"]);
        if squads.is_page() {
            assert_eq!(me["role"], "software_engineer");
            assert_eq!(me["chainOfCommand"][1]["role"], "manager");
            let expected = ["id", "name", "role", "status", "squadId", "chainOfCommand"];
            assert_eq!(members(&me), expected);
        } else {
            assert_eq!(me["role"], "engineer");
            assert_eq!(me["chainOfCommand"][1]["role"], "squad_lead");
            assert_eq!(me["access"]["canAssignTasks"], true);
            assert_eq!(me["permissions"]["canCreateAgents"], false);
        }
    }
}

#[test]
fn inbox_lists_open_issues() {
    let statuses = |squads: &Squads, query: &str| -> Vec<String> {
        let reply = squads.agent("GET", &format!("/agents/me/inbox-lite{query}"), "");
        assert_eq!(reply.status, 200, "{reply:?}");
        let items = squads.open("items", &reply);
        let items = items.as_array().expect("a list").clone();
        let text = |item: &Value| item["status"].as_str().expect("a status").to_owned();
        items.iter().map(text).collect()
    };
    let page = Squads::start(Dialect::Page);
    let all = ["in_progress", "todo", "todo", "blocked", "in_review"];
    assert_eq!(statuses(&page, ""), all);
    assert_eq!(
        statuses(&page, "?status=in_review,done"),
        ["in_review", "done"]
    );
    let reply = page.agent("GET", "/agents/me/inbox-lite?status=todo,late", "");
    assert_eq!(page.error(&reply), (400, "invalid_request".to_owned()));

    let server = Squads::start(Dialect::Server);
    for query in ["", "?status=in_review", "?status=late", "?other=1"] {
        assert_eq!(statuses(&server, query), all[..4], "{query}");
    }

    for squads in [page, server] {
        let reply = squads.agent("GET", "/agents/me/inbox-lite", "");
        let items = squads.open("items", &reply);
        let first = &items[0];
        assert_eq!(first["identifier"], "SLA-26");
        assert_eq!(first["priority"], "medium");
        let hostile = items[2]["title"].as_str().expect("a title");
        assert!(hostile.contains('\u{1b}') && hostile.contains('\u{202e}'));
    }
}

#[test]
fn agents_are_listed_and_shown() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let reply = squads.get(&format!("/squads/{SQUAD}/agents"));
        assert_eq!(reply.status, 200);
        let list = squads.open("agents", &reply);
        let rows = list.as_array().expect("a list");
        // The server finds terminated agents by ID only.
        assert_eq!(rows.len(), if squads.is_page() { 12 } else { 11 });
        for status in [
            "active",
            "paused",
            "idle",
            "running",
            "error",
            "pending_approval",
        ] {
            assert!(rows.iter().any(|row| row["status"] == status), "{status}");
        }
        let twins = rows.iter().filter(|row| row["name"] == "Reviewer").count();
        assert_eq!(twins, 2);
        let deployer = squads.shown(&squads.id("Deployer"));
        if squads.is_page() {
            assert!(
                rows.iter()
                    .all(|row| members(row) == ["id", "name", "role", "status"])
            );
            assert_eq!(deployer.get("adapterConfig"), None);
            let coder = squads.shown(CODER);
            assert_eq!(coder["title"], "Senior Software Engineer");
            assert_eq!(coder["adapterType"], "claude_local");
        } else {
            let env = &deployer["adapterConfig"]["env"];
            assert!(
                env["DEPLOY_TOKEN"]
                    .as_str()
                    .is_some_and(|it| it.contains("plain"))
            );
            assert!(deployer["runtimeConfig"]["webhook"].is_string());
            assert!(rows[0].get("access").is_none());
            assert!(deployer["chainOfCommand"].is_array());
            let at = deployer["createdAt"].as_str().expect("a time");
            assert!(at.contains(".000Z"), "{at}");
        }
    }
}

#[test]
fn agent_is_created() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let mut body = new_agent("Tester");
        body["title"] = json!("Test Engineer");
        if squads.is_page() {
            body["reportsToAgentId"] = json!(CODER);
            body["prompt"] = json!("Test it.");
        } else {
            body["reportsTo"] = json!(CODER);
            body["instructionsBundle"] = json!({ "files": { "AGENTS.md": "Test it." } });
        }
        body["desiredSkills"] = json!(["testing"]);
        let reply = squads.post(&format!("/squads/{SQUAD}/agents"), &body);
        assert_eq!(reply.status, 201, "{reply:?}");
        let made = squads.open("agent", &reply);
        assert_eq!(made["name"], "Tester");
        assert_eq!(made["title"], "Test Engineer");
        assert_eq!(made["squadId"], SQUAD);
        let id = made["id"].as_str().expect("an id");
        let shown = squads.shown(id);
        if squads.is_page() {
            assert_eq!(shown, made);
            assert_eq!(made["status"], "active");
            assert_eq!(made["reportsToAgentId"], CODER);
            assert_eq!(made["prompt"], "Test it.");
            assert_eq!(made["desiredSkills"], json!(["testing"]));
        } else {
            assert_eq!(made["status"], "idle");
            assert_eq!(made["reportsTo"], CODER);
            let config = &shown["adapterConfig"];
            assert_eq!(config["instructionsBundleMode"], "managed");
        }
        assert_eq!(squads.id("Tester"), id);
    }
}

#[test]
fn agent_is_hired() {
    let page = Squads::start(Dialect::Page);
    for squad in [SQUAD, CAREFUL] {
        let body = json!({ "name": "Help", "role": "engineer", "reason": "Much to do" });
        let reply = page.post(&format!("/squads/{squad}/agent-hires"), &body);
        assert_eq!(reply.status, 202);
        let receipt = reply.json();
        assert_eq!(members(&receipt), ["approvalId", "status"]);
        assert_eq!(receipt["status"], "pending");
    }
    let list = page.open("agents", &page.get(&format!("/squads/{SQUAD}/agents")));
    assert_eq!(list.as_array().map(Vec::len), Some(12));

    let server = Squads::start(Dialect::Server);
    for (squad, status) in [(SQUAD, "idle"), (CAREFUL, "pending_approval")] {
        let reply = server.post(&format!("/squads/{squad}/agent-hires"), &new_agent("Help"));
        assert_eq!(reply.status, 201);
        let hired = reply.json();
        assert_eq!(members(&hired), ["agent", "approval"]);
        assert_eq!(hired["agent"]["status"], status);
        let id = hired["agent"]["id"].as_str().expect("an id");
        assert_eq!(server.shown(id)["status"], status);
        if squad == SQUAD {
            assert!(hired["approval"].is_null());
        } else {
            assert_eq!(hired["approval"]["status"], "pending");
            assert_eq!(hired["approval"]["payload"]["name"], "Help");
        }
    }
}

#[test]
fn agent_is_updated() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let path = format!("/agents/{CODER}");
        let body = json!({ "name": "Coder One", "title": "Engineer", "status": "paused", "prompt": "New." });
        let reply = squads.patch(&path, &body);
        assert_eq!(reply.status, 200, "{reply:?}");
        let changed = squads.open("agent", &reply);
        assert_eq!(changed["name"], "Coder One");
        assert_eq!(changed["title"], "Engineer");
        assert_eq!(changed["status"], "paused");
        if squads.is_page() {
            assert_eq!(changed["prompt"], "New.");
        } else {
            assert_eq!(changed["pauseReason"], "manual");
        }
        let reply = squads.patch(&path, &json!({ "title": null, "status": "active" }));
        let changed = squads.open("agent", &reply);
        assert!(changed["title"].is_null());
        assert_eq!(changed["status"], "active");
        assert_eq!(changed["name"], "Coder One");

        let boss = squads.id("Manager");
        let reply = squads.patch(&path, &json!({ "reportsTo": boss }));
        if squads.is_page() {
            squads.refused(&reply, (400, "invalid_request"), 0);
            continue;
        }
        assert_eq!(reply.status, 200);
        let me = squads.open("agent", &squads.agent("GET", "/agents/me", ""));
        assert_eq!(me["chainOfCommand"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn permissions_are_granted_and_removed() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let path = format!("/agents/{CODER}/permissions");
        let body = json!({ "canCreateAgents": true, "canAssignTasks": false });
        let reply = squads.patch(&path, &body);
        assert_eq!(reply.status, 200, "{reply:?}");
        let agent = squads.open("agent", &reply);
        assert_eq!(agent["permissions"]["canCreateAgents"], true);
        for agent in [agent, squads.shown(CODER)] {
            if squads.is_page() {
                assert_eq!(agent["permissions"]["canAssignTasks"], false);
            } else {
                assert_eq!(agent["access"]["grants"], json!([]));
                assert_eq!(agent["access"]["canAssignTasks"], true, "it is active");
            }
        }
        let reply = squads.agent(
            "POST",
            &format!("/squads/{SQUAD}/agent-hires"),
            &json!({ "name": "Help", "role": "engineer" }).to_string(),
        );
        assert!(matches!(reply.status, 201 | 202), "{reply:?}");
    }
}

#[test]
fn instructions_path_is_set() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let path = format!("/agents/{CODER}/instructions-path");
        let name = if squads.is_page() {
            "instructionsPath"
        } else {
            "path"
        };
        let reply = squads.patch(&path, &json!({ name: "docs/AGENTS.md" }));
        assert_eq!(reply.status, 200, "{reply:?}");
        if squads.is_page() {
            let agent = squads.open("agent", &reply);
            assert_eq!(agent["instructionsPath"], "docs/AGENTS.md");
            continue;
        }
        let expected = json!({
            "agentId": CODER,
            "adapterType": "claude_local",
            "adapterConfigKey": "instructionsFilePath",
            "path": "/srv/repos/app/docs/AGENTS.md",
        });
        assert_eq!(reply.json(), expected);
        let cleared = squads.patch(&path, &json!({ "path": null })).json();
        assert!(cleared["path"].is_null());
        let config = &squads.shown(CODER)["adapterConfig"];
        assert!(config["instructionsFilePath"].is_null() && config["cwd"].is_string());
        let body = json!({ "path": "/etc/x.md", "adapterConfigKey": "otherPath" });
        assert_eq!(
            squads.patch(&path, &body).json()["adapterConfigKey"],
            "otherPath"
        );
    }
}

#[test]
fn instructions_are_a_file_on_the_server() {
    let path = format!("/agents/{CODER}/instructions-bundle/file");
    let body = json!({ "path": "AGENTS.md", "content": "New." }).to_string();
    let server = Squads::start(Dialect::Server);
    let read = || server.get(&format!("{path}?path=AGENTS.md"));
    assert_eq!(read().status, 404);
    assert_eq!(server.operator("PUT", &path, &body).status, 200);
    assert_eq!(read().json()["content"], "New.");
    let config = &server.shown(CODER)["adapterConfig"];
    assert_eq!(config["instructionsBundleMode"], "managed");
    assert_eq!(server.get(&path).status, 422, "no path");
    // A prompt that an agent is created with is there too, but not of every adapter.
    for (adapter, status) in [("claude_local", 200), ("process", 404), ("http", 404)] {
        let mut body = new_agent("Tester");
        body["adapterType"] = json!(adapter);
        body["instructionsBundle"] = json!({ "files": { "AGENTS.md": "Test it." } });
        let made = server
            .post(&format!("/squads/{SQUAD}/agents"), &body)
            .json();
        let id = made["id"].as_str().expect("an id");
        let reply = server.get(&format!(
            "/agents/{id}/instructions-bundle/file?path=AGENTS.md"
        ));
        assert_eq!(reply.status, status, "{adapter}");
        let is_kept = made["adapterConfig"]["instructionsBundleMode"].is_string();
        assert_eq!(is_kept, status == 200, "{adapter}");
    }
    let page = Squads::start(Dialect::Page);
    let reply = page.get(&format!("{path}?path=AGENTS.md"));
    page.refused(&reply, (404, "route_not_found"), 0);
}

#[test]
fn agent_pauses_resumes_and_terminates() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let resumed = if squads.is_page() { "active" } else { "idle" };
        let steps = [
            ("pause", "paused"),
            ("pause", "paused"),
            ("resume", resumed),
            ("resume", resumed),
            ("terminate", "terminated"),
        ];
        for (verb, status) in steps {
            // A body of no members and none at all are the same.
            let body = if status == resumed { "" } else { "{}" };
            let reply = squads.operator("POST", &format!("/agents/{CODER}/{verb}"), body);
            assert_eq!(reply.status, 200, "{reply:?}");
            if squads.is_page() {
                assert_eq!(reply.json(), json!({ "ok": true }));
            } else {
                assert_eq!(reply.json()["status"], status);
            }
            assert_eq!(squads.shown(CODER)["status"], status);
        }
        for verb in ["pause", "resume", "terminate"] {
            let reply = squads.operator("POST", &format!("/agents/{CODER}/{verb}"), "{}");
            squads.refused(&reply, (409, "agent_terminated"), 409);
        }
        let reply = squads.patch(&format!("/agents/{CODER}"), &json!({ "status": "active" }));
        squads.refused(&reply, (409, "agent_terminated"), 409);
        let reply = squads.agent("GET", "/agents/me", "");
        squads.refused(&reply, (401, "unauthorized"), 401);
    }
}

#[test]
fn agent_is_deleted() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let body = new_agent("Short-lived");
        let reply = squads.post(&format!("/squads/{SQUAD}/agents"), &body);
        let made = squads.open("agent", &reply);
        let path = format!("/agents/{}", made["id"].as_str().expect("an id"));
        let reply = squads.operator("DELETE", &path, "");
        assert_eq!((reply.status, reply.json()), (200, json!({ "ok": true })));
        for method in ["DELETE", "GET"] {
            let reply = squads.operator(method, &path, "");
            squads.refused(&reply, (404, "agent_not_found"), 404);
        }
    }
}

#[test]
fn keys_are_created_listed_and_revoked() {
    for dialect in BOTH {
        let clock = Clock::new();
        let squads = Squads::with(Options {
            dialect,
            ..clock.options()
        });
        let path = format!("/agents/{CODER}/keys");
        let expiry = "2026-07-02T00:00:00Z";
        let reply = squads.post(&path, &json!({ "name": "ci", "expiresAt": expiry }));
        assert_eq!(reply.status, 201, "{reply:?}");
        let made = reply.json();
        let token = made["token"].as_str().expect("a token");
        let key = if squads.is_page() {
            assert_eq!(members(&made), ["key", "token"]);
            assert_eq!(made["key"]["expiresAt"], expiry);
            &made["key"]
        } else {
            assert_eq!(members(&made), ["id", "name", "token", "createdAt"]);
            &made
        };
        assert_eq!(key["name"], "ci");
        assert_eq!(squads.bearing(token, "GET", "/agents/me").status, 200);

        let keys = squads.open("keys", &squads.get(&path));
        let keys = keys.as_array().expect("a list");
        assert_eq!(keys.len(), 4);
        let revoked = keys.iter().filter(|key| !key["revokedAt"].is_null());
        assert_eq!(revoked.count(), 1);
        assert!(keys.iter().all(|key| key.get("hash").is_none()));
        assert_eq!(keys[3].get("expiresAt").is_some(), squads.is_page());

        // A day later the page's key has expired; the server's never does.
        clock.forward(2 * 86_400);
        let expired = squads.bearing(token, "GET", "/agents/me").status;
        assert_eq!(expired, if squads.is_page() { 401 } else { 200 });

        let path = format!("{path}/{}", key["id"].as_str().expect("an id"));
        for _ in 0..2 {
            let reply = squads.operator("DELETE", &path, "");
            assert_eq!((reply.status, reply.json()), (200, json!({ "ok": true })));
        }
        assert_eq!(squads.bearing(token, "GET", "/agents/me").status, 401);
    }
}

#[test]
fn runtime_state_is_shown_and_reset() {
    for dialect in BOTH {
        let squads = Squads::start(dialect);
        let path = format!("/agents/{CODER}/runtime-state");
        let before = squads.get(&path).json();
        assert_eq!(members(&before).len(), 16);
        assert!(before["sessionId"].is_string());
        assert_eq!(before["totalCostCents"], 412);
        let reset = format!("{path}/reset-session");
        let after = squads.post(&reset, &json!({ "taskKey": "SLA-26" })).json();
        assert_eq!(after["clearedTaskSessions"], 1);
        assert_eq!(after["sessionId"], before["sessionId"]);
        let after = squads.post(&reset, &json!({})).json();
        assert_eq!(after["clearedTaskSessions"], 1);
        assert!(after["sessionId"].is_null());
        assert_eq!(after["totalCostCents"], 412);
        assert!(squads.get(&path).json()["sessionId"].is_null());
        // One that never ran has a state too.
        let fresh = squads.id("Pixel");
        let state = squads.get(&format!("/agents/{fresh}/runtime-state")).json();
        assert_eq!(members(&state).len(), 16);
        assert!(state["lastRunId"].is_null());
    }
}
