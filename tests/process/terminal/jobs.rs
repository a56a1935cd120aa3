//! Prompts and the live line under a shell's job control, and on terminals in unusual modes.

use std::process::Command;
use std::time::Duration;

use crate::support::exec::{INVOCATION, Routes, invocation};
use crate::support::process::{SIGNALS, command, has, script};
use crate::support::pty::{CTRL_C, CTRL_D, ENTER, Terminal};
use crate::support::router::{Answer, Router};
use crate::support::{Home, process};

const ADD: &str = "config add lab --base-url http://127.0.0.1:9/p/v1";
const DELETE: &str = "agents agt_1 --delete";
const WATCH: &str = "exec watch inv_1 --interval 500ms";
const KEY: &str = "xero_typed_blind_4";
const CTRL_Z: &str = "\u{1a}";

fn config(home: &Home) -> Option<String> {
    std::fs::read_to_string(home.path().join(".config/xeroctl/config.toml")).ok()
}

/// The interactive shells with job control that are here.
fn shells() -> Vec<&'static str> {
    let all = ["dash -i", "bash --norc -i", "zsh -f -i"];
    let is_here = |shell: &&str| shell.split(' ').next().is_some_and(has);
    let found: Vec<_> = all.into_iter().filter(is_here).collect();
    if found.is_empty() {
        vec!["sh -i"]
    } else {
        found
    }
}

/// An interactive shell in this home.
fn shell(home: &Home, line: &str) -> Terminal {
    let mut words = line.split(' ');
    let mut shell = Command::new(words.next().expect("a shell"));
    shell
        .env_clear()
        .envs(process::variables(&home.binary()))
        .env("PATH", "/usr/bin:/bin")
        .env("PS1", "ready> ")
        .env("X", home.binary().get_program())
        .args(words)
        .current_dir(home.path());
    let mut terminal = Terminal::run_command(&shell);
    terminal.wait_for("ready> ");
    terminal
}

/// Waits until the shell reports its job as stopped: "Stopped", or in zsh "suspended".
#[track_caller]
fn wait_until_stopped(terminal: &mut Terminal) {
    terminal.wait_until(|raw| raw.contains("topped") || raw.contains("suspended"));
}

/// Waits until the shell knows that its background job has stopped. A shell that continues a job before it has noticed
/// the stop takes the stop for a later one.
#[track_caller]
fn wait_until_stopped_in_background(terminal: &mut Terminal) {
    let question = "until jobs >all; grep -q -e topped -e suspended all; do sleep 0.02; done; echo has''-stopped\r";
    terminal.types(question).wait_for("has-stopped");
}

/// Says through the shell whether the echo is on.
const ECHO: &str =
    "case $(stty -a) in *' -echo '*) echo echo-is''-off;; *) echo echo-is''-on;; esac\r";

#[test]
fn key_stays_hidden_after_suspension() {
    for name in shells() {
        let home = Home::new();
        let mut terminal = shell(&home, name);
        terminal.types(&format!("\"$X\" {ADD}; echo left''-$?\r"));
        terminal.wait_for("API key (not shown; Enter for none): ");
        terminal.types("xero_too_early").types(CTRL_Z);
        wait_until_stopped(&mut terminal);
        terminal.types(ECHO).wait_for("echo-is-on");
        terminal.types("fg\r").wait_for_times("API key (not", 2);
        terminal.types(KEY).types(ENTER).wait_for("Added lab");
        terminal.types(ECHO).wait_for_times("echo-is-on", 2);
        terminal.types("exit\r");
        let left = terminal.end();
        assert!(!left.raw.contains("xero_"), "{name}: {left:#?}");
        let text = config(&home).expect("a configuration");
        assert!(text.contains(&format!("\"{KEY}\"")), "{name}: {text}");
    }
}

#[test]
fn key_stays_hidden_after_suspension_of_a_script() {
    for name in shells() {
        let home = Home::new();
        std::fs::write(home.path().join("add.sh"), format!("\"$X\" {ADD}\n")).expect("a script");
        let mut terminal = shell(&home, name);
        terminal
            .types("sh add.sh\r")
            .wait_for("API key (not shown; Enter for none): ");
        terminal.types(CTRL_Z);
        wait_until_stopped(&mut terminal);
        terminal.types(ECHO).wait_for("echo-is-on");
        terminal.types("fg\r").wait_for_times("API key (not", 2);
        terminal.types(KEY).types(ENTER).wait_for("Added lab");
        terminal.types("exit\r");
        let left = terminal.end();
        assert!(!left.raw.contains("xero_"), "{name}: {left:#?}");
    }
}

