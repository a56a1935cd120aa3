//! Ctrl-C in a shell on a terminal also ends a loop or a pipeline around the command.

use std::path::Path;

use crate::support::held::Held;
use crate::support::process::script_by;
use crate::support::pty::{CTRL_C, Left, Terminal};
use crate::support::router::Answer;
use crate::terminal::sandbox;

/// A shell that goes on after Ctrl-C unless its command was ended by the signal too, as bash does; others end anyway.
fn shell() -> &'static str {
    if Path::new("/bin/bash").exists() {
        "/bin/bash"
    } else {
        "/bin/sh"
    }
}

/// Types Ctrl-C while the command of this script waits for a response.
fn interrupted(held: &Held, text: &str) -> Left {
    let mut terminal = Terminal::run_command(&script_by(shell(), &held.home, text));
    held.request();
    terminal.types(CTRL_C);
    terminal.wait().echoes();
    terminal.end()
}

#[test]
fn ctrl_c_ends_a_loop_around_a_read() {
    let held = Held::new();
    let text = r#"for n in 1 2 3; do "$X" agents; echo looped; done"#;
    interrupted(&held, text).was_interrupted().lacks("looped");
    assert!(held.is_quiet(), "no second command runs");
}

#[test]
fn ctrl_c_ends_a_loop_around_a_change_after_its_response() {
    let held = Held::new();
    let text = r#"for n in 1 2 3; do "$X" agents agt_$n --delete --force; echo looped; done"#;
    let mut terminal = Terminal::run_command(&script_by(shell(), &held.home, text));
    held.request();
    terminal.types(CTRL_C).wait_for("waiting for the response");
    held.answer(Answer::json(200, "{}"));
    terminal
        .end()
        .was_interrupted()
        .shows("Deleted agent agt_1.")
        .lacks("looped");
    assert!(held.is_quiet(), "no second command runs");
}

#[test]
fn ctrl_c_ends_a_pipeline() {
    let held = Held::new();
    interrupted(&held, r#""$X" agents --all | cat"#).was_interrupted();
}

#[test]
fn ctrl_c_stops_a_served_sandbox() {
    let home = sandbox();
    let mut terminal = Terminal::run(&home, "sandbox serve -o json");
    terminal.wait_for("Press Ctrl-C to stop.").types(CTRL_C);
    terminal.wait().echoes();
    let left = terminal.end().was_interrupted();
    let line = left.raw.lines().next().unwrap_or_default();
    let said: Result<serde_json::Value, _> = serde_json::from_str(line);
    assert!(
        said.is_ok(),
        "one line of JSON on a terminal too: {left:#?}"
    );
}
