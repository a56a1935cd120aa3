//! `xeroctl api` against a failing router: retries, and the reported outcome.

use std::time::{Duration, Instant};

use crate::support::Output;
use crate::support::live::Live;
use crate::support::router::{Answer, Asked, Router, nobody};

/// The methods that change something, as they are typed.
const CHANGES: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE --force"];

/// Runs a command line against these responses; returns the run and the requests.
fn run(line: &str, answers: impl IntoIterator<Item = Answer>) -> (Output, Vec<Asked>) {
    let router = Router::script(answers);
    let output = router.home().run(line);
    (output, router.asked())
}

fn object() -> Answer {
    Answer::json(200, r#"{"id":"a"}"#)
}

/// Responses after which nobody knows what became of a change.
fn lost() -> Vec<Answer> {
    vec![
        Answer::empty(408),
        Answer::fault(500, "internal_error"),
        Answer::new(502, "text/html", "<html>"),
        Answer::empty(503),
        Answer::empty(503).header("Retry-After", "0"),
        Answer::fault(503, "endpoint_inactive"),
        Answer::empty(504),
        Answer::empty(302).header("Location", "/"),
        Answer::dropped(),
        object().cut(),
        Answer::new(200, "text/plain", "half of it").cut(),
    ]
}

#[test]
fn read_is_retried_unchanged() {
    for fault in [
        Answer::empty(408),
        Answer::fault(429, "rate_limit_exceeded"),
        Answer::fault(500, "internal_error"),
        Answer::empty(502),
        Answer::empty(503).header("Retry-After", "0"),
        Answer::empty(504),
        Answer::dropped(),
        object().cut(),
    ] {
        let line = "api GET '/a?b=c' -f d=e -H 'x-f: g'";
        let (output, asked) = run(line, [fault.clone(), object()]);
        assert_eq!(output.code, 0, "{fault:?}: {}", output.stderr);
        assert_eq!(output.stdout, "{\"id\":\"a\"}\n", "{fault:?}");
        assert_eq!(asked.len(), 2, "{fault:?}");
        for asked in asked {
            assert_eq!(asked.line(), "GET /proj_1/v1/a?b=c&d=e");
            assert_eq!(asked.header("x-f"), Some("g"));
        }
    }
}

#[test]
fn read_stops_after_four_attempts() {
    let (output, asked) = run("api GET /a", vec![Answer::fault(500, "internal_error"); 4]);
    assert_eq!((output.code, asked.len()), (17, 4), "{}", output.stderr);
    assert!(!output.stderr.contains("outcome"), "{}", output.stderr);
    assert_eq!(output.stdout, "");
}

#[test]
fn rejected_read_is_not_retried() {
    for status in [301, 400, 401, 402, 403, 404, 405, 409, 410, 422, 501] {
        let (output, asked) = run("api GET /a", [Answer::empty(status)]);
        assert_eq!(asked.len(), 1, "{status}");
        assert_ne!(output.code, 0, "{status}");
    }
    for code in ["quota_exceeded", "insufficient_quota", "billing_delinquent"] {
        let (output, asked) = run("api GET /a", [Answer::fault(429, code)]);
        assert_eq!((output.code, asked.len()), (9, 1), "{code}");
    }
}

#[test]
fn change_is_sent_once() {
    for method in CHANGES {
        for fault in lost() {
            let line = format!("api {method} '/management/agents/a b?c=d'");
            let (output, asked) = run(&line, [fault.clone()]);
            let said = &output.stderr;
            assert_eq!(
                (output.code, asked.len()),
                (17, 1),
                "{line} {fault:?}: {said}"
            );
            assert_eq!(output.stdout, "", "{line} {fault:?}");
            assert!(
                said.contains("outcome: unknown"),
                "{line} {fault:?}: {said}"
            );
            let next = "check the result: xeroctl api GET '/management/agents/a%20b?c=d'\n";
            assert!(said.contains(next), "{line} {fault:?}: {said}");
        }
    }
}

/// Every other command sends these again: the router says that nothing was done. Here the operator decides.
#[test]
fn throttled_change_is_sent_once_with_known_outcome() {
    for method in CHANGES {
        for fault in [
            Answer::empty(429).header("Retry-After", "0"),
            Answer::fault(429, "rate_limit_exceeded"),
            Answer::fault(429, "capacity_exceeded"),
            Answer::fault(503, "tool_executor_unavailable"),
        ] {
            let (output, asked) = run(&format!("api {method} /a -o json"), [fault.clone()]);
            assert_eq!(asked.len(), 1, "{method} {fault:?}");
            assert!(
                [9, 17].contains(&output.code),
                "{method} {fault:?}: {}",
                output.stderr
            );
            assert!(!output.stderr.contains("unknown"), "{}", output.stderr);
            assert!(
                output.stderr.contains("\"retryable\":true"),
                "{}",
                output.stderr
            );
        }
    }
}

#[test]
fn rejected_change_has_known_outcome() {
    for method in CHANGES {
        for status in [400, 401, 403, 404, 405, 409, 410, 412, 422] {
            let fault = Answer::json(status, r#"{"error":{"message":"no"}}"#);
            let (output, asked) = run(&format!("api {method} /a"), [fault]);
            assert_eq!(asked.len(), 1, "{method} {status}");
            assert!(
                !output.stderr.contains("outcome"),
                "{method} {status}: {}",
                output.stderr
            );
        }
    }
}

#[test]
fn unsent_change_has_known_outcome() {
    let home = crate::support::Home::new()
        .with("XEROCTL_BASE_URL", &nobody())
        .with("XEROCTL_API_KEY", "k");
    for method in CHANGES {
        let output = home.run(&format!("api {method} /a"));
        assert_eq!(output.code, 17, "{}", output.stderr);
        assert!(
            output.stderr.contains("nothing was sent"),
            "{}",
            output.stderr
        );
        assert!(!output.stderr.contains("outcome"), "{}", output.stderr);
    }
}

#[test]
fn check_command_uses_the_same_router_and_omits_keys() {
    let router = Router::script([Answer::dropped()]);
    let base = router.base_url();
    let line = format!("api POST /a --api-key s3cret --base-url {base} -o json");
    let output = crate::support::Home::new().run(&line);
    assert_eq!(output.code, 17);
    let next = format!("check the result: xeroctl --base-url {base} api GET /a\n");
    assert!(output.stderr.contains(&next), "{}", output.stderr);
    assert!(!output.stderr.contains("s3cret"), "{}", output.stderr);
    let last = output.stderr.lines().last().expect("a line");
    let error: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(error["error"]["outcome"], "unknown");
}

#[test]
fn truncated_json_is_requested_again() {
    let whole = Answer::json(200, r#"{"data":[{"id":"a"},{"id":"b"}]}"#);
    for (words, wanted) in [
        ("", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}\n"),
        ("-o name", "a\nb\n"),
    ] {
        let answers = [whole.clone().cut(), Answer::dropped(), whole.clone()];
        let (output, asked) = run(&format!("api GET /a {words}"), answers);
        assert_eq!((output.code, asked.len()), (0, 3), "{}", output.stderr);
        assert_eq!(output.stdout, wanted);
    }
    // The head is not shown again.
    let (output, asked) = run("api GET /a -i", [whole.clone().cut(), whole.clone()]);
    assert_eq!((output.code, asked.len()), (0, 2), "{}", output.stderr);
    assert_eq!(output.stdout.matches("HTTP/1.1").count(), 1);
    assert!(output.stdout.ends_with("\r\n") || output.stdout.ends_with("]}\n"));
    // Nor is it begun forever, whatever comes between.
    let busy = || Answer::empty(503);
    let (output, asked) = run("api GET /a", [busy(), busy(), whole.clone().cut(), busy()]);
    assert_eq!((output.code, asked.len()), (17, 4), "{}", output.stderr);
    let (output, asked) = run("api GET /a", vec![whole.cut(); 4]);
    assert_eq!((output.code, asked.len()), (17, 4), "{}", output.stderr);
    assert_eq!(output.stdout, "");
}

#[test]
fn printed_bytes_are_not_requested_again() {
    for kind in ["text/plain", "text/event-stream", "application/x-ndjson"] {
        let (output, asked) = run("api GET /a", [Answer::new(200, kind, "first second").cut()]);
        assert_eq!((output.code, asked.len()), (17, 1), "{}", output.stderr);
        assert_eq!(output.stdout, "first ", "{kind}");
        assert!(
            output.stderr.contains("6 bytes were received"),
            "{}",
            output.stderr
        );
    }
    // Where nothing was shown yet, it is.
    let (live, nothing) = Live::of("text/plain");
    live.breaks();
    let (output, asked) = run(
        "api GET /a",
        [nothing, Answer::new(200, "text/plain", "all")],
    );
    assert_eq!((output.code, asked.len()), (0, 2), "{}", output.stderr);
    assert_eq!(output.stdout, "all");
}

#[test]
fn timeout_covers_the_whole_command() {
    let began = Instant::now();
    let (output, _) = run("api GET /a --timeout 200ms", [Answer::silence()]);
    assert_eq!(output.code, 17, "{}", output.stderr);
    assert!(
        output.stderr.contains("--timeout 200ms"),
        "{}",
        output.stderr
    );
    assert!(!output.stderr.contains("outcome"), "{}", output.stderr);
    for method in CHANGES {
        let line = format!("api {method} /a --timeout 200ms");
        let (output, asked) = run(&line, [Answer::silence()]);
        assert_eq!((output.code, asked.len()), (17, 1), "{}", output.stderr);
        assert!(
            output.stderr.contains("outcome: unknown"),
            "{}",
            output.stderr
        );
        assert!(
            output.stderr.contains("xeroctl api GET /a"),
            "{}",
            output.stderr
        );
    }
    // Also in the middle of what is shown as it comes.
    let (live, answer) = Live::of("text/plain");
    live.sends("begun");
    let (output, _) = run("api GET /a --timeout 300ms", [answer]);
    assert_eq!((output.code, output.stdout.as_str()), (17, "begun"));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn excessive_delay_is_not_started() {
    let busy = |wait: &str| Answer::empty(503).header("Retry-After", wait);
    for (line, wait, when) in [
        ("api GET /a", "3600", "at 2026-11-22T13:00:00Z"),
        (
            "api GET /a --all --timeout 5s",
            "6",
            "at 2026-11-22T12:00:06Z",
        ),
        ("api GET /a --all", "3600", "at 2026-11-22T13:00:00Z"),
        ("api GET /a --timeout 5s", "6", "at 2026-11-22T12:00:06Z"),
    ] {
        let (output, asked) = run(line, [busy(wait)]);
        assert_eq!((output.code, asked.len()), (17, 1), "{}", output.stderr);
        assert!(output.stderr.contains(when), "{line}: {}", output.stderr);
    }
}

const MIB: usize = 1 << 20;

#[test]
fn json_over_64_mib_is_rejected() {
    for method in ["GET", "POST"] {
        let (live, answer) = Live::of("application/json");
        live.repeats(vec![b' '; MIB], 64).sends(" ").ends();
        let (output, asked) = run(&format!("api {method} /a"), [answer]);
        assert_eq!((output.code, asked.len()), (17, 1), "{}", output.stderr);
        assert!(output.stderr.contains("64 MiB"), "{}", output.stderr);
        assert_eq!(output.stdout, "");
        assert_eq!(
            output.stderr.contains("outcome: unknown"),
            method == "POST",
            "{}",
            output.stderr
        );
    }
    let mut whole = vec![b' '; 64 * MIB - 2];
    whole.extend_from_slice(b"{}");
    let (output, _) = run("api GET /a", [Answer::json(200, whole)]);
    assert_eq!((output.code, output.stdout.as_str()), (0, "{}\n"));
}

#[test]
fn pages_are_retried() {
    let page = |id: &str, more: bool| {
        Answer::json(
            200,
            format!(r#"{{"data":[{{"id":"{id}"}}],"last_id":"{id}","has_more":{more}}}"#),
        )
    };
    let answers = [
        Answer::empty(503),
        page("a", true),
        page("b", false).cut(),
        page("b", false),
    ];
    let (output, asked) = run("api GET /a --all -o name", answers);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(output.stdout, "a\nb\n");
    assert_eq!(asked.len(), 4);
}

#[test]
fn accepts_compressed_responses() {
    // `{"id":"a"}`, by gzip.
    let bytes = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 171, 86, 202, 76, 81, 178, 82, 74, 84, 170, 5, 0, 67,
        230, 164, 154, 10, 0, 0, 0,
    ];
    for method in ["GET", "POST"] {
        let answer = Answer::json(200, bytes).header("Content-Encoding", "gzip");
        let (output, _) = run(&format!("api {method} /a -o name"), [answer]);
        assert_eq!((output.code, output.stdout.as_str()), (0, "a\n"));
    }
    // Who asks for an encoding gets it.
    let answer = Answer::json(200, bytes).header("Content-Encoding", "gzip");
    let router = Router::script([answer]);
    let output = router.home().run("api GET /a -H 'accept-encoding: gzip'");
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(router.asked()[0].header("accept-encoding"), Some("gzip"));
}
