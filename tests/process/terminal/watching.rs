//! `--watch` on a terminal: it is redrawn in place, follows the size of the window, and gives the terminal back.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::process::{command, has};
use crate::support::pty::{CTRL_C, Look, Terminal};
use crate::support::router::{Answer, Router};

const WATCH: &str = "agents --watch --interval 500ms";
const CTRL_Z: &str = "\u{1a}";
/// The alternate screen: taken, and given back.
const ENTER: &str = "\u{1b}[?1049h";
const LEAVE: &str = "\u{1b}[?1049l";

/// A router whose only agent dies between the first reading and the second.
fn dying() -> Router {
    let readings = AtomicUsize::new(0);
    Router::rules(move |_| {
        let status = match readings.fetch_add(1, Ordering::Relaxed) {
            0 => "active",
            _ => "dead",
        };
        let agent = format!(
            r#"{{"id":"agt_1","name":"gpu-worker-with-a-long-name-1","worker_id":"w-1","status":"{status}","region":"us-east"}}"#
        );
        Answer::json(200, format!(r#"{{"data":[{agent}]}}"#))
    })
}

#[test]
fn is_redrawn_in_place_and_ended_by_ctrl_c() {
    let router = dying();
    let mut terminal = Terminal::run(&router.home(), WATCH);
    terminal.wait_for("active").wait_for("dead");
    assert!(
        !terminal.screen().contains("active"),
        "{}",
        terminal.screen()
    );
    assert!(!terminal.shows_cursor());
    let red = Look {
        colour: Some(1),
        bold: false,
    };
    assert_eq!(terminal.look("dead"), red);
    terminal.types(CTRL_C).wait();
    assert!(terminal.shows_cursor());
    terminal.echoes();
    let left = terminal.end().was_interrupted();
    assert_eq!(left.raw.matches(ENTER).count(), 1, "{left:#?}");
    assert_eq!(left.raw.matches(LEAVE).count(), 1, "{left:#?}");
    // The last reading stays, and how to go on.
    left.shows("agt_1")
        .shows("dead")
        .shows("continue watching: xeroctl agents --watch");
}

#[test]
fn changes_are_marked_without_color_too() {
    let router = dying();
    let home = router.home().with("NO_COLOR", "1");
    let mut terminal = Terminal::run(&home, WATCH);
    terminal.wait_for("dead*");
    terminal.types(CTRL_C).end().was_interrupted();
}

#[test]
fn follows_the_size_of_the_window() {
    let router = dying();
    let mut terminal = Terminal::run(&router.home(), "agents --watch --interval 60s");
    terminal
        .wait_for("gpu-worker-with-a-long-name-1")
        .wait_for("us-east");
    // Long before the next reading.
    terminal.resize(40);
    terminal.wait_for("hidden columns (narrow terminal):");
    assert!(!terminal.screen().contains("gpu-worker-with-a-long-name-1"));
    terminal.types(CTRL_C).end().was_interrupted();
}

#[test]
fn a_suspended_watch_gives_the_terminal_back_and_takes_it_again() {
    if !has("bash") {
        return;
    }
    let router = dying();
    let home = router.home().with("PS1", "ready> ");
    let mut shell = command(&home, "");
    let program = shell.get_program().to_owned();
    shell = std::process::Command::new("bash");
    shell
        .env_clear()
        .envs(crate::support::process::variables(&home.binary()))
        .env("X", program)
        .args(["--norc", "-i"])
        .current_dir(home.path());
    let mut terminal = Terminal::run_command(&shell);
    terminal.wait_for("ready> ");
    terminal
        .types(&format!("\"$X\" {WATCH}\r"))
        .wait_for("every 500ms");
    terminal.types(CTRL_Z);
    terminal.wait_until(|raw| raw.contains("topped"));
    assert!(terminal.shows_cursor());
    terminal.types("fg\r");
    terminal.wait_until(|raw| raw.matches(ENTER).count() == 2);
    terminal.wait_for("dead");
    terminal.types(CTRL_C);
    terminal.wait_until(|raw| raw.matches(LEAVE).count() == 2);
    terminal.types("exit\r");
    assert!(terminal.shows_cursor());
    terminal.end();
}
