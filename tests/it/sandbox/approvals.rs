//! Calls that are pending approval.

use serde_json::{Value, json};

use crate::sandbox::http::{Client, Clock, refusal, seconds, text};

fn rows(client: &Client, query: &str) -> Vec<Value> {
    let list = client
        .get(&format!("/exec/approvals?limit=100{query}"))
        .json();
    list["data"].as_array().expect("rows").clone()
}

#[test]
fn approved_call_runs() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let args = json!({ "node": "node-7", "force": true });
    let call = client.invoke("kubectl_drain", &args).json();
    assert_eq!(
        (&call["status"], &call["execution_id"]),
        (&json!("pending_approval"), &json!(null))
    );
    let (id, approval) = (text(&call["id"]), text(&call["approval_id"]));
    let url = text(&call["approval_url"]);
    assert!(
        url.starts_with("https://no-console.sandbox.invalid/")
            && url.ends_with(&format!("/approvals/{approval}"))
    );
    assert_eq!(
        client.approval(&approval),
        json!({
            "id": approval,
            "status": "pending",
            "risk": "destructive",
            "tool_name": "kubectl_drain",
            "workspace_id": "ws_a1b2c3d4",
            "agent_id": "agt_abc123",
            "invocation_id": id,
            "args": args,
            "requested_by": "sandbox-key",
            "created_at": "2026-07-01T00:00:00Z",
            "expires_at": "2026-07-01T00:15:00Z",
            "escalated_at": null,
            "resolved_at": null,
            "resolved_by": null,
            "resolution_note": null,
        })
    );
    assert_eq!(client.get("/exec/approvals").ids()[0], approval);
    clock.forward(100);
    let path = format!("/exec/approvals/{approval}/approve");
    let reply = client.post(&path, &json!({ "note": "go", "confirm": "node-7" }));
    assert_eq!(reply.status, 200);
    let resolved = reply.json();
    assert_eq!(
        (
            &resolved["status"],
            &resolved["resolved_at"],
            &resolved["resolved_by"]
        ),
        (
            &json!("approved"),
            &json!("2026-07-01T00:01:40Z"),
            &json!("sandbox-key")
        )
    );
    assert!(
        resolved["resolution_note"].is_null(),
        "accepted, but not stored"
    );
    let status = || client.invocation(&id)["status"].clone();
    assert_eq!(status(), "queued");
    clock.forward(1);
    assert_eq!(status(), "running");
    clock.forward(1);
    assert_eq!(status(), "completed");
    let run = client.execution(&text(&client.invocation(&id)["execution_id"]));
    assert_eq!(
        (&run["status"], &run["exit_code"]),
        (&json!("completed"), &json!(0))
    );
    clock.forward(5000);
    assert_eq!(client.approval(&approval), resolved);
    let over = (409, Some("approval_not_pending".to_owned()), None);
    assert_eq!(client.act(&path).error(), over);
    assert_eq!(
        client
            .act(&format!("/exec/approvals/{approval}/reject"))
            .error(),
        over
    );
}

#[test]
fn rejected_call_never_runs() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let call = client
        .invoke("openstack_server_stop", &json!({ "server": "batch-04" }))
        .json();
    let approval = text(&call["approval_id"]);
    let pending = client.approval(&approval);
    assert_eq!(
        seconds(&pending["expires_at"]) - seconds(&pending["created_at"]),
        3600
    );
    let path = format!("/exec/approvals/{approval}/reject");
    let reply = client.post(&path, &json!({ "reason": "not now" }));
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (200, &json!("rejected"))
    );
    clock.forward(100);
    let call = client.invocation(&text(&call["id"]));
    assert_eq!(
        (
            &call["status"],
            &call["execution_id"],
            &call["completed_at"]
        ),
        (
            &json!("rejected"),
            &json!(null),
            &json!("2026-07-01T00:00:00Z")
        )
    );
    assert_eq!(client.act(&path).error().0, 409);
}

