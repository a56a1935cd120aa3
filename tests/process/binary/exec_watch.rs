//! Watching and waiting as a process: a signal ends the command and not the run, and a closed pipe is not an end.

use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use crate::support::exec::{
    APPROVAL, INVOCATION, INVOKE, Routes, STREAM, asked_of, gated, invocation,
};
use crate::support::held::Held;
use crate::support::live::{Live, event};
use crate::support::process::{
    Ended, LIMIT, Running, SIGINT, SIGTERM, command, gone_reader, run_into,
};
use crate::support::router::{Answer, Router};

const WATCH: &str = "exec watch inv_1 --interval 500ms";
const CALL: &str =
    "exec invoke --workspace ws_1 --tool t --args {} --no-validate --wait --interval 500ms";
const SIGNALS: [(&str, i32); 2] = [("INT", SIGINT), ("TERM", SIGTERM)];

/// Expects the lines that go on, at the end, and that nothing but `posts` was sent.
#[track_caller]
fn detached(ended: &Ended, router: &Router, posts: &[&str]) {
    // A JSON format has its error object behind them.
    let lines: Vec<&str> = ended
        .stderr
        .lines()
        .filter(|line| !line.starts_with('{'))
        .collect();
    let [.., watch, cancel] = lines[..] else {
        panic!("{ended:#?}");
    };
    assert!(watch.ends_with("xeroctl exec watch inv_1"), "{ended:#?}");
    assert!(cancel.ends_with("xeroctl exec cancel inv_1"), "{ended:#?}");
    let sent = router
        .lines()
        .into_iter()
        .filter(|line| !line.starts_with("GET"));
    assert_eq!(sent.collect::<Vec<_>>(), posts, "{ended:#?}");
}

#[test]
fn signal_ends_the_watch_and_not_the_run() {
    for (signal, number) in SIGNALS {
        // While the router is asked again and again, and while it tells by itself.
        let (live, feed) = Live::feed();
        for feed in [Answer::empty(404), feed] {
            for format in ["", "-o csv", "-o ndjson"] {
                let router = Routes::invocation(&["running"])
                    .on(STREAM, [feed.clone()])
                    .start();
                let line = format!("{WATCH} {format}");
                let running = Running::start(&mut command(&router.home(), &line));
                running.wait_for_output("running");
                let ended = running.end_by(signal).dies_by(number);
                detached(&ended, &router, &[]);
            }
        }
        live.breaks();
    }
}

#[test]
fn signal_ends_the_watch_while_the_router_fails() {
    for answer in [
        Answer::silence(),
        Answer::empty(503),
        Answer::fault(429, "rate_limit_exceeded").header("Retry-After", "50"),
    ] {
        let router = Routes::new()
            .on(INVOCATION, [invocation("running"), answer])
            .start();
        let running = Running::start(&mut command(&router.home(), WATCH));
        running.wait_for_output("running");
        let ended = running.end_by("INT").dies_by(SIGINT);
        detached(&ended, &router, &[]);
    }
}

#[test]
fn signal_prints_a_json_error_if_requested() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let router = Routes::invocation(&["running"]).start();
        let line = format!("{WATCH} -o json");
        let running = Running::start(&mut command(&router.home(), &line));
        running.wait_for_error("running");
        let ended = running.end_by(signal);
        assert_eq!(ended.stdout, "");
        let last = ended.stderr.lines().last().expect("an error");
        let error: serde_json::Value = serde_json::from_str(last).expect("a JSON line");
        assert_eq!(error["error"]["code"], "interrupted", "{last}");
        assert_eq!(error["error"]["exit_code"], code, "{last}");
        ended
            .says("xeroctl exec watch inv_1")
            .says("xeroctl exec cancel inv_1");
    }
}

#[test]
fn signal_ends_the_wait_and_not_the_run() {
    for (signal, number) in SIGNALS {
        for state in [invocation("running"), gated()] {
            for options in ["", "--raw"] {
                let router = Routes::new()
                    .on(INVOKE, [state.clone()])
                    .on(INVOCATION, [state.clone()])
                    .start();
                let line = format!("{CALL} {options}");
                let running = Running::start(&mut command(&router.home(), &line));
                running.wait_for_error("invocation inv_1: ");
                let ended = running.end_by(signal).dies_by(number);
                // What was accepted is on standard output, unless that is for its output alone.
                let has_id = ended.stdout.contains("ID\tinv_1\n");
                assert_eq!(has_id, options.is_empty(), "{ended:#?}");
                assert_eq!(ended.stdout.is_empty(), !has_id, "{ended:#?}");
                detached(&ended, &router, &[INVOKE]);
            }
        }
    }
}

#[test]
fn signal_after_acceptance_prints_the_continuation() {
    // Where the signal falls is chance: a gap shows sooner or later.
    for _ in 0..20 {
        let router = Routes::new()
            .on(INVOKE, [gated()])
            .on(INVOCATION, [gated()])
            .start();
        let running = Running::start(&mut command(&router.home(), CALL));
        running.wait_for_error("invocation inv_1: pending_approval");
        let ended = running.end_by("INT").dies_by(SIGINT);
        detached(&ended, &router, &[INVOKE]);
    }
}

