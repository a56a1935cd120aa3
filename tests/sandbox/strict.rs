//! What is refused, with which code and which param.

use serde_json::json;

use crate::http::{Client, agent, refusal, with};

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
fn bodies_where_none_belong() {
    let client = Client::fresh();
    let path = "/management/agents/agt_abc123";
    let approve = "/management/agents/agt_abc123/candidates/cand_xyz789/approve";
    for (method, path) in [
        ("GET", path),
        ("DELETE", path),
        ("POST", approve),
        ("DELETE", "/management/join-keys/jk_abc123"),
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
fn bodies_that_are_no_json_object() {
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
fn a_body_beyond_a_mebibyte_is_too_large() {
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
