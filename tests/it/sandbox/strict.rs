//! Rejected requests, with their codes and params.

use serde_json::json;

use crate::sandbox::http::{Client, agent, refusal, with};

#[test]
fn queries() {
    let client = Client::fresh();
    let cases = [
        ("/management/agents?limit=0", "limit"),
        ("/management/agents?limit=101", "limit"),
        ("/management/agents?limit=-1", "limit"),
        ("/management/agents?limit=%2B5", "limit"),
        ("/management/agents?limit=", "limit"),
        ("/management/agents?limit", "limit"),
        ("/management/agents?limit=5.0", "limit"),
        ("/management/agents?limit=99999999999999999999999", "limit"),
        ("/management/agents?limit=5&limit=5", "limit"),
        ("/management/agents?after=agt_none", "after"),
        ("/management/agents?after=", "after"),
        ("/management/agents?Limit=5", "Limit"),
        ("/management/agents?page=2", "page"),
        (
            "/management/agents?include_terminal=true",
            "include_terminal",
        ),
        ("/management/agents/agt_abc123?limit=5", "limit"),
        ("/management/agents/agt_abc123/candidates?limit=5", "limit"),
        (
            "/management/agents/agt_abc123/events?after=agt_abc123",
            "after",
        ),
        (
            "/management/join-keys?include_terminal=1",
            "include_terminal",
        ),
        (
            "/management/join-keys?include_terminal=TRUE",
            "include_terminal",
        ),
        ("/management/join-keys?include_terminal", "include_terminal"),
        ("/management/agents?after=%zz", "after"),
        ("/exec/tools/kubectl_get?verbose=1", "verbose"),
        ("/exec/tools?risk=read", "risk"),
        ("/exec/invocations?status=running", "status"),
        ("/exec/invocations?after=none", "after"),
        ("/exec/invocations/none?verbose=1", "verbose"),
        ("/exec/executions?limit=0", "limit"),
        ("/exec/executions/none?verbose=1", "verbose"),
        ("/exec/executions/none/raw?offset=1", "offset"),
        ("/exec/executions/stream?after=1", "after"),
        ("/exec/approvals?risk=high", "risk"),
        ("/exec/approvals?risk=", "risk"),
        ("/exec/approvals?risk=Read", "risk"),
        ("/exec/approvals?status=pending", "status"),
        ("/exec/approvals?after=apr_none", "after"),
        ("/exec/approvals?risk=read&after=apr_7c1d2e3f", "after"),
        ("/exec/approvals/apr_7c1d2e3f?verbose=1", "verbose"),
        ("/exec/agents/agt_abc123/manifest?verbose=1", "verbose"),
        ("/exec/agents/agt_abc123/environment?verbose=1", "verbose"),
        ("/exec/agents/agt_abc123/connectivity?verbose=1", "verbose"),
        ("/exec/learnings", "workspace_id"),
        ("/exec/learnings?limit=5", "workspace_id"),
        ("/exec/learnings?workspace_id=ws_team_a&limit=0", "limit"),
        ("/exec/learnings?workspace_id=ws_team_a&q=x", "q"),
        ("/exec/learnings/lrn_4f8a2c?verbose=1", "verbose"),
        ("/exec/context", "workspace_id"),
        ("/exec/context?workspace_id=ws_team_a&limit=5", "limit"),
    ];
    for (path, param) in cases {
        assert_eq!(
            client.get(path).error(),
            refusal("invalid_request", param),
            "{path}"
        );
    }
    let reply = client.raw(
        "POST",
        "/management/agents?dry=1",
        "application/json",
        &agent("x").to_string(),
    );
    assert_eq!(reply.error(), refusal("invalid_request", "dry"));
    assert_eq!(
        client
            .delete("/management/agents/agt_abc123?force=true")
            .error(),
        refusal("invalid_request", "force")
    );
    assert_eq!(client.get("/management/agents?").status, 200);
}

