//! Waiting for statuses: what counts as seen, and how it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Output;
use crate::support::router::{Answer, Router};

/// A router whose object has these statuses in turn, one for each read; `-` is a 404. `events` is its history.
fn router(statuses: &'static [&'static str], events: &'static str) -> Router {
    let reads = Arc::new(AtomicUsize::new(0));
    Router::rules(move |asked| {
        if asked.target.contains("/events") {
            return Answer::json(200, format!(r#"{{"data":[{events}]}}"#))
                .header("Date", "Sun, 22 Nov 2026 12:00:00 GMT");
        }
        let read = reads.fetch_add(1, Ordering::SeqCst);
        let status = statuses[read.min(statuses.len() - 1)];
        if status == "-" {
            return Answer::fault(404, "agent_not_found");
        }
        let object = format!(r#"{{"id":"x1","name":"one","status":"{status}"}}"#);
        let body = if asked.target.contains("join-keys") {
            format!(r#"{{"data":[{object}],"has_more":false}}"#)
        } else {
            object
        };
        Answer::json(200, body).header("Date", "Sun, 22 Nov 2026 12:00:00 GMT")
    })
}

fn wait(statuses: &'static [&'static str], events: &'static str, line: &str) -> Output {
    router(statuses, events).home().run(line)
}

#[test]
fn waits_until_the_status_comes_and_reports_each_change() {
    let output = wait(
        &["pending", "pending", "suspended", "active"],
        "",
        "agents wait x1 --for active -o json",
    );
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(
        output.stderr,
        "x1: pending\nx1: pending → suspended\nx1: suspended → active\n"
    );
    assert_eq!(
        output.stdout,
        "{\"id\":\"x1\",\"name\":\"one\",\"status\":\"active\"}\n"
    );
}

#[test]
fn a_status_that_came_and_went_between_two_polls_counts() {
    let event = r#"{"id":"e1","event_type":"agent.updated","details":{"status":"active"},"created_at":"2026-11-22T12:00:01Z"}"#;
    let output = wait(&["pending"], event, "agents wait x1 --for active");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(
        output
            .stderr
            .starts_with("x1: pending\nx1: pending → active\n")
    );
    let before = r#"{"id":"e1","event_type":"agent.active","created_at":"2026-11-22T11:59:59Z"}"#;
    let output = wait(
        &["pending"],
        before,
        "agents wait x1 --for active --timeout 1s",
    );
    assert_eq!(
        output.code,
        14,
        "an event from before the start: {}",
        output.whole()
    );
}

#[test]
fn fails_on_a_status() {
    let line = "agents wait x1 --for active --fail-on dead,deleted -o name";
    for statuses in [&["pending", "dead"], &["pending", "-"]] {
        let output = wait(statuses, "", line);
        assert_eq!(output.code, 10, "{}", output.whole());
        assert_eq!(output.stdout, "x1\n");
        assert!(
            output
                .stderr
                .contains("failed: --fail-on applies to 1 agent: x1")
        );
    }
}

#[test]
fn the_end_of_an_object_can_be_waited_for() {
    let output = wait(&["active", "-"], "", "agents wait x1 --for deleted -o name");
    assert_eq!(output.code, 0, "{}", output.whole());
    let output = wait(&["-"], "", "agents wait x1 --for active");
    assert_eq!(output.code, 5, "{}", output.whole());
}

#[test]
fn a_deadline_ends_it_and_says_what_is_missing() {
    let output = wait(
        &["pending"],
        "",
        "agents wait x1 --for active --timeout 1s -o name",
    );
    assert_eq!((output.stdout.as_str(), output.code), ("x1\n", 14));
    assert!(
        output.stderr.ends_with("stopped waiting for 1 agent: x1\n"),
        "{}",
        output.whole()
    );
}

#[test]
fn events_can_be_waited_for() {
    let event =
        r#"{"id":"e1","event_type":"curve.rotation_promoted","created_at":"2026-11-22T12:00:05Z"}"#;
    let line = "agents wait x1 --for event=curve.rotation_promoted --for active";
    let output = wait(&["active"], event, line);
    assert_eq!(output.code, 0, "{}", output.whole());
}

#[test]
fn join_keys_and_approvals_can_be_waited_for() {
    let output = wait(
        &["active", "exhausted"],
        "",
        "join-keys wait x1 --for exhausted -o name",
    );
    assert_eq!(
        (output.stdout.as_str(), output.code),
        ("x1\n", 0),
        "{}",
        output.whole()
    );
    let output = wait(
        &["pending", "approved"],
        "",
        "approvals wait x1 --for approved --fail-on rejected -o csv",
    );
    assert_eq!(output.code, 0, "{}", output.whole());
    let output = wait(
        &["pending", "rejected"],
        "",
        "approvals wait x1 --for approved --fail-on rejected -o csv",
    );
    assert_eq!(output.code, 10, "{}", output.whole());
}

#[test]
fn one_of_several_is_enough_with_any() {
    let answer =
        |status: &str| Answer::json(200, format!(r#"{{"id":"{status}","status":"{status}"}}"#));
    let router = Router::rules(move |asked| match asked.target.rsplit('/').next() {
        Some(events) if events.starts_with("events") => Answer::json(200, r#"{"data":[]}"#),
        Some(id) => answer(id),
        None => Answer::empty(404),
    });
    let home = router.home();
    let line = "agents wait active pending --for active --timeout 1s -o name";
    let output = home.run(line);
    assert_eq!(output.code, 14, "{}", output.whole());
    let output = home.run(&format!("{line} --any"));
    assert_eq!(
        (output.stdout.as_str(), output.code),
        ("active\npending\n", 0)
    );
}

#[test]
fn unknown_words_are_warned_of_and_columns_are_selected() {
    let router = || router(&["active"], "");
    let lines = [
        "agents wait x1 --for activ,active --fail-on status=ded --columns name,status",
        "approvals wait x1 --for active,timed_out --fail-on timeout --columns id",
        "join-keys wait x1 --for active --fail-on gone,deleted --columns status",
        "agents wait x1 x2 --expect-count 1 --for active",
        "agents wait x1 --for active --columns nme",
    ];
    let runs = lines.map(|line| router().home().run(line).whole());
    insta::assert_snapshot!(runs.join("\n"));
}

#[test]
fn both_words_for_a_timeout_are_waited_for() {
    let output = wait(
        &["timed_out"],
        "",
        "approvals wait x1 --for timeout -o name",
    );
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, "x1\n"),
        "{}",
        output.whole()
    );
}

#[test]
fn what_is_wrong_on_the_line_is_found_before_anything_is_asked() {
    let router = Router::unasked();
    for line in [
        "agents wait x1",
        "agents wait --for active",
        "agents wait x1 --for region=us-east",
        "agents wait x1 --for active --interval 1ms",
        "agents wait x1 --all --for active",
        "approvals wait x1",
        "approvals wait --for approved",
        "join-keys wait x1",
        "join-keys wait --for exhausted",
        "join-keys x1 --for exhausted",
    ] {
        let output = router.home().run(line);
        assert_eq!(output.code, 2, "{}", output.whole());
    }
}
