//! The squads API on a terminal: prompts, and the appearance of lists.

use crate::support::Home;
use crate::support::process::{command, run, script};
use crate::support::pty::{CTRL_C, CTRL_D, ENTER, Terminal};
use crate::terminal::sandbox;

/// What asks, what it asks, and what it says when it is done.
const ASKING: [(&str, &str, &str); 3] = [
    (
        "squads terminate Coder",
        "Terminate agent Coder (3fcb87f5-40bf-4e11-b004-a986b1c8cef0, active) in squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24 in sandbox? It never runs again. [y/N] ",
        "Terminated agent 3fcb87f5-40bf-4e11-b004-a986b1c8cef0.",
    ),
    (
        "squads delete 37d1b3a4-6820-471c-8c08-e4b40b74a7ce",
        "Delete agent Ledger (37d1b3a4-6820-471c-8c08-e4b40b74a7ce, paused) in squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24 and all its records from sandbox? [y/N] ",
        "Deleted agent 37d1b3a4-6820-471c-8c08-e4b40b74a7ce.",
    ),
    (
        "squads revoke-key Coder 13281111-94df-4774-b516-8e5eb4db8e74",
        "Requests with it will fail. [y/N] ",
        "Revoked key 13281111-94df-4774-b516-8e5eb4db8e74.",
    ),
];

/// All that a change would show in.
fn state(home: &Home) -> String {
    let agents = run(home, "squads agents -o json").exits(0).stdout;
    agents + &run(home, "squads keys Coder -o json").stdout
}

#[test]
fn yes_confirms() {
    for (line, question, done) in ASKING {
        let home = sandbox();
        let mut terminal = Terminal::run(&home, line);
        terminal
            .wait_for(question.trim_end())
            .types("yes")
            .types(ENTER);
        terminal.end().exits(0).shows(done);
    }
}

#[test]
fn everything_else_declines() {
    for (line, _, done) in ASKING {
        let home = sandbox();
        let before = state(&home);
        for keys in ["n\r", "\r", "yy\r", "Coder\r", CTRL_D] {
            let mut terminal = Terminal::run(&home, line);
            terminal.wait_for("[y/N] ").types(keys);
            terminal
                .end()
                .exits(16)
                .shows("nothing was changed")
                .lacks(done);
        }
        let mut terminal = Terminal::run(&home, line);
        terminal.wait_for("[y/N] ").types("y").types(CTRL_C);
        terminal.wait().echoes();
        assert!(terminal.shows_cursor());
        terminal.end().was_interrupted().lacks(done);
        assert_eq!(state(&home), before, "{line}");
    }
}

#[test]
fn disabled_prompts_exit_2() {
    for (line, _, _) in ASKING {
        let home = sandbox();
        let before = state(&home);
        for words in ["--no-input", "-o json", "-o ndjson", "-o csv", "-o name"] {
            Terminal::run(&home, &format!("{line} {words}"))
                .end()
                .exits(2)
                .lacks("[y/N]")
                .shows("--force");
        }
        Terminal::run_command(command(&home, line).env("CI", "true"))
            .end()
            .exits(2)
            .shows("CI is set");
        Terminal::run_command(&script(&home, &format!(r#""$X" {line} </dev/null"#)))
            .end()
            .exits(2)
            .shows("standard input is not a terminal");
        assert_eq!(state(&home), before, "{line}");
    }
}

#[test]
fn lists_fit_the_screen() {
    let home = sandbox();
    for line in [
        "squads agents",
        "squads agents -o wide",
        "squads inbox",
        "squads keys Coder",
        "squads show Coder",
        "squads runtime Coder",
        "squads health",
    ] {
        for columns in [40, 60, 80, 120] {
            let mut terminal = Terminal::run_at(columns, &home, line);
            terminal.wait();
            assert!(
                !terminal.is_wrapped() || columns < 80,
                "{line} at {columns}:\n{}",
                terminal.screen()
            );
            terminal.end().exits(0);
        }
    }
}

#[test]
fn statuses_are_colored() {
    let home = sandbox();
    let mut terminal = Terminal::run(&home, "squads agents");
    terminal.wait();
    assert!(terminal.look("NAME").bold, "{}", terminal.screen());
    for state in ["active", "paused", "error", "terminated"] {
        assert!(
            terminal.look(state).colour.is_some(),
            "{state}:\n{}",
            terminal.screen()
        );
    }
    terminal.end().exits(0);
}

#[test]
fn sandbox_hostile_text_stays_in_place() {
    let home = sandbox();
    for line in [
        "squads inbox",
        "squads agents -o wide",
        "squads show Pixel",
        "squads inbox -o json",
    ] {
        let left = Terminal::run(&home, line).end().exits(0);
        for hostile in ["\u{1b}[2J", "\u{202e}", "\u{200b}", "\u{1b}[31mlabel"] {
            assert!(!left.raw.contains(hostile), "{line}: {:?}", left.raw);
        }
    }
}