#[test]
fn prompt_without_job_control_is_not_suspended() {
    let home = Home::new();
    let mut terminal = Terminal::run(&home, ADD);
    // Ctrl-Z as a key, and the signal from elsewhere; no shell is here.
    terminal.wait_for("API key").types(CTRL_Z).signal("TSTP");
    // For a moment, the terminal is as it was before the prompt. Nothing shows when that is over.
    std::thread::sleep(Duration::from_millis(300));
    terminal.types(KEY).types(ENTER);
    terminal.wait().echoes();
    let left = terminal.end().exits(0).shows("Added lab");
    assert!(!left.raw.contains("xero_"), "{left:#?}");
}

#[test]
fn visible_prompt_is_shown_again_after_continuing() {
    let router = Router::rules(|_| Answer::json(200, "{}"));
    for name in shells() {
        let home = router.home();
        let mut terminal = shell(&home, name);
        terminal
            .types(&format!("\"$X\" {DELETE}\r"))
            .wait_for("[y/N] ");
        terminal.types(CTRL_Z);
        wait_until_stopped(&mut terminal);
        terminal.types("fg\r").wait_for_times("[y/N] ", 2);
        terminal.types("y\r").wait_for("Deleted agent agt_1.");
        terminal.types("exit\r");
        terminal.end();
    }
}

#[test]
fn background_prompt_is_not_shown() {
    for name in shells() {
        let home = Home::new();
        let mut terminal = shell(&home, name);
        terminal.types(&format!("\"$X\" {ADD}; echo left''-$?\r"));
        terminal.wait_for("API key (not shown; Enter for none): ");
        terminal.types(CTRL_Z);
        wait_until_stopped(&mut terminal);
        terminal
            .types("bg; echo in-the''-background\r")
            .wait_for("in-the-background");
        wait_until_stopped_in_background(&mut terminal);
        terminal.types("fg\r").wait_for_times("API key (not", 2);
        terminal.types(KEY).types(ENTER).wait_for("Added lab");
        terminal.types("exit\r");
        let left = terminal.end();
        assert_eq!(
            left.raw.matches("API key (not").count(),
            2,
            "{name}: {left:#?}"
        );
        assert!(!left.raw.contains("xero_"), "{name}: {left:#?}");
    }
}

#[test]
fn signal_at_a_prompt_restores_the_terminal() {
    for (signal, _) in SIGNALS {
        for line in [ADD, "config init"] {
            let home = Home::new();
            let text = format!("\"$X\" {line}; echo left-$?");
            let mut terminal =
                Terminal::run_command(&script(&home, &format!("trap : {signal}; {text}")));
            let prompt = if line == ADD { "API key" } else { "Name of" };
            terminal.wait_for(prompt).signal_group(signal);
            let left = terminal.end();
            let number = SIGNALS
                .iter()
                .find(|(name, _)| *name == signal)
                .expect("it")
                .1;
            let code = format!("left-{}", 128 + number);
            let starts = left.screen.lines().any(|line| line == code);
            assert!(starts, "{signal} {line}: {left:#?}");
            assert_eq!(config(&home), None);
        }
    }
}

/// The number of requests that change something.
fn changes(router: &Router) -> usize {
    let asked = router.asked();
    asked.iter().filter(|asked| asked.method != "GET").count()
}

#[test]
fn raw_terminal_accepts_enter_ctrl_c_and_ctrl_d() {
    for stty in [
        "raw",
        "-icrnl",
        "-isig -icanon -echo",
        "igncr",
        "inlcr -icrnl",
    ] {
        let router = Router::rules(|_| Answer::json(200, "{}"));
        let home = router.home();
        let on = |line: &str| {
            let text = format!(
                "stty {stty}; before=$(stty -g); \"$X\" {line}; code=$?; [ $before = $(stty -g) ] && echo kept-$code"
            );
            Terminal::run_command(&script(&home, &text))
        };
        let mut terminal = on(DELETE);
        terminal.wait_for("[y/N] ").types("y\r");
        terminal.end().shows("kept-0");
        assert_eq!(changes(&router), 1, "{stty}");
        let mut terminal = on(DELETE);
        terminal.wait_for("[y/N] ").types(CTRL_D);
        terminal.end().shows("kept-16");
        let mut terminal = on(ADD);
        terminal.wait_for("API key").types(KEY).types("\r");
        let left = terminal.end().shows("kept-0");
        assert!(!left.raw.contains(KEY), "{stty}: {left:#?}");
        let add = "config add other --base-url http://127.0.0.1:9/p/v1";
        for (line, prompt) in [(DELETE, "[y/N] "), (add, "API key")] {
            let text = format!("stty {stty}; exec \"$X\" {line}");
            let mut terminal = Terminal::run_command(&script(&home, &text));
            terminal.wait_for(prompt).types(CTRL_C);
            terminal.end().was_interrupted();
        }
        assert_eq!(changes(&router), 1, "{stty}");
    }
}

