//! Retries: which requests, how often, and after which delay.

use std::time::{Duration, Instant};

use crate::support::router::{Answer, Router};
use crate::support::{Output, waited};

/// Runs a command line against these responses; returns how many requests there were, too.
fn run(line: &str, answers: impl IntoIterator<Item = Answer>) -> (Output, usize) {
    let router = Router::script(answers);
    let output = router.home().run(line);
    (output, router.asked().len())
}

fn agent() -> Answer {
    Answer::json(200, r#"{"id":"agt_1"}"#)
}

/// A response without success that says how long to wait.
fn busy(status: u16, wait: &str) -> Answer {
    Answer::json(status, r#"{"error":{"message":"busy"}}"#).header("Retry-After", wait)
}

#[test]
fn read_is_retried_after_transient_errors() {
    let (output, requests) = run(
        "agents agt_1 -o name",
        [Answer::empty(503), Answer::empty(503), agent()],
    );
    assert_eq!((output.code, requests), (0, 3), "{}", output.stderr);
    assert_eq!(
        (output.stdout.as_str(), output.stderr.as_str()),
        ("agt_1\n", "")
    );
}

#[test]
fn only_transient_statuses_are_retried() {
    for status in [408, 429, 500, 502, 503, 504] {
        let (output, requests) = run("agents agt_1 -o name", [Answer::empty(status), agent()]);
        assert_eq!(
            (output.code, requests),
            (0, 2),
            "{status}: {}",
            output.stderr
        );
    }
    for status in [301, 400, 401, 402, 403, 404, 409, 410, 422, 501, 505] {
        let (output, requests) = run("agents agt_1 -o name", [Answer::empty(status)]);
        assert_eq!(requests, 1, "{status}");
        assert_ne!(output.code, 0, "{status}");
    }
}

#[test]
fn read_stops_after_four_attempts() {
    let (output, requests) = run(
        "agents agt_1 -o json",
        vec![Answer::fault(500, "internal_error"); 4],
    );
    assert_eq!((output.code, requests), (17, 4), "{}", output.stderr);
    assert!(
        output.stderr.contains("request ID: req_42"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("\"outcome\":null"),
        "a read has no outcome: {}",
        output.stderr
    );
}

#[test]
fn lost_or_truncated_read_is_retried() {
    for broken in [Answer::dropped(), agent().cut()] {
        let (output, requests) = run("agents agt_1 -o name", [broken, agent()]);
        assert_eq!((output.code, requests), (0, 2), "{}", output.stderr);
        assert_eq!(
            output.stdout, "agt_1\n",
            "and nothing of the first try is shown"
        );
    }
}

/// Every write, with the read that tells check the result.
const WRITES: [(&str, &str); 9] = [
    (
        "agents --create --name n --worker-id w --public-key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= --region r",
        "agents --all",
    ),
    ("agents agt_1 --update --status active", "agents agt_1"),
    ("agents agt_1 --delete --force", "agents agt_1"),
    ("agents pause-exec agt_1", "agents agt_1 --events"),
    (
        "agents revoke-credentials agt_1 -y",
        "agents agt_1 --events",
    ),
    (
        "agents candidates approve agt_1 cand_1",
        "agents candidates list agt_1",
    ),
    ("agents curve-rotate agt_1", "agents agt_1 --events"),
    (
        "join-keys --create --name n --region r --router-addr tcp://a:1",
        "agents join-keys --all",
    ),
    (
        "join-keys jk_1 --revoke -y",
        "agents join-keys --include-terminal --all",
    ),
];

#[test]
fn sent_write_is_never_retried() {
    for (line, check) in WRITES {
        for lost in [
            Answer::fault(500, "internal_error"),
            Answer::empty(502),
            Answer::empty(503),
            Answer::fault(503, "endpoint_inactive"),
            Answer::empty(408),
            Answer::dropped(),
            Answer::json(200, r#"{"id":"x"}"#).cut(),
        ] {
            let (output, requests) = run(line, [lost]);
            assert_eq!(
                (output.code, requests),
                (17, 1),
                "{line}: {}",
                output.stderr
            );
            assert!(
                output.stderr.contains("outcome: unknown"),
                "{line}: {}",
                output.stderr
            );
            let next = format!("check the result: xeroctl {check}\n");
            assert!(
                output.stderr.contains(&next),
                "{line} lacks {check}: {}",
                output.stderr
            );
        }
    }
}

#[test]
fn json_line_reports_unknown_outcome() {
    let (output, _) = run("agents agt_1 --delete --force -o json", [Answer::dropped()]);
    let line = output.stderr.lines().last().expect("a line");
    let error: serde_json::Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(error["error"]["outcome"], "unknown");
    assert_eq!(error["error"]["code"], "unavailable");
    assert_eq!(output.stdout, "");
}

#[test]
fn throttled_or_undispatched_write_is_retried() {
    for nothing_done in [
        busy(429, "0"),
        Answer::fault(429, "rate_limit_exceeded"),
        Answer::fault(429, "capacity_exceeded"),
        Answer::fault(503, "tool_executor_unavailable"),
    ] {
        let (output, requests) = run(
            "agents pause-exec agt_1",
            [nothing_done, Answer::empty(204)],
        );
        assert_eq!((output.code, requests), (0, 2), "{}", output.stderr);
    }
}

#[test]
fn throttled_write_has_known_outcome() {
    for fault in [
        Answer::fault(429, "rate_limit_exceeded"),
        Answer::fault(503, "tool_executor_unavailable"),
    ] {
        let (output, requests) = run("agents pause-exec agt_1", vec![fault; 4]);
        assert_eq!(requests, 4);
        assert!(!output.stderr.contains("unknown"), "{}", output.stderr);
    }
}

#[test]
fn quota_and_billing_errors_are_not_retried() {
    for code in ["quota_exceeded", "insufficient_quota", "billing_delinquent"] {
        let fault = Answer::fault(429, code).header("Retry-After", "0");
        let (output, requests) = run("agents -o json", [fault]);
        assert_eq!((output.code, requests), (9, 1), "{code}: {}", output.stderr);
        assert!(
            output.stderr.contains("\"retryable\":false"),
            "{code}: {}",
            output.stderr
        );
    }
}

#[test]
fn requested_wait_is_kept() {
    let in_body = r#"{"error":{"message":"busy","code":"rate_limit_exceeded","retry_after":1}}"#;
    let faults = [
        busy(429, "1"),
        busy(503, "1"),
        Answer::json(429, in_body),
        // Of two that differ the longer counts.
        Answer::json(429, in_body).header("Retry-After", "0"),
        // The clock of these tests stands at noon.
        busy(429, "Sun, 22 Nov 2026 12:00:01 GMT"),
    ];
    std::thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || {
                let began = Instant::now();
                let (output, requests) = run("agents agt_1 -o name", [fault, agent()]);
                let took = waited(began);
                assert_eq!((output.code, requests), (0, 2), "{}", output.stderr);
                assert!(took >= Duration::from_secs(1), "{took:?}");
                assert!(began.elapsed() < Duration::from_secs(3));
            });
        }
    });
}

