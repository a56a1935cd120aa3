//! `exec watch` with an event stream: events trigger polls, and the invocation itself decides.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::Output;
use crate::support::exec::{INVOCATION, Routes, STREAM, asked_of, invocation, line};
use crate::support::live::{Live, event};
use crate::support::router::{Answer, Router};

/// Without an event the invocation is polled after 60 seconds.
const WOKEN: Duration = Duration::from_secs(6);

/// Watches, expecting the end long before anything but an event would tell of it.
fn woken(router: &Router, options: &str) -> Output {
    let began = Instant::now();
    let output = router.home().run(&format!("exec watch inv_1 {options}"));
    let took = began.elapsed();
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(took < WOKEN, "{took:?}: {}", output.whole());
    output
}

/// A router whose invocation is in these states, and which has a feed. The invocation is asked at the beginning and once
/// the feed stands; then only an event makes the client ask.
fn feeding(states: &[&str], feeds: impl IntoIterator<Item = Answer>) -> Routes {
    Routes::invocation(states)
        .on(STREAM, feeds)
        .first(INVOCATION)
}

/// The last column of the rows.
fn states(output: &Output) -> Vec<&str> {
    let rows = output.stdout.lines().skip(1);
    rows.filter_map(|row| row.rsplit('\t').next()).collect()
}

#[test]
fn event_triggers_a_poll() {
    let (live, feed) = Live::feed();
    let router = feeding(&["queued", "queued", "completed"], [feed])
        .at(INVOCATION, 2, move || {
            live.event("1", "exec.completed", "inv_1", "completed");
        })
        .start();
    let output = woken(&router, "--interval 60s");
    assert_eq!(states(&output), ["queued", "completed"]);
    assert_eq!(asked_of(&router, INVOCATION).len(), 3);
    let stream = &asked_of(&router, STREAM)[0];
    assert_eq!(stream.header("accept"), Some("text/event-stream"));
    assert_eq!(stream.header("last-event-id"), None);
}

#[test]
fn silent_stream_polls_at_the_interval() {
    for options in ["", "--interval 1s"] {
        let (_live, feed) = Live::feed();
        let router = Routes::invocation(&["queued", "queued", "running", "completed"])
            .on(STREAM, [feed])
            .start();
        let began = Instant::now();
        let output = router.home().run(&format!("exec watch inv_1 {options}"));
        assert_eq!(output.code, 0, "{}", output.whole());
        assert!(
            began.elapsed() < Duration::from_secs(12),
            "{}",
            output.whole()
        );
    }
}

#[test]
fn flood_of_events_causes_few_polls() {
    let (live, feed) = Live::feed();
    live.repeats(event("1", "exec.dispatched", "inv_1", "running"), 3000);
    let router = Routes::new()
        .on(INVOCATION, [invocation("running")])
        .on(STREAM, [feed])
        .start();
    let home = router.home().in_real_time();
    let output = home.run("exec watch inv_1 --timeout 3s");
    assert_eq!(output.code, 14, "{}", output.whole());
    let polls = asked_of(&router, INVOCATION).len();
    assert!((2..10).contains(&polls), "{polls}");
}

#[test]
fn foreign_and_invalid_events_cause_no_poll() {
    let (live, feed) = Live::feed();
    let router = feeding(&["queued", "queued", "completed"], [feed])
        .at(INVOCATION, 2, move || {
            for id in 0..50 {
                live.event(&id.to_string(), "exec.failed", "inv_10", "failed");
            }
            live.sends(": a comment\n\n")
                .sends("data: no JSON\n\n")
                .sends("data: {\"status\":\"failed\"}\n\n")
                .sends("data: {\"invocation_id\":null}\n\ndata: [1]\n\n")
                .sends("data: {\"invocation_id\":\"inv_1\"}\n\n");
        })
        .start();
    let output = woken(&router, "--interval 60s");
    assert_eq!(states(&output), ["queued", "completed"]);
    assert_eq!(asked_of(&router, INVOCATION).len(), 3);
}

#[test]
fn status_seen_only_in_an_event_is_reported() {
    for (format, expected) in [("", 3), ("-o ndjson", 3)] {
        let (live, feed) = Live::feed();
        let router = feeding(&["queued", "queued", "completed"], [feed])
            .at(INVOCATION, 2, move || {
                live.event("1", "exec.dispatched", "inv_1", "running");
            })
            .start();
        let output = woken(&router, format);
        let lines = output.stdout.lines().filter(|line| line.contains("inv_1"));
        assert_eq!(lines.count(), expected, "{}", output.whole());
        assert!(output.stdout.contains("running"), "{}", output.whole());
    }
}

#[test]
fn final_event_needs_confirmation_by_the_invocation() {
    let (live, feed) = Live::feed();
    let again = live.clone();
    let states_told = ["queued", "queued", "running", "completed"];
    let router = feeding(&states_told, [feed])
        .at(INVOCATION, 2, move || {
            live.event("1", "exec.failed", "inv_1", "failed");
        })
        .at(INVOCATION, 3, move || {
            again.event("2", "exec.completed", "inv_1", "completed");
        })
        .start();
    let output = woken(&router, "--interval 60s");
    assert_eq!(states(&output), ["queued", "running", "completed"]);
}

