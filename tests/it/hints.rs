//! Every error that any snapshot shows ends with a command that can be run.

use std::path::{Path, PathBuf};

/// The start of errors without a command, and why.
const WITHOUT: [(&str, &str); 10] = [
    ("the filter failed", "the same command in another format"),
    ("the keychain entry", "two hints say what to do"),
    (
        "the router's response has the duplicate member",
        "no command avoids it",
    ),
    (
        "the router's response contradicts itself",
        "no command avoids it",
    ),
    ("the agent was updated, but", "the change was made"),
    ("could not pause agent: HTTP 200", "says no more"),
    ("could not resume agent: HTTP 200", "says no more"),
    ("could not terminate agent: HTTP 200", "says no more"),
    ("unable to drain node", "output of a tool"),
    (
        "`config set` needs at least one setting",
        "two hints name them",
    ),
];

fn snapshots(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            snapshots(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "snap") {
            found.push(path);
        }
    }
}

/// The errors in a text without a command below them.
fn without_command(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let errors = lines.iter().enumerate();
    let errors = errors.filter_map(|(at, line)| Some((at, line.strip_prefix("error: ")?)));
    errors
        .filter(|(at, _)| {
            let below = lines[at + 1..].iter();
            let mut below = below.take_while(|line| {
                ["  ", "hint: ", "warning: "]
                    .iter()
                    .any(|start| line.starts_with(start))
            });
            !below.any(|line| line.starts_with("hint: ") && line.contains("xeroctl "))
        })
        .map(|(_, message)| message)
        .collect()
}

#[test]
fn errors_end_with_a_command() {
    let mut files = Vec::new();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    snapshots(&tests, &mut files);
    assert!(files.len() > 100, "{} snapshots", files.len());
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a snapshot");
        for message in without_command(&text) {
            if !WITHOUT.iter().any(|(start, _)| message.starts_with(start)) {
                found.push(format!("{}: {message}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn finds_errors_without_a_command() {
    let text = "error: a\n  why\nhint: xeroctl x\nerror: b\nhint: think\nerror: c\n-- exit 2 --\n";
    assert_eq!(without_command(text), ["b", "c"]);
}
