//! The commands that the program prints: each shell must read them as intended, whatever they contain.

use std::process::Stdio;

use crate::shells::shell::each;
use crate::support::Home;
use crate::support::process::Running;
use crate::support::router::{Answer, Asked, Router};

/// IDs that one shell or another would take for something else.
const ODD: &[&str] = &[
    // The path of a program to zsh.
    "=ls", "a=b", "~", "~root", "a~b", "a b", "it's", "$HOME", "`id`", "a\\b", "*", "a?b", "[a]",
    "{a,b}", "#a", "a#b", "!x", "a!b", "^a", "^a^b", "-x", "--force", "%1", "a;b", "a|b", "a&b",
    "(a)", "<a>", "\"", "''", "日本", "é", "a:b", "@x", "+1", "a,b", "$(id)", "${HOME}", "\\",
    "!!",
];

/// The line behind this text on standard error.
#[track_caller]
fn printed(stderr: &str, before: &str) -> String {
    let found = stderr.lines().find_map(|line| line.split_once(before));
    let (_, line) = found.unwrap_or_else(|| panic!("{before:?} in {stderr}"));
    line.to_owned()
}

/// Runs these words directly, without a shell; returns what it says.
fn run(home: &Home, words: &[&str]) -> String {
    let mut command = home.binary();
    command.args(words).stdin(Stdio::null());
    Running::start(&mut command).end().stderr
}

fn last(server: &Router) -> Asked {
    server.asked().pop().expect("a request")
}

#[test]
fn unattended_command_names_the_same_object() {
    same_object(ODD);
}

#[track_caller]
fn same_object(ids: &[&str]) {
    let server = Router::rules(|_| Answer::empty(204));
    compare(&server, ids, |home, id| {
        run(home, &["agents", "--delete", "--force", "--", id]);
        let said = run(home, &["agents", "--delete", "--", id]);
        printed(&said, "skip the prompt: ")
    });
}

#[test]
fn next_page_command_has_the_same_cursor() {
    same_cursor(ODD);
}

#[track_caller]
fn same_cursor(cursors: &[&str]) {
    // The page after this one begins where the client says that this one does.
    let server = Router::rules(|asked| {
        let cursor = asked
            .target
            .split_once("after=")
            .map_or("", |(_, after)| after);
        Answer::json(
            200,
            format!(r#"{{"data":[{{"id":"{cursor}"}}],"has_more":false}}"#),
        )
    });
    compare(&server, cursors, |home, cursor| {
        run(
            home,
            &["agents", "--limit", "1", &format!("--after={cursor}")],
        );
        let page =
            serde_json::json!({ "data": [{ "id": cursor }], "last_id": cursor, "has_more": true });
        let first = Router::script([Answer::json(200, page.to_string())]);
        let said = run(&first.home(), &["agents", "--limit", "1"]);
        let option = printed(&said, "continue with ");
        format!("xeroctl agents --limit 1 {option}")
    });
}

/// Runs the printed lines in each shell: each sends the request that was sent before its line was printed.
#[track_caller]
fn compare(server: &Router, odd: &[&str], print: impl Fn(&Home, &str) -> String) {
    let home = server.home();
    let lines: Vec<String> = odd.iter().map(|word| print(&home, word)).collect();
    let meant = server.lines();
    assert_eq!(meant.len(), lines.len());
    let script = lines.join("\n");
    each(|shell| {
        let server = Router::rules(|_| Answer::json(200, r#"{"data":[]}"#));
        shell.run_for_long(&server.home(), &script);
        for ((sent, meant), line) in server.lines().iter().zip(&meant).zip(&lines) {
            assert_eq!(sent, meant, "{line} in {}", shell.name);
        }
        assert_eq!(server.asked().len(), lines.len(), "{}", shell.name);
    });
}

#[test]
fn quoted_arguments_reach_the_router() {
    each(|shell| {
        let server = Router::rules(|_| Answer::json(200, r#"{"id":"inv_1","status":"queued"}"#));
        let line = r#"xeroctl exec invoke --no-validate --workspace ws_1 --tool t --args '{"a": "it'\''s $HOME \"x\" \\", "n": 1.50}' --arg 'b=~ *' --arg-json c='[1, {"d": null}]'"#;
        shell.run(&server.home(), line).exits(0);
        let body: serde_json::Value = serde_json::from_str(&last(&server).body).expect("JSON");
        let args = serde_json::json!({ "a": "it's $HOME \"x\" \\", "n": 1.50, "b": "~ *", "c": [1, { "d": null }] });
        assert_eq!(body["args"], args);
    });
}
