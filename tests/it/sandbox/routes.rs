//! Every route with valid requests.

use serde_json::json;

use crate::sandbox::http::{Client, Clock, agent, join_key, seconds};

const AGENT: &str = "/management/agents/agt_abc123";

#[test]
fn agent_is_created_updated_and_deleted() {
    let client = Client::fresh();
    let mut document = agent("gpu-worker-9 ✨");
    document["max_concurrent_requests"] = json!(2_147_483_647);
    document["description"] = json!("");
    document["supported_tiers"] = json!(["priority", "anything"]);
    let reply = client.post("/management/agents", &document);
    assert_eq!(reply.status, 201);
    let made = reply.json();
    let id = made["id"].as_str().expect("an id").to_owned();
    for (name, value) in document.as_object().expect("an object") {
        assert_eq!(&made[name], value);
    }
    assert_eq!(made["status"], "pending");
    assert!(made["last_heartbeat"].is_null());
    assert_eq!(
        client.get("/management/agents").ids()[0],
        id,
        "the newest comes first"
    );
    assert_eq!(client.get(&format!("/management/agents/{id}")).json(), made);
    assert_eq!(client.event_types(&id), ["agent.created"]);

    let path = format!("/management/agents/{id}");
    let reply = client.patch(
        &path,
        &json!({ "name": "renamed", "status": "suspended", "supported_tiers": [] }),
    );
    assert_eq!(reply.status, 200);
    let changed = reply.json();
    assert_eq!(
        (&changed["name"], &changed["status"]),
        (&json!("renamed"), &json!("suspended"))
    );
    assert_eq!(
        (&changed["supported_tiers"], &changed["description"]),
        (&json!([]), &json!(""))
    );
    let reply = client.patch(
        &path,
        &json!({ "description": null, "supported_tiers": null }),
    );
    assert!(reply.json()["description"].is_null() && reply.json()["supported_tiers"].is_null());
    assert_eq!(
        client.event_types(&id),
        ["agent.updated", "agent.updated", "agent.created"]
    );

    let reply = client.delete(&path);
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    let gone = (404, Some("agent_not_found".to_owned()), None);
    assert_eq!(client.get(&path).error(), gone);
    assert_eq!(client.delete(&path).error(), gone);
    assert_eq!(client.patch(&path, &json!({ "name": "x" })).error(), gone);
    assert_eq!(client.get(&format!("{path}/events")).error(), gone);
    assert_eq!(client.get(&format!("{path}/candidates")).error(), gone);
}

#[test]
fn detail_has_more_fields_than_list() {
    let client = Client::fresh();
    let detail = client.get(AGENT).json();
    let tools = detail["tools"]
        .as_array()
        .expect("an execution agent has tools");
    assert!(tools.contains(&json!({
        "name": "kubectl_drain",
        "description": "Evict all pods from a node and mark it unschedulable",
        "risk": "destructive",
        "domain": "kubernetes",
    })));
    let list = client.get("/management/agents").json();
    assert!(
        list["data"]
            .as_array()
            .expect("rows")
            .iter()
            .all(|row| row.get("tools").is_none())
    );
}

#[test]
fn candidate_is_decided_once() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let path = format!("{AGENT}/candidates");
    let statuses = || {
        let list = client.get(&path).json();
        assert_eq!(
            (&list["object"], &list["has_more"]),
            (&json!("list"), &json!(false))
        );
        let rows = list["data"].as_array().expect("rows").clone();
        let mut words: Vec<String> = rows
            .iter()
            .filter_map(|row| row["status"].as_str().map(str::to_owned))
            .collect();
        words.sort();
        words
    };
    assert_eq!(
        statuses(),
        [
            "approved", "expired", "pending", "pending", "pending", "rejected"
        ]
    );
    let approve = format!("{path}/cand_xyz789/approve");
    let gone = (404, Some("candidate_not_found".to_owned()), None);
    let elsewhere = client
        .get("/management/agents")
        .ids()
        .into_iter()
        .find(|id| id != "agt_abc123");
    let elsewhere = format!(
        "/management/agents/{}/candidates/cand_xyz789/approve",
        elsewhere.expect("others")
    );
    assert_eq!(client.act(&elsewhere).error(), gone);
    let reply = client.act(&approve);
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (200, &json!("approved"))
    );
    assert_eq!(reply.json()["agent_id"], "agt_abc123");
    assert_eq!(client.act(&approve).error(), gone);
    assert_eq!(
        client.act(&format!("{path}/cand_xyz789/reject")).error(),
        gone
    );
    assert_eq!(
        client.act(&format!("{path}/cand_none/reject")).error(),
        gone
    );
    let pending = client.get(&path).json()["data"][1]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert_eq!(client.act(&format!("{path}/{pending}/reject")).status, 204);
    assert_eq!(
        statuses(),
        [
            "approved", "approved", "expired", "pending", "rejected", "rejected"
        ]
    );
    assert_eq!(
        client.event_types("agt_abc123")[..2],
        ["candidate.rejected", "candidate.approved"]
    );
    clock.forward(3 * 86_400);
    assert!(
        !statuses().contains(&"pending".to_owned()),
        "what nobody decides on expires"
    );
}

