//! The examples in the help of a command, for errors that repeat one.

use clap::Command;

use super::suggestions;

/// The first example in the command's help.
pub fn first(command: &Command) -> Option<String> {
    harmless(command).next()
}

/// The examples in the command's help that neither delete anything nor skip a prompt.
pub fn harmless(command: &Command) -> impl Iterator<Item = String> {
    let help = command.get_after_help().map(ToString::to_string);
    let text = help.unwrap_or_default();
    let examples = text.split("Examples:\n").nth(1).unwrap_or_default();
    let examples = examples.split("\n\n").next().unwrap_or_default();
    // A backslash continues the line.
    let lines: Vec<&str> = examples.split("\\\n").map(str::trim).collect();
    let examples: Vec<String> = lines
        .join(" ")
        .lines()
        // What follows two spaces says what the example does.
        .filter_map(|line| line.trim().split("  ").next())
        .map(str::to_owned)
        .collect();
    examples.into_iter().filter(|example| is_harmless(example))
}

fn is_harmless(example: &str) -> bool {
    let words = || example.split(' ').map(|word| word.trim_start_matches('-'));
    words().any(|word| word == "dry-run") || !words().any(suggestions::is_destructive)
}

/// The command that lists what a group is about, if that is its first one.
pub fn list(path: &str, group: &Command) -> Option<String> {
    let first = group.get_subcommands().next()?;
    let is_complete = !first.get_positionals().any(clap::Arg::is_required_set);
    (first.get_name() == "list" && is_complete).then(|| format!("{path} list"))
}
