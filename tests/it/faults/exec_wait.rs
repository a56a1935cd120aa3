//! `--wait`: from the call through the approval to the end, and the output.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::exec::{
    APPROVAL, INVOCATION, INVOKE, Routes, STREAM, asked_of, document, gated, invocation, line,
};
use crate::support::live::Live;
use crate::support::router::{Answer, Router};
use crate::support::{Output, waited};

const LINE: &str =
    "exec invoke --workspace ws_1 --tool t --args {} --no-validate --wait --interval 500ms";
const RAW: &str = "GET /exec/executions/ex_1/raw";

/// The approval with this deadline; the clock of these tests stands at noon.
fn approval(expires: &str) -> Answer {
    Answer::json(
        200,
        format!(
            r#"{{"id":"apr_1","status":"pending","risk":"destructive","tool_name":"t","expires_at":{expires}}}"#
        ),
    )
}

const LATER: &str = r#""2026-11-22T12:15:00Z""#;
const PAST: &str = r#""2026-11-22T11:59:00Z""#;

/// A gated call that is approved and ends so.
fn approved(end: &str) -> Routes {
    let states = [gated(), gated(), invocation("running"), invocation(end)];
    Routes::new()
        .on(INVOKE, [gated()])
        .on(INVOCATION, states)
        .on(APPROVAL, [approval(LATER)])
}

fn wait(router: &Router, options: &str) -> Output {
    router.home().run(&format!("{LINE} {options}"))
}

#[test]
fn waits_through_the_approval_to_each_end() {
    std::thread::scope(|scope| {
        for (end, code) in [
            ("completed", 0),
            ("failed", 10),
            ("rejected", 11),
            ("cancelled", 12),
            ("timeout", 13),
        ] {
            scope.spawn(move || {
                let router = approved(end).start();
                let output = wait(&router, "");
                assert_eq!(output.code, code, "{}", output.whole());
                let shown = format!("STATUS\t{end}\n");
                assert!(output.stdout.contains(&shown), "{}", output.whole());
                for told in [
                    "xeroctl approvals approve apr_1\n",
                    "https://console.example/apr_1",
                    "invocation inv_1: running\n",
                    "xeroctl exec raw ex_1\n",
                ] {
                    assert!(output.stderr.contains(told), "{told}: {}", output.whole());
                }
                assert_eq!(asked_of(&router, APPROVAL).len(), 1, "once is enough");
            });
        }
    });
}

#[test]
fn json_is_one_final_document() {
    std::thread::scope(|scope| {
        for (format, stdout) in [
            ("-o json", document("failed") + "\n"),
            ("-o ndjson", document("failed") + "\n"),
            ("-o name", "inv_1\n".to_owned()),
        ] {
            scope.spawn(move || {
                let output = wait(&approved("failed").start(), format);
                assert_eq!((output.code, output.stdout), (10, stdout), "{format}");
                let last = output.stderr.lines().last().unwrap_or_default();
                assert!(!last.starts_with('{'), "an outcome is no error: {last}");
            });
        }
    });
}

#[test]
fn raw_prints_only_the_output() {
    let bytes = "line one\nno end \u{1b}[31m";
    for (end, code) in [("completed", 0), ("failed", 10), ("timeout", 13)] {
        let router = Routes::new()
            .on(INVOKE, [invocation("queued")])
            .on(INVOCATION, [invocation(end)])
            .on(RAW, [Answer::new(200, "text/plain", bytes)])
            .start();
        for options in ["--raw", "--raw -o json", "--raw -o csv"] {
            let output = wait(&router, options);
            assert_eq!((output.code, output.stdout.as_str()), (code, bytes));
        }
    }
}

