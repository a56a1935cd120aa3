//! Results on a terminal through the program that `XEROCTL_PAGER` names.

use std::process::Command;

use crate::support::Home;
use crate::support::exec::{INVOCATION, Routes, invocation};
use crate::support::process::{Running, command};
use crate::support::pty::{CTRL_C, ENTER, Left, Terminal};
use crate::terminal::sandbox;

/// A pager that marks each line.
const MARK: &str = "sed 's/^/paged: /'";
/// A pager that waits for a key, as `less` does, and ignores Ctrl-C.
const SLOW: &str = r#"sh -c 'trap "" INT; cat; echo "(press a key)"; read key < /dev/tty'"#;

fn paged(home: &Home, pager: &str, line: &str) -> Command {
    let mut command = command(home, line);
    command
        .env("PATH", "/usr/bin:/bin")
        .env("XEROCTL_PAGER", pager);
    command
}

fn left(pager: &str, line: &str) -> Left {
    Terminal::run_command(&paged(&sandbox(), pager, line)).end()
}

#[test]
fn result_goes_through_the_pager_and_messages_come_after_it() {
    let left = left(MARK, "agents --limit 2").exits(0);
    assert!(left.screen.starts_with("paged: ID"), "{left:#?}");
    assert!(
        left.raw.contains("paged: \u{1b}[1mID"),
        "in color: {left:#?}"
    );
    let lines: Vec<&str> = left.screen.trim_end().lines().collect();
    let rows = lines.iter().filter(|line| line.starts_with("paged: "));
    assert_eq!(rows.count(), 3, "{left:#?}");
    assert!(lines[lines.len() - 1].starts_with("hint: "), "{left:#?}");
}

#[test]
fn exit_code_and_error_of_the_command_stay() {
    let unreachable = "status --base-url http://127.0.0.1:9/p/v1 --api-key k --timeout 5s";
    let home = sandbox();
    let plain = Terminal::run_command(&command(&home, unreachable)).end();
    let code = plain.code.filter(|code| *code != 0);
    let left = left(MARK, unreachable);
    assert_eq!(left.code, code, "{left:#?}");
    assert!(left.screen.contains("paged: "), "{left:#?}");
    let usage = self::left(MARK, "agents --limit 0").exits(2);
    assert!(usage.screen.starts_with("error: "), "{usage:#?}");
}

#[test]
fn pager_that_cannot_start_is_a_warning() {
    for (pager, why) in [
        (
            "no-such-pager -R",
            "the pager no-such-pager can't be started",
        ),
        ("less 'x", "has a quote that is not closed"),
    ] {
        let left = left(pager, "agents agt_abc123").exits(0);
        let left = left.shows("gpu-worker-1").shows("warning: ");
        let text = left.screen.replace("\n  ", " ");
        assert!(text.contains(why), "{left:#?}");
    }
}

#[test]
fn leaving_the_pager_ends_the_list_quietly() {
    let left = left("head -n 1", "agents --all -o json").exits(0);
    assert_eq!(left.screen.trim_end().lines().count(), 1, "{left:#?}");
}

#[test]
fn ctrl_c_waits_until_the_pager_is_left() {
    let home = sandbox();
    let mut terminal = Terminal::run_command(&paged(&home, SLOW, "agents"));
    terminal.wait_for("(press a key)").types(CTRL_C);
    terminal.wait_for("^C").types(ENTER);
    terminal.end().was_interrupted();
}

#[test]
fn sigterm_ends_the_pager_too() {
    let pager = r#"sh -c 'cat; echo "(press a key)"; read key < /dev/tty; echo left'"#;
    let home = sandbox();
    let mut terminal = Terminal::run_command(&paged(&home, pager, "agents"));
    terminal.wait_for("(press a key)").signal("TERM");
    let left = terminal.end();
    assert_eq!(left.code, None, "{left:#?}");
    left.lacks("left\n");
}

#[test]
fn changes_and_streams_are_not_paged() {
    left(MARK, "agents pause-exec agt_abc123")
        .exits(0)
        .lacks("paged: ");
    let router = Routes::new()
        .on(INVOCATION, [invocation("running"), invocation("completed")])
        .start();
    let home = router.home();
    let mut watch = command(&home, "exec watch inv_1 --interval 500ms");
    watch
        .env("PATH", "/usr/bin:/bin")
        .env("XEROCTL_PAGER", MARK);
    let left = Terminal::run_command(&watch).end().exits(0);
    left.shows("completed").lacks("paged: ");
}

#[test]
fn pipes_are_not_paged() {
    let home = sandbox();
    let ended = Running::start(&mut paged(&home, MARK, "agents --limit 1")).end();
    let stdout = ended.exits(0).stdout;
    assert!(stdout.starts_with("ID\t"), "{stdout}");
}

#[test]
fn accessible_output_is_whole_lines() {
    let states = ["queued", "running", "completed"].map(invocation);
    let router = Routes::new().on(INVOCATION, states).start();
    let home = router.home();
    let mut watch = command(&home, "exec watch inv_1 --interval 500ms");
    watch.env("XEROCTL_ACCESSIBLE", "1");
    let left = Terminal::run_command(&watch).end().exits(0);
    let text = left.raw.replace("\r\n", "\n");
    assert!(!text.contains('\r'), "{left:#?}");
    let is_style = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';' && c != '[');
        end.is_some_and(|end| rest[end..].starts_with('m'))
    };
    let escapes = text.split('\u{1b}').skip(1);
    assert!(escapes.clone().all(is_style), "{left:#?}");
    left.shows("queued").shows("running").shows("completed");
}
