//! Color without a terminal: only if requested, and only in human formats.

use crate::binary::sandbox;
use crate::support::process::{Running, command};

/// Variables of the environment.
type Variables = &'static [(&'static str, &'static str)];

/// Variables, options, and whether there is color.
const DECISIONS: &[(Variables, &str, bool)] = &[
    (&[], "", false),
    (&[("TERM", "xterm-256color")], "", false),
    (&[], "--color auto", false),
    (&[], "--color always", true),
    (&[], "--color=always", true),
    (&[], "--color never", false),
    (&[("CLICOLOR_FORCE", "1")], "", true),
    (&[("CLICOLOR_FORCE", "yes")], "", true),
    (&[("CLICOLOR_FORCE", "0")], "", false),
    (&[("CLICOLOR_FORCE", "")], "", false),
    (&[("CLICOLOR_FORCE", "1")], "--color never", false),
    (&[("CLICOLOR_FORCE", "1")], "--color auto", true),
    (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], "", false),
    (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "0")], "", false),
    (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], "", true),
    (&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], "", true),
    (&[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], "", true),
    (&[("CLICOLOR", "1")], "", false),
    (&[("NO_COLOR", "1")], "--color always", true),
    (&[("TERM", "dumb")], "--color always", true),
];

/// The output and the messages of a line in the sandbox with these variables.
fn written(variables: &[(&str, &str)], line: &str) -> (String, String) {
    let home = sandbox();
    let mut command = command(&home, line);
    for (name, value) in variables {
        command.env(name, value);
    }
    let ended = Running::start(&mut command).end();
    (ended.stdout, ended.stderr)
}

#[test]
fn option_overrides_environment_overrides_stream() {
    for (variables, options, colour) in DECISIONS {
        for line in ["agents", "agents agt_abc123", "agents --help"] {
            let (output, _) = written(variables, &format!("{line} {options}"));
            let what = format!("{variables:?} {line} {options}: {output}");
            assert_eq!(output.contains('\u{1b}'), *colour, "{what}");
        }
        for line in ["agents agt_none", "agents --limit 0", "agents --nonsense"] {
            let (_, messages) = written(variables, &format!("{line} {options}"));
            let what = format!("{variables:?} {line} {options}: {messages}");
            assert_eq!(messages.contains('\u{1b}'), *colour, "{what}");
        }
    }
}

#[test]
fn forced_color_does_not_affect_machine_formats() {
    for line in [
        "agents -o json",
        "agents -o json --all",
        "agents -o ndjson",
        "agents -o csv",
        "agents -o name",
        "agents agt_abc123 -o json",
        "agents agt_abc123 -o csv",
        "agents agt_abc123 --delete --dry-run -o json",
        "agents agt_abc123 --delete --dry-run",
        "agents pause-exec agt_abc123 agt_g0974f2pgyfa8vcq -o json",
        "config list -o json",
        "config path",
        "--version",
    ] {
        let (output, _) = written(&[("CLICOLOR_FORCE", "1")], line);
        assert!(!output.is_empty(), "{line}");
        assert!(!output.contains('\u{1b}'), "{line}: {output:?}");
    }
}

#[test]
fn forced_table_without_colors_is_the_table() {
    let (plain, _) = written(&[], "agents --time raw --limit 5");
    let (painted, _) = written(&[], "agents --time raw --limit 5 --color always");
    let escapes = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("a pattern");
    // Heartbeats and ages go on between two fresh sandboxes.
    let times = regex::Regex::new(r"\d{4}-[0-9T:-]+Z").expect("a pattern");
    let bare = escapes.replace_all(&painted, "");
    assert_eq!(
        times.replace_all(&bare, "T"),
        times.replace_all(&plain, "T")
    );
}

#[test]
fn json_error_line_is_never_colored() {
    let (_, messages) = written(&[], "agents agt_none -o json --color always");
    let last = messages.lines().last().expect("an error");
    let error: serde_json::Value = serde_json::from_str(last).expect("a JSON line");
    assert_eq!(error["error"]["exit_code"], 5, "{last}");
}