#[test]
fn type_ahead_after_ctrl_c_is_left_to_the_shell() {
    let router = Router::rules(|_| Answer::json(200, "{}"));
    let home = router.home();
    for (line, prompt) in [(DELETE, "[y/N] "), (ADD, "API key")] {
        for _ in 0..5 {
            let text = format!("trap : INT; \"$X\" {line}; read rest; echo got-$rest");
            let mut terminal = Terminal::run_command(&script(&home, &text));
            terminal.wait_for(prompt).types(CTRL_C).types("y\r");
            terminal.end().shows("got-y");
        }
    }
    assert_eq!(changes(&router), 0);
    assert_eq!(config(&home), None);
}

#[test]
fn long_key_is_complete_and_overlong_key_is_rejected() {
    let home = Home::new();
    let long = "k".repeat(5000);
    let mut terminal = Terminal::run(&home, ADD);
    terminal.wait_for("API key").types(&long).types(ENTER);
    terminal.end().exits(0).shows("Added lab");
    let text = config(&home).expect("a configuration");
    assert!(text.contains(&format!("\"{long}\"")), "it was cut");

    let home = Home::new();
    let mut terminal = Terminal::run(&home, ADD);
    terminal
        .wait_for("API key")
        .types(&"k".repeat(70_000))
        .types(ENTER);
    terminal.end().exits(2).shows("longer than 65536 bytes");
    assert_eq!(config(&home), None);
}

#[test]
fn truncated_input_does_not_count() {
    let router = Router::unasked();
    let mut terminal = Terminal::run(&router.home(), DELETE);
    terminal
        .wait_for("[y/N] ")
        .types(&"y".repeat(4200))
        .types(ENTER);
    terminal.end().exits(16).shows("too long");
}

/// A router whose invocation runs until it was asked some times.
fn running() -> Router {
    let states = ["running"; 6].map(invocation).into_iter();
    let all = states.chain([invocation("completed")]);
    Routes::new().on(INVOCATION, all).start()
}

/// Where a live line is rewritten.
const REWRITE: &str = "\r\u{1b}[K";

#[test]
fn live_line_requires_a_capable_terminal() {
    let router = running();
    let left = Terminal::run(&router.home(), WATCH).end().exits(0);
    assert!(left.raw.contains(REWRITE), "{left:#?}");
    for (name, value) in [
        ("TERM", "dumb"),
        ("TERM", "dumb-emacs-ansi"),
        ("TERM", ""),
        ("CI", "1"),
        ("CI", "true"),
        ("XEROCTL_ACCESSIBLE", "1"),
    ] {
        let router = running();
        let left = Terminal::run_command(command(&router.home(), WATCH).env(name, value)).end();
        let left = left.exits(0).shows("running").shows("completed");
        assert!(!left.raw.contains("\u{1b}[K"), "{name}={value}: {left:#?}");
        let wait =
            "exec invoke --workspace ws_1 --tool t --args {} --no-validate --wait --interval 500ms";
        let router = Routes::new()
            .on("POST /exec/invocations", [invocation("running")])
            .on(INVOCATION, [invocation("running"), invocation("completed")])
            .start();
        let left = Terminal::run_command(command(&router.home(), wait).env(name, value)).end();
        let left = left.exits(0).shows("invocation inv_1: running");
        assert!(!left.raw.contains("\u{1b}[K"), "{name}={value}: {left:#?}");
    }
}

#[test]
fn background_job_shows_no_live_line() {
    for name in shells() {
        let router = running();
        let home = router.home();
        let mut terminal = shell(&home, name);
        terminal.types(&format!("\"$X\" {WATCH} &\r"));
        terminal.wait_for("ended completed").types("wait; exit\r");
        let left = terminal.end();
        assert!(!left.raw.contains(REWRITE), "{name}: {left:#?}");
    }
}

#[test]
fn live_line_follows_the_window_width() {
    let long = Answer::json(
        200,
        format!(
            r#"{{"id":"inv_1","tool_name":"{}","status":"running"}}"#,
            "long_name_".repeat(8)
        ),
    );
    let router = Routes::new().on(INVOCATION, [long]).start();
    let mut terminal = Terminal::run(&router.home(), WATCH);
    let last = |raw: &str| {
        // The last one may not have arrived completely.
        let lines: Vec<_> = raw.split(REWRITE).collect();
        lines[..lines.len() - 1]
            .last()
            .map_or(0, |line| line.chars().count())
    };
    terminal.wait_until(|raw| last(raw) > 60).resize(40);
    terminal.wait_until(|raw| last(raw) == 39);
    terminal.types(CTRL_C);
    terminal.end().was_interrupted();
}
