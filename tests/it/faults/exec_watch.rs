//! `exec watch` without an event stream: exit codes, transient errors, and what ends the watch.

use std::time::{Duration, Instant};

use crate::support::exec::{INVOCATION, Routes, STREAM, asked_of, document, invocation};
use crate::support::router::{Answer, Router};
use crate::support::{Output, waited};

/// The five ends, each with its exit code.
const ENDS: [(&str, i32); 5] = [
    ("completed", 0),
    ("failed", 10),
    ("rejected", 11),
    ("cancelled", 12),
    ("timeout", 13),
];

const WATCH: &str = "exec watch inv_1 --interval 500ms";

fn watch(router: &Router, options: &str) -> Output {
    router.home().run(&format!("{WATCH} {options}"))
}

/// The states in the rows on standard output.
fn states(output: &Output) -> Vec<&str> {
    let mut rows = output.stdout.lines();
    assert_eq!(rows.next(), Some("TIME\tID\tSTATUS"), "{}", output.whole());
    rows.map(|row| {
        let state = row.strip_prefix("2026-11-22T12:00:00Z\tinv_1\t");
        state.unwrap_or_else(|| panic!("{row:?} in {}", output.whole()))
    })
    .collect()
}

#[test]
fn each_end_has_its_exit_code_and_each_change_a_line() {
    std::thread::scope(|scope| {
        for (end, code) in ENDS {
            scope.spawn(move || {
                let router = Routes::invocation(&["queued", "queued", "running", end]).start();
                let output = watch(&router, "");
                assert_eq!(output.code, code, "{}", output.whole());
                assert_eq!(states(&output), ["queued", "running", end]);
                let next = "print its output: xeroctl exec raw ex_1\n";
                assert!(output.stderr.contains(next), "{}", output.whole());
            });
        }
    });
}

#[test]
fn finished_invocation_is_shown_immediately() {
    for (end, code) in ENDS {
        let router = Routes::invocation(&[end]).start();
        let began = Instant::now();
        let output = router.home().run("exec watch inv_1");
        assert_eq!(output.code, code, "{}", output.whole());
        assert_eq!(states(&output), [end]);
        assert!(began.elapsed() < Duration::from_secs(1), "{end}");
    }
}

#[test]
fn unknown_status_is_not_final() {
    let router =
        Routes::invocation(&["queued", "materialising", "Completed", "", "completed"]).start();
    let output = watch(&router, "");
    assert_eq!(output.code, 0, "{}", output.whole());
    let states = states(&output);
    assert_eq!(states[..3], ["queued", "materialising", "Completed"]);
    assert_eq!(states.last(), Some(&"completed"));
}

