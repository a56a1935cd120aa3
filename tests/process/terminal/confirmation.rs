//! Prompts before destructive changes.

use std::process::Command;
use std::sync::{Mutex, mpsc};

use crate::support::Home;
use crate::support::exec::{APPROVAL, Routes};
use crate::support::process::{LIMIT, command, run, script};
use crate::support::pty::{CTRL_C, CTRL_D, ENTER, Terminal};
use crate::support::router::Answer;
use crate::terminal::sandbox;

const DELETE: &str = "agents agt_abc123 --delete";

/// Whether the agent is there.
fn is_there(home: &Home) -> bool {
    let all = run(home, "agents --all -o name").exits(0).stdout;
    all.lines().any(|id| id == "agt_abc123")
}

#[test]
fn yes_deletes() {
    for yes in ["y", "Y", "yes", "Yes", "YES"] {
        let home = sandbox();
        let mut terminal = Terminal::run(&home, DELETE);
        terminal
            .wait_for("Delete gpu-worker-1 (agt_abc123, active, us-east) from sandbox? [y/N] ")
            .types(yes)
            .types(ENTER);
        terminal.end().exits(0).shows("Deleted agent agt_abc123.");
        assert!(!is_there(&home), "{yes:?}");
    }
}

#[test]
fn everything_else_deletes_nothing() {
    let home = sandbox();
    for no in [
        "n",
        "N",
        "no",
        "",
        " ",
        " y",
        "y ",
        "yy",
        "ye",
        "yes please",
        "agt_abc123",
        "1",
        "Ny",
    ] {
        let mut terminal = Terminal::run(&home, DELETE);
        terminal.wait_for("[y/N] ").types(no).types(ENTER);
        terminal.end().exits(16).shows("nothing was changed");
        assert!(is_there(&home), "{no:?}");
    }
}

#[test]
fn end_of_input_deletes_nothing() {
    let home = sandbox();
    for keys in [CTRL_D.to_owned(), format!("y{CTRL_D}{CTRL_D}")] {
        let mut terminal = Terminal::run(&home, DELETE);
        terminal.wait_for("[y/N] ").types(&keys);
        terminal.end().exits(16).shows("nothing was changed");
        assert!(is_there(&home), "{keys:?}");
    }
}

#[test]
fn line_can_be_edited_before_enter() {
    let home = sandbox();
    let mut terminal = Terminal::run(&home, DELETE);
    // Ctrl-U takes back what was typed.
    terminal.wait_for("[y/N] ").types("y\u{15}n").types(ENTER);
    terminal.end().exits(16);
    assert!(is_there(&home));
}

#[test]
fn type_ahead_does_not_confirm() {
    let home = sandbox();
    let mut terminal = Terminal::open(120);
    terminal.types("y").types(ENTER).types("yes").types(ENTER);
    let mut terminal = terminal.start(&command(&home, DELETE));
    terminal.wait_for("[y/N] ").types("n").types(ENTER);
    terminal.end().exits(16);
    assert!(is_there(&home));
}

#[test]
fn ctrl_c_at_a_prompt_changes_nothing() {
    let home = sandbox();
    for line in [
        DELETE,
        "agents revoke-credentials agt_abc123",
        "agents revoke-credentials agt_abc123 agt_g0974f2pgyfa8vcq",
        "join-keys jk_abc123 --revoke",
    ] {
        let before = run(&home, "agents agt_abc123 --events -o json").stdout;
        let mut terminal = Terminal::run(&home, line);
        terminal.wait_for("? ").types("y").types(CTRL_C);
        terminal.wait().echoes();
        assert!(terminal.shows_cursor());
        terminal.end().was_interrupted().lacks("Deleted");
        let after = run(&home, "agents agt_abc123 --events -o json").stdout;
        assert_eq!(after, before, "{line}");
    }
    assert!(is_there(&home));
}

#[test]
fn several_agents_are_confirmed_by_their_count() {
    let line = "agents revoke-credentials agt_abc123 agt_g0974f2pgyfa8vcq agt_weuawtg4qw2b4i9b";
    let home = sandbox();
    for no in ["y", "yes", "2", "33", "three", "", " 3"] {
        let mut terminal = Terminal::run(&home, line);
        terminal
            .wait_for("Type 3 to continue: ")
            .types(no)
            .types(ENTER);
        terminal.end().exits(16).shows("nothing was changed");
    }
    let mut terminal = Terminal::run(&home, line);
    terminal
        .wait_for("Type 3 to continue: ")
        .types("3")
        .types(ENTER);
    let left = terminal.end().exits(0);
    assert_eq!(left.screen.matches(" revoked").count(), 3, "{left:#?}");
}

