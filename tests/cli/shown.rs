//! How outputs get into snapshots: several runs make one transcript, and what differs from run to run gets a name.

use regex::Regex;
use xeroctl::ui::Terminals;

use crate::support::{Home, Output};

/// The output formats.
pub(crate) const FORMATS: [&str; 6] = ["table", "wide", "json", "ndjson", "csv", "name"];

/// What differs from run to run wherever it appears, and the name that it gets.
const ALWAYS: &[(&str, &str)] = &[
    (r"/[\w/.+-]*/\.tmp\w{6}", "HOME"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r#"request id: [^\s"\\]+"#, "request id: REQUEST"),
    (r#""request_id":"[^"]+""#, r#""request_id":"REQUEST""#),
];

/// The transcript of these runs.
pub(crate) fn transcript(runs: &[Output]) -> String {
    named(
        &runs
            .iter()
            .map(Output::whole)
            .collect::<Vec<_>>()
            .join("\n"),
        ALWAYS,
    )
}

/// The transcript of these lines, run one after the other off a terminal.
pub(crate) fn runs(home: &Home, lines: &[&str]) -> String {
    let runs: Vec<Output> = lines.iter().map(|line| home.run(line)).collect();
    transcript(&runs)
}

/// The same text with every match of a pattern replaced by its name.
pub(crate) fn named(text: &str, names: &[(&str, &str)]) -> String {
    names.iter().fold(text.to_owned(), |text, (pattern, name)| {
        let pattern = Regex::new(pattern).expect("a pattern");
        pattern.replace_all(&text, *name).into_owned()
    })
}

/// A home whose current deployment is the sandbox.
pub(crate) fn sandbox() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}

/// A terminal of this many columns.
pub(crate) fn terminal(width: usize) -> Terminals {
    Terminals {
        input: true,
        output: true,
        error: true,
        width: Some(width),
    }
}