#[test]
fn join_key_shows_its_token_once_and_ends() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let mut document = join_key("gpu-pool-new");
    document["ttl_seconds"] = json!(3600);
    document["max_enrollments"] = json!(5);
    document["agent_role"] = json!("execution");
    document["supported_tiers"] = json!(["priority"]);
    let reply = client.post("/management/join-keys", &document);
    assert_eq!(reply.status, 201);
    let mut made = reply.json();
    let token = made
        .as_object_mut()
        .and_then(|made| made.remove("token"))
        .expect("a token");
    assert!(token.as_str().is_some_and(|token| token.len() > 30));
    assert_eq!(
        seconds(&made["expires_at"]) - seconds(&made["created_at"]),
        3600
    );
    assert_eq!(
        (&made["status"], &made["current_enrollments"]),
        (&json!("active"), &json!(0))
    );
    let list = client.get("/management/join-keys");
    assert_eq!(list.json()["data"][0], made);
    assert!(!list.text.contains(token.as_str().expect("text")));

    let id = made["id"].as_str().expect("an id").to_owned();
    let live = |id: &str| {
        client
            .all("/management/join-keys", 100)
            .iter()
            .any(|known| known == id)
    };
    clock.forward(3599);
    assert!(live(&id));
    clock.forward(1);
    assert!(!live(&id));
    let path = format!("/management/join-keys/{id}");
    assert_eq!(client.delete(&path).error(), (409, None, None));

    let made = client
        .post("/management/join-keys", &join_key("open"))
        .json();
    assert!(made["expires_at"].is_null() && made["max_enrollments"].is_null());
    assert_eq!(made["agent_role"], "inference");
    let id = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/management/join-keys/{id}");
    assert_eq!((client.delete(&path).status, live(&id)), (204, false));
    assert_eq!(client.delete(&path).error(), (409, None, None));
    assert!(
        client
            .all("/management/join-keys?include_terminal=true", 100)
            .contains(&id)
    );
    assert_eq!(
        client.delete("/management/join-keys/jk_none").error(),
        (404, None, None)
    );
}

#[test]
fn tools_are_listed_and_shown() {
    let client = Client::fresh();
    let names = client.get("/exec/tools").ids();
    for name in [
        "kubectl_get",
        "kubectl_drain",
        "openstack_server_stop",
        "storage/snapshot",
    ] {
        assert!(names.iter().any(|known| known == name));
        let tool = client
            .get(&format!("/exec/tools/{}", name.replace('/', "%2F")))
            .json();
        assert_eq!(tool["name"], name);
        assert_eq!(tool["parameters"]["type"], "object");
        assert!(
            tool["timeout_ms"].is_u64()
                && tool["domain"].is_string()
                && tool["description"].is_string()
        );
        let risks = ["read", "write", "destructive", "irreversible"];
        assert!(risks.contains(&tool["risk"].as_str().expect("a risk")));
    }
    assert_eq!(
        client.get("/exec/tools/rm").error(),
        (404, Some("exec_tool_not_found".into()), None)
    );
}

#[test]
fn invocations_and_executions_are_recorded() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let path = "/exec/invocations/5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10";
    let call = client.get(path).json();
    assert_eq!(
        (&call["status"], &call["completed_at"]),
        (&json!("running"), &json!(null))
    );
    clock.forward(90);
    let call = client.get(path).json();
    assert_eq!(
        (&call["status"], &call["risk"]),
        (&json!("completed"), &json!("read"))
    );
    assert!(call["completed_at"].is_string());
    let run = client
        .get("/exec/executions/7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08")
        .json();
    assert_eq!(
        (&run["status"], &run["exit_code"], &run["tool_name"]),
        (&json!("failed"), &json!(1), &json!("kubectl_drain"))
    );
    let call = client
        .get(&format!(
            "/exec/invocations/{}",
            run["invocation_id"].as_str().expect("an id")
        ))
        .json();
    assert_eq!(
        (&call["execution_id"], &call["status"]),
        (&run["id"], &json!("failed"))
    );
    assert_eq!(
        client.get("/exec/invocations/none").error(),
        (404, Some("invocation_not_found".into()), None)
    );
    assert_eq!(
        client.get("/exec/executions/none").error(),
        (404, None, None)
    );
}