#[test]
fn without_stream_polls_at_the_interval() {
    let refusals = [
        Answer::fault(404, "route_not_found"),
        Answer::empty(404),
        Answer::new(200, "text/html", "<h1>events</h1>"),
        Answer::json(200, r#"{"data":[]}"#),
        Answer::empty(200),
        Answer::fault(403, "scope_insufficient"),
        Answer::empty(501),
    ];
    std::thread::scope(|scope| {
        for refusal in refusals {
            scope.spawn(move || {
                let what = format!("{refusal:?}");
                let states = ["running", "running", "running", "running", "completed"];
                let router = Routes::invocation(&states).on(STREAM, [refusal]).start();
                let began = Instant::now();
                let output = watch(&router, "");
                let took = waited(began);
                assert_eq!(output.code, 0, "{what}: {}", output.whole());
                assert_eq!(asked_of(&router, STREAM).len(), 1, "{what}");
                assert_eq!(asked_of(&router, INVOCATION).len(), 5, "{what}");
                // Twice at the beginning, then three times the interval.
                assert!(took >= Duration::from_millis(1400), "{what}: {took:?}");
                assert!(began.elapsed() < Duration::from_secs(6), "{what}");
            });
        }
    });
}

#[test]
fn transient_errors_are_retried_and_reported_once() {
    let busy = Answer::json(429, r#"{"error":{"message":"busy"}}"#).header("Retry-After", "0");
    let faults: [(&str, Vec<Answer>); 4] = [
        ("unavailable", vec![Answer::empty(503); 9]),
        ("dropped", vec![Answer::dropped(); 9]),
        ("cut", vec![invocation("running").cut(); 9]),
        ("throttled", vec![busy; 9]),
    ];
    std::thread::scope(|scope| {
        for (what, faults) in faults {
            scope.spawn(move || {
                let answers = [invocation("queued")].into_iter().chain(faults);
                let answers = answers.chain([invocation("running"), invocation("completed")]);
                let router = Routes::new().on(INVOCATION, answers).start();
                let output = watch(&router, "");
                assert_eq!(output.code, 0, "{what}: {}", output.whole());
                assert_eq!(
                    states(&output),
                    ["queued", "running", "completed"],
                    "{what}"
                );
                let told = output.stderr.matches("retrying").count();
                assert_eq!(told, 1, "{what}: {}", output.whole());
            });
        }
    });
}

#[test]
fn requested_wait_is_kept() {
    let busy = Answer::fault(429, "rate_limit_exceeded").header("Retry-After", "1");
    let answers = [invocation("queued"), busy, invocation("completed")];
    let router = Routes::new().on(INVOCATION, answers).start();
    let began = Instant::now();
    let output = watch(&router, "");
    assert_eq!(output.code, 0, "{}", output.whole());
    let took = waited(began);
    assert!(took >= Duration::from_secs(1), "{took:?}");
    assert_eq!(asked_of(&router, INVOCATION).len(), 3);
}

#[test]
fn rejection_ends_the_watch_at_any_time() {
    let refusals = [
        (Answer::fault(401, "authentication_error"), 4),
        (Answer::fault(403, "scope_insufficient"), 4),
        (Answer::fault(404, "invocation_not_found"), 5),
        (Answer::new(404, "text/html", "<h1>no</h1>"), 17),
        (Answer::json(200, "[1]"), 17),
        (Answer::new(200, "text/html", "<h1>welcome</h1>"), 17),
    ];
    for (refusal, code) in refusals {
        let what = format!("{refusal:?}");
        let router = Routes::new().on(INVOCATION, [refusal.clone()]).start();
        let output = router.home().run(&format!("{WATCH} -o json"));
        assert_eq!(output.code, code, "{what}: {}", output.whole());
        assert_eq!(output.stdout, "", "{what}");
        let answers = [invocation("queued"), refusal];
        let router = Routes::new().on(INVOCATION, answers).start();
        let output = watch(&router, "");
        assert_eq!(output.code, code, "{what}: {}", output.whole());
        assert_eq!(states(&output), ["queued"], "{what}");
        let next = "xeroctl exec watch inv_1\n";
        assert!(output.stderr.contains(next), "{what}: {}", output.whole());
    }
}

#[test]
fn deadline_exits_14_with_the_continuation() {
    for format in ["", "-o csv", "-o ndjson", "-o name", "-o json"] {
        let router = Routes::invocation(&["queued", "running"]).start();
        let began = Instant::now();
        let output = watch(&router, &format!("--timeout 1s {format}"));
        let took = began.elapsed();
        assert_eq!(output.code, 14, "{format}: {}", output.whole());
        assert!(took >= Duration::from_secs(1), "{format}: {took:?}");
        assert!(took < Duration::from_secs(3), "{format}: {took:?}");
        for line in ["xeroctl exec watch inv_1\n", "xeroctl exec cancel inv_1\n"] {
            assert!(output.stderr.contains(line), "{format}: {}", output.whole());
        }
        assert!(!output.stderr.contains("\"error\""), "{}", output.whole());
        match format {
            "-o json" => assert_eq!(output.stdout, document("running") + "\n"),
            "-o name" => assert_eq!(output.stdout, "inv_1\n"),
            _ => assert!(output.stdout.contains("running"), "{}", output.whole()),
        }
    }
}

#[test]
fn deadline_applies_to_silence_and_long_waits() {
    let busy = Answer::fault(429, "rate_limit_exceeded").header("Retry-After", "50");
    for answer in [Answer::silence(), busy, Answer::empty(503)] {
        let what = format!("{answer:?}");
        let router = Routes::new().on(INVOCATION, [answer]).start();
        let began = Instant::now();
        let output = watch(&router, "--timeout 1s -o json");
        assert_eq!(output.code, 14, "{what}: {}", output.whole());
        assert!(began.elapsed() < Duration::from_secs(3), "{what}");
        assert_eq!(output.stdout, "", "{what}: nothing was seen");
        let next = "xeroctl exec watch inv_1\n";
        assert!(output.stderr.contains(next), "{what}: {}", output.whole());
    }
}

#[test]
fn id_with_leading_dash_is_quoted() {
    let running = || Answer::json(200, r#"{"id":"-inv 1","status":"running"}"#);
    let route = "GET /exec/invocations/-inv%201";
    let router = Routes::new().on(route, [running()]).start();
    let line = "exec watch --timeout 500ms -- '-inv 1'";
    let output = router.home().run(line);
    assert_eq!(output.code, 14, "{}", output.whole());
    for next in ["exec watch -- '-inv 1'\n", "exec cancel -- '-inv 1'\n"] {
        assert!(output.stderr.contains(next), "{}", output.whole());
    }
}

#[test]
fn end_in_each_format() {
    let run = |options: &str| {
        let router = Routes::invocation(&["queued", "running", "failed"]).start();
        let output = watch(&router, options);
        assert_eq!(output.code, 10, "{}", output.whole());
        output.stdout
    };
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(run("-o json"), document("failed") + "\n"));
        scope.spawn(|| {
            let lines = ["queued", "running", "failed"].map(document);
            assert_eq!(run("-o ndjson"), lines.join("\n") + "\n");
        });
        scope.spawn(|| assert_eq!(run("-o name"), "inv_1\n"));
        let at = "2026-11-22T12:00:00Z";
        scope.spawn(move || {
            let rows = ["queued", "running", "failed"].map(|state| format!("{at},inv_1,{state}\n"));
            assert_eq!(run("-o csv"), format!("TIME,ID,STATUS\n{}", rows.concat()));
        });
        scope.spawn(move || {
            let rows =
                ["queued", "running", "failed"].map(|state| format!("{at}\tinv_1\t{state}\n"));
            assert_eq!(run("--no-headers"), rows.concat());
        });
    });
}

