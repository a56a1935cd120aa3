//! Rotations of many keys: how many at a time, what is sent again, and what stops the rest.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Output;
use crate::support::fleet::{Fleet, Rule, agent, id};
use crate::support::router::Answer;
use crate::support::waited;

const ALL: &str = "agents curve-rotate --all --force";

/// The agents with this status, off a terminal.
fn with_status(output: &Output, status: &str) -> Vec<String> {
    let rows = output.stdout.lines().skip(1);
    let cells = rows.map(|row| row.split('\t').collect::<Vec<_>>());
    cells
        .filter(|cells| cells[2] == status)
        .map(|cells| cells[0].to_owned())
        .collect()
}

fn run(fleet: &Fleet, line: &str) -> Output {
    fleet.router.home().run(line)
}

#[test]
fn each_is_rotated_once_and_no_more_are_in_flight_than_allowed() {
    let fleet = Fleet::new(40, Duration::from_millis(5), |_, _| None);
    let output = run(&fleet, &format!("{ALL} --concurrency 3"));
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(with_status(&output, "dispatched").len(), 40);
    assert_eq!(fleet.requests(), 40);
    assert!(fleet.rotated().values().all(|count| *count == 1));
    assert!((2..=3).contains(&fleet.most_in_flight()));
}

#[test]
fn throttling_pauses_all_and_each_is_rotated_once() {
    // The first request of each fifth agent is refused, with a delay.
    let fleet = Fleet::new(30, Duration::ZERO, |id, times| {
        let is_fifth = id.ends_with('5') || id.ends_with('0');
        (is_fifth && times == 1)
            .then(|| Answer::fault(429, "rate_limit_exceeded").header("Retry-After", "1"))
    });
    let began = Instant::now();
    let output = run(&fleet, &format!("{ALL} --concurrency 1"));
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(fleet.rotated().values().all(|count| *count == 1));
    assert_eq!((fleet.rotated().len(), fleet.requests()), (30, 36));
    assert!(
        waited(began) >= Duration::from_secs(6),
        "each pause is kept"
    );
}

#[test]
fn an_unknown_outcome_is_reported_and_not_repeated() {
    let fleet = Fleet::new(5, Duration::ZERO, |id, _| match id {
        "a002" => Some(Answer::fault(503, "internal_error")),
        "a003" => Some(Answer::dropped()),
        _ => None,
    });
    let output = run(&fleet, ALL);
    assert_eq!(output.code, 15, "{}", output.whole());
    let mut unknown = with_status(&output, "unknown");
    unknown.sort();
    assert_eq!(unknown, ["a002", "a003"]);
    assert_eq!(fleet.requests(), 5);
    let hint = "check a00";
    assert!(output.stderr.contains(hint), "{}", output.whole());
}

#[test]
fn failures_stop_the_rest_where_asked() {
    let fleet = Fleet::new(20, Duration::ZERO, |id, _| {
        (id > "a004").then(|| Answer::fault(409, "conflict"))
    });
    let output = run(&fleet, &format!("{ALL} --concurrency 1 --stop-after 2"));
    assert_eq!(output.code, 15, "{}", output.whole());
    assert_eq!(with_status(&output, "failed"), ["a005", "a006"]);
    assert_eq!(with_status(&output, "not tried").len(), 14);
    assert_eq!(fleet.requests(), 6);
}

#[test]
fn json_is_one_document_and_errors_end_with_theirs() {
    let refuses: Rule = |_, _| Some(Answer::fault(400, "internal_error"));
    for (rule, exit) in [((|_, _| None) as Rule, None), (refuses, Some(17))] {
        let fleet = Fleet::new(3, Duration::ZERO, rule);
        let output = run(&fleet, &format!("{ALL} -o json"));
        let document: Value = serde_json::from_str(&output.stdout).expect("JSON");
        let results = document["data"].as_array().expect("a list");
        assert_eq!(results.len(), 3, "{}", output.whole());
        let last = output.stderr.lines().last().expect("a line");
        let error = serde_json::from_str::<Value>(last).ok();
        let found = error.and_then(|error| error["error"]["exit_code"].as_u64());
        assert_eq!(found, exit, "{}", output.whole());
    }
}

