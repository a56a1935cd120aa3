//! Tool calls: how they are queued, run, and end.

use serde_json::{Value, json};

use crate::sandbox::http::{Client, Clock, call, refusal, seconds, text, with};

fn status(client: &Client, id: &str) -> Value {
    client.invocation(id)["status"].clone()
}

#[test]
fn call_is_queued_runs_and_completes() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    // The example of the documentation.
    let args = json!({ "resource": "pods", "namespace": "default" });
    let reply = client.invoke("kubectl_get", &args);
    assert_eq!(reply.status, 201);
    let made = reply.json();
    let id = text(&made["id"]);
    assert_eq!(id.len(), 36);
    assert_eq!(
        made,
        json!({
            "id": id,
            "tool_name": "kubectl_get",
            "workspace_id": "ws_a1b2c3d4",
            "status": "queued",
            "risk": "read",
            "args": args,
            "approval_id": null,
            "approval_url": null,
            "execution_id": null,
            "created_at": "2026-07-01T00:00:00Z",
            "completed_at": null,
            "error": null,
        })
    );
    assert_eq!(client.get("/exec/invocations").ids()[0], id);
    clock.forward(1);
    let call = client.invocation(&id);
    assert_eq!(
        (&call["status"], &call["completed_at"]),
        (&json!("running"), &json!(null))
    );
    let run = client.execution(&text(&call["execution_id"]));
    assert_eq!(
        run,
        json!({
            "id": call["execution_id"],
            "invocation_id": id,
            "tool_name": "kubectl_get",
            "workspace_id": "ws_a1b2c3d4",
            "status": "running",
            "exit_code": null,
            "error": null,
            "created_at": "2026-07-01T00:00:01Z",
            "completed_at": null,
        })
    );
    assert_eq!(client.get("/exec/executions").ids()[0], text(&run["id"]));
    clock.forward(1);
    let call = client.invocation(&id);
    assert_eq!(
        (&call["status"], &call["completed_at"], &call["error"]),
        (
            &json!("completed"),
            &json!("2026-07-01T00:00:02Z"),
            &json!(null)
        )
    );
    let run = client.execution(&text(&run["id"]));
    assert_eq!(
        (&run["status"], &run["exit_code"]),
        (&json!("completed"), &json!(0))
    );
}

#[test]
fn arguments_determine_the_outcome() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let cases = [
        (json!({}), 1, "completed", json!(0)),
        (json!({ "seconds": 0 }), 0, "completed", json!(0)),
        (json!({ "seconds": 3600.0 }), 3600, "completed", json!(0)),
        (json!({ "exit_code": 3 }), 1, "completed", json!(3)),
        (json!({ "ending": "failed" }), 1, "failed", json!(1)),
        (
            json!({ "ending": "failed", "seconds": 0, "exit_code": 137 }),
            0,
            "failed",
            json!(137),
        ),
        (
            json!({ "ending": "timeout", "seconds": 7 }),
            7,
            "timeout",
            json!(null),
        ),
        (
            json!({ "ending": "timeout", "seconds": 0, "exit_code": 9 }),
            0,
            "timeout",
            json!(null),
        ),
    ];
    for (args, lasts, ending, exit_code) in cases {
        let mut call = client.invoke("sandbox_run", &args).json();
        let id = text(&call["id"]);
        if lasts > 0 {
            assert_eq!(call["status"], "queued", "{args}");
            clock.forward(lasts);
            assert_eq!(status(&client, &id), "running", "{args}");
            clock.forward(1);
            call = client.invocation(&id);
        }
        assert_eq!(call["status"], ending, "{args}");
        assert_eq!(call["error"].is_string(), ending != "completed", "{args}");
        let took = seconds(&call["completed_at"]) - seconds(&call["created_at"]);
        assert_eq!(took, if lasts == 0 { 0 } else { lasts + 1 }, "{args}");
        let run = client.execution(&text(&call["execution_id"]));
        assert_eq!(
            (&run["status"], &run["exit_code"]),
            (&json!(ending), &exit_code),
            "{args}"
        );
    }
}

#[test]
fn missing_namespace_fails() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let id = client.invoked(
        "kubectl_get",
        &json!({ "resource": "pods", "namespace": "missing" }),
    );
    clock.forward(2);
    let call = client.invocation(&id);
    assert_eq!(call["status"], "failed");
    assert!(text(&call["error"]).contains("missing"));
    let run = client.execution(&text(&call["execution_id"]));
    assert_eq!(
        (&run["status"], &run["exit_code"]),
        (&json!("failed"), &json!(1))
    );
    let (_, bytes) = client.download(&format!("/exec/executions/{}/raw", text(&run["id"])));
    assert!(String::from_utf8_lossy(&bytes).contains("NotFound"));
}

