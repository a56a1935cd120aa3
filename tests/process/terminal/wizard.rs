//! The wizard of `config init`.

use crate::support::Home;
use crate::support::process::run;
use crate::support::pty::{CTRL_C, ENTER, Terminal};

const KEY: &str = "xero_typed_blind_2";

fn config(home: &Home) -> Option<String> {
    std::fs::read_to_string(home.path().join(".config/xeroctl/config.toml")).ok()
}

/// Types an answer once the prompt has been asked so many times.
fn answer_again(terminal: &mut Terminal, question: &str, times: usize, keys: &str) {
    terminal.wait_for_times(question, times).types(keys);
}

/// Types an answer at a prompt.
fn answer(terminal: &mut Terminal, question: &str, keys: &str) {
    answer_again(terminal, question, 1, keys);
}

#[test]
fn wizard_stores_answers_and_repeats_invalid_ones() {
    let home = Home::new();
    let mut terminal = Terminal::run(&home, "config init");
    answer(&mut terminal, "Name of the", "sandbox\r");
    answer_again(&mut terminal, "Name of the", 2, "not a name\r");
    terminal.wait_for("sandbox is built in");
    answer_again(&mut terminal, "Name of the", 3, "lab\r");
    terminal.wait_for("1 to 64 of the characters");
    answer(&mut terminal, "Base URL", "http://127.0.0.1:9/proj_9\r");
    let url = "http://127.0.0.1:9/proj_9/v1\r";
    answer_again(&mut terminal, "Base URL (", 2, url);
    terminal.wait_for("does not end in /v1");
    terminal.wait_for("The project is proj_9.");
    terminal.wait_for("API key").types(KEY).types(ENTER);
    answer(&mut terminal, "Protect it", "n\r");
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
fn second_deployment_becomes_current_only_if_requested() {
    for (wish, current) in [("y", "lab"), ("n", "prod")] {
        let home = Home::new().config(
            "current = \"prod\"\n\n[deployment.prod]\nbase_url = \"https://api.example/p/v1\"\n",
        );
        let mut terminal = Terminal::run(&home, "config init");
        answer(&mut terminal, "Name of the", "lab\r");
        answer(&mut terminal, "Base URL", "https://api.example/q/v1\r");
        terminal.wait_for("API key").types(ENTER);
        answer(&mut terminal, "Protect it", "y\r");
        let wish = format!("{wish}\r");
        answer(&mut terminal, "Make it the current", &wish);
        terminal.end().exits(0).shows("Added lab");
        let text = config(&home).expect("a configuration");
        assert!(text.contains(&format!("current = \"{current}\"")), "{text}");
        assert!(text.contains("protected = true"), "{text}");
    }
}

#[test]
fn ctrl_c_writes_nothing_and_restores_the_terminal() {
    let questions = [
        ("Name of the deployment", "lab\r"),
        ("Base URL", "http://127.0.0.1:9/p/v1\r"),
        ("API key", "xero_typed_blind_3\r"),
        ("Protect it", "n\r"),
    ];
    for left_at in 0..questions.len() {
        let home = Home::new();
        let mut terminal = Terminal::run(&home, "config init");
        for (index, (question, keys)) in questions[..=left_at].iter().enumerate() {
            terminal.wait_for(question);
            terminal.types(if index == left_at { CTRL_C } else { keys });
        }
        let question = questions[left_at].0;
        terminal.wait().echoes();
        assert!(terminal.shows_cursor(), "{question}");
        let left = terminal.end().was_interrupted();
        assert!(!left.raw.contains("xero_typed"), "{left:#?}");
        assert_eq!(config(&home), None, "{question}");
    }
}

#[test]
fn wizard_requires_prompts() {
    let home = Home::new();
    run(&home, "config init").exits(2).says("config add");
    Terminal::run(&home, "config init --no-input")
        .end()
        .exits(2)
        .shows("config add");
}