#[test]
fn failed_watch_ends_with_a_json_error() {
    let answers = [
        invocation("queued"),
        Answer::fault(401, "authentication_error"),
    ];
    let router = Routes::new().on(INVOCATION, answers).start();
    let output = watch(&router, "-o json");
    let last = output.stderr.lines().last().unwrap_or_default();
    let error: serde_json::Value = serde_json::from_str(last).expect("a JSON line");
    assert_eq!(error["error"]["exit_code"], 4, "{last}");
    assert_eq!(error["error"]["code"], "authentication_error", "{last}");
}

#[test]
fn usage_errors_are_reported_before_any_request() {
    let router = Router::unasked();
    for line in [
        "exec watch",
        "exec watch ''",
        "exec watch ..",
        "exec watch inv_1 inv_2",
        "exec watch inv_1 --interval 499ms",
        "exec watch inv_1 --interval 61s",
        "exec watch inv_1 --timeout 0",
    ] {
        let output = router.home().run(line);
        assert_eq!(output.code, 2, "{line}: {}", output.whole());
    }
    let output = router.home().run("exec watch inv_1 --dry-run");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(
        output.stdout.ends_with("/exec/invocations/inv_1\n"),
        "{}",
        output.whole()
    );
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn tolerates_five_malformed_responses_in_a_row() {
    let answers = [invocation("queued"), Answer::json(200, "[1]")];
    let router = Routes::new().on(INVOCATION, answers).start();
    let output = watch(&router, "");
    assert_eq!(output.code, 17, "{}", output.whole());
    assert_eq!(asked_of(&router, INVOCATION).len(), 1 + 5 + 1);
    let odd = || Answer::json(200, "[1]");
    let answers = [
        invocation("queued"),
        odd(),
        odd(),
        odd(),
        odd(),
        odd(),
        invocation("completed"),
    ];
    let router = Routes::new().on(INVOCATION, answers).start();
    assert_eq!(watch(&router, "").code, 0);
}
