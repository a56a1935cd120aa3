//! Valid and invalid values of body members.

use serde_json::json;

use crate::sandbox::http::{Client, KEY, agent, join_key, refusal, with};

#[test]
fn agents() {
    let client = Client::fresh();
    let mut cases = vec![
        ("name", json!("")),
        ("name", json!("  ")),
        ("name", json!(7)),
        ("name", json!(null)),
        ("worker_id", json!("")),
        ("region", json!("")),
        ("region", json!("us east")),
        ("region", json!("são-paulo")),
        ("region", json!("x".repeat(25))),
        ("public_key", json!("")),
        ("public_key", json!("AAAA")),
        ("public_key", json!(format!("{KEY}AAAA"))),
        ("public_key", json!("!".repeat(44))),
        ("public_key", json!([1, 2])),
        ("max_concurrent_requests", json!(-1)),
        ("max_concurrent_requests", json!(2_147_483_648_u32)),
        ("max_concurrent_requests", json!(8.5)),
        ("max_concurrent_requests", json!("8")),
        ("max_concurrent_requests", json!(null)),
        ("description", json!(1)),
        ("supported_tiers", json!("priority")),
        ("supported_tiers", json!([""])),
        ("supported_tiers", json!([1])),
        ("supported-tiers", json!([])),
        ("id", json!("agt_mine")),
        ("Name", json!("x")),
    ];
    for (name, value) in &cases {
        let reply = client.post("/management/agents", &with(agent("x"), name, value.clone()));
        assert_eq!(
            reply.error(),
            refusal("invalid_body", name),
            "create {name} {value}"
        );
    }
    assert_eq!(
        client
            .post(
                "/management/agents",
                &with(agent("x"), "status", json!("active"))
            )
            .error(),
        refusal("invalid_body", "status")
    );
    cases.extend([
        ("status", json!("")),
        ("status", json!("Active")),
        ("status", json!("sleeping")),
        ("status", json!(null)),
    ]);
    for (name, value) in &cases {
        let reply = client.patch("/management/agents/agt_abc123", &json!({ *name: value }));
        assert_eq!(
            reply.error(),
            refusal("invalid_body", name),
            "update {name} {value}"
        );
    }
    assert_eq!(
        client
            .patch("/management/agents/agt_abc123", &json!({}))
            .error(),
        refusal("invalid_body", "body")
    );
    for name in ["name", "worker_id", "public_key", "region"] {
        let mut document = agent("x");
        document.as_object_mut().expect("an object").remove(name);
        let reply = client.post("/management/agents", &document);
        assert_eq!(
            reply.error(),
            refusal("invalid_body", name),
            "without {name}"
        );
    }
    assert_eq!(
        client.get("/management/agents?limit=100").ids().len(),
        40,
        "a refusal makes nothing"
    );
}

#[test]
fn accepts_whole_numbers_with_a_fraction() {
    let client = Client::fresh();
    let reply = client.patch(
        "/management/agents/agt_abc123",
        &json!({ "max_concurrent_requests": 3.0 }),
    );
    assert_eq!(reply.json()["max_concurrent_requests"], json!(3));
}

#[test]
fn rejected_update_changes_nothing() {
    let client = Client::fresh();
    let before = client.get("/management/agents/agt_abc123").json()["name"].clone();
    client
        .patch(
            "/management/agents/agt_abc123",
            &json!({ "name": "new", "region": "no good" }),
        )
        .error();
    assert_eq!(
        client.get("/management/agents/agt_abc123").json()["name"],
        before
    );
}

#[test]
fn public_keys_keep_their_base64_spelling() {
    let client = Client::fresh();
    let plain = format!("+/{}", &KEY[2..]);
    let url = plain.replace('+', "-").replace('/', "_");
    for key in [
        plain.as_str(),
        &url,
        plain.trim_end_matches('='),
        url.trim_end_matches('='),
    ] {
        let reply = client.post(
            "/management/agents",
            &with(agent("x"), "public_key", json!(key)),
        );
        assert_eq!(
            (reply.status, &reply.json()["public_key"]),
            (201, &json!(key))
        );
    }
}