#[test]
fn raw_without_output_keeps_the_exit_code() {
    let never_ran = Answer::json(200, r#"{"id":"inv_1","status":"rejected"}"#);
    for (last, code) in [(never_ran, 11), (invocation("failed"), 10)] {
        let router = Routes::new()
            .on(INVOKE, [invocation("queued")])
            .on(INVOCATION, [last])
            .start();
        let output = wait(&router, "--raw");
        assert_eq!((output.code, output.stdout.as_str()), (code, ""));
        assert!(output.stderr.contains("output"), "{}", output.whole());
    }
    let router = Routes::new()
        .on(INVOKE, [invocation("completed")])
        .on(RAW, [Answer::fault(404, "execution_not_found")])
        .start();
    let output = wait(&router, "--raw");
    assert_eq!((output.code, output.stdout.as_str()), (5, ""));
}

#[test]
fn expired_approval_ends_the_wait_soon() {
    std::thread::scope(|scope| {
        for feed in [Answer::empty(404), Live::broken("")] {
            scope.spawn(move || {
                let router = Routes::new()
                    .on(INVOKE, [gated()])
                    .on(INVOCATION, [gated()])
                    .on(APPROVAL, [approval(PAST)])
                    .on(STREAM, [feed])
                    .start();
                let began = Instant::now();
                let output = wait(&router, "-o json");
                assert_eq!(output.code, 14, "{}", output.whole());
                assert!(began.elapsed() < Duration::from_secs(8));
                let document: serde_json::Value =
                    serde_json::from_str(&output.stdout).expect("one document");
                assert_eq!(document["status"], "pending_approval");
                for next in ["exec watch inv_1\n", "exec cancel inv_1\n"] {
                    assert!(output.stderr.contains(next), "{}", output.whole());
                }
            });
        }
    });
}

#[test]
fn accepts_every_spelling_of_the_expiry() {
    let noon = 1_795_348_800_u64;
    let spellings = [
        "\"2026-11-22T12:00:01Z\"".to_owned(),
        "\"2026-11-22T13:00:01+01:00\"".to_owned(),
        format!("{}", noon + 1),
    ];
    std::thread::scope(|scope| {
        for near in spellings {
            scope.spawn(move || {
                let router = Routes::new()
                    .on(INVOKE, [gated()])
                    .on(INVOCATION, [gated()])
                    .on(APPROVAL, [approval(&near), approval(PAST)])
                    .start();
                let began = Instant::now();
                let output = wait(&router, "-q");
                let took = waited(began);
                assert_eq!(output.code, 14, "{near}: {}", output.whole());
                assert!(began.elapsed() < Duration::from_secs(9), "{near}");
                assert!(took >= Duration::from_secs(1), "{near}: {took:?}");
            });
        }
    });
}

#[test]
fn extended_approval_extends_the_wait() {
    // The approval is asked about at the beginning, and when its time is over: then there is more.
    let (asked_for, gated_since) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let router = Router::rules(move |asked| match line(asked).as_str() {
        INVOKE => gated(),
        APPROVAL if asked_for.fetch_add(1, Ordering::SeqCst) == 0 => approval(PAST),
        APPROVAL => approval(LATER),
        INVOCATION if asked_for.load(Ordering::SeqCst) < 2 => gated(),
        INVOCATION if gated_since.fetch_add(1, Ordering::SeqCst) < 2 => gated(),
        INVOCATION => invocation("completed"),
        _ => Answer::empty(404),
    });
    let output = wait(&router, "");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(asked_of(&router, APPROVAL).len(), 2);
}

#[test]
fn unreadable_approval_does_not_end_the_wait() {
    let unreadable = [
        Answer::fault(404, "approval_not_found"),
        Answer::fault(403, "scope_insufficient"),
        Answer::json(200, "[]"),
        approval("null"),
        approval("\"soon\""),
    ];
    std::thread::scope(|scope| {
        for answer in unreadable {
            scope.spawn(move || {
                let what = format!("{answer:?}");
                let router = approved("completed").on(APPROVAL, [answer]).start();
                let output = wait(&router, "");
                assert_eq!(output.code, 0, "{what}: {}", output.whole());
            });
        }
    });
}

#[test]
fn timeout_is_a_total_and_exits_14() {
    for (state, raw) in [
        (gated(), ""),
        (gated(), "--raw"),
        (invocation("running"), ""),
    ] {
        let router = Routes::new()
            .on(INVOKE, [state.clone()])
            .on(INVOCATION, [state])
            .on(APPROVAL, [approval(LATER)])
            .start();
        let began = Instant::now();
        let output = wait(&router, &format!("--timeout 1s -o json {raw}"));
        assert_eq!(output.code, 14, "{}", output.whole());
        assert!(began.elapsed() < Duration::from_secs(4));
        assert_eq!(output.stdout.lines().count(), usize::from(raw.is_empty()));
        for next in ["exec watch inv_1\n", "exec cancel inv_1\n"] {
            assert!(output.stderr.contains(next), "{}", output.whole());
        }
        let posts = router
            .lines()
            .iter()
            .filter(|line| line.starts_with("POST"))
            .count();
        assert_eq!(posts, 1, "nothing is cancelled");
    }
}

#[test]
fn event_triggers_a_poll_and_transient_errors_are_retried() {
    let (live, feed) = Live::feed();
    let router = Routes::new()
        .on(INVOKE, [invocation("queued")])
        .on(
            INVOCATION,
            [
                invocation("queued"),
                invocation("queued"),
                Answer::dropped(),
                invocation("completed"),
            ],
        )
        .on(STREAM, [feed])
        .first(INVOCATION)
        .at(INVOCATION, 2, move || {
            live.event("1", "exec.completed", "inv_1", "completed");
        })
        .start();
    let began = Instant::now();
    let output = router.home().run(&LINE.replace("500ms", "60s"));
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn rejection_while_waiting_prints_the_watch_command() {
    let router = Routes::new()
        .on(INVOKE, [invocation("queued")])
        .on(INVOCATION, [Answer::fault(401, "authentication_error")])
        .start();
    let output = wait(&router, "-o json");
    assert_eq!(output.code, 4, "{}", output.whole());
    assert_eq!(output.stdout, document("queued") + "\n");
    assert!(
        output.stderr.contains("exec watch inv_1"),
        "{}",
        output.whole()
    );
}

#[test]
fn rerun_waits_likewise() {
    const RERUN: &str = "POST /exec/executions/ex_0/rerun";
    let router = Routes::new()
        .on(RERUN, [invocation("queued")])
        .on(INVOCATION, [invocation("running"), invocation("failed")])
        .on(RAW, [Answer::new(200, "text/plain", "out")])
        .start();
    let output = router
        .home()
        .run("exec rerun ex_0 --wait --raw --interval 500ms");
    assert_eq!((output.code, output.stdout.as_str()), (10, "out"));
    assert_eq!(asked_of(&router, RERUN).len(), 1);
    let router = Routes::new().on(RERUN, [gated()]).start();
    let output = router.home().run("exec rerun ex_0");
    assert_eq!(output.code, 8, "{}", output.whole());
}

#[test]
fn expiry_uses_the_router_clock() {
    // Its clock is an hour behind ours, or an hour ahead: 2 s are left.
    let cases = [
        ("Sun, 22 Nov 2026 11:00:00 GMT", "\"2026-11-22T11:00:02Z\""),
        ("Sun, 22 Nov 2026 13:00:00 GMT", "\"2026-11-22T13:00:02Z\""),
    ];
    std::thread::scope(|scope| {
        for (date, expires) in cases {
            scope.spawn(move || {
                let looks = AtomicUsize::new(0);
                let began = Instant::now();
                let router = Router::rules(move |asked| match line(asked).as_str() {
                    // By our own clock the first would be over already, and the second have an hour.
                    APPROVAL if looks.fetch_add(1, Ordering::SeqCst) == 0 => {
                        approval(expires).header("Date", date)
                    }
                    APPROVAL => approval(PAST),
                    // It ends anyway, so that who waits too long fails.
                    INVOCATION if began.elapsed() > Duration::from_secs(40) => {
                        invocation("completed")
                    }
                    INVOKE | INVOCATION => gated(),
                    _ => Answer::empty(404),
                });
                let output = wait(&router, "-q");
                let took = waited(began);
                assert_eq!(output.code, 14, "{}", output.whole());
                // The rest, and the time that the router may take to say so.
                assert!(took >= Duration::from_secs(7), "{date}: {took:?}");
            });
        }
    });
}

#[test]
fn new_invocation_may_be_missing_for_a_while() {
    const RERUN: &str = "POST /exec/executions/ex_0/rerun";
    let unknown = || Answer::fault(404, "invocation_not_found");
    let page = || Answer::new(404, "text/html", "<h1>not here</h1>");
    for (line, route) in [
        (LINE.to_owned(), INVOKE),
        ("exec rerun ex_0 --wait --interval 500ms".to_owned(), RERUN),
    ] {
        for gone in [unknown, page] {
            let router = Routes::new()
                .on(route, [invocation("queued")])
                .on(INVOCATION, [gone(), gone(), invocation("completed")])
                .start();
            let output = router.home().run(&format!("{line} -o name"));
            assert_eq!(output.code, 0, "{}", output.whole());
            assert_eq!(output.stdout, "inv_1\n");
            assert_eq!(asked_of(&router, INVOCATION).len(), 3);
        }
    }
}

#[test]
fn missing_invocation_is_an_error_after_ten_seconds() {
    let router = Routes::new()
        .on(INVOKE, [invocation("queued")])
        .on(INVOCATION, [Answer::fault(404, "invocation_not_found")])
        .start();
    let began = Instant::now();
    let output = wait(&router, "-o name");
    let took = waited(began);
    assert_eq!(output.code, 5, "{}", output.whole());
    assert_eq!(output.stdout, "inv_1\n");
    assert!(took >= Duration::from_secs(9), "{took:?}");
}
