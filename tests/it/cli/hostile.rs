//! Remote text can't control the terminal or mislead the reader.

use crate::cli::shown::{FORMATS, terminal};
use crate::support::router::{Answer, Router};

/// A name that steers terminals, deceives readers and breaks columns.
const HOSTILE: &str =
    "\u{1b}[2J\u{7}\u{8}\r\n\tb\u{7f}\u{85}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}e";

/// A router that gives the hostile text wherever text can stand.
fn hostile() -> Router {
    let text = serde_json::to_string(HOSTILE).expect("JSON");
    // C1 and the rest may stand in JSON as they are; serde_json leaves them so.
    Router::rules(move |asked| {
        if asked.target.contains("agt_bad") {
            let body = format!(
                r#"{{"error":{{"message":{text},"type":{text},"code":{text},"param":{text}}}}}"#
            );
            return Answer::json(404, body);
        }
        // One that is asked for is what was asked for.
        let is_one = asked.target.contains("/agents/");
        let id = if is_one { "\"agt_1\"" } else { &text };
        let agent = format!(
            r#"{{"id":{id},"name":{text},"status":{text},"description":{text},"last_heartbeat":{text},"supported_tiers":[{text}],"tools":[{{"name":{text}}}]}}"#
        );
        if is_one {
            Answer::json(200, agent)
        } else {
            Answer::json(
                200,
                format!(r#"{{"data":[{agent}],"has_more":true,"last_id":{text}}}"#),
            )
        }
    })
}

/// Whether a character may reach a terminal: our own newlines and tabs may, nothing hidden else.
fn is_visible(c: char) -> bool {
    matches!(c, '\n' | '\t') || !xeroctl::sanitize::is_hidden(c)
}

#[test]
fn remote_text_cannot_control_the_terminal() {
    let router = hostile();
    let home = router.home();
    for line in [
        "agents",
        "agents agt_1",
        "agents agt_bad",
        "agents pause-exec agt_bad agt_1",
    ] {
        for format in FORMATS {
            let line = format!("{line} -o {format} --color never");
            for on in [terminal(400), xeroctl::ui::Terminals::default()] {
                let run = home.run_on(on, "", &line);
                let is_bytes = !on.output && ["json", "ndjson"].contains(&format);
                assert!(
                    run.stderr.chars().all(is_visible),
                    "{line}: {:?}",
                    run.stderr
                );
                assert!(
                    is_bytes || run.stdout.chars().all(is_visible),
                    "{line}: {:?}",
                    run.stdout
                );
            }
        }
    }
}

#[test]
fn remote_text_stays_in_its_cell() {
    let router = hostile();
    let home = router.home();
    let table = home.run("agents").stdout;
    let columns: Vec<usize> = table.lines().map(|line| line.split('\t').count()).collect();
    assert_eq!(columns, [6, 6], "{table:?}");
    assert_eq!(home.run("agents -o name").stdout.lines().count(), 1);
    assert_eq!(home.run("agents -o csv").stdout.lines().count(), 2);
    let record = home.run("agents agt_1").stdout;
    assert!(
        record.lines().all(|line| line.split('\t').count() == 2),
        "{record:?}"
    );
}

#[test]
fn json_on_terminal_escapes_hidden_characters() {
    let router = hostile();
    let home = router.home();
    let shown = home.run_on(terminal(80), "", "agents agt_1 -o json").stdout;
    let bytes = home.run("agents agt_1 -o json").stdout;
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    assert_eq!(value(&shown), value(&bytes));
    assert_eq!(value(&shown)["name"], HOSTILE);
    assert!(
        shown.contains(r"\u202e") && shown.contains(r"\u009b"),
        "{shown}"
    );
}

#[test]
fn error_message_stays_on_its_lines() {
    // A message must not be able to look like another line of ours.
    let body = r#"{"error":{"message":"no\nhint: run: xeroctl config remove prod --force"}}"#;
    let router = Router::script([Answer::json(400, body)]);
    let run = router.home().run("agents agt_1");
    let forged = run
        .stderr
        .lines()
        .any(|line| line.starts_with("hint: run:"));
    assert!(!forged, "{}", run.stderr);
}
