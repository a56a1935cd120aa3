//! SIGINT, SIGTERM, SIGHUP, and SIGQUIT during a change: the response is awaited and reported, and then the process
//! ends by the signal; the second signal ends it immediately.

use std::time::Duration;

use crate::support::held::Held;
use crate::support::process::{Running, SIGHUP, SIGINT, SIGNALS, command};
use crate::support::router::Answer;

/// Changes, a response to each, and what is then on standard output.
const CHANGES: &[(&str, &str, &str)] = &[
    ("agents agt_1 --delete --force", "{}", "agt_1\tdeleted\n"),
    (
        "agents agt_1 --delete --force -o json",
        r#"{"deleted":true}"#,
        "{\"deleted\":true}\n",
    ),
    ("agents pause-exec agt_1", "{}", "agt_1\tpaused\n"),
    (
        "agents revoke-credentials agt_1 --force",
        "{}",
        "agt_1\trevoked\n",
    ),
    ("join-keys jk_1 --revoke --force", "{}", "jk_1\trevoked\n"),
    (
        "agents agt_1 --update --name new -o name",
        r#"{"id":"agt_1"}"#,
        "agt_1\n",
    ),
];

/// Starts a change, and sends the signal once its request has arrived.
fn interrupted(held: &Held, line: &str, signal: &str) -> Running {
    let running = Running::start(&mut command(&held.home, line));
    held.request();
    running.signal(signal);
    running.wait_for_error("waiting for the response");
    running
}

#[test]
fn interrupted_change_reports_its_response() {
    for (signal, number) in SIGNALS {
        for (line, answer, shown) in CHANGES {
            let held = Held::new();
            let running = interrupted(&held, line, signal);
            held.answer(Answer::json(200, *answer));
            let ended = running.end().dies_by(number);
            assert_eq!(ended.stdout, *shown, "{line}");
        }
    }
}

#[test]
fn interrupted_change_reports_its_failure() {
    let held = Held::new();
    let running = interrupted(&held, "agents agt_1 --delete --force", "INT");
    held.answer(Answer::fault(404, "agent_not_found"));
    let ended = running.end().dies_by(SIGINT).says("the router says no");
    assert_eq!(ended.stdout, "");
}

#[test]
fn interrupted_change_is_not_retried() {
    let held = Held::new();
    let running = interrupted(&held, "agents agt_1 --delete --force", "INT");
    held.answer(Answer::fault(429, "rate_limit_exceeded"));
    running.end().dies_by(SIGINT);
    assert!(held.is_quiet(), "nothing is sent after the signal");
}

#[test]
fn second_signal_reports_unknown_outcome() {
    for (signal, number) in SIGNALS.into_iter().filter(|(_, number)| *number != SIGHUP) {
        let held = Held::new();
        let running = interrupted(&held, "agents agt_1 --delete --force", signal);
        let ended = running.end_by(signal).dies_by(number).says("unknown");
        assert_eq!(ended.stdout, "");
        // The command that tells check the result.
        ended.says("xeroctl agents agt_1");
    }
}

#[test]
fn first_signal_starts_no_more_changes() {
    let held = Held::new();
    let line = "agents pause-exec agt_1 agt_2 agt_3 --concurrency 1";
    let running = interrupted(&held, line, "INT");
    held.answer(Answer::json(200, "{}"));
    let ended = running.end().dies_by(SIGINT);
    assert!(held.is_quiet(), "{ended:#?}");
    let rows: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(rows.len(), 4, "what was not tried is a row too: {ended:#?}");
    assert!(rows[1].starts_with("agt_1\tpaused\t"), "{ended:#?}");
    for (row, id) in rows[2..].iter().zip(["agt_2", "agt_3"]) {
        assert!(row.starts_with(id), "{ended:#?}");
        assert!(!row.contains("paused"), "{ended:#?}");
    }
}

#[test]
fn double_hangup_is_one_signal() {
    let held = Held::new();
    let running = interrupted(&held, "agents agt_1 --delete --force", "HUP");
    running.signal("HUP");
    held.answer(Answer::json(200, "{}"));
    let ended = running.end().dies_by(SIGHUP);
    assert_eq!(ended.stdout, "agt_1\tdeleted\n");
}

#[test]
fn change_has_limited_time_after_a_signal() {
    let held = Held::new();
    let began = std::time::Instant::now();
    let running = interrupted(&held, "agents agt_1 --delete --force", "INT");
    let ended = running.end_within(Duration::from_secs(40)).dies_by(SIGINT);
    assert!(began.elapsed() > Duration::from_secs(5), "{ended:#?}");
    ended.says("unknown").says("xeroctl agents agt_1");
}

#[test]
fn last_message_is_a_json_line_if_requested() {
    for line in [
        "agents agt_1 --delete --force",
        "agents pause-exec agt_1 agt_2",
        "agents agt_1 --update --name new",
        "join-keys --create --name n --region r --router-addr tcp://r:1",
        "join-keys jk_1 --revoke --force",
        "api DELETE /agents --force",
    ] {
        for (signal, code) in [("INT", 130), ("TERM", 143), ("QUIT", 131)] {
            let held = Held::new();
            let ended = interrupted(&held, &format!("{line} -o json"), signal).end_by(signal);
            let last = ended.stderr.lines().last().expect("a message");
            let error: serde_json::Value = serde_json::from_str(last).expect("a JSON line");
            assert_eq!(error["error"]["code"], "interrupted", "{last}");
            assert_eq!(error["error"]["exit_code"], code, "{last}");
            assert_eq!(error["error"]["outcome"], "unknown", "{last}");
        }
    }
}
