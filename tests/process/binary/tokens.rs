//! A join key's token is shown only once: it is delivered, or the key is revoked.

use std::os::unix::fs::PermissionsExt as _;

use crate::binary::sandbox;
use crate::binary::streams::{FULL, until_full};
use crate::support::Home;
use crate::support::held::Held;
use crate::support::process::{
    Ended, Running, SIGINT, SIGNALS, SIGTERM, command, gone_reader, run, run_into, run_script,
    script,
};
use crate::support::router::Answer;

const CREATE: &str =
    "join-keys --create --name undelivered --region us-east --router-addr tcp://router:5555";

/// The status of the key that [`CREATE`] made.
fn status(home: &Home) -> String {
    let keys = run(home, "join-keys --include-terminal --all -o json")
        .exits(0)
        .json();
    let keys = keys["data"].as_array().expect("a list").clone();
    let made: Vec<_> = keys
        .iter()
        .filter(|key| key["name"] == "undelivered")
        .collect();
    assert_eq!(made.len(), 1, "{made:?}");
    made[0]["status"].as_str().expect("a status").to_owned()
}

/// Creates a key in each format whose token goes to `output`: it is revoked, and that is said.
fn is_revoked(create: impl Fn(&Home, &str) -> Ended) {
    for format in ["table", "wide", "json", "ndjson"] {
        let home = sandbox();
        let ended = create(&home, &format!("{CREATE} -o {format}")).exits(1);
        assert!(
            ended.stderr.contains("could not be delivered") && ended.stderr.contains("was revoked"),
            "{ended:#?}"
        );
        assert!(!ended.stderr.contains("xjt_"), "no token: {ended:#?}");
        assert_eq!(status(&home), "revoked", "{format}");
    }
}

#[test]
fn closed_pipe_revokes_the_key() {
    is_revoked(|home, line| run_into(home, line, gone_reader()));
}

#[test]
fn closed_output_revokes_the_key() {
    is_revoked(|home, line| run_script(home, &format!(r#""$X" {line} >&-"#)));
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_revokes_the_key() {
    is_revoked(|home, line| run_script(home, &format!(r#""$X" {line} >/dev/full"#)));
}

#[test]
fn discarded_token_counts_as_delivered() {
    let home = sandbox();
    run_script(&home, &format!(r#""$X" {CREATE} >/dev/null"#)).exits(0);
    assert_eq!(status(&home), "active");
}

#[test]
fn token_file_is_delivered_despite_closed_pipe() {
    let home = sandbox();
    let line = format!("{CREATE} --token-file key.token");
    run_into(&home, &line, gone_reader()).exits(0);
    let token = std::fs::read_to_string(home.path().join("key.token")).expect("the token");
    assert!(token.starts_with("xjt_"), "{token}");
    assert_eq!(status(&home), "active");
}

/// A create with a token file whose request has arrived and waits.
fn hanging(held: &Held) -> Running {
    let line = format!("{CREATE} --token-file key.token");
    let running = Running::start(&mut command(&held.home, &line));
    held.request();
    let file = held.home.path().join("key.token");
    let meta = std::fs::metadata(file).expect("the file is made before the request");
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    assert_eq!(meta.len(), 0);
    running
}

#[test]
fn interrupted_create_removes_the_token_file() {
    for (signal, number) in SIGNALS {
        let held = Held::new();
        let home = &held.home;
        let running = hanging(&held);
        running.signal(signal);
        running.wait_for_error("waiting for the response");
        // A second hangup may be the echo of the first.
        let (signal, number) = match signal {
            "HUP" => ("TERM", SIGTERM),
            _ => (signal, number),
        };
        let ended = running.end_by(signal).dies_by(number);
        assert!(ended.stderr.contains("may have been created"), "{ended:#?}");
        assert!(!home.path().join("key.token").exists(), "{signal}");
    }
}

#[test]
fn interrupted_failing_create_removes_the_token_file() {
    let held = Held::new();
    let home = &held.home;
    let running = hanging(&held);
    running.signal("INT");
    running.wait_for_error("waiting for the response");
    held.answer(Answer::fault(403, "scope_insufficient"));
    running.end().dies_by(SIGINT).says("the router says no");
    assert!(!home.path().join("key.token").exists());
}

#[test]
fn interrupted_create_delivers_a_late_token() {
    for (signal, number) in SIGNALS {
        let held = Held::new();
        let home = &held.home;
        let running = hanging(&held);
        running.signal(signal);
        running.wait_for_error("waiting for the response");
        held.answer(Answer::json(
            201,
            r#"{"id":"jk_1","name":"undelivered","token":"xjt_late"}"#,
        ));
        let ended = running.end().dies_by(number);
        assert!(ended.stdout.contains("ID\tjk_1"), "{ended:#?}");
        let token = std::fs::read_to_string(home.path().join("key.token")).expect("the token");
        assert_eq!(token, "xjt_late\n");
    }
}

#[test]
fn signal_with_blocked_output_revokes_the_key() {
    for (signal, number) in SIGNALS {
        let held = Held::new();
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let running = Running::start_into(&mut command(&held.home, CREATE), writer);
        held.request();
        let name = "n".repeat(FULL * 2);
        held.answer(Answer::json(
            201,
            format!(r#"{{"id":"jk_1","name":"{name}","token":"xjt_lost"}}"#),
        ));
        until_full(&reader);
        running.signal(signal);
        let revoke = held.request();
        assert_eq!(revoke.method, "DELETE", "{revoke:?}");
        held.answer(Answer::json(200, "{}"));
        let ended = running.end().dies_by(number).says("jk_1 was revoked");
        assert!(!ended.stderr.contains("xjt_"), "no token: {ended:#?}");
    }
}

/// A limit on the size of files must be an error, not the end of the process.
#[test]
fn file_size_limit_revokes_the_key() {
    let held = Held::new();
    let text = format!(r#"ulimit -f 0; exec "$X" {CREATE} --token-file key.token"#);
    let running = Running::start(&mut script(&held.home, &text));
    held.request();
    held.answer(Answer::json(201, r#"{"id":"jk_1","token":"xjt_lost"}"#));
    assert_eq!(held.request().method, "DELETE");
    held.answer(Answer::json(200, "{}"));
    running.end().exits(1).says("jk_1 was revoked");
    assert!(!held.home.path().join("key.token").exists());
}