#[test]
fn a_key_that_may_not_rotate_stops_the_rest() {
    let fleet = Fleet::new(20, Duration::ZERO, |_, _| {
        Some(Answer::fault(403, "scope_insufficient"))
    });
    let output = run(&fleet, &format!("{ALL} --concurrency 1"));
    assert_eq!(
        (output.code, fleet.requests()),
        (4, 1),
        "{}",
        output.whole()
    );
    assert!(output.stderr.contains("project owner"));
}

#[test]
fn a_batch_waits_for_the_last_one_to_be_available() {
    let fleet = Fleet::new(10, Duration::ZERO, |_, _| None);
    let batches = format!("{ALL} --batch 30% --max-unavailable 0");
    let output = run(&fleet, &batches);
    assert_eq!(
        (output.code, fleet.requests()),
        (0, 10),
        "{}",
        output.whole()
    );
    fleet.set(2, "status", "suspended");
    let output = run(&fleet, &batches);
    assert_eq!(output.code, 15, "{}", output.whole());
    assert_eq!(fleet.requests(), 13, "one batch, then no more");
    assert_eq!(with_status(&output, "not tried").len(), 7);
    assert!(
        output
            .stderr
            .contains("1 of the last 3 agents are unavailable, and 0 may be: a002")
    );
    let output = run(&fleet, &batches.replace("unavailable 0", "unavailable 1"));
    assert_eq!(
        (output.code, fleet.requests()),
        (0, 23),
        "{}",
        output.whole()
    );
}

#[test]
fn each_answer_is_waited_for_by_its_own_request_id() {
    let fleet = Fleet::new(4, Duration::ZERO, |_, _| None);
    let answer = |number: usize, kind: &str, request: &str| {
        fleet.add_event(&id(number), kind, &json!({ "request_id": request }));
    };
    answer(1, "curve.rotation_acknowledged", "rot_a001_1");
    answer(2, "curve.rotation_refused", "rot_a002_1");
    answer(3, "curve.rotation_acknowledged", "rot_of_another");
    let output = run(&fleet, &format!("{ALL} --wait --timeout 2s"));
    assert_eq!(output.code, 14, "{}", output.whole());
    assert_eq!(with_status(&output, "acknowledged"), ["a001"]);
    assert_eq!(with_status(&output, "refused"), ["a002"]);
    let mut unanswered = with_status(&output, "unanswered");
    unanswered.sort();
    assert_eq!(unanswered, ["a003", "a004"]);
}

#[test]
fn an_agent_that_is_named_by_its_id_gives_one_object() {
    let fleet = Fleet::new(2, Duration::ZERO, |_, _| None);
    let event = json!({ "request_id": "rot_a001_1" });
    fleet.add_event(&id(1), "curve.rotation_acknowledged", &event);
    let output = run(
        &fleet,
        "agents curve-rotate a001 --wait --timeout 2s -o json",
    );
    let document: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(document["agent"], "a001", "{}", output.whole());
    assert_eq!(document["status"], "acknowledged", "{}", output.whole());
    let output = run(&fleet, "agents curve-rotate a002 -o json");
    let document: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(document["request_id"], "rot_a002_1", "{}", output.whole());
}