#[test]
fn past_or_invalid_wait_delays_nothing() {
    for wait in ["0", "Sat, 01 Jan 2000 00:00:00 GMT", "soon", "-5", ""] {
        let began = Instant::now();
        let (output, requests) = run("agents agt_1 -o name", [busy(429, wait), agent()]);
        assert_eq!((output.code, requests), (0, 2), "{wait}: {}", output.stderr);
        assert!(began.elapsed() < Duration::from_secs(2), "{wait}");
    }
}

#[test]
fn excessive_wait_is_not_started() {
    let body = r#"{"error":{"message":"busy","retry_after":3600}}"#;
    for (line, fault, when) in [
        ("agents", busy(429, "61"), "at 2026-11-22T12:01:01Z"),
        ("agents", busy(503, "3600"), "at 2026-11-22T13:00:00Z"),
        (
            "agents",
            busy(429, "Sun, 22 Nov 2026 13:00:00 GMT"),
            "at 2026-11-22T13:00:00Z",
        ),
        ("agents", Answer::json(429, body), "at 2026-11-22T13:00:00Z"),
        (
            "agents --timeout 10s",
            busy(429, "11"),
            "at 2026-11-22T12:00:11Z",
        ),
        (
            "agents pause-exec agt_1",
            busy(429, "61"),
            "at 2026-11-22T12:01:01Z",
        ),
    ] {
        let began = Instant::now();
        let (output, requests) = run(line, [fault]);
        assert_eq!(requests, 1, "{line}");
        assert!(began.elapsed() < Duration::from_secs(2), "{line}");
        assert!([9, 17].contains(&output.code), "{line}: {}", output.stderr);
        assert!(
            output.stderr.contains(when),
            "{line} lacks {when}: {}",
            output.stderr
        );
    }
}

#[test]
fn long_wait_is_announced_unless_quiet() {
    let body = r#"{"error":{"message":"busy","retry_after":2.1}}"#;
    let answers = move || [Answer::json(429, body), agent()];
    let quiet = std::thread::spawn(move || run("agents agt_1 -q", answers()));
    let (output, _) = run("agents agt_1", answers());
    assert!(
        output.stderr.contains("trying again in 3s"),
        "{}",
        output.stderr
    );
    let (output, _) = quiet.join().expect("the other run");
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
}