#[test]
fn stream_resumes_after_the_last_complete_event() {
    let (first, feed) = Live::feed();
    let (second, more) = Live::feed();
    let (whole, half) = (
        event("7", "exec.dispatched", "inv_1", "running"),
        event("8", "exec.completed", "inv_1", "completed"),
    );
    let (half, _) = half.split_at(half.len() / 2);
    let text = whole + half;
    let states_told = ["queued", "queued", "running", "completed"];
    let router = feeding(&states_told, [feed, more])
        .at(INVOCATION, 2, move || {
            first.sends(text.clone()).breaks();
        })
        .at(INVOCATION, 3, move || {
            second.event("8", "exec.completed", "inv_1", "completed");
        })
        .start();
    // At the interval nothing is asked before the test is over.
    let output = woken(&router, "--interval 60s");
    assert_eq!(states(&output), ["queued", "running", "completed"]);
    let streams = asked_of(&router, STREAM);
    assert_eq!(streams.len(), 2);
    assert_eq!(streams[1].header("last-event-id"), Some("7"));
}

#[test]
fn events_during_an_outage_are_not_lost() {
    let (first, feed) = Live::feed();
    let (second, more) = Live::feed();
    let router = feeding(&["queued", "queued", "completed"], [feed, more])
        .at(INVOCATION, 2, move || first.breaks())
        // Held open, and silent.
        .at(INVOCATION, 99, move || second.ends())
        .start();
    let output = woken(&router, "--interval 60s");
    assert_eq!(states(&output), ["queued", "completed"]);
}

#[test]
fn ended_stream_is_replaced_by_polling() {
    let gone = [
        Answer::fault(404, "route_not_found"),
        Answer::new(200, "text/html", "<h1>events</h1>"),
        Answer::fault(401, "authentication_error"),
        // Again and again.
        Live::broken(""),
        Live::broken(": hello\n\n"),
    ];
    std::thread::scope(|scope| {
        for gone in gone {
            scope.spawn(move || {
                let what = format!("{gone:?}");
                let states_told = [&["queued"; 9][..], &["completed"]].concat();
                let router = feeding(&states_told, [Live::broken(""), gone]).start();
                let began = Instant::now();
                let output = router.home().run("exec watch inv_1 --interval 500ms");
                assert_eq!(output.code, 0, "{what}: {}", output.whole());
                assert!(began.elapsed() < Duration::from_secs(10), "{what}");
                let asked = asked_of(&router, STREAM).len();
                assert!((2..=5).contains(&asked), "{what}: asked {asked} times");
            });
        }
    });
}

#[test]
fn outage_polls_at_the_interval() {
    // A feed that can't be reached for as long as the test takes.
    let states_told = ["queued", "queued", "running", "completed"];
    let busy = Answer::empty(503).header("Retry-After", "50");
    let router = feeding(&states_told, [Live::broken(""), busy]).start();
    let began = Instant::now();
    let output = router.home().run("exec watch inv_1 --interval 500ms");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(began.elapsed() < WOKEN);
}

#[test]
fn endless_line_ends_the_stream() {
    let (live, feed) = Live::feed();
    let states_told = ["queued", "queued", "queued", "completed"];
    let router = feeding(&states_told, [feed])
        .at(INVOCATION, 2, move || {
            live.repeats(vec![b'x'; 1 << 20], 5);
        })
        .start();
    woken(&router, "--interval 500ms");
    assert_eq!(asked_of(&router, STREAM).len(), 1);
}

#[test]
fn silent_stream_obeys_the_deadline() {
    let (live, feed) = Live::feed();
    let router = feeding(&["running"], [feed])
        .at(INVOCATION, 99, move || live.ends())
        .start();
    let home = router.home().in_real_time();
    let output = home.run("exec watch inv_1 --timeout 1s");
    assert_eq!(output.code, 14, "{}", output.whole());
    assert_eq!(asked_of(&router, INVOCATION).len(), 2, "it need not ask");
}

#[test]
fn older_status_is_not_repeated() {
    // The feed is ahead of what is asked: a replica lags behind.
    let (live, feed) = Live::feed();
    let later = live.clone();
    let router = feeding(&["queued", "queued", "queued", "completed"], [feed])
        .at(INVOCATION, 2, move || {
            live.event("1", "exec.dispatched", "inv_1", "running");
        })
        .at(INVOCATION, 3, move || {
            later.event("2", "exec.completed", "inv_1", "completed");
        })
        .start();
    let output = woken(&router, "--interval 60s");
    assert_eq!(states(&output), ["queued", "running", "completed"]);
    // What is asked is ahead of the feed, which reports the past.
    let (live, feed) = Live::feed();
    let router = feeding(&["queued", "running", "completed"], [feed])
        .at(INVOCATION, 2, move || {
            live.event("1", "exec.queued", "inv_1", "queued");
        })
        .start();
    let output = woken(&router, "--interval 60s");
    assert_eq!(states(&output), ["queued", "running", "completed"]);
}

#[test]
fn stream_stops_after_four_failures() {
    let (feeds, polls) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let router = Router::rules(move |asked| match line(asked).as_str() {
        STREAM => {
            feeds.fetch_add(1, Ordering::SeqCst);
            Live::broken("")
        }
        INVOCATION => {
            let broken = feeds.load(Ordering::SeqCst) >= 4;
            let over = broken && polls.fetch_add(1, Ordering::SeqCst) >= 3;
            invocation(if over { "completed" } else { "running" })
        }
        _ => Answer::empty(404),
    });
    let output = router.home().run("exec watch inv_1 --interval 500ms -v");
    assert_eq!(output.code, 0, "{}", output.whole());
    let told = output
        .stderr
        .matches("no event stream, polling instead")
        .count();
    assert_eq!(told, 1, "{}", output.whole());
    assert_eq!(asked_of(&router, STREAM).len(), 4);
}