#[test]
fn signal_before_the_response_prints_the_id() {
    for (signal, number) in SIGNALS {
        let held = Held::new();
        let running = Running::start(&mut command(&held.home, CALL));
        assert_eq!(held.request().method, "POST");
        running.signal(signal);
        running.wait_for_error("waiting for the response");
        held.answer(invocation("queued"));
        let ended = running.end().dies_by(number);
        ended
            .says("xeroctl exec watch inv_1\n")
            .says("xeroctl exec cancel inv_1\n");
        assert!(held.is_quiet(), "nothing else is asked");
    }
}

#[test]
fn second_signal_before_the_response_prints_the_check() {
    let held = Held::new();
    let running = Running::start(&mut command(&held.home, CALL));
    held.request();
    running.signal("INT");
    running.wait_for_error("waiting for the response");
    running
        .end_by("INT")
        .dies_by(SIGINT)
        .says("unknown")
        .says("xeroctl exec invocations");
}

/// Follows something and leaves after the first line. What is followed changes again and again: in a moment in which
/// another test starts a process, that too holds the pipe.
fn leave(router: &Router, line: &str) -> Ended {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let running = Running::start_into(&mut command(&router.home(), line), writer);
    let mut reader = BufReader::new(reader);
    let seen = reader.fill_buf().expect("the first line");
    assert!(!seen.is_empty(), "{line}");
    drop(reader);
    running.end()
}

#[test]
fn closed_pipe_before_the_end_exits_14() {
    let states = ["queued", "running"].repeat(99);
    for format in ["", "-o ndjson", "-o csv"] {
        let router = Routes::invocation(&states).start();
        leave(&router, &format!("{WATCH} {format}"))
            .exits(14)
            .says_nothing();
    }
    let (live, feed) = Live::feed();
    let text = event("1", "exec.dispatched", "inv_1", "running");
    let router = Routes::new().on(STREAM, [feed]).start();
    let line = "exec stream -q";
    std::thread::scope(|scope| {
        let ended = scope.spawn(|| leave(&router, line));
        while !ended.is_finished() {
            live.sends(text.clone()).is_taken();
            std::thread::sleep(Duration::from_millis(50));
        }
        let ended = ended.join().expect("its end");
        ended.exits(14).says_nothing();
    });
    assert_eq!(asked_of(&router, STREAM).len(), 1);
}

#[test]
fn closed_pipe_at_the_end_keeps_the_exit_code() {
    for (end, code) in [("completed", 0), ("failed", 10), ("rejected", 11)] {
        for format in ["json", "name"] {
            let router = Routes::invocation(&[end]).start();
            let line = format!("{WATCH} -o {format}");
            run_into(&router.home(), &line, gone_reader()).exits(code);
        }
        let router = Routes::new().on(INVOKE, [invocation(end)]).start();
        for options in ["", "-o json", "-o name"] {
            let line = format!("{CALL} {options}");
            run_into(&router.home(), &line, gone_reader()).exits(code);
        }
    }
    let router = Routes::new().on(INVOKE, [gated()]).start();
    let line = CALL.replace("--wait --interval 500ms", "");
    run_into(&router.home(), &line, gone_reader()).exits(8);
}

#[test]
fn signal_closes_the_stream_document() {
    let (live, feed) = Live::feed();
    live.event("1", "exec.completed", "inv_1", "completed");
    let router = Routes::new().on(STREAM, [feed]).start();
    let line = "exec stream -o json";
    let running = Running::start(&mut command(&router.home(), line));
    running.wait_for_output("inv_1");
    let ended = running.end_by("INT").dies_by(SIGINT);
    assert_eq!(ended.json()["data"].as_array().map(Vec::len), Some(1));
    live.breaks();
}

#[test]
fn signal_ends_the_read_of_an_approval_deadline() {
    let past = r#"{"id":"apr_1","status":"pending","expires_at":"2020-01-01T00:00:00Z"}"#;
    let (asked, is_asked) = std::sync::mpsc::channel();
    let asked = std::sync::Mutex::new(asked);
    let router = Routes::new()
        .on(INVOKE, [gated()])
        .on(INVOCATION, [gated()])
        .on(APPROVAL, [Answer::json(200, past), Answer::silence()])
        .at(APPROVAL, 2, move || {
            asked.lock().expect("one test").send(()).unwrap_or_default();
        })
        .start();
    let running = Running::start(&mut command(&router.home(), CALL));
    is_asked.recv_timeout(LIMIT).expect("it is asked again");
    let began = Instant::now();
    let ended = running.end_by("INT").dies_by(SIGINT);
    let took = began.elapsed();
    // The prompt itself may take 15 seconds.
    assert!(took < Duration::from_secs(8), "{took:?}: {ended:#?}");
    detached(&ended, &router, &[INVOKE]);
}
