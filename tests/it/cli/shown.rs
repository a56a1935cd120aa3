//! Helpers for snapshots: several runs make one transcript, in which values that differ from run to run are replaced by
//! names.

use regex::Regex;
use xeroctl::ui::Terminals;

use crate::support::{Home, Output};

/// The output formats.
pub(crate) const FORMATS: [&str; 6] = ["table", "wide", "json", "ndjson", "csv", "name"];

/// What differs from run to run wherever it appears, and the name that it gets.
const ALWAYS: &[(&str, &str)] = &[
    (r"/[\w/.+-]*/\.tmp\w{6}", "HOME"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r#"request ID: [^\s"\\]+"#, "request ID: REQUEST"),
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

/// One line in each format, in one sandbox.
pub(crate) fn in_each_format(line: &str) -> String {
    let lines = FORMATS.map(|format| format!("{line} -o {format}"));
    runs(&sandbox(), &lines.each_ref().map(String::as_str))
}

/// One line on a terminal of this many columns.
pub(crate) fn on(home: &Home, width: usize, line: &str) -> Output {
    let run = home.run_on(terminal(width), "", &format!("{line} --color never"));
    Output {
        line: format!("{line} (on {width} columns)"),
        ..run
    }
}

/// One line in each format, each in a new sandbox.
pub(crate) fn in_each_fresh_format(line: &str) -> String {
    FORMATS
        .map(|format| runs(&sandbox(), &[&format!("{line} -o {format}")]))
        .join("\n")
}

/// These lines, each of which ends with 2 and prints nothing.
pub(crate) fn refused(lines: &[&str]) -> String {
    let home = Home::new();
    for line in lines {
        let run = home.run(line);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{line}: {}",
            run.stderr
        );
    }
    runs(&home, lines)
}
