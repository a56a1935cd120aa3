//! Progress of work that takes more than a second.

use std::thread;
use std::time::Duration;

use crate::support::Home;
use crate::support::process::command;
use crate::support::pty::{Left, Terminal};
use crate::support::router::{Answer, Router};

/// Where a live line is rewritten.
const REWRITE: &str = "\r\u{1b}[K";

/// A router whose list has several slow pages, and whose changes are slow, too.
fn slow() -> Router {
    Router::rules(|asked| {
        thread::sleep(Duration::from_millis(300));
        let after = asked.target.split("after=agt_").nth(1);
        let after = after.and_then(|after| after.split('&').next());
        let page: usize = after.map_or(0, |after| after.parse().unwrap_or(0) + 1);
        if asked.target.contains("pause-exec") {
            return if asked.target.contains("agt_2") {
                Answer::fault(409, "agent_busy")
            } else {
                Answer::json(200, "{}")
            };
        }
        let more = page < 5;
        let body = format!(r#"{{"data":[{{"id":"agt_{page}","name":"n"}}],"has_more":{more}}}"#);
        Answer::json(200, body)
    })
}

fn run(home: &Home, line: &str, variable: (&str, &str)) -> Left {
    let mut command = command(home, line);
    command.env(variable.0, variable.1);
    Terminal::run_command(&command).end()
}

#[test]
fn reading_a_long_list_shows_how_much_was_read() {
    let router = slow();
    let left = run(&router.home(), "agents --all -o json", ("A", "a")).exits(0);
    assert!(left.raw.contains("list agents: 5 so far"), "{left:#?}");
    assert!(left.raw.contains(REWRITE), "{left:#?}");
    left.lacks("so far").shows("agt_5");
}

#[test]
fn many_changes_show_how_many_are_done_and_failed() {
    let router = slow();
    let line = "agents pause-exec agt_1 agt_2 agt_3 agt_4 agt_5 agt_6 --concurrency 1 --force";
    let left = run(&router.home(), line, ("A", "a")).exits(15);
    let is_shown = |text: &str| assert!(left.raw.contains(text), "{text}: {left:#?}");
    is_shown("agents [=============>      ] 4 of 6, 1 failed");
    is_shown(REWRITE);
    left.lacks("of 6,").shows("paused");
}

#[test]
fn quiet_and_accessible_runs_show_no_line_that_is_rewritten() {
    for (line, variable) in [
        ("agents --all -q", ("A", "a")),
        ("agents --all", ("XEROCTL_ACCESSIBLE", "1")),
        ("agents --all", ("TERM", "dumb")),
    ] {
        let router = slow();
        let left = run(&router.home(), line, variable).exits(0);
        assert!(!left.raw.contains(REWRITE), "{left:#?}");
        assert!(!left.raw.contains("so far"), "{left:#?}");
    }
}