#[test]
fn rows_line_up_on_narrow_terminals_and_a_url_is_hidden_first() {
    let mut agents: Vec<_> = (1..=4).map(agent).collect();
    agents[0]["status"] = "disconnected".into();
    agents[2]["agent_role"] = "inference".into();
    let rows = [160, 80, 40].map(|width| {
        let fleet = Fleet::of(agents.clone(), Duration::ZERO, |id, _| {
            (id == "a004").then(|| Answer::fault(409, "conflict"))
        });
        let terminals = xeroctl::ui::Terminals {
            output: true,
            error: false,
            input: false,
            width: Some(width),
        };
        let line = format!("{ALL} --concurrency 1 --color never");
        let output = fleet.router.home().run_on(terminals, "", &line);
        let address = fleet.router.root().replace("http://", "");
        output.whole().replace(&address, "ROUTER")
    });
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn quiet_is_quiet_about_those_that_are_skipped_and_not_about_failures() {
    let mut agents: Vec<_> = (1..=3).map(agent).collect();
    agents[0]["status"] = "disconnected".into();
    let fleet = Fleet::of(agents, Duration::ZERO, |id, _| {
        (id == "a003").then(|| Answer::fault(409, "conflict"))
    });
    let output = run(&fleet, &format!("{ALL} -q -o name"));
    assert_eq!(output.stdout, "a002\n", "{}", output.whole());
    assert!(!output.stderr.contains("a001"), "{}", output.whole());
    assert!(output.stderr.contains("a003 failed"), "{}", output.whole());
}

#[test]
fn those_that_cannot_rotate_are_skipped_unless_named() {
    let mut agents: Vec<_> = (1..=4).map(agent).collect();
    agents[1]["status"] = "disconnected".into();
    agents[2]["agent_role"] = "inference".into();
    let fleet = Fleet::of(agents, Duration::ZERO, |_, _| None);
    let output = run(&fleet, ALL);
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(with_status(&output, "skipped"), ["a002", "a003"]);
    assert_eq!(fleet.requests(), 2);
    let output = run(&fleet, "agents curve-rotate a002 a003 --force");
    assert_eq!(
        (output.code, fleet.requests()),
        (0, 4),
        "{}",
        output.whole()
    );
}

#[test]
fn nothing_is_sent_without_consent_or_with_another_count() {
    let fleet = Fleet::new(12, Duration::ZERO, |_, _| None);
    let home = fleet.router.home();
    for (line, typed, code) in [
        ("agents curve-rotate --all", "y\n", 16),
        ("agents curve-rotate --all", "11\n", 16),
        ("agents curve-rotate --all", "", 16),
        ("agents curve-rotate a001 a002", "1\n", 16),
        ("agents curve-rotate --all --force --expect-count 11", "", 6),
        (
            "agents curve-rotate --region mars --expect-count 1 --force",
            "",
            6,
        ),
    ] {
        let output = home.run_on_terminal(typed, line);
        assert_eq!(output.code, code, "{}", output.whole());
    }
    assert_eq!(home.run("agents curve-rotate --all").code, 2);
    assert_eq!(fleet.requests(), 0);
    let output = home.run_on_terminal("6\n", "agents curve-rotate --region us-east");
    assert_eq!(
        (output.code, fleet.requests()),
        (0, 6),
        "{}",
        output.whole()
    );
}

#[test]
fn a_deadline_starts_no_more() {
    let fleet = Fleet::new(50, Duration::from_millis(100), |_, _| None);
    let output = run(&fleet, &format!("{ALL} --concurrency 2 --timeout 1s"));
    assert_eq!(output.code, 14, "{}", output.whole());
    let done = with_status(&output, "dispatched").len();
    assert_eq!(done, fleet.requests(), "what was sent is reported");
    assert_eq!(with_status(&output, "not tried").len(), 50 - done);
}

#[test]
fn a_dry_run_reads_the_selection_and_prints_every_request() {
    let fleet = Fleet::new(4, Duration::ZERO, |_, _| None);
    let dry = "agents curve-rotate --region us-east --dry-run";
    let output = run(&fleet, dry);
    assert_eq!(output.code, 0, "{}", output.whole());
    let posts: Vec<&str> = output
        .stdout
        .lines()
        .filter(|it| it.starts_with("POST"))
        .collect();
    assert_eq!(posts.len(), 2, "{}", output.whole());
    assert!(posts[1].ends_with("/management/agents/a004/curve-rotate"));
    assert_eq!(fleet.requests(), 0);
    // Without a key, nothing is read.
    let asked = fleet.router.asked().len();
    let output = fleet.router.home().with("XEROCTL_API_KEY", "").run(dry);
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(output.stdout.starts_with("GET "), "{}", output.whole());
    assert_eq!(fleet.router.asked().len(), asked);
}