#[test]
fn undecided_approval_escalates_and_times_out() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let call = client
        .invoke("sandbox_gate", &json!({ "deadline_seconds": 10 }))
        .json();
    let (id, approval) = (text(&call["id"]), text(&call["approval_id"]));
    clock.forward(4);
    assert!(client.approval(&approval)["escalated_at"].is_null());
    clock.forward(1);
    let escalated = client.approval(&approval);
    assert_eq!(
        (&escalated["status"], &escalated["escalated_at"]),
        (&json!("pending"), &json!("2026-07-01T00:00:05Z"))
    );
    clock.forward(4);
    assert_eq!(client.invocation(&id)["status"], "pending_approval");
    clock.forward(1);
    let timed_out = client.approval(&approval);
    assert_eq!(
        (
            &timed_out["status"],
            &timed_out["resolved_at"],
            &timed_out["resolved_by"]
        ),
        (
            &json!("timed_out"),
            &timed_out["expires_at"],
            &json!("policy")
        )
    );
    let call = client.invocation(&id);
    assert_eq!(
        (&call["status"], &call["execution_id"]),
        (&json!("timeout"), &json!(null))
    );
    assert!(call["error"].is_string());
    for action in ["approve", "reject"] {
        assert_eq!(
            client
                .act(&format!("/exec/approvals/{approval}/{action}"))
                .error(),
            (409, Some("approval_not_pending".into()), None)
        );
    }
}

#[test]
fn demo_data_has_every_status() {
    let client = Client::start(Clock::new().options());
    let all = rows(&client, "");
    let of = |status: &str| all.iter().filter(|row| row["status"] == status).count();
    assert_eq!(of("pending"), 5);
    for status in ["approved", "rejected", "timed_out", "cancelled"] {
        assert!(of(status) > 0, "{status}");
    }
    let times: Vec<i64> = all.iter().map(|row| seconds(&row["created_at"])).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    for row in &all {
        let call = client.invocation(&text(&row["invocation_id"]));
        assert_eq!(call["approval_id"], row["id"]);
        let status = text(&row["status"]);
        let expected = match status.as_str() {
            "pending" => "pending_approval",
            "timed_out" => "timeout",
            "approved" if call["execution_id"].is_string() => continue,
            other => other,
        };
        assert_eq!(call["status"], expected);
    }
    let known = client.approval("apr_7c1d2e3f");
    assert_eq!(
        (&known["status"], &known["risk"]),
        (&json!("pending"), &json!("irreversible"))
    );
    let known = client.approval("apr_5a6b7c8d");
    assert_eq!(
        (&known["status"], &known["args"]["node"]),
        (&json!("pending"), &json!("node-7"))
    );
}

#[test]
fn filters_by_risk() {
    let client = Client::fresh();
    let all = rows(&client, "").len();
    let of = |risk: &str| {
        let rows = rows(&client, &format!("&risk={risk}"));
        assert!(rows.iter().all(|row| row["risk"] == risk));
        rows.len()
    };
    assert_eq!((of("read"), of("write")), (0, 0));
    let (destructive, irreversible) = (of("destructive"), of("irreversible"));
    assert!(destructive > 0 && irreversible > 0);
    assert_eq!(destructive + irreversible, all);
}

#[test]
fn notes_are_text_or_null() {
    let client = Client::fresh();
    for (action, name) in [
        ("approve", "note"),
        ("approve", "confirm"),
        ("reject", "reason"),
    ] {
        let path = format!("/exec/approvals/apr_7c1d2e3f/{action}");
        for value in [json!(1), json!(true), json!(["x"])] {
            let reply = client.post(&path, &json!({ name: value }));
            assert_eq!(reply.error(), refusal("invalid_body", name));
        }
        let other = if action == "approve" {
            "reason"
        } else {
            "note"
        };
        let reply = client.post(&path, &json!({ other: "x" }));
        assert_eq!(reply.error(), refusal("invalid_body", other));
        let missing = client.act(&format!("/exec/approvals/apr_none/{action}"));
        assert_eq!(
            missing.error(),
            (404, Some("approval_not_found".into()), None)
        );
    }
    assert_eq!(
        client.get("/exec/approvals/apr_none").error(),
        (404, Some("approval_not_found".into()), None)
    );
    let path = "/exec/approvals/apr_7c1d2e3f/approve";
    assert_eq!(
        client
            .post(path, &json!({ "note": null, "confirm": "" }))
            .status,
        200
    );
}