#[test]
fn arguments_must_match_the_schema() {
    let client = Client::fresh();
    let cases = [
        ("kubectl_get", json!({}), "args.resource"),
        ("kubectl_get", json!({ "resource": "" }), "args.resource"),
        ("kubectl_get", json!({ "resource": 1 }), "args.resource"),
        (
            "kubectl_get",
            json!({ "resource": "pods", "namespace": null }),
            "args.namespace",
        ),
        (
            "kubectl_get",
            json!({ "resource": "pods", "all": true }),
            "args.all",
        ),
        (
            "kubectl_logs",
            json!({ "pod": "x", "tail": 0 }),
            "args.tail",
        ),
        (
            "kubectl_logs",
            json!({ "pod": "x", "tail": 1.5 }),
            "args.tail",
        ),
        (
            "kubectl_scale",
            json!({ "deployment": "api" }),
            "args.replicas",
        ),
        (
            "kubectl_scale",
            json!({ "deployment": "api", "replicas": 101 }),
            "args.replicas",
        ),
        (
            "kubectl_drain",
            json!({ "node": "n", "force": "yes" }),
            "args.force",
        ),
        (
            "openstack_server_list",
            json!({ "status": "active" }),
            "args.status",
        ),
        ("storage/restore", json!({ "volume": "v" }), "args.snapshot"),
        (
            "sandbox_run",
            json!({ "ending": "cancelled" }),
            "args.ending",
        ),
        ("sandbox_run", json!({ "seconds": 3601 }), "args.seconds"),
        ("sandbox_run", json!({ "output": "huge" }), "args.output"),
        (
            "sandbox_gate",
            json!({ "deadline_seconds": 0 }),
            "args.deadline_seconds",
        ),
    ];
    for (tool, args, param) in cases {
        let reply = client.invoke(tool, &args);
        assert_eq!(
            reply.error(),
            refusal("invalid_body", param),
            "{tool} {args}"
        );
    }
}

#[test]
fn call_requires_tool_workspace_and_arguments() {
    let client = Client::fresh();
    let good = call("sandbox_run", &json!({}));
    let before = client.all("/exec/invocations", 100).len();
    for (name, value) in [
        ("workspace_id", json!("")),
        ("workspace_id", json!(null)),
        ("tool_name", json!(7)),
        ("tool_name", json!(" ")),
        ("args", json!([])),
        ("args", json!("{}")),
        ("args", json!(null)),
        ("timeout_ms", json!(5)),
        ("Args", json!({})),
    ] {
        let reply = client.post(
            "/exec/invocations",
            &with(good.clone(), name, value.clone()),
        );
        assert_eq!(
            reply.error(),
            refusal("invalid_body", name),
            "{name} {value}"
        );
    }
    for name in ["workspace_id", "tool_name", "args"] {
        let mut document = good.clone();
        document.as_object_mut().expect("an object").remove(name);
        let reply = client.post("/exec/invocations", &document);
        assert_eq!(reply.error(), refusal("invalid_body", name));
    }
    let reply = client.invoke("rm", &json!({}));
    assert_eq!(reply.error(), refusal("exec_tool_not_found", "tool_name"));
    let elsewhere = with(good, "workspace_id", json!("ws_none"));
    let (code, param) = ("workspace_not_found".into(), "workspace_id".into());
    assert_eq!(
        client.post("/exec/invocations", &elsewhere).error(),
        (404, Some(code), Some(param))
    );
    assert_eq!(
        client.all("/exec/invocations", 100).len(),
        before,
        "a refusal makes nothing"
    );
}

#[test]
fn nothing_runs_without_an_online_agent() {
    let client = Client::fresh();
    let unavailable = (503, Some("tool_executor_unavailable".to_owned()), None);
    // Its only agent is disconnected.
    assert_eq!(
        client
            .invoke("storage/snapshot", &json!({ "volume": "vol-17" }))
            .error(),
        unavailable
    );
    let publish = ["agt_abc123", "agt_ad9fij7cwp8kr9xl"];
    let each = |action: &str, body: &Value| {
        for agent in publish {
            let reply = client.post(&format!("/management/agents/{agent}/{action}"), body);
            assert!(reply.status < 300);
        }
    };
    let start = |workspace: &str| {
        let wish = call("openstack_server_start", &json!({ "server": "batch-04" }));
        client.post(
            "/exec/invocations",
            &with(wish, "workspace_id", json!(workspace)),
        )
    };
    each("pause-exec", &json!({ "workspace": "ws_team_a" }));
    assert_eq!(start("ws_team_a").error(), unavailable);
    assert_eq!(start("ws_a1b2c3d4").status, 201);
    each("pause-exec", &json!({}));
    assert_eq!(start("ws_a1b2c3d4").error(), unavailable);
    each("resume-exec", &json!({}));
    assert_eq!(start("ws_team_a").status, 201);
    each("revoke-credentials", &json!({ "workspace": "ws_team_a" }));
    assert_eq!(start("ws_team_a").error(), unavailable);
    assert_eq!(start("ws_a1b2c3d4").status, 201);
    for agent in publish {
        client.patch(
            &format!("/management/agents/{agent}"),
            &json!({ "status": "suspended" }),
        );
    }
    assert_eq!(start("ws_a1b2c3d4").error(), unavailable);
}

