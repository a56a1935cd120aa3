//! Rotations of a fleet that are killed, interrupted, and resumed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Home;
use crate::support::fleet::Fleet;
use crate::support::process::{
    Ended, LIMIT, Running, SIGINT, Served, command, gone_reader, run_into,
};

const LINE: &str = "agents curve-rotate --name fleet-* --force -o ndjson --checkpoint c.ckpt";

/// How often programs are killed; `XEROCTL_TEST_KILLS=100` is the full form.
fn kills() -> usize {
    let kills = std::env::var("XEROCTL_TEST_KILLS").ok();
    kills.and_then(|kills| kills.parse().ok()).unwrap_or(12)
}

/// Kills a program that may have ended already.
fn kill(running: &Running) {
    let pid = running.pid().to_string();
    let kill = Command::new("/bin/sh")
        .args(["-c", "kill -s KILL \"$0\" 2>/dev/null || :", &pid])
        .status();
    assert!(kill.is_ok_and(|status| status.success()));
}

/// Waits until `reached` or `limit`.
fn wait_until(reached: impl Fn() -> bool) {
    let began = Instant::now();
    while !reached() && began.elapsed() < LIMIT {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The agents of a result, by status.
fn by_status(ended: &Ended) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in ended.stdout.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| row[name].as_str().expect(name).to_owned();
        found
            .entry(text("status"))
            .or_default()
            .insert(text("agent"));
    }
    found
}

fn end(home: &Home, line: &str) -> Ended {
    Running::start(&mut command(home, line)).end_within(4 * LIMIT)
}

#[test]
fn killed_at_any_moment_none_is_rotated_twice_and_none_is_forgotten() {
    const AGENTS: usize = 24;
    let mut killed = 0;
    while killed < kills() {
        let fleet = Fleet::new(AGENTS, Duration::from_millis(2), |_, _| None);
        let home = fleet.router.home();
        for _ in 0..2 {
            let before = fleet.requests();
            let moment = before + fastrand::usize(0..AGENTS / 2);
            let running = Running::start(&mut command(&home, LINE));
            wait_until(|| fleet.requests() > moment || fleet.requests() == AGENTS);
            std::thread::sleep(Duration::from_micros(fastrand::u64(0..4000)));
            kill(&running);
            running.end();
            killed += 1;
        }
        // What the killed programs had sent has arrived.
        std::thread::sleep(Duration::from_millis(50));
        let ended = end(&home, LINE);
        let unknown = by_status(&ended).remove("unknown").unwrap_or_default();
        let rotated = fleet.rotated();
        assert!(rotated.values().all(|count| *count == 1), "{rotated:?}");
        assert_eq!(
            rotated.len() + unknown.len(),
            AGENTS,
            "{unknown:?} {ended:#?}"
        );
        assert!(
            unknown.iter().all(|id| !rotated.contains_key(id)),
            "{unknown:?}"
        );
        let ended = end(&home, &format!("{LINE} --retry-unknown"));
        assert_eq!(ended.status.code(), Some(0), "{ended:#?}");
        let rotated = fleet.rotated();
        assert_eq!(rotated.len(), AGENTS);
        assert!(rotated.values().all(|count| *count == 1), "{rotated:?}");
    }
}

#[test]
fn the_first_interrupt_drains_and_the_same_command_continues() {
    let fleet = Fleet::new(40, Duration::from_millis(20), |_, _| None);
    let home = fleet.router.home();
    let running = Running::start(&mut command(&home, &format!("{LINE} --concurrency 4")));
    wait_until(|| fleet.requests() >= 8);
    running.signal("INT");
    let ended = running.end().dies_by(SIGINT);
    let results = by_status(&ended);
    let done = results["dispatched"].len();
    assert_eq!(done, fleet.requests(), "what was in flight is reported");
    assert_eq!(results["not tried"].len(), 40 - done);
    assert!(!results.contains_key("unknown"));
    let ended = end(&home, LINE);
    assert_eq!(ended.status.code(), Some(0), "{ended:#?}");
    assert!(fleet.rotated().values().all(|count| *count == 1));
    assert_eq!(fleet.rotated().len(), 40);
}

#[test]
fn a_checkpoint_is_used_by_one_process_at_a_time() {
    let fleet = Fleet::new(10, Duration::from_millis(50), |_, _| None);
    let home = fleet.router.home();
    let first = Running::start(&mut command(&home, LINE));
    wait_until(|| fleet.requests() > 0);
    let second = end(&home, LINE);
    assert_eq!(second.status.code(), Some(6), "{second:#?}");
    assert_eq!(first.end().status.code(), Some(0));
    assert_eq!(fleet.requests(), 10);
}

/// The complete lines of a file about this state.
fn count(file: &Path, state: &str) -> usize {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let state = format!("\"state\":\"{state}\"");
    text.lines().filter(|line| line.contains(&state)).count()
}

/// How many rotations the sandbox has started for an agent.
fn rotations(served: &Served, id: &str) -> usize {
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).expect("it listens");
    stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
    let request = format!(
        "GET /proj_sandbox/v1/management/agents/{id}/events?limit=100 HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        served.port, served.key
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.matches("curve.rotation_dispatched").count()
}

#[test]
fn a_thousand_agents_with_faults_killed_twice_are_each_rotated_once() {
    let server = Home::new();
    let served = Served::start(
        &server,
        "--agents 1040 --fail 'POST /management/agents/*/curve-rotate=503:4%' \
         --fail 'POST /management/agents/*/curve-rotate=429:1%'",
    );
    let home = served.home();
    let line = LINE.replace("fleet-*", "fleet-?????");
    let file = home.path().join("c.ckpt");
    for share in [300, 650] {
        let running = Running::start(&mut command(&home, &line));
        wait_until(|| count(&file, "dispatched") >= share);
        kill(&running);
        running.end();
        assert!((share..1000).contains(&count(&file, "dispatched")));
    }
    let ended = end(&home, &line);
    assert_eq!(
        ended.status.code(),
        Some(15),
        "faults are left: {}",
        ended.stderr
    );
    let retry = format!("{line} --retry-unknown");
    let is_done = (0..6).any(|_| end(&home, &retry).status.code() == Some(0));
    assert!(is_done, "faults become rarer each time");
    let numbers = (1..=1040).filter(|number| !(97..=100).contains(&((number - 1) % 100 + 1)));
    let ids: Vec<String> = numbers
        .map(|number| format!("agt_fleet{number:05}"))
        .collect();
    assert_eq!(ids.len(), 1000);
    let wrong: Vec<(&String, usize)> = ids
        .iter()
        .map(|id| (id, rotations(&served, id)))
        .filter(|(_, count)| *count != 1)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn closed_pipe_stops_no_rotation_and_hides_no_exit_code() {
    let home = Home::new().with("XEROCTL_CONTEXT", "sandbox");
    for format in ["table", "ndjson", "json"] {
        let line = format!("agents curve-rotate --all --force -o {format}");
        let ended = run_into(&home, &line, gone_reader());
        assert!(ended.stderr.contains(" dispatched"), "{ended:#?}");
    }
    let line = "agents wait agt_f980a0xn44xzxfb5 --for active --timeout 1s";
    let ended = run_into(&home, line, gone_reader());
    ended.exits(14);
}
