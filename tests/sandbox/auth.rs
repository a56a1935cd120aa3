//! Who is let in, and where.

use crate::http::{Client, send};

#[test]
fn the_key_must_be_borne_once_and_be_right() {
    let client = Client::fresh();
    let key = client.0.key();
    let (good, bad) = (client.bearer(), format!("Bearer {key}x"));
    let lower = format!("bearer {key}");
    let basic = format!("Basic {key}");
    let path = Client::path("/management/agents");
    let status = |headers: &[(&str, &str)]| send(client.0.port(), "GET", &path, headers, "");
    assert_eq!(status(&[("Authorization", &good)]).status, 200);
    assert_eq!(status(&[("authorization", &lower)]).status, 200);
    let refused: &[&[(&str, &str)]] = &[
        &[],
        &[("Authorization", &bad)],
        &[("Authorization", &basic)],
        &[("Authorization", key)],
        &[("Authorization", "Bearer ")],
        &[("Authorization", &good), ("Authorization", &good)],
        &[("X-API-Key", key)],
    ];
    for headers in refused {
        let reply = status(headers);
        assert_eq!(
            reply.error(),
            (401, Some("authentication_error".into()), None),
            "{headers:?}"
        );
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
}

#[test]
fn without_a_key_nothing_can_be_found_out() {
    let client = Client::fresh();
    for path in [
        "/",
        "/nothing",
        "/proj_other/v1/management/agents",
        "/proj_sandbox/v1/nothing",
    ] {
        assert_eq!(
            send(client.0.port(), "GET", path, &[], "").error().0,
            401,
            "{path}"
        );
    }
}

#[test]
fn another_project_is_not_found() {
    let client = Client::fresh();
    let headers = [("Authorization", &*client.bearer())];
    let reply = send(
        client.0.port(),
        "GET",
        "/proj_other/v1/management/agents",
        &headers,
        "",
    );
    assert_eq!(reply.error(), (404, Some("project_not_found".into()), None));
}

#[test]
fn every_answer_has_a_request_id_of_its_own() {
    let client = Client::fresh();
    let replies = [
        client.get("/management/agents"),
        client.get("/nothing"),
        client.delete("/management/agents/agt_none"),
        client.raw("PUT", "/management/agents", "", ""),
        send(client.0.port(), "GET", "/", &[], ""),
    ];
    let ids: std::collections::BTreeSet<_> = replies
        .iter()
        .filter_map(|reply| reply.header("x-request-id"))
        .collect();
    assert_eq!(ids.len(), replies.len());
    assert!(ids.iter().all(|id| id.starts_with("req_")));
}

#[test]
fn only_known_paths_lead_somewhere() {
    let client = Client::fresh();
    let paths = [
        "/management",
        "/management/agents/",
        "/management//agents",
        "/management/agents/..",
        "/management/agents/%2e%2E",
        "/management/agents/.",
        "/management/agents/../agents",
        "/management/agents/%zz",
        "/management/agents/%ff",
        "/management/agents/%2",
        "/management/agents/agt_abc123/events/evt_xyz",
        "/Management/agents",
        "/exec",
    ];
    for path in paths {
        for method in ["GET", "DELETE"] {
            let reply = client.raw(method, path, "", "");
            assert_eq!(reply.error(), (404, None, None), "{method} {path}");
        }
    }
    assert_eq!(client.get("/management/agents?limit=100").ids().len(), 40);
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let client = Client::fresh();
    let cases = [
        ("PUT", "/management/agents", "GET,HEAD,POST"),
        (
            "POST",
            "/management/agents/agt_abc123",
            "GET,HEAD,PATCH,DELETE",
        ),
        ("GET", "/management/agents/agt_abc123/pause-exec", "POST"),
        ("GET", "/management/join-keys/jk_abc123", "DELETE"),
        ("DELETE", "/exec/tools", "GET,HEAD"),
    ];
    for (method, path, allow) in cases {
        let reply = client.raw(method, path, "", "");
        assert_eq!(reply.error(), (405, None, None), "{method} {path}");
        assert_eq!(reply.header("allow"), Some(allow), "{method} {path}");
    }
}

#[test]
fn head_is_get_without_the_body() {
    let client = Client::fresh();
    let reply = client.raw("HEAD", "/management/agents", "", "");
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(
        client
            .raw("HEAD", "/management/agents/agt_none", "", "")
            .status,
        404
    );
}