#[test]
fn call_can_be_canceled_until_it_ends() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let cancel = |id: &str| client.act(&format!("/exec/invocations/{id}/cancel"));
    let queued = client.invoked("sandbox_run", &json!({}));
    let reply = cancel(&queued);
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (200, &json!("cancelled"))
    );
    assert!(reply.json()["execution_id"].is_null(), "it never ran");

    let running = client.invoked("sandbox_run", &json!({ "seconds": 60 }));
    clock.forward(10);
    let reply = client.post(&format!("/exec/invocations/{running}/cancel"), &json!({}));
    let call = reply.json();
    assert_eq!(
        (&call["status"], &call["completed_at"], &call["error"]),
        (
            &json!("cancelled"),
            &json!("2026-07-01T00:00:10Z"),
            &json!(null)
        )
    );
    clock.forward(3600);
    assert_eq!(client.invocation(&running), call);
    let run = client.execution(&text(&call["execution_id"]));
    assert_eq!(
        (&run["status"], &run["exit_code"]),
        (&json!("cancelled"), &json!(null))
    );

    let waiting = client
        .invoke("kubectl_drain", &json!({ "node": "node-3" }))
        .json();
    let reply = cancel(&text(&waiting["id"]));
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (200, &json!("cancelled"))
    );
    let approval = client.approval(&text(&waiting["approval_id"]));
    assert_eq!(approval["status"], "cancelled");
    assert_eq!(approval["resolved_at"], reply.json()["completed_at"]);

    let over = (409, Some("invocation_terminal".to_owned()), None);
    let ended = client.invoked("sandbox_run", &json!({ "seconds": 0 }));
    for id in [&queued, &running, &ended, &text(&waiting["id"])] {
        assert_eq!(cancel(id).error(), over);
    }
    assert_eq!(
        cancel("none").error(),
        (404, Some("invocation_not_found".into()), None)
    );
}

#[test]
fn documented_call_ends_with_a_run() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let id = "5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10";
    assert_eq!(status(&client, id), "running");
    clock.forward(90);
    let run = client.execution(&text(&client.invocation(id)["execution_id"]));
    assert_eq!(
        (&run["status"], &run["exit_code"]),
        (&json!("completed"), &json!(0))
    );
    assert_eq!(run["invocation_id"], id);
}

#[test]
fn every_tool_accepts_its_schema() {
    let clock = Clock::new();
    let client = Client::start(clock.options());
    let list = client.get("/exec/tools?limit=100").json();
    let tools = list["data"].as_array().expect("rows");
    assert_eq!(tools.len(), 11);
    for tool in tools {
        let schema = &tool["parameters"];
        assert_eq!(
            (&schema["type"], &schema["additionalProperties"]),
            (&json!("object"), &json!(false))
        );
        let required: Vec<&str> = schema["required"]
            .as_array()
            .expect("names")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let mut args = json!({});
        for (name, property) in schema["properties"].as_object().expect("properties") {
            assert!(
                property["description"].is_string(),
                "{}: {name}",
                tool["name"]
            );
            args[name] = match text(&property["type"]).as_str() {
                "string" => property["enum"].get(0).cloned().unwrap_or(json!("x")),
                "integer" => property["minimum"].clone(),
                "boolean" => json!(true),
                other => panic!("{other}"),
            };
        }
        assert!(required.iter().all(|name| args.get(name).is_some()));
        let name = text(&tool["name"]);
        let reply = client.invoke(&name, &args);
        assert!([201, 503].contains(&reply.status), "{name}: {reply:?}");
        if reply.status == 201 {
            let gated = ["destructive", "irreversible"].contains(&text(&tool["risk"]).as_str());
            assert_eq!(
                reply.json()["status"] == "pending_approval",
                gated,
                "{name}"
            );
        }
    }
}
