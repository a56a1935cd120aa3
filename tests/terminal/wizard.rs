//! `config init`: question by question.

use crate::support::Home;
use crate::support::process::run;
use crate::support::pty::{CTRL_C, ENTER, Terminal};

const KEY: &str = "xero_typed_blind_2";

fn config(home: &Home) -> Option<String> {
    std::fs::read_to_string(home.path().join(".config/xeroctl/config.toml")).ok()
}

/// The wizard, at its first question.
fn begun(home: &Home) -> Terminal {
    let mut terminal = Terminal::run(home, "config init");
    terminal.wait_for("Name of the deployment");
    terminal
}

#[test]
fn the_wizard_writes_what_was_answered_and_asks_again_for_what_is_wrong() {
    let home = Home::new();
    let mut terminal = begun(&home);
    terminal.types("not a name").types(ENTER);
    terminal.wait_for("name");
    // Ctrl-U is not for every line editor: what is wrong is taken back letter by letter.
    terminal.types(&"\u{7f}".repeat("not a name".len()));
    terminal.types("lab").types(ENTER);
    terminal.wait_for("Base URL").types("nonsense").types(ENTER);
    terminal.wait_for("http");
    terminal.types(&"\u{7f}".repeat("nonsense".len()));
    terminal.types("http://127.0.0.1:9/proj_9/v1").types(ENTER);
    terminal.wait_for("The project is proj_9.");
    terminal.wait_for("API key").types(KEY).types(ENTER);
    terminal.wait_for("Protect it").types("n");
    terminal.wait().echoes();
    assert!(terminal.shows_cursor());
    let left = terminal.end().exits(0).shows("Added lab");
    assert!(!left.raw.contains("xero_typed"), "{left:#?}");
    let shown = run(&home, "config show -o json").exits(0).stdout;
    assert!(shown.contains("http://127.0.0.1:9/proj_9/v1"), "{shown}");
    let text = config(&home).expect("a configuration");
    for line in [
        "current = \"lab\"",
        "[deployment.lab]",
        "base_url = \"http://127.0.0.1:9/proj_9/v1\"",
        &format!("api_key = \"{KEY}\""),
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("protected"), "{text}");
}

#[test]
fn a_second_deployment_is_made_current_only_if_that_is_wished() {
    for (answer, current) in [("y", "lab"), ("n", "prod")] {
        let home = Home::new().config(
            "current = \"prod\"\n\n[deployment.prod]\nbase_url = \"https://api.example/p/v1\"\n",
        );
        let mut terminal = begun(&home);
        terminal.types("lab").types(ENTER);
        terminal
            .wait_for("Base URL")
            .types("https://api.example/q/v1")
            .types(ENTER);
        terminal.wait_for("API key").types(ENTER);
        terminal.wait_for("Protect it").types("y");
        terminal.wait_for("Make it the current").types(answer);
        terminal.end().exits(0).shows("Added lab");
        let text = config(&home).expect("a configuration");
        assert!(text.contains(&format!("current = \"{current}\"")), "{text}");
        assert!(text.contains("protected = true"), "{text}");
    }
}

#[test]
fn ctrl_c_at_any_question_writes_nothing_and_leaves_the_terminal_in_order() {
    let answers: [(&str, &str); 4] = [
        ("Name of the deployment", "lab\r"),
        ("Base URL", "http://127.0.0.1:9/p/v1\r"),
        ("API key", "xero_typed_blind_3\r"),
        ("Protect it", "n"),
    ];
    for asked in 1..=answers.len() {
        let home = Home::new();
        let mut terminal = Terminal::run(&home, "config init");
        for (question, answer) in &answers[..asked - 1] {
            terminal.wait_for(question).types(answer);
        }
        let question = answers[asked - 1].0;
        terminal.wait_for(question).types(CTRL_C);
        terminal.wait().echoes();
        assert!(terminal.shows_cursor(), "{question}");
        let left = terminal.end().was_interrupted();
        assert!(!left.raw.contains("xero_typed"), "{left:#?}");
        assert_eq!(config(&home), None, "{question}");
    }
}

#[test]
fn the_wizard_asks_nobody_where_nobody_sits() {
    let home = Home::new();
    run(&home, "config init").exits(2).says("config add");
    Terminal::run(&home, "config init --no-input")
        .end()
        .exits(2)
        .shows("config add");
}
