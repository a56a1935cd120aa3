//! `xeroctl api` on a terminal: the prompt before a DELETE, and responses with control characters.

use crate::support::Home;
use crate::support::process::{command, run, script};
use crate::support::pty::{CTRL_C, CTRL_D, ENTER, Terminal};
use crate::support::router::{Answer, Router};
use crate::terminal::sandbox;

const DELETE: &str = "api DELETE /management/agents/agt_abc123";
const QUESTION: &str = "Send DELETE /management/agents/agt_abc123 to sandbox? [y/N] ";

/// Whether the agent is there.
fn is_there(home: &Home) -> bool {
    let all = run(home, "agents --all -o name").exits(0).stdout;
    all.lines().any(|id| id == "agt_abc123")
}

#[test]
fn yes_sends_the_request() {
    for yes in ["y", "YES"] {
        let home = sandbox();
        let mut terminal = Terminal::run(&home, DELETE);
        terminal.wait_for(QUESTION.trim_end());
        assert!(is_there(&home), "nothing is sent before the answer");
        terminal.types(yes).types(ENTER);
        terminal.end().exits(0);
        assert!(!is_there(&home), "{yes:?}");
    }
}

#[test]
fn everything_else_sends_nothing() {
    let router = Router::unasked();
    let home = router.home();
    for keys in [
        "n\r",
        "\r",
        "yy\r",
        " y\r",
        "DELETE\r",
        "/management/agents/agt_abc123\r",
        "ny\r",
        CTRL_D,
    ] {
        let mut terminal = Terminal::run(&home, DELETE);
        terminal.wait_for("[y/N] ").types(keys);
        terminal.end().exits(16).shows("nothing was changed");
    }
    let mut terminal = Terminal::run(&home, DELETE);
    terminal.wait_for("[y/N] ").types("y").types(CTRL_C);
    terminal.wait().echoes();
    assert!(terminal.shows_cursor());
    terminal.end().was_interrupted();
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn type_ahead_does_not_confirm() {
    let router = Router::unasked();
    let mut terminal = Terminal::open(120);
    terminal.types("y").types(ENTER).types("yes").types(ENTER);
    let mut terminal = terminal.start(&command(&router.home(), DELETE));
    terminal.wait_for("[y/N] ").types("n").types(ENTER);
    terminal.end().exits(16);
}

#[test]
fn force_dry_run_and_other_methods_do_not_prompt() {
    for line in [
        format!("{DELETE} --force"),
        format!("{DELETE} --yes"),
        format!("{DELETE} -y"),
        format!("{DELETE} --dry-run"),
        "api POST /a".to_owned(),
        "api PUT /a".to_owned(),
        "api PATCH /a".to_owned(),
        "api GET /a".to_owned(),
    ] {
        let router = Router::rules(|_| Answer::json(200, "{}"));
        Terminal::run(&router.home(), &line)
            .end()
            .exits(0)
            .lacks("[y/N]");
        let sent = usize::from(!line.ends_with("--dry-run"));
        assert_eq!(router.asked().len(), sent, "{line}");
    }
}

#[test]
fn disabled_prompts_send_nothing() {
    let router = Router::unasked();
    let home = router.home();
    for option in ["--no-input", "-o json", "-o ndjson", "-o csv", "-o name"] {
        Terminal::run(&home, &format!("{DELETE} {option}"))
            .end()
            .exits(2)
            .lacks("[y/N]")
            .shows("--force");
    }
    // A body that comes from standard input leaves nobody to ask.
    let text = format!(r#"echo '{{}}' | "$X" {DELETE} --input -"#);
    Terminal::run_command(&script(&home, &text))
        .end()
        .exits(2)
        .shows("standard input is not a terminal");
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn typed_body_ends_with_ctrl_d() {
    let router = Router::rules(|_| Answer::json(200, "{}"));
    let mut terminal = Terminal::run(&router.home(), "api PUT /a --input -");
    terminal.types("{\"a\": 1.50}\r").types(CTRL_D);
    let ended = terminal.end().exits(0);
    ended.shows("reading standard input; press Ctrl-D on an empty line to finish");
    assert_eq!(router.asked()[0].body, "{\"a\": 1.50}\n");
}

#[test]
fn control_characters_are_escaped() {
    let hostile = "one\u{1b}]0;title\u{7}\u{1b}[2Jtwo\u{202e}\u{9b}31m no end";
    for (kind, status) in [
        ("text/plain", 200),
        ("application/json", 200),
        ("text/html", 400),
    ] {
        for method in ["GET", "POST", "DELETE --force"] {
            let router = Router::rules(move |_| {
                Answer::new(status, kind, hostile).header("X-A", "b\u{9b}31m\u{202e}")
            });
            let line = format!("api {method} /a -i --color never");
            let left = Terminal::run(&router.home(), &line).end();
            let left = left.exits(if status == 200 { 0 } else { 7 });
            let left = left
                .shows(r"one\u001b]0;title\u0007\u001b[2Jtwo\u202e\u009b31m no end")
                .shows("HTTP/1.1 ")
                .shows(r"x-a: b\u009b31m\u202e");
            for steering in ["\u{1b}", "\u{7}", "\u{202e}", "\u{9b}"] {
                assert!(!left.raw.contains(steering), "{line} {kind}: {left:#?}");
            }
        }
    }
}

#[test]
fn non_text_bytes_are_escaped_and_end_with_a_newline() {
    let router = Router::rules(|_| {
        Answer::new(
            200,
            "application/octet-stream",
            &b"\x00a\xff\xc3\x28\xe2\x82"[..],
        )
    });
    for method in ["GET", "POST"] {
        let line = format!("api {method} /a");
        let left = Terminal::run(&router.home(), &line).end().exits(0);
        assert_eq!(left.raw, "\\u0000a\\xff\\xc3(\\xe2\\x82\r\n", "{line}");
    }
}

#[test]
fn json_is_indented_and_escaped() {
    let router = Router::rules(|_| Answer::json(200, "{\"b\":1.50,\"a\":\"\u{202e}\u{9b}31m\"}"));
    let left = Terminal::run(&router.home(), "api GET /a").end().exits(0);
    let wanted = "{\r\n  \"b\": 1.50,\r\n  \"a\": \"\\u202e\\u009b31m\"\r\n}\r\n";
    assert_eq!(left.raw, wanted);
}
