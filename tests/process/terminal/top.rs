//! The live screen on a terminal: it is operated with keys, and the terminal is restored, however it ends.

use crate::support::process::command;
use crate::support::pty::{CTRL_C, ENTER, Terminal};
use crate::support::router::{Answer, Router};
use crate::terminal::sandbox;

/// How the screen is entered, and how it is left.
const ENTERED: &str = "\u{1b}[?1049h";
const LEFT: &str = "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l";
const CTRL_Z: &str = "\u{1a}";

#[test]
fn approves_after_typed_consent_and_restores_the_terminal() {
    let home = sandbox();
    let mut terminal = Terminal::run_at(80, &home, "top --interval 500ms");
    terminal
        .wait_for("> 1 Agents  40")
        .wait_for("3 Pending approvals  5");
    assert!(!terminal.shows_cursor());
    terminal
        .types("/storage/")
        .wait_for("/storage/_")
        .types(ENTER);
    terminal.wait_for("filter: storage/");
    // One whose name must be typed.
    terminal
        .types("3")
        .wait_for("> 3 Pending approvals  1 of 5");
    terminal
        .types(ENTER)
        .wait_for("Approval apr_7c1d2e3f")
        .wait_for("sha256:");
    terminal
        .types("a")
        .wait_for("Type storage/restore to continue");
    assert!(terminal.shows_cursor());
    terminal
        .types("yes\r")
        .wait_for("canceled; nothing was changed");
    terminal
        .wait_for("Press Enter")
        .types(ENTER)
        .wait_for("1 of 5");
    terminal
        .types("a")
        .wait_for_times("Type storage/restore to continue", 2);
    terminal
        .types("storage/restore\r")
        .wait_for("Approved apr_7c1d2e3f.");
    terminal.wait_for_times("Press Enter", 2).types(ENTER);
    terminal.wait_for("3 Pending approvals  0 of 4");
    terminal.types("\u{1b}").wait_for("q quit").types("q");
    terminal.wait().echoes();
    assert!(terminal.shows_cursor());
    let left = terminal.end().exits(0);
    let count = |text: &str| left.raw.matches(text).count();
    assert_eq!((count(ENTERED), count(LEFT)), (3, 3), "{left:#?}");
}

#[test]
fn a_yes_approves_what_can_be_undone_and_a_no_rejects_nothing() {
    let home = sandbox();
    let mut terminal = Terminal::run_at(80, &home, "top");
    terminal
        .wait_for("3 Pending approvals  5")
        .types("3/apr_5a\r");
    terminal
        .wait_for("> 3 Pending approvals  1 of 5")
        .types("r");
    terminal.wait_for("Reject apr_5a6b7c8d in sandbox? Its run never starts. [y/N]");
    terminal.types(ENTER).wait_for("canceled");
    terminal.wait_for("Press Enter").types(ENTER);
    terminal.wait_for("1 of 5").types("a");
    terminal.wait_for("Approve apr_5a6b7c8d in sandbox? Its run starts at once. [y/N]");
    terminal.types("y\r").wait_for("Approved apr_5a6b7c8d.");
    terminal.wait_for_times("Press Enter", 2).types(ENTER);
    terminal.wait_for("0 of 4").types(CTRL_C);
    terminal.wait().echoes();
    terminal.end().was_interrupted();
}

#[test]
fn signals_and_suspension_restore_the_terminal() {
    for signal in ["TERM", "HUP", "QUIT"] {
        let home = sandbox();
        let mut terminal = Terminal::run_at(80, &home, "top");
        terminal.wait_for("1 Agents  40").signal(signal);
        terminal.wait().echoes();
        assert!(terminal.shows_cursor(), "{signal}");
        let left = terminal.end();
        assert!(
            left.code.is_none() && left.raw.contains(LEFT),
            "{signal}: {left:#?}"
        );
    }
    let home = sandbox();
    let mut terminal = Terminal::run_at(80, &home, "top");
    terminal.wait_for("1 Agents  40").types(CTRL_Z);
    terminal.wait_until(|raw| raw.contains(LEFT));
    terminal.signal("CONT");
    terminal.wait_until(|raw| raw.matches(ENTERED).count() == 2);
    terminal.types("q").end().exits(0);
}

#[test]
fn a_missing_scope_concerns_its_panel_alone() {
    let router = Router::rules(|asked| match asked.target.as_str() {
        target if target.contains("/management/agents") => Answer::fault(403, "scope_insufficient"),
        target if target.contains("/exec/invocations") => Answer::json(
            200,
            r#"{"data":[{"id":"inv_1","status":"running","tool_name":"evil\u001b[31m"}]}"#,
        ),
        target if target.contains("stream") => Answer::fault(404, "not_found"),
        _ => Answer::json(200, r#"{"data":[]}"#),
    });
    let mut terminal = Terminal::run_at(80, &router.home(), "top");
    terminal.wait_for("not available: could not list agents");
    terminal.wait_for("inv_1").wait_for("evil\\u001b[31m");
    terminal.types("q").end().exits(0);
}

#[test]
fn transient_failures_are_shown_and_a_refused_key_ends_it() {
    let router = Router::rules(|asked| {
        if asked.target.contains("/management/agents") {
            return Answer::fault(503, "internal_error");
        }
        Answer::json(200, r#"{"data":[]}"#)
    });
    let mut terminal = Terminal::run_at(80, &router.home(), "top");
    terminal.wait_for("; retrying").types("q");
    terminal.end().exits(0);
    let router = Router::rules(|_| Answer::fault(401, "authentication_error"));
    let mut terminal = Terminal::run_at(80, &router.home(), "top");
    terminal.wait().echoes();
    let left = terminal.end().exits(4);
    left.shows("error: could not list");
}

#[test]
fn without_prompts_nothing_is_decided() {
    let home = sandbox();
    let mut terminal = Terminal::run_command(&command(&home, "top --no-input"));
    terminal.wait_for("3 Pending approvals  5").types("3a");
    terminal.wait_for("prompts are disabled").types("q");
    terminal.end().exits(0);
}
