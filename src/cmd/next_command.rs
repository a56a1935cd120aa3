//! The last line of an error: a command that can be run next. Most errors bring their own; this is for the others.

use std::ffi::OsString;

use clap::Command;

use super::{aliases, examples, grammar};
use crate::error::{Error, Exit};

/// An error has two hints at most.
const MOST_HINTS: usize = 2;

/// Adds a command to an error that names none. Hints that are too many become lines of the error if they name none.
pub fn complete(error: Error, words: &[OsString]) -> Error {
    let error = error.with_hints_at_most(MOST_HINTS);
    let exit = error.exit();
    let hints = error.hints("xeroctl");
    let is_outcome = matches!(exit, Exit::Success | Exit::Failure | Exit::Declined);
    if error.is_silent()
        || is_outcome
        || exit.is_by_signal()
        || hints.len() >= MOST_HINTS
        || hints.iter().any(|hint| names_command(hint))
    {
        return error;
    }
    match exit {
        Exit::Usage if is_about_output(error.message()) => {
            error.hint("formats, columns, and filters: xeroctl help formats")
        }
        Exit::Usage => error.hint(usage(words)),
        // `doctor` itself ends with the setting that is wrong.
        Exit::Config if is_check(words) => error.hint("find the file: xeroctl config path"),
        Exit::Config => error.next("find the cause", "doctor"),
        Exit::Auth if has(words, "squads") => error.next("check the key", "squads health"),
        Exit::Auth => error.next("check the key", "status"),
        Exit::Unavailable if is_check(words) || !is_about_server(&error) => error,
        Exit::Unavailable if hints.is_empty() => error.next("find the cause", "doctor"),
        // The cause is known.
        Exit::Unavailable => error.next("check the connection", "doctor"),
        _ => error.hint(format!(
            "what this exit code means: xeroctl explain {}",
            exit.code()
        )),
    }
}

fn names_command(hint: &str) -> bool {
    [": xeroctl ", "`xeroctl "]
        .iter()
        .any(|start| hint.contains(start))
        || hint.starts_with("xeroctl ")
}

fn is_about_server(error: &Error) -> bool {
    let names_url = |line: &String| line.starts_with("base URL: ");
    error.api_error().http_status.is_some() || error.lines("").iter().any(names_url)
}

fn is_about_output(message: &str) -> bool {
    ["--jq", "--columns", "unknown column"]
        .iter()
        .any(|start| message.starts_with(start))
}

fn has(words: &[OsString], wanted: &str) -> bool {
    words.iter().any(|word| word == wanted)
}

fn is_check(words: &[OsString]) -> bool {
    has(words, "doctor") || has(words, "status")
}

/// An example with the same action, or the command that lists the options.
fn usage(words: &[OsString]) -> String {
    let tree = grammar::tree();
    let words = aliases::as_documented(words, tree);
    let (path, command) = grammar::command_of(tree, &words, None);
    match example(command, &words) {
        Some(example) => format!("for example: {example}"),
        None => format!("all options: {path} --help"),
    }
}

/// The first example in the command's help that has an action flag of the command line.
fn example(command: &Command, words: &[OsString]) -> Option<String> {
    let action = words.iter().filter_map(|word| word.to_str()).find(|word| {
        let is_action = |argument: &clap::Arg| {
            let long = argument.get_long().map(|long| format!("--{long}"));
            argument.get_help_heading() == Some("Actions") && long.as_deref() == Some(*word)
        };
        command.get_arguments().any(is_action)
    })?;
    examples::harmless(command).find(|example| example.split(' ').any(|word| word == action))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = complete(Error::usage("x"), &words);
        error.hints("xeroctl").join("\n")
    }

    #[test]
    fn proposes_an_example_of_the_action_or_the_help() {
        for (line, expected) in [
            (
                "agents create",
                "for example: xeroctl agents --create --name gpu-worker-1 --worker-id w-001 --public-key KEY --region us-east",
            ),
            (
                "join-keys --create",
                "for example: xeroctl agents join-keys --create --name gpu-pool --region us-east --router-addr tcp://router:5555",
            ),
            (
                "agents rm",
                "for example: xeroctl agents agt_abc123 --delete --dry-run",
            ),
            ("join-keys revoke", "all options: xeroctl join-keys --help"),
            (
                "--context sandbox exec invoke",
                "all options: xeroctl exec invoke --help",
            ),
            ("agents --limit 3", "all options: xeroctl agents --help"),
        ] {
            assert_eq!(hint(line), expected, "{line}");
        }
    }

    #[test]
    fn keeps_errors_that_name_a_command_and_outcomes() {
        let words = [OsString::from("agents")];
        let named = || Error::usage("x").hint("list them: xeroctl agents");
        assert_eq!(complete(named(), &words).hints("xeroctl").len(), 1);
        for exit in [Exit::Declined, Exit::Interrupted, Exit::Failure] {
            let error = complete(Error::new(exit, "x"), &words);
            assert!(error.is_without_hint(), "{exit:?}");
        }
    }

    #[test]
    fn advice_becomes_a_line_if_there_are_two_commands() {
        let error = Error::usage("x")
            .hint("a")
            .next("b", "agents")
            .next("c", "status");
        let error = complete(error, &[]);
        assert_eq!(
            error.hints("xeroctl"),
            ["b: xeroctl agents", "c: xeroctl status"]
        );
        assert_eq!(error.lines(""), ["a"]);
    }

    #[test]
    fn names_a_command_for_each_kind_of_error() {
        let hints = |exit, line: &str| {
            let error = complete(Error::new(exit, "x"), &[OsString::from(line)]);
            error.hints("xeroctl --context lab")
        };
        for (exit, line, expected) in [
            (
                Exit::Config,
                "agents",
                "find the cause: xeroctl --context lab doctor",
            ),
            (Exit::Config, "doctor", "find the file: xeroctl config path"),
            (
                Exit::Conflict,
                "agents",
                "what this exit code means: xeroctl explain 6",
            ),
        ] {
            assert_eq!(hints(exit, line), [expected], "{exit:?} {line}");
        }
    }
}