#[test]
fn rejects_unexpected_bodies() {
    let client = Client::fresh();
    let path = "/management/agents/agt_abc123";
    let approve = "/management/agents/agt_abc123/candidates/cand_xyz789/approve";
    for (method, path) in [
        ("GET", path),
        ("DELETE", path),
        ("POST", approve),
        ("DELETE", "/management/join-keys/jk_abc123"),
        ("GET", "/exec/invocations"),
        ("GET", "/exec/executions/stream"),
        ("GET", "/exec/executions/none/raw"),
        ("GET", "/exec/approvals"),
        ("GET", "/exec/agents/agt_abc123/manifest"),
        ("GET", "/exec/learnings?workspace_id=ws_team_a"),
        ("DELETE", "/exec/learnings/lrn_4f8a2c"),
        ("GET", "/exec/context?workspace_id=ws_team_a"),
    ] {
        let reply = client.raw(method, path, "application/json", "{}");
        assert_eq!(
            reply.error(),
            refusal("invalid_request", "body"),
            "{method} {path}"
        );
    }
}

#[test]
fn accepts_optional_bodies() {
    let client = Client::fresh();
    for path in [
        "/exec/invocations/5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10/cancel",
        "/exec/executions/7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08/rerun",
        "/exec/approvals/apr_7c1d2e3f/approve",
        "/exec/approvals/apr_5a6b7c8d/reject",
    ] {
        let reply = client.post(path, &json!({ "force": true }));
        assert_eq!(reply.error(), refusal("invalid_body", "force"), "{path}");
        let reply = client.raw("POST", path, "text/plain", "{}");
        assert_eq!(reply.error(), refusal("invalid_body", "content-type"));
        let reply = client.raw("POST", path, "application/json", "[]");
        assert_eq!((reply.error().0, reply.error().2), (400, None), "{path}");
        let reply = client.act(&format!("{path}?force=true"));
        assert_eq!(reply.error(), refusal("invalid_request", "force"));
        let reply = client.post(path, &json!({}));
        assert!(reply.status < 300, "{path}: {reply:?}");
    }
}

#[test]
fn rejects_bodies_that_are_not_json_objects() {
    let client = Client::fresh();
    let post = |content_type: &str, body: &str| {
        client.raw("POST", "/management/agents", content_type, body)
    };
    let good = agent("x").to_string();
    for body in [
        "",
        "{",
        "{\"name\"}",
        "{} {}",
        "name=x",
        "{'name': 'x'}",
        "{\"name\": \"\u{1}\"}",
    ] {
        let (status, code, _) = post("application/json", body).error();
        assert_eq!(
            (status, code.as_deref()),
            (400, Some("json_parse_error")),
            "{body:?}"
        );
    }
    for body in [
        "[]",
        "null",
        "1",
        "\"x\"",
        "{\"name\": \"a\", \"name\": \"b\"}",
    ] {
        let (status, code, _) = post("application/json", body).error();
        assert_eq!(
            (status, code.as_deref()),
            (400, Some("invalid_body")),
            "{body:?}"
        );
    }
    for content_type in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json5",
    ] {
        assert_eq!(
            post(content_type, &good).error(),
            refusal("invalid_body", "content-type"),
            "{content_type}"
        );
    }
    assert_eq!(post("Application/JSON; charset=utf-8", &good).status, 201);
}

#[test]
fn rejects_bodies_over_one_mebibyte() {
    let client = Client::fresh();
    let fits = with(
        agent("x"),
        "description",
        json!("d".repeat((1 << 20) - 200)),
    );
    assert_eq!(client.post("/management/agents", &fits).status, 201);
    for size in [1 << 20, 4 << 20] {
        let reply = client.post(
            "/management/agents",
            &with(agent("x"), "description", json!("d".repeat(size))),
        );
        assert_eq!(reply.error(), (413, None, None), "{size}");
    }
}
