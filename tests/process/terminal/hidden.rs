//! A typed key is never shown, and the terminal's echo is restored afterwards.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::Home;
use crate::support::process::script;
use crate::support::pty::{CTRL_C, CTRL_D, ENTER, Terminal};

const ADD: &str = "config add lab --base-url http://127.0.0.1:9/p/v1";
const KEY: &str = "xero_typed_blind_1";

fn config(home: &Home) -> Option<String> {
    std::fs::read_to_string(home.path().join(".config/xeroctl/config.toml")).ok()
}

#[test]
fn typed_key_is_stored_and_never_shown() {
    let home = Home::new();
    let mut terminal = Terminal::run(&home, ADD);
    terminal.wait_for("API key").types(KEY).types(ENTER);
    terminal.wait().echoes();
    let left = terminal.end().exits(0).shows("Added lab");
    assert!(!left.raw.contains("xero_typed"), "{left:#?}");
    let text = config(&home).expect("a configuration");
    assert!(text.contains(&format!("api_key = \"{KEY}\"")), "{text}");
    let meta = std::fs::metadata(home.path().join(".config/xeroctl/config.toml"));
    let mode = meta.expect("a configuration").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others may not read the key");
}

#[test]
fn ctrl_c_writes_nothing_and_restores_the_terminal() {
    let home = Home::new();
    let mut terminal = Terminal::run(&home, ADD);
    terminal.wait_for("API key").types(KEY).types(CTRL_C);
    terminal.wait().echoes();
    let left = terminal.end().was_interrupted();
    assert!(!left.raw.contains("xero_typed"), "{left:#?}");
    assert_eq!(config(&home), None);
}

#[test]
fn enter_and_end_of_input_store_no_key() {
    for keys in [ENTER, CTRL_D] {
        let home = Home::new();
        let mut terminal = Terminal::run(&home, ADD);
        terminal.wait_for("API key").types(keys);
        terminal.wait().echoes();
        terminal.end().exits(0).shows("no key is stored for lab");
        let text = config(&home).expect("a configuration");
        assert!(!text.contains("api_key"), "{text}");
    }
}

#[test]
fn type_ahead_is_not_a_key() {
    let home = Home::new();
    let mut terminal = Terminal::open(120);
    terminal.types("xero_too_early").types(ENTER);
    let mut terminal = terminal.start(&crate::support::process::command(&home, ADD));
    terminal.wait_for("API key").types(KEY).types(ENTER);
    terminal.end().exits(0);
    let text = config(&home).expect("a configuration");
    assert!(text.contains(KEY) && !text.contains("early"), "{text}");
}

#[test]
fn key_with_control_characters_is_rejected_unseen() {
    let home = Home::new();
    let mut terminal = Terminal::run(&home, ADD);
    terminal
        .wait_for("API key")
        .types("xero_typed\u{1b}[31m")
        .types(ENTER);
    terminal.wait().echoes();
    let left = terminal.end().exits(2);
    assert!(!left.raw.contains("xero_typed"), "{left:#?}");
    assert_eq!(config(&home), None);
}

#[test]
fn key_of_several_lines_is_rejected() {
    for (keys, is_refused) in [
        ("xero_typed_1\nxero_typed_2\r", true),
        ("xero_typed_1\rxero_typed_2", true),
        ("xero_typed_1\r\n\r\nxero_typed_2\r\n", true),
        ("xero_typed_1\r\n", false),
        ("xero_typed_1\n\n", false),
    ] {
        let home = Home::new();
        let shell = script(
            &home,
            &format!(
                "\"$X\" {ADD}; code=$?; stty -icanon min 0 time 2; echo left-$code-$(dd count=1 2>/dev/null)-"
            ),
        );
        let mut terminal = Terminal::run_command(&shell);
        terminal.wait_for("API key").types(keys);
        let left = terminal.end();
        assert!(!left.raw.contains("xero_typed"), "{keys:?}: {left:#?}");
        if is_refused {
            let left = left.shows("the pasted text has more than one line");
            left.shows("left-2--");
            assert_eq!(config(&home), None);
        } else {
            left.shows("left-0--");
            let text = config(&home).expect("a configuration");
            assert!(text.contains("\"xero_typed_1\""), "{text}");
        }
    }
}

#[test]
fn disabled_prompts_do_not_ask_for_a_key() {
    let home = Home::new();
    Terminal::run(&home, &format!("{ADD} --no-input"))
        .end()
        .exits(0)
        .lacks("API key (");
}
