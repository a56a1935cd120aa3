//! The output of runs, and reruns.

use serde_json::{Value, json};

use crate::sandbox::http::{Client, Clock, Reply, text};

const FAILED: &str = "/exec/executions/7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08";
const TEXT: &str = "text/plain; charset=utf-8";

/// The output of a call that has ended.
fn output(client: &Client, invocation: &Value) -> (Reply, Vec<u8>) {
    client.download(&format!(
        "/exec/executions/{}/raw",
        text(&invocation["execution_id"])
    ))
}

fn ran(client: &Client, args: &Value) -> (String, Vec<u8>) {
    let call = client.invoke("sandbox_run", args).json();
    let (head, bytes) = output(client, &call);
    assert_eq!(head.status, 200, "{head:?}");
    assert_eq!(
        head.header("content-length"),
        Some(bytes.len().to_string().as_str())
    );
    (
        head.header("content-type")
            .expect("a content type")
            .to_owned(),
        bytes,
    )
}

#[test]
fn output_has_the_requested_type() {
    let client = Client::fresh();
    let (kind, bytes) = ran(&client, &json!({ "seconds": 0 }));
    assert_eq!(kind, TEXT);
    assert!(bytes.ends_with(b"ending: completed\nexit code: 0\n"));
    let (kind, bytes) = ran(&client, &json!({ "seconds": 0, "output": "binary" }));
    assert_eq!(kind, "application/octet-stream");
    assert!((0..=255).all(|byte| bytes.contains(&byte)));
    let (kind, bytes) = ran(
        &client,
        &json!({ "seconds": 0, "output": "empty", "ending": "failed" }),
    );
    assert_eq!((kind.as_str(), bytes.len()), (TEXT, 0));
    let (kind, bytes) = ran(&client, &json!({ "seconds": 0, "output": "large" }));
    assert_eq!((kind.as_str(), bytes.len()), (TEXT, 20 << 20));
    assert_eq!(
        bytes
            .chunks(64)
            .filter(|line| line.ends_with(b".\n"))
            .count(),
        (20 << 20) / 64
    );
    assert!(bytes.starts_with(b"       1 ") && bytes.ends_with(b".\n"));
}

#[test]
fn output_is_available_after_the_run() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let id = client.invoked("sandbox_run", &json!({ "seconds": 5 }));
    clock.forward(1);
    let call = client.invocation(&id);
    let raw = format!("/exec/executions/{}/raw", text(&call["execution_id"]));
    assert_eq!(client.get(&raw).error(), (409, None, None));
    clock.forward(5);
    assert_eq!(client.get(&raw).status, 200);
    assert_eq!(
        client.get("/exec/executions/none/raw").error(),
        (404, None, None)
    );

    let id = client.invoked("sandbox_run", &json!({ "seconds": 5 }));
    clock.forward(2);
    client.act(&format!("/exec/invocations/{id}/cancel"));
    let (head, bytes) = output(&client, &client.invocation(&id));
    assert_eq!(
        (head.status, bytes.len()),
        (200, 0),
        "a cancelled run put out nothing"
    );
}

#[test]
fn output_depends_on_the_tool() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let cases = [
        (
            "kubectl_get",
            json!({ "resource": "pods" }),
            "NAME            READY   STATUS",
        ),
        (
            "kubectl_get",
            json!({ "resource": "nodes" }),
            "control-plane",
        ),
        (
            "kubectl_get",
            json!({ "resource": "secrets" }),
            "NAME      AGE\n",
        ),
        (
            "kubectl_logs",
            json!({ "pod": "api-6d5f", "tail": 3 }),
            "INFO api-6d5f: request 998",
        ),
        (
            "kubectl_scale",
            json!({ "deployment": "api", "replicas": 3 }),
            "deployment.apps/api scaled",
        ),
        (
            "openstack_server_list",
            json!({ "status": "ERROR" }),
            "| gpu-burn-in | ERROR  |",
        ),
        (
            "openstack_server_start",
            json!({ "server": "s" }),
            "server s: ACTIVE",
        ),
    ];
    for (tool, args, part) in cases {
        let id = client.invoked(tool, &args);
        clock.forward(2);
        let (head, bytes) = output(&client, &client.invocation(&id));
        assert_eq!(head.header("content-type"), Some(TEXT));
        let text = String::from_utf8(bytes).expect("text");
        assert!(
            text.contains(part) && text.ends_with('\n'),
            "{tool}: {text}"
        );
    }
    let reply = client.get(&format!("{FAILED}/raw"));
    assert_eq!((reply.status, reply.text.lines().count()), (200, 6));
    assert!(reply.text.contains("disruption budget"));
}

#[test]
fn rerun_follows_the_same_rules() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let args = json!({ "seconds": 0, "ending": "failed" });
    let first = client.invoke("sandbox_run", &args).json();
    let rerun = format!("/exec/executions/{}/rerun", text(&first["execution_id"]));
    let reply = client.act(&rerun);
    assert_eq!(reply.status, 201);
    let second = reply.json();
    for member in ["tool_name", "workspace_id", "args", "status"] {
        assert_eq!(first[member], second[member]);
    }
    assert_ne!(first["id"], second["id"]);
    assert_ne!(first["execution_id"], second["execution_id"]);

    let drain = client.act(&format!("{FAILED}/rerun")).json();
    assert_eq!(
        (&drain["status"], &drain["args"]),
        (&json!("pending_approval"), &json!({ "node": "node-7" }))
    );
    assert_eq!(
        client.approval(&text(&drain["approval_id"]))["status"],
        "pending"
    );

    // A snapshot of the past, whose agent is gone.
    let snapshot = "/exec/executions/e84ab056-23d7-4354-9fa6-34a03566f4e5/rerun";
    assert_eq!(
        client.act(snapshot).error(),
        (503, Some("tool_executor_unavailable".into()), None)
    );
    assert_eq!(
        client.act("/exec/executions/none/rerun").error(),
        (404, None, None)
    );
}

#[test]
fn demo_runs_have_every_ending() {
    let client = Client::fresh();
    let list = client.get("/exec/executions?limit=100").json();
    let rows = list["data"].as_array().expect("rows");
    for status in ["running", "completed", "failed", "timeout", "cancelled"] {
        let of: Vec<&Value> = rows.iter().filter(|row| row["status"] == status).collect();
        assert!(!of.is_empty(), "{status}");
        let has_code = ["completed", "failed"].contains(&status);
        assert!(of.iter().all(|row| row["exit_code"].is_i64() == has_code));
    }
    let times: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["created_at"].as_str())
        .collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
}
