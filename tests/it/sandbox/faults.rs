//! Injected faults.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use xeroctl::sandbox::{Fault, Options};

use crate::sandbox::http::{Client, exchange, send};

fn failing(faults: &[&str]) -> Client {
    let faults = faults
        .iter()
        .map(|text| text.parse().expect("a good fault"))
        .collect();
    Client::start(Options {
        faults,
        ..Options::default()
    })
}

fn statuses(client: &Client, path: &str, times: usize) -> Vec<u16> {
    (0..times).map(|_| client.get(path).status).collect()
}

#[test]
fn fault_applies_to_its_count() {
    let client = failing(&["GET /management/agents=503:2", "GET /exec/tools=500"]);
    assert_eq!(
        statuses(&client, "/management/agents", 4),
        [503, 503, 200, 200]
    );
    assert_eq!(statuses(&client, "/exec/tools", 4), [500; 4]);
    assert_eq!(statuses(&client, "/management/join-keys", 1), [200]);
}

#[test]
fn used_up_fault_yields_to_the_next() {
    let client = failing(&[
        "* /management/agents=503:1",
        "GET /management/*=429:1",
        "GET *=500:1",
    ]);
    assert_eq!(
        statuses(&client, "/management/agents", 4),
        [503, 429, 500, 200]
    );
}

#[test]
fn patterns_match_the_path_below_v1() {
    let cases = [
        ("GET /management/agents", false),
        ("GET /management/agents/agt_abc123/*", true),
        ("GET /management/agents/agt_abc123/events", true),
        ("GET *events", true),
        ("GET */agt_abc123/*", true),
        ("GET /*/*/*/*", true),
        ("GET /management/*/events", true),
        ("GET *", true),
        ("* **", true),
        ("GET /management/agents/agt_abc123", false),
        ("GET /management/*/event", false),
        ("GET /management/agents/agt_abc123/events/*", false),
        ("GET /management/agents/agt_abc123/events*events", false),
        ("POST *", false),
        ("GET /v1/*", false),
    ];
    for (target, hit) in cases {
        let client = failing(&[&format!("{target}=418")]);
        let status = client
            .get("/management/agents/agt_abc123/events?limit=1")
            .status;
        assert_eq!(status, if hit { 418 } else { 200 }, "{target}");
    }
}

#[test]
fn every_status_has_its_documented_code() {
    let cases = [
        ("/management/agents", 400, Some("invalid_request")),
        ("/management/agents", 401, Some("authentication_error")),
        ("/management/agents", 402, Some("billing_delinquent")),
        ("/management/agents", 403, Some("scope_insufficient")),
        (
            "/management/agents/agt_abc123",
            404,
            Some("agent_not_found"),
        ),
        (
            "/management/agents/agt_abc123/candidates",
            404,
            Some("candidate_not_found"),
        ),
        ("/management/join-keys", 404, None),
        ("/exec/tools", 404, Some("exec_tool_not_found")),
        ("/exec/invocations", 404, Some("invocation_not_found")),
        ("/exec/approvals", 404, Some("approval_not_found")),
        ("/exec/approvals", 409, Some("approval_not_pending")),
        ("/exec/invocations", 409, Some("invocation_terminal")),
        ("/management/join-keys", 409, None),
        ("/management/agents", 429, Some("rate_limit_exceeded")),
        ("/management/agents", 500, Some("internal_error")),
        ("/management/agents", 503, None),
        ("/exec/tools", 503, Some("tool_executor_unavailable")),
        ("/exec/tools", 504, None),
    ];
    for (path, status, code) in cases {
        let client = failing(&[&format!("GET {path}={status}")]);
        let reply = client.get(path);
        assert_eq!(
            reply.error(),
            (status, code.map(str::to_owned), None),
            "{path} {status}"
        );
        assert!(reply.header("x-request-id").is_some());
        assert_eq!(reply.header("retry-after").is_some(), status == 429);
    }
}

#[test]
fn throttling_names_a_delay() {
    let reply = failing(&["* *=429"]).get("/management/agents");
    let error = &reply.json()["error"];
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(error["retry_after"], 1);
    let strategy = &error["retry_strategy"];
    assert!(
        strategy["type"].is_string()
            && strategy["jitter"].is_boolean()
            && strategy["multiplier"].is_f64()
    );
    assert!(strategy["initial_delay_ms"].is_u64() && strategy["max_delay_ms"].is_u64());
}

