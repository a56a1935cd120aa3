//! Authentication, paths, methods, and hosts.

use crate::sandbox::http::{Client, exchange, send};

#[test]
fn requires_exactly_one_valid_key() {
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
fn reveals_nothing_without_a_key() {
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
fn every_response_has_its_own_request_id() {
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
fn unknown_paths_are_not_found() {
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
fn wrong_method_lists_allowed_methods() {
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
fn head_is_get_without_body() {
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

#[test]
fn accepts_only_loopback_hosts() {
    let client = Client::fresh();
    let (port, bearer) = (client.0.port(), client.bearer());
    let other = port ^ 1;
    let status = |target: &str, host: &str| {
        let request = format!(
            "GET {target} HTTP/1.1\r\n{host}Connection: close\r\nAuthorization: {bearer}\r\n\r\n"
        );
        let answer = exchange(port, request.as_bytes()).expect("an answer");
        let head = String::from_utf8_lossy(&answer).into_owned();
        head.get(9..12).unwrap_or_default().to_owned()
    };
    let path = Client::path("/management/agents");
    for host in [
        format!("127.0.0.1:{port}"),
        format!("127.8.9.1:{port}"),
        format!("localhost:{port}"),
        format!("LocalHost:{port}"),
        format!("[::1]:{port}"),
        "localhost".to_owned(),
    ] {
        assert_eq!(status(&path, &format!("Host: {host}\r\n")), "200", "{host}");
    }
    for host in [
        format!("attacker.example:{port}"),
        format!("127.0.0.1.attacker.example:{port}"),
        format!("localhost.attacker.example:{port}"),
        format!("attacker.localhost:{port}"),
        format!("localhost@attacker.example:{port}"),
        format!("attacker@localhost:{port}"),
        format!("192.168.0.1:{port}"),
        format!("0.0.0.0:{port}"),
        format!("127.0.0.1:{other}"),
        "attacker.example".to_owned(),
        "localhost:".to_owned(),
        String::new(),
    ] {
        for path in [&*path, "/api/health", "/"] {
            let status = status(path, &format!("Host: {host}\r\n"));
            // What is no host at all is refused before it comes to us.
            assert!(
                ["403", "400"].contains(&&*status),
                "{host} {path}: {status}"
            );
        }
    }
    // The target's own host counts as well.
    let target = format!("http://attacker.example:{port}{path}");
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    assert_eq!(status(&target, &host), "403");
    let two = format!("{host}Host: attacker.example\r\n");
    assert!(["403", "400"].contains(&&*status(&path, &two)));
}

#[test]
fn rejects_web_pages() {
    let client = Client::fresh();
    let (port, bearer) = (client.0.port(), client.bearer());
    let agents = Client::path("/management/agents");
    let ask = |path: &str, origin: &str| {
        let headers = [("Authorization", &*bearer), ("Origin", origin)];
        send(port, "GET", path, &headers, "")
    };
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let origin = format!("http://{host}:{port}");
        assert_eq!(ask(&agents, &origin).status, 200, "{origin}");
    }
    for origin in [
        "null".to_owned(),
        String::new(),
        "http://attacker.example".to_owned(),
        format!("http://attacker.example:{port}"),
        format!("https://localhost:{port}"),
        format!("http://localhost:{}", port ^ 1),
        "http://localhost".to_owned(),
        format!("http://localhost:{port}.attacker.example"),
    ] {
        let reply = ask(&agents, &origin);
        assert_eq!(reply.error(), (403, None, None), "{origin}");
        // Without a key the squads service allows everything, so it matters most there.
        assert_eq!(ask("/api/health", &origin).status, 403, "{origin}");
        let path = "/api/agents/43490165-2c7d-4b0e-9f61-5d8a3e7c1b24";
        let reply = send(port, "DELETE", path, &[("Origin", &origin)], "");
        assert_eq!(reply.status, 403, "{origin}");
    }
}
