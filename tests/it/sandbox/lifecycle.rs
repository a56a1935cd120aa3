//! Actions on agents, and their visible effects.

use serde_json::json;

use xeroctl::sandbox::Options;

use crate::sandbox::http::{Client, Clock, KEY, agent};

const AGENT: &str = "/management/agents/agt_abc123";

#[test]
fn execution_pauses_and_resumes_globally_or_per_workspace() {
    let client = Client::fresh();
    let state = || {
        let agent = client.get(AGENT).json();
        (
            agent["exec_paused"].clone(),
            agent["exec_paused_workspaces"].clone(),
        )
    };
    assert_eq!(state(), (json!(false), json!([])));
    for _ in 0..2 {
        let reply = client.post(
            &format!("{AGENT}/pause-exec"),
            &json!({ "workspace": "ws_team_a" }),
        );
        assert_eq!(
            (reply.status, &reply.json()["exec_paused_workspaces"]),
            (200, &json!(["ws_team_a"]))
        );
    }
    client.post(&format!("{AGENT}/pause-exec"), &json!({}));
    client.post(
        &format!("{AGENT}/pause-exec"),
        &json!({ "workspace": "ws_a1b2c3d4" }),
    );
    assert_eq!(state(), (json!(true), json!(["ws_team_a", "ws_a1b2c3d4"])));
    assert_eq!(
        client
            .post(
                &format!("{AGENT}/resume-exec"),
                &json!({ "workspace": "ws_team_a" })
            )
            .json()["exec_paused"],
        json!(true)
    );
    assert_eq!(state(), (json!(true), json!(["ws_a1b2c3d4"])));
    assert_eq!(
        client
            .post(&format!("{AGENT}/resume-exec"), &json!({}))
            .status,
        200
    );
    assert_eq!(state(), (json!(false), json!([])));
    let expected = [
        "exec.resumed",
        "exec.resumed",
        "exec.paused",
        "exec.paused",
        "exec.paused",
        "exec.paused",
    ];
    assert_eq!(client.event_types("agt_abc123")[..6], expected);
}

#[test]
fn revoked_credentials_end_the_session() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let revoke = format!("{AGENT}/revoke-credentials");
    assert_eq!(
        client
            .post(&revoke, &json!({ "workspace": "ws_team_a" }))
            .status,
        204
    );
    let agent = client.get(AGENT).json();
    assert_eq!(agent["status"], "active");
    assert_eq!(
        agent["credentials_revoked_workspaces"],
        json!(["ws_team_a"])
    );
    let heard = agent["last_heartbeat"].clone();
    assert_eq!(client.post(&revoke, &json!({})).status, 204);
    clock.forward(3600);
    let agent = client.get(AGENT).json();
    assert_eq!(
        (&agent["status"], &agent["last_heartbeat"]),
        (&json!("disconnected"), &heard)
    );
    assert_eq!(
        client.event_types("agt_abc123")[..2],
        ["credentials.revoked", "credentials.revoked"]
    );
}

#[test]
fn rotation_advances_with_the_clock() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let key = || client.get(AGENT).json()["public_key"].clone();
    let old = key();
    let reply = client.post(
        &format!("{AGENT}/curve-rotate"),
        &json!({ "reason": "post-incident" }),
    );
    assert_eq!(reply.status, 202);
    let receipt = reply.json();
    assert_eq!(receipt["status"], "dispatched");
    assert_eq!(
        receipt["monitor_url"],
        "https://no-console.sandbox.invalid/proj_sandbox/agents/agt_abc123/events"
    );
    let newest = || client.get(&format!("{AGENT}/events?limit=1")).json()["data"][0].clone();
    let expect = |kind: &str| {
        let event = newest();
        assert_eq!(event["event_type"], kind);
        assert_eq!(event["details"]["request_id"], receipt["request_id"]);
    };
    expect("curve.rotation_dispatched");
    assert_eq!(newest()["details"]["reason"], "post-incident");
    clock.forward(2);
    expect("curve.rotation_acknowledged");
    assert_eq!(key(), old);
    clock.forward(3);
    expect("curve.rotation_promoted");
    assert_ne!(key(), old);
    assert_eq!(newest()["details"]["public_key"], key());
    assert_eq!(
        client
            .post(&format!("{AGENT}/curve-rotate"), &json!({}))
            .status,
        202
    );
    assert_eq!(newest()["details"]["reason"], "scheduled");
}

