//! Standard input is read only if `-` names it.

use std::io::Write as _;
use std::process::Stdio;

use crate::binary::sandbox;
use crate::support::Home;
use crate::support::held::Held;
use crate::support::process::{Ended, Running, SIGINT, command, run, script};
use crate::support::router::{Answer, Router};

/// IDs that a new sandbox holds.
const IDS: [&str; 3] = ["agt_abc123", "agt_g0974f2pgyfa8vcq", "agt_weuawtg4qw2b4i9b"];

/// Runs a script that is fed these bytes.
fn fed(home: &Home, text: &str, input: &str) -> Ended {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let mut script = script(home, text);
    let running = Running::start(script.stdin(reader));
    script.stdin(Stdio::null());
    writer.write_all(input.as_bytes()).expect("a small input");
    drop(writer);
    running.end()
}

#[test]
fn loop_over_ids_reads_every_line() {
    for (line, shown) in [
        ("agents \"$id\" -o name", ""),
        ("agents \"$id\" --delete --force", "\tdeleted"),
        ("agents pause-exec \"$id\"", "\tpaused"),
        ("agents revoke-credentials \"$id\" --force", "\trevoked"),
    ] {
        let text = format!(r#"while read -r id; do "$X" {line}; done"#);
        let input = IDS.map(|id| format!("{id}\n")).concat();
        let ended = fed(&sandbox(), &text, &input).exits(0);
        let wanted = IDS.map(|id| format!("{id}{shown}\n")).concat();
        assert_eq!(ended.stdout, wanted, "{line}");
    }
}

#[test]
fn disabled_prompt_reads_no_line() {
    let home = sandbox();
    let text = r#"while read -r id; do "$X" agents "$id" --delete; echo "$?"; done"#;
    let input = IDS.map(|id| format!("{id}\n")).concat();
    let ended = fed(&home, text, &input);
    assert_eq!(ended.stdout, "2\n2\n2\n");
    for id in IDS {
        run(&home, &format!("agents {id}")).exits(0);
    }
}

#[test]
fn list_and_config_leave_the_input() {
    for line in [
        "agents -o name",
        "agents --all",
        "config add lab --base-url http://127.0.0.1:9/p/v1",
        "config list",
        "sandbox reset --force",
        "--help",
    ] {
        let text = format!(r#""$X" {line} >/dev/null; cat"#);
        let ended = fed(&sandbox(), &text, "left\n").exits(0);
        assert_eq!(ended.stdout, "left\n", "{line}");
    }
}

#[test]
fn key_from_standard_input_loses_its_newline() {
    for input in ["xero_piped_key", "xero_piped_key\n", "xero_piped_key\r\n"] {
        let router = Router::script([Answer::json(200, r#"{"id":"agt_1"}"#)]);
        let home = Home::new().with("XEROCTL_BASE_URL", &router.base_url());
        let text = r#""$X" agents agt_1 --api-key-file - -vv"#;
        let ended = fed(&home, text, input).exits(0);
        let asked = router.asked();
        assert_eq!(
            asked[0].header("authorization"),
            Some("Bearer xero_piped_key"),
            "{input:?}"
        );
        let shown = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!shown.contains("xero_piped_key"), "{ended:#?}");
    }
}

#[test]
fn empty_or_missing_key_is_rejected_before_any_request() {
    for input in ["", "\n", "two\nlines\n", "\u{1b}[31m\n"] {
        let router = Router::unasked();
        let home = Home::new().with("XEROCTL_BASE_URL", &router.base_url());
        let text = r#""$X" agents agt_1 --api-key-file -"#;
        fed(&home, text, input).exits(2).says("error: ");
        assert_eq!(router.lines(), [""; 0], "{input:?}");
    }
}

#[test]
fn closed_standard_input_is_accepted() {
    let home = sandbox();
    let ended = Running::start(&mut script(&home, r#""$X" agents agt_abc123 -o name <&-"#)).end();
    assert_eq!(ended.exits(0).stdout, "agt_abc123\n");
    Running::start(&mut script(&home, r#""$X" agents agt_abc123 --delete <&-"#))
        .end()
        .exits(2);
}

#[test]
fn hanging_read_holds_no_input() {
    let held = Held::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = command(&held.home, "agents agt_1");
    let running = Running::start(command.stdin(reader));
    held.request();
    held.answer(Answer::json(200, r#"{"id":"agt_1"}"#));
    // The writer is still there: nobody waits for the end of the input.
    running.end().exits(0);
    drop(writer);
}

#[test]
fn timeout_and_signal_end_the_wait_for_input() {
    let home = sandbox();
    for (line, code) in [
        ("exec context set --workspace ws_a1b2c3d4 --file -", 17),
        (
            "agents --api-key-file - --base-url http://127.0.0.1:9/p/v1",
            17,
        ),
    ] {
        let (reader, _writer) = std::io::pipe().expect("a pipe");
        let mut command = command(&home, &format!("{line} --timeout 3s"));
        let running = Running::start(command.stdin(reader));
        running.wait_for_error("waiting for standard input");
        running.end().exits(code).says("--timeout 3s");

        let (reader, _writer) = std::io::pipe().expect("a pipe");
        let mut command = self::command(&home, line);
        let running = Running::start(command.stdin(reader));
        running.wait_for_error("waiting for standard input");
        running.end_by("INT").dies_by(SIGINT);
    }
}