#[test]
fn join_keys() {
    let client = Client::fresh();
    let cases = [
        ("name", json!("")),
        ("region", json!("a b")),
        ("router_addrs", json!([])),
        ("router_addrs", json!("tcp://router:5555")),
        ("router_addrs", json!([5555])),
        ("router_addrs", json!(["tcp://router:5555", "router:5555"])),
        ("router_addrs", json!(["udp://router:5555"])),
        ("router_addrs", json!(["tcp://router"])),
        ("router_addrs", json!(["tcp://:5555"])),
        ("router_addrs", json!(["tcp://router:0"])),
        ("router_addrs", json!(["tcp://router:65536"])),
        ("router_addrs", json!(["tcp://router:+55"])),
        ("router_addrs", json!(["tcp://router:5555/"])),
        ("router_addrs", json!(["tcp://ro uter:5555"])),
        ("router_addrs", json!(["tcp://[::g]:5555"])),
        ("router_addrs", json!(["tcp://::1:5555"])),
        ("max_enrollments", json!(0)),
        ("max_enrollments", json!(2_147_483_648_u32)),
        ("max_enrollments", json!("5")),
        ("ttl_seconds", json!(0)),
        ("ttl_seconds", json!(-5)),
        ("ttl_seconds", json!(1.5)),
        ("supported_tiers", json!({})),
        ("agent_role", json!("admin")),
        ("agent_role", json!(null)),
        ("token", json!("mine")),
    ];
    for (name, value) in cases {
        let reply = client.post(
            "/management/join-keys",
            &with(join_key("x"), name, value.clone()),
        );
        assert_eq!(
            reply.error(),
            refusal("invalid_body", name),
            "{name} {value}"
        );
    }
    for name in ["name", "region", "router_addrs"] {
        let mut document = join_key("x");
        document.as_object_mut().expect("an object").remove(name);
        assert_eq!(
            client.post("/management/join-keys", &document).error(),
            refusal("invalid_body", name)
        );
    }
    let addresses = json!([
        "tcp://10.0.0.1:1",
        "tcp://[::1]:65535",
        "tcp://a_b.example:5555"
    ]);
    let reply = client.post(
        "/management/join-keys",
        &with(join_key("x"), "router_addrs", addresses.clone()),
    );
    assert_eq!(
        (reply.status, &reply.json()["router_addrs"]),
        (201, &addresses)
    );
}

#[test]
fn actions() {
    let client = Client::fresh();
    for action in ["pause-exec", "resume-exec", "revoke-credentials"] {
        let path = format!("/management/agents/agt_abc123/{action}");
        assert_eq!(
            client.post(&path, &json!({ "workspace": "" })).error(),
            refusal("invalid_body", "workspace")
        );
        assert_eq!(
            client.post(&path, &json!({ "workspace": null })).error(),
            refusal("invalid_body", "workspace")
        );
        assert_eq!(
            client.post(&path, &json!({ "workspaces": [] })).error(),
            refusal("invalid_body", "workspaces")
        );
        assert_eq!(
            client.act(&path).error(),
            refusal("invalid_body", "content-type")
        );
        let unknown = client
            .post(&path, &json!({ "workspace": "ws_none" }))
            .error();
        assert_eq!(
            unknown,
            (
                404,
                Some("workspace_not_found".into()),
                Some("workspace".into())
            )
        );
        let missing = client.post(&format!("/management/agents/agt_none/{action}"), &json!({}));
        assert_eq!(missing.error(), (404, Some("agent_not_found".into()), None));
    }
    let rotate = "/management/agents/agt_abc123/curve-rotate";
    assert_eq!(
        client.post(rotate, &json!({ "reason": "" })).error(),
        refusal("invalid_body", "reason")
    );
    assert_eq!(
        client.post(rotate, &json!({ "reason": 1 })).error(),
        refusal("invalid_body", "reason")
    );
}