#[test]
fn rotation_ends_on_disconnection_or_key_update() {
    for change in [json!({ "public_key": KEY }), json!({ "status": "dead" })] {
        let clock = Clock::new();
        let client = Client::start(clock.options());
        client.post(&format!("{AGENT}/curve-rotate"), &json!({}));
        let key = client.patch(AGENT, &change).json()["public_key"].clone();
        clock.forward(60);
        assert_eq!(client.get(AGENT).json()["public_key"], key);
        assert!(
            !client
                .event_types("agt_abc123")
                .contains(&"curve.rotation_promoted".to_owned())
        );
    }
}

#[test]
fn only_connected_execution_agents_rotate() {
    let client = Client::fresh();
    let made = client.post("/management/agents", &agent("plain")).json();
    let path = format!(
        "/management/agents/{}/curve-rotate",
        made["id"].as_str().expect("an id")
    );
    let refused = (
        400,
        Some("invalid_request".to_owned()),
        Some("id".to_owned()),
    );
    assert_eq!(client.post(&path, &json!({})).error(), refused);
    client.patch(AGENT, &json!({ "status": "disconnected" }));
    assert_eq!(
        client
            .post(&format!("{AGENT}/curve-rotate"), &json!({}))
            .error(),
        (409, None, None)
    );
}

#[test]
fn a_later_rotation_supersedes_one_in_progress() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let rotate = || client.post(&format!("{AGENT}/curve-rotate"), &json!({}));
    assert_eq!(rotate().status, 202);
    clock.forward(4);
    assert_eq!(rotate().status, 202);
    clock.forward(1);
    let old = client.get(AGENT).json()["public_key"].clone();
    clock.forward(4);
    assert_ne!(client.get(AGENT).json()["public_key"], old);
}

#[test]
fn the_name_of_an_agent_decides_about_its_rotation() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    for (name, expected, status) in [
        (
            "a-refuses",
            &["curve.rotation_refused", "curve.rotation_dispatched"][..],
            "active",
        ),
        ("a-silent", &["curve.rotation_dispatched"], "active"),
        (
            "a-drops",
            &["curve.rotation_acknowledged", "curve.rotation_dispatched"],
            "disconnected",
        ),
    ] {
        client.patch(AGENT, &json!({ "name": name, "status": "active" }));
        let rotated = client.post(&format!("{AGENT}/curve-rotate"), &json!({}));
        assert_eq!(rotated.status, 202, "{name}");
        clock.forward(60);
        let events = client.event_types("agt_abc123");
        assert_eq!(events[..expected.len()], *expected, "{name}");
        assert_eq!(client.get(AGENT).json()["status"], status, "{name}");
    }
}

#[test]
fn a_generated_fleet_comes_behind_the_demo_agents() {
    let client = Client::start(Options {
        agents: Some(200),
        ..Clock::new().options()
    });
    let ids = client.all("/management/agents", 100);
    assert_eq!(ids.len(), 240);
    assert_eq!(ids[40..42], ["agt_fleet00001", "agt_fleet00002"]);
    let agent = |number: u32| {
        client
            .get(&format!("/management/agents/agt_fleet{number:05}"))
            .json()
    };
    for (number, name, role, status) in [
        (96, "fleet-00096", "execution", "active"),
        (97, "fleet-00097-refuses", "execution", "active"),
        (198, "fleet-00198-silent", "execution", "active"),
        (199, "fleet-00199-inference", "inference", "active"),
        (200, "fleet-00200-offline", "execution", "disconnected"),
    ] {
        let agent = agent(number);
        assert_eq!(
            (&agent["name"], &agent["agent_role"], &agent["status"]),
            (&json!(name), &json!(role), &json!(status))
        );
    }
}
