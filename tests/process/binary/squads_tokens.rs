//! The token of an agent's key is shown only once: it is delivered, or the key is revoked.

use std::os::unix::fs::PermissionsExt as _;

use crate::binary::sandbox;
use crate::support::Home;
use crate::support::held::Held;
use crate::support::process::{
    Ended, Running, SIGINT, SIGTERM, command, gone_reader, run, run_into, run_script,
};
use crate::support::router::Answer;
use crate::support::squads::{CI_KEY, CODER};

const CREATE: &str = "squads create-key Coder --name undelivered";

/// Whether the key that [`CREATE`] made is revoked.
fn is_gone(home: &Home) -> bool {
    let keys = run(home, "squads keys Coder -o csv --no-headers")
        .exits(0)
        .stdout;
    let made: Vec<&str> = keys
        .lines()
        .filter(|line| line.contains(",undelivered,"))
        .collect();
    assert_eq!(made.len(), 1, "{made:?}");
    !made[0].ends_with(',')
}

/// Creates a key in each format whose token goes to `output`: it is revoked, and that is said.
fn is_revoked(create: impl Fn(&Home, &str) -> Ended) {
    for format in ["table", "wide", "json", "ndjson"] {
        for ttl in ["", "--ttl 1h"] {
            let home = sandbox();
            let ended = create(&home, &format!("{CREATE} {ttl} -o {format}")).exits(1);
            assert!(
                ended.stderr.contains("could not be delivered")
                    && ended.stderr.contains("was revoked"),
                "{ended:#?}"
            );
            assert!(!ended.stderr.contains("sk-agent-"), "no token: {ended:#?}");
            assert!(is_gone(&home), "{format}");
        }
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
    assert!(!is_gone(&home));
}

#[test]
fn token_file_is_delivered_despite_closed_pipe() {
    let home = sandbox();
    run_into(
        &home,
        &format!("{CREATE} --token-file key.token"),
        gone_reader(),
    )
    .exits(0);
    let token = std::fs::read_to_string(home.path().join("key.token")).expect("the token");
    assert!(token.trim().len() > 16 && token.ends_with('\n'));
    assert!(!is_gone(&home));
}

/// The squads API in place of the router: the same server, another root.
fn home(held: &Held) -> Home {
    let variables = held.home.binary();
    let base = variables
        .get_envs()
        .find_map(|(name, value)| (name == "XEROCTL_BASE_URL").then_some(value).flatten())
        .and_then(|value| value.to_str())
        .expect("its base URL");
    Home::new().with("SLAW_API_URL", base.trim_end_matches("/proj_1/v1"))
}

/// A create with a token file whose request has arrived and waits.
fn hanging(held: &Held, home: &Home) -> Running {
    let line = format!("squads create-key {CODER} --name undelivered --token-file key.token");
    let running = Running::start(&mut command(home, &line));
    held.request();
    let meta = std::fs::metadata(home.path().join("key.token"))
        .expect("the file is made before the request");
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    assert_eq!(meta.len(), 0);
    running
}

#[test]
fn interrupted_create_removes_the_token_file() {
    for (signal, number) in [("INT", SIGINT), ("TERM", SIGTERM)] {
        let held = Held::new();
        let home = home(&held);
        let running = hanging(&held, &home);
        running.signal(signal);
        running.wait_for_error("waiting for the response");
        let ended = running.end_by(signal).dies_by(number);
        assert!(
            ended.stderr.contains("a key may have been created"),
            "{ended:#?}"
        );
        assert!(
            ended.stderr.contains(&format!("squads keys {CODER}")),
            "{ended:#?}"
        );
        assert!(!home.path().join("key.token").exists(), "{signal}");
    }
}

#[test]
fn interrupted_create_delivers_a_late_token() {
    let held = Held::new();
    let home = home(&held);
    let running = hanging(&held, &home);
    running.signal("INT");
    running.wait_for_error("waiting for the response");
    held.answer(Answer::json(
        201,
        format!(r#"{{"id":"{CI_KEY}","name":"undelivered","token":"late"}}"#),
    ));
    let ended = running.end().dies_by(SIGINT);
    assert!(ended.stdout.contains(CI_KEY), "{ended:#?}");
    let token = std::fs::read_to_string(home.path().join("key.token")).expect("the token");
    assert_eq!(token, "late\n");
}

#[test]
fn first_interrupt_waits_for_the_response() {
    let held = Held::new();
    let home = home(&held);
    let running = Running::start(&mut command(&home, &format!("squads pause {CODER}")));
    held.request();
    running.signal("INT");
    running.wait_for_error("waiting for the response");
    held.answer(Answer::json(200, r#"{"ok":true}"#));
    let ended = running.end().dies_by(SIGINT);
    assert_eq!(ended.stdout, format!("{CODER}\tpaused\n"));
}