#[test]
fn faults_precede_authentication_and_routing() {
    let client = failing(&["POST /exec/invocations=503"]);
    let path = Client::path("/exec/invocations");
    assert_eq!(send(client.0.port(), "POST", &path, &[], "").status, 503);
    assert_eq!(
        send(
            client.0.port(),
            "POST",
            "/other/v1/exec/invocations",
            &[],
            ""
        )
        .status,
        503
    );
}

#[test]
fn html_is_a_proxy_page() {
    let reply = failing(&["GET *=html"]).get("/management/agents");
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (502, Some("text/html; charset=utf-8"))
    );
    assert!(reply.text.contains("<html>") && reply.header("x-request-id").is_some());
}

#[test]
fn drop_closes_the_connection_once() {
    let client = failing(&["GET *=drop:1"]);
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {}\r\n\r\n",
        Client::path("/management/agents"),
        client.bearer()
    );
    let begun = Instant::now();
    match exchange(client.0.port(), request.as_bytes()) {
        Ok(answer) => assert!(answer.is_empty()),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(client.get("/management/agents").status, 200);
}

#[test]
fn hang_blocks_only_its_own_request() {
    let client = failing(&["GET /exec/*=hang"]);
    let mut stream = TcpStream::connect(("127.0.0.1", client.0.port())).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_millis(150)))
        .expect("a timeout");
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        Client::path("/exec/tools")
    );
    stream.write_all(request.as_bytes()).expect("it is sent");
    assert_eq!(client.get("/management/agents").status, 200);
    let error = stream.read(&mut [0]).expect_err("no answer");
    assert!(
        matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        "{error}"
    );
    let begun = Instant::now();
    drop(client);
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "what hangs does not keep the sandbox"
    );
}

#[test]
fn latency_delays_requests_in_parallel() {
    let client = Client::start(Options {
        latency: Duration::from_millis(150),
        ..Options::default()
    });
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(client.get("/exec/tools").status, 200));
        }
    });
    let elapsed = begun.elapsed();
    assert!(
        elapsed >= Duration::from_millis(150) && elapsed < Duration::from_secs(1),
        "{elapsed:?}"
    );
}

#[test]
fn spreads_a_rate_of_faults_evenly() {
    let client = failing(&["GET *=503:25%"]);
    let statuses: Vec<u16> = (0..8).map(|_| client.get("/exec/tools").status).collect();
    assert_eq!(statuses, [200, 200, 200, 503, 200, 200, 200, 503]);
}

#[test]
fn parses_valid_faults() {
    let good = [
        "POST /exec/*=503:2",
        "GET /management/agents=429",
        "* /management/*=500:1",
        "DELETE *=drop",
        "HEAD /a=b=html:4294967295",
        "PUT /x=hang:01",
        "POST *=429:5%",
        "POST *=429:100%",
    ];
    for text in good {
        assert!(text.parse::<Fault>().is_ok(), "{text}");
    }
}

#[test]
fn explains_invalid_faults() {
    let bad = [
        "",
        " ",
        "=",
        "GET",
        "GET=503",
        "GET /x",
        "GET /x=",
        "GET /x=200",
        "GET /x=399",
        "GET /x=600",
        "GET /x=0503x",
        "GET /x=503:",
        "GET /x=503:0",
        "GET /x=503:0%",
        "GET /x=503:101%",
        "GET /x=503:5%%",
        "GET /x=503:-1",
        "GET /x=503:1:2",
        "GET /x=503:99999999999",
        "get /x=503",
        "FETCH /x=503",
        "GET x=503",
        "GET  /x=503",
        "GET /a b=503",
        "GET /x= 503",
        "GET /x=DROP",
        "/x=503",
    ];
    for text in bad {
        let message = text.parse::<Fault>().expect_err(text);
        assert!(message.len() > 10, "{text}: {message}");
    }
}

proptest! {
    #[test]
    fn any_text_parses_or_is_explained(text in any::<String>()) {
        let _ = text.parse::<Fault>();
    }

    #[test]
    fn similar_text_parses_or_is_explained(text in "(GET|POST|\\*|G) ?[/*a-z=%]{0,12}=(drop|html|[0-9:]{0,9})") {
        if let Err(message) = text.parse::<Fault>() {
            prop_assert!(!message.is_empty());
        }
    }

    #[test]
    fn every_valid_fault_parses(method in "GET|HEAD|POST|PUT|PATCH|DELETE|\\*", pattern in "[/*][a-z_/*=:%0-9-]{0,30}", status in 400..600, count in proptest::option::of(1_u32..)) {
        let count = count.map(|count| format!(":{count}")).unwrap_or_default();
        let text = format!("{method} {pattern}={status}{count}");
        prop_assert!(text.parse::<Fault>().is_ok(), "{}", text);
    }
}
