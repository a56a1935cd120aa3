//! Responses of unusual forms: what is accepted, and the errors for the rest.

use crate::support::Output;
use crate::support::router::{Answer, Router};

/// Runs a command line against a router that returns this response once.
fn run(line: &str, answer: Answer) -> Output {
    Router::script([answer]).home().run(line)
}

/// What a read of this answer without success exits with and says.
fn failed(status: u16, body: &str) -> Output {
    run(
        "agents agt_1",
        Answer::json(status, body).header("X-Request-ID", "req_42"),
    )
}

#[test]
fn envelope_may_be_sparse_or_text() {
    for (body, said) in [
        (
            r#"{"error":{"message":"no such thing","type":"not_found_error"}}"#,
            "no such thing (not_found_error)",
        ),
        (
            r#"{"error":{"message":"no such thing","type":"t","code":null,"param":null}}"#,
            "no such thing (t)",
        ),
        (r#"{"error":{"message":"no such thing"}}"#, "no such thing"),
        (
            r#"{"error":{"message":"no such thing","code":404}}"#,
            "no such thing",
        ),
        (r#"{"error":"no such thing"}"#, "no such thing"),
        (r#"{"error":{"code":"agent_not_found"}}"#, "agent_not_found"),
        (r#"{"error":{}}"#, "404"),
        (
            r#"{"extra":1,"error":{"message":"no such thing","more":[{}]}}"#,
            "no such thing",
        ),
    ] {
        let run = failed(404, body);
        assert_eq!(run.code, 5, "{body}: {}", run.stderr);
        assert!(
            run.stderr.lines().next().unwrap_or_default().contains(said),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("request ID: req_42"), "{}", run.stderr);
    }
}

#[test]
fn foreign_404_names_the_base_url() {
    for (kind, body, said) in [
        ("text/html", "<html>\n<h1>404 Not Found</h1>", "<html>"),
        ("text/plain", "\n\n  nothing here", "nothing here"),
        ("application/json", r#"{"detail":"Not Found"}"#, "Not Found"),
        ("application/json", r#"{"error":null}"#, "null"),
        ("application/json", "[]", "[]"),
        ("application/json", "", "empty"),
    ] {
        let router =
            Router::script([Answer::new(404, kind, body).header("X-Request-ID", "req_42")]);
        let run = router.home().run("agents agt_1");
        assert_eq!(run.code, 17, "{body}: {}", run.stderr);
        for part in [said, "HTTP 404", "req_42", &router.base_url()] {
            assert!(
                run.stderr.contains(part),
                "{part} is missing: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn proxy_page_is_summarized() {
    let page = "<html><title>502 Bad Gateway</title>\n<body>a long page</body>";
    let answer =
        Answer::new(502, "text/html; charset=utf-8", page).header("X-Request-ID", "req_42");
    let run = run("agents agt_1 --delete --force", answer);
    assert_eq!(run.code, 17);
    for part in [
        "HTTP 502",
        "text/html",
        "<title>502 Bad Gateway</title>",
        "req_42",
        "outcome: unknown",
    ] {
        assert!(
            run.stderr.contains(part),
            "{part} is missing: {}",
            run.stderr
        );
    }
    assert!(
        !run.stderr.contains("a long page"),
        "the first line alone: {}",
        run.stderr
    );
}

#[test]
fn malformed_success_exits_17() {
    for body in [
        "<html>hello</html>",
        "{",
        "not json",
        "\"text\"",
        "42",
        "[1",
        "{\"data\":1}",
    ] {
        let run = run(
            "agents",
            Answer::json(200, body).header("X-Request-ID", "req_42"),
        );
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (17, ""),
            "{body}: {}",
            run.stderr
        );
        assert!(run.stderr.contains("req_42"), "{body}: {}", run.stderr);
    }
    for body in ["[]", "\"text\"", "null", "true"] {
        let run = run("agents agt_1", Answer::json(200, body));
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (17, ""),
            "{body}: {}",
            run.stderr
        );
    }
    let run = run(
        "agents agt_1",
        Answer::json(200, b"{\"name\":\"\xff\"}".to_vec()),
    );
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (17, ""),
        "not UTF-8: {}",
        run.stderr
    );
}

#[test]
fn list_without_body_exits_17() {
    for answer in [Answer::empty(204), Answer::empty(200)] {
        let run = run("agents", answer);
        assert_eq!((run.code, run.stdout.as_str()), (17, ""), "{}", run.stderr);
    }
}

#[test]
fn write_with_malformed_response_has_unknown_outcome() {
    let run = run(
        "agents agt_1 --update --status active",
        Answer::new(200, "text/html", "<html>welcome to the hotel wifi</html>"),
    );
    assert_eq!(run.code, 17);
    assert!(run.stderr.contains("outcome: unknown"), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("check the result: xeroctl agents agt_1\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn action_may_return_nothing_or_any_object() {
    for (answer, json) in [
        (Answer::empty(204), "{}"),
        (Answer::empty(200), "{}"),
        (Answer::json(200, ""), "{}"),
        (Answer::json(200, " \n"), "{}"),
        (Answer::json(200, r#"{ "x": 1.50 }"#), r#"{ "x": 1.50 }"#),
        (Answer::json(202, "[]"), "[]"),
        (Answer::json(200, "null"), "null"),
        (Answer::json(200, "true"), "true"),
    ] {
        let run = run("agents pause-exec agt_1 -o json", answer.clone());
        assert_eq!(
            (run.code, run.stdout),
            (0, format!("{json}\n")),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn accepts_unusual_types() {
    let body = r#"{"id":17,"name":null,"worker_id":["a",{"b":1}],"status":true,"region":{"x": "y z"},
        "last_heartbeat_at":1795348795,"max_concurrent_requests":"8","supported_tiers":"default",
        "created_at":1795348795.5,"updated_at":"yesterday","storage_limit_bytes":1e400,
        "description":12345678901234567890123,"tools":[{"name":"t/1"},"t2",3,{"no":"name"}],"unknown":{}}"#;
    let run = run("agents 17", Answer::json(200, body));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        run.stdout
            .lines()
            .map(|line| line.split_once('\t').unwrap_or_default())
            .collect::<Vec<_>>(),
        [
            ("ID", "17"),
            ("NAME", "-"),
            ("WORKER_ID", r#"["a",{"b":1}]"#),
            ("STATUS", "true"),
            ("REGION", r#"{"x":"y z"}"#),
            ("LAST_HEARTBEAT", "2026-11-22T11:59:55Z"),
            ("MAX_CONCURRENT", "8"),
            ("TIERS", "default"),
            ("DESCRIPTION", "12345678901234567890123"),
            ("CREATED", "2026-11-22T11:59:55Z"),
            ("UPDATED", "yesterday"),
            ("PUBLIC_KEY", "-"),
            ("STORAGE_LIMIT_ENABLED", "-"),
            ("STORAGE_LIMIT_BYTES", "1e400"),
            ("TOOLS", r#"t/1,t2,3,{"no":"name"}"#),
            ("ROLE", "-"),
            ("WORKSPACES", "-"),
            ("EXEC_PAUSED", "-"),
            ("CREDENTIALS_REVOKED", "-"),
        ]
    );
}

#[test]
fn json_keeps_its_bytes() {
    for body in [
        r#"{ "id":"a" ,"n":1.50, "e":1E5,"big":12345678901234567890123,"n":"twice","t":"\u00e9é\/" }"#,
        "{}",
        "{\n  \"id\": \"a\"\n}",
    ] {
        let run = run("agents a -o json", Answer::json(200, body));
        assert_eq!((run.code, run.stdout), (0, format!("{body}\n")));
    }
}

#[test]
fn accepts_byte_order_mark_and_whitespace() {
    let run = run(
        "agents a -o json",
        Answer::json(200, "\u{feff}\n {\"id\":\"a\"} \r\n"),
    );
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "{\"id\":\"a\"}\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn reads_both_names_of_a_field() {
    let rotation = run(
        "agents curve-rotate agt_1 -o csv",
        Answer::json(202, r#"{"id":"rot_1","dispatch_status":"dispatched"}"#),
    );
    assert_eq!(
        rotation.stdout,
        "REQUEST_ID,STATUS,MONITOR_URL\nrot_1,dispatched,\n"
    );
    let events = run(
        "agents agt_1 --events --no-headers",
        Answer::json(
            200,
            r#"{"data":[{"id":"e","type":"t","details":{"a": [1, 2]},"created_at":0}]}"#,
        ),
    );
    assert_eq!(events.stdout, "e\tt\t{\"a\":[1,2]}\t1970-01-01T00:00:00Z\n");
    for name in ["current_enrollments", "enrollments", "enrollment_count"] {
        let keys = run(
            "join-keys --no-headers",
            Answer::json(200, format!(r#"{{"data":[{{"id":"k","{name}":3}}]}}"#)),
        );
        assert_eq!(keys.stdout, "k\t-\t-\t-\t3\t-\t-\n");
    }
}

#[test]
fn csv_cells_are_quoted_if_needed() {
    let done = run("agents pause-exec 'a,\"b' -o csv", Answer::empty(204));
    // The splitter of this test takes the quote away.
    assert_eq!(done.code, 0, "{}", done.stderr);
    let mut reader = csv::Reader::from_reader(done.stdout.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(&rows[0][0], "a,\"b", "{}", done.stdout);
}