#[test]
fn force_does_not_prompt() {
    for force in ["--force", "--yes", "-y"] {
        let home = sandbox();
        Terminal::run(&home, &format!("{DELETE} {force}"))
            .end()
            .exits(0)
            .lacks("[y/N]")
            .shows("Deleted agent agt_abc123.");
        assert!(!is_there(&home), "{force}");
    }
}

#[test]
fn dry_run_does_not_prompt() {
    let home = sandbox();
    Terminal::run(&home, &format!("{DELETE} --dry-run"))
        .end()
        .exits(0)
        .lacks("[y/N]")
        .shows("DELETE http://127.0.0.1/");
    assert!(is_there(&home));
}

#[test]
fn quiet_does_not_suppress_prompts() {
    let home = sandbox();
    let mut terminal = Terminal::run(&home, &format!("{DELETE} -q"));
    terminal.wait_for("[y/N] ").types("y").types(ENTER);
    terminal.end().exits(0);
    assert!(!is_there(&home));
}

/// The script on a terminal.
fn shell(home: &Home, text: &str) -> Terminal {
    Terminal::run_command(&script(home, text))
}

#[test]
fn redirected_output_does_not_disable_prompts() {
    let home = sandbox();
    let mut terminal = shell(&home, &format!(r#""$X" {DELETE} >result"#));
    terminal.wait_for("[y/N] ").types("y").types(ENTER);
    terminal.end().exits(0);
    let result = std::fs::read_to_string(home.path().join("result")).expect("the file");
    assert_eq!(result, "agt_abc123\tdeleted\n");
}

#[test]
fn disabled_prompts_print_the_working_command() {
    let home = sandbox();
    let asked = |command: &Command| {
        let left = Terminal::run_command(command).end();
        left.exits(2).lacks("[y/N]")
    };
    for (redirection, reason) in [
        ("</dev/null", "standard input is not a terminal"),
        ("2>messages", "standard error is not a terminal"),
    ] {
        let text = format!(r#""$X" {DELETE} {redirection}; code=$?; cat messages; exit $code"#);
        asked(&script(&home, &text))
            .shows(reason)
            .shows("xeroctl agents agt_abc123 --delete --force");
    }
    for option in ["--no-input", "-o json", "-o csv", "-o name", "-o ndjson"] {
        asked(&command(&home, &format!("{DELETE} {option}"))).shows("--force");
    }
    for value in ["1", "true", "yes"] {
        asked(command(&home, DELETE).env("CI", value)).shows("CI is set");
    }
    assert!(is_there(&home));
}

#[test]
fn false_ci_and_configured_format_do_not_disable_prompts() {
    for (name, value) in [
        ("CI", ""),
        ("CI", "0"),
        ("CI", "false"),
        ("XEROCTL_OUTPUT", "json"),
    ] {
        let home = sandbox();
        let mut terminal = Terminal::run_command(command(&home, DELETE).env(name, value));
        terminal.wait_for("[y/N] ").types("n").types(ENTER);
        terminal.end().exits(16);
    }
}

#[test]
fn ctrl_c_during_a_decision_waits_for_the_response() {
    const APPROVE: &str = "POST /exec/approvals/apr_1/approve";
    let approval = r#"{"id":"apr_1","status":"pending","risk":"write","tool_name":"t","args":{}}"#;
    let (sender, is_asked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let both = Mutex::new((sender, released));
    let router = Routes::new()
        .on(
            "GET /exec/approvals",
            [Answer::json(200, format!("{{\"data\":[{approval}]}}"))],
        )
        .on(APPROVAL, [Answer::json(200, approval)])
        .on(APPROVE, [Answer::json(200, "{}")])
        .at(APPROVE, 1, move || {
            let (sender, released) = &*both.lock().expect("one request");
            sender.send(()).unwrap_or_default();
            released.recv_timeout(LIMIT).unwrap_or_default();
        })
        .start();
    let mut terminal = Terminal::run(&router.home(), "approvals watch --interactive");
    terminal.wait_for("[s]kip? ").types("a").types(ENTER);
    is_asked.recv_timeout(LIMIT).expect("it is approved");
    terminal.types(CTRL_C).wait_for("interrupted: waiting");
    release.send(()).expect("the router waits");
    terminal.end().was_interrupted().shows("Approved apr_1.");
}
