//! Workspaces, and the reports of execution agents.

use serde_json::{Value, json};

use crate::sandbox::http::{Client, Clock, START, refusal, seconds, text, with};

const LEARNING: &str = "/exec/learnings/lrn_4f8a2c";

fn learnings(client: &Client, workspace: &str) -> Vec<Value> {
    let list = client
        .get(&format!(
            "/exec/learnings?workspace_id={workspace}&limit=100"
        ))
        .json();
    list["data"].as_array().expect("rows").clone()
}

fn unknown_workspace() -> (u16, Option<String>, Option<String>) {
    (
        404,
        Some("workspace_not_found".into()),
        Some("workspace_id".into()),
    )
}

#[test]
fn learnings_are_listed_shown_and_deleted() {
    let client = Client::fresh();
    let all = [
        learnings(&client, "ws_team_a"),
        learnings(&client, "ws_a1b2c3d4"),
    ];
    assert_eq!(all.iter().map(Vec::len).sum::<usize>(), 12);
    for (rows, workspace) in all.iter().zip(["ws_team_a", "ws_a1b2c3d4"]) {
        assert!(rows.is_sorted_by(
            |newer, older| seconds(&newer["created_at"]) >= seconds(&older["created_at"])
        ));
        for row in rows {
            assert_eq!(row["workspace_id"], workspace);
            assert!(
                row["score"]
                    .as_f64()
                    .is_some_and(|score| (0.0..=1.0).contains(&score))
            );
            assert!(row["source_type"].is_string() && row["created_at"].is_string());
            assert_eq!(
                client
                    .get(&format!("/exec/learnings/{}", text(&row["id"])))
                    .json(),
                *row
            );
        }
    }
    let contents: Vec<String> = all
        .iter()
        .flatten()
        .map(|row| text(&row["content"]))
        .collect();
    assert!(contents.iter().any(|content| content.len() > 1000));
    assert!(
        contents
            .iter()
            .any(|content| ['\n', '\u{1b}', '🧭'].iter().all(|c| content.contains(*c)))
    );

    let reply = client.delete(LEARNING);
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    assert_eq!(client.get(LEARNING).error(), (404, None, None));
    assert_eq!(client.delete(LEARNING).error(), (404, None, None));
    assert_eq!(learnings(&client, "ws_a1b2c3d4").len() + 1, all[1].len());
    assert_eq!(
        client.get("/exec/learnings?workspace_id=ws_none").error(),
        unknown_workspace()
    );
}

#[test]
fn context_is_replaced() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let get = |workspace: &str| client.get(&format!("/exec/context?workspace_id={workspace}"));
    let put = |document: &Value| {
        client.raw(
            "PUT",
            "/exec/context",
            "application/json",
            &document.to_string(),
        )
    };
    assert_eq!(
        get("ws_team_a").json(),
        json!({ "workspace_id": "ws_team_a", "context": {}, "updated_at": null })
    );
    let full = get("ws_a1b2c3d4").json();
    assert!(
        full["context"]
            .as_object()
            .is_some_and(|context| !context.is_empty())
    );
    assert!(seconds(&full["updated_at"]) < START);
    for (workspace, context) in [
        ("ws_team_a", json!({ "deep": { "er": [1, null, "ü"] } })),
        ("ws_a1b2c3d4", json!({ "only": true })),
        ("ws_a1b2c3d4", json!({})),
    ] {
        clock.forward(60);
        let reply = put(&json!({ "workspace_id": workspace, "context": context }));
        assert_eq!((reply.status, &reply.json()["context"]), (200, &context));
        assert_eq!(get(workspace).json(), reply.json());
    }
    assert_eq!(
        get("ws_a1b2c3d4").json()["updated_at"],
        "2026-07-01T00:03:00Z"
    );

    let good = json!({ "workspace_id": "ws_team_a", "context": {} });
    for (name, value) in [
        ("workspace_id", json!("")),
        ("workspace_id", json!(1)),
        ("context", json!([])),
        ("context", json!("{}")),
        ("context", json!(null)),
        ("merge", json!(true)),
    ] {
        assert_eq!(
            put(&with(good.clone(), name, value)).error(),
            refusal("invalid_body", name)
        );
    }
    for name in ["workspace_id", "context"] {
        let mut document = good.clone();
        document.as_object_mut().expect("an object").remove(name);
        assert_eq!(put(&document).error(), refusal("invalid_body", name));
    }
    let elsewhere = with(good, "workspace_id", json!("ws_none"));
    assert_eq!(put(&elsewhere).error(), unknown_workspace());
    assert_eq!(get("ws_none").error(), unknown_workspace());
}

#[test]
fn execution_agent_reports_about_itself() {
    let client = Client::fresh();
    let get = |agent: &str, what: &str| client.get(&format!("/exec/agents/{agent}/{what}"));
    let manifest = get("agt_abc123", "manifest").json();
    let names = |tools: &Value| -> Vec<Value> {
        let tools = tools.as_array().expect("tools").iter();
        tools.map(|tool| tool["name"].clone()).collect()
    };
    let agent = client.get("/management/agents/agt_abc123").json();
    assert_eq!(manifest["agent_id"], "agt_abc123");
    assert_eq!(names(&manifest["tools"]), names(&agent["tools"]));
    assert_eq!(
        manifest["tools"][0],
        client.get("/exec/tools/kubectl_get").json()
    );
    let environment = get("agt_abc123", "environment").json();
    assert!(environment["os"].is_object() && environment["kernel"].is_string());
    assert_eq!(environment["binaries"][0]["name"], "kubectl");
    for (agent, connected) in [("agt_abc123", true), ("agt_8ldms2sjzs3iqhew", false)] {
        let connectivity = get(agent, "connectivity").json();
        assert!(connectivity["last_heartbeat"].is_string());
        let endpoints = connectivity["endpoints"].as_array().expect("endpoints");
        assert!(endpoints.len() > 1);
        for endpoint in endpoints {
            assert_eq!(endpoint["reachable"], connected);
            assert_eq!(endpoint["latency_ms"].is_u64(), connected);
        }
    }
    for what in ["manifest", "environment", "connectivity"] {
        let unknown = get("agt_none", what);
        assert_eq!(unknown.error(), (404, Some("agent_not_found".into()), None));
        let plain = get("agt_g0974f2pgyfa8vcq", what);
        assert_eq!(plain.error(), (404, None, None), "it has no tools");
    }
}
