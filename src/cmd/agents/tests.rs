//! The matrix of actions and options, for both flag-selected groups: every option with every action, and every required
//! option missing from every action.

use clap::Parser as _;

use super::{Action, Args, Subcommand, join_keys};
use crate::cmd::{Cli, Command};
use crate::error::{Error, Exit};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// An option with its value, and the actions that take it.
type OptionRule = (&'static [&'static str], &'static [&'static str]);

const AGENT_ACTIONS: &[(&str, &[&str])] = &[
    ("list", &[]),
    ("get", &["agt_1"]),
    (
        "create",
        &[
            "--create",
            "--name",
            "n",
            "--worker-id",
            "w",
            "--public-key",
            KEY,
            "--region",
            "r",
        ],
    ),
    ("update", &["agt_1", "--update"]),
    ("delete", &["agt_1", "--delete"]),
    ("events", &["agt_1", "--events"]),
];

const AGENT_OPTIONS: &[OptionRule] = &[
    (&["--name", "n"], &["create", "update", "list"]),
    (&["--worker-id", "w"], &["create", "update"]),
    (&["--public-key", KEY], &["create", "update"]),
    (&["--region", "r"], &["create", "update", "list"]),
    (&["--max-concurrent", "8"], &["create", "update"]),
    (&["--description", "d"], &["create", "update"]),
    (&["--supported-tiers", "a,b"], &["create", "update"]),
    (&["--status", "active"], &["update", "list"]),
    (&["--role", "execution"], &["list"]),
    (&["--tier", "a"], &["list"]),
    (&["--older-than", "10m"], &["list"]),
    (&["--ids-from", "f"], &[]),
    (&["--expect-count", "3"], &["delete"]),
    (&["--concurrency", "3"], &["delete"]),
    (&["--count"], &["list"]),
    (&["--sort", "name:desc"], &["list"]),
    (&["--limit", "5"], &["list", "events"]),
    (&["--after", "x"], &["list", "events"]),
    (&["--all"], &["list", "events"]),
    (&["--force"], &["delete"]),
];

const KEY_ACTIONS: &[(&str, &[&str])] = &[
    ("list", &[]),
    ("named", &["jk_1"]),
    (
        "create",
        &[
            "--create",
            "--name",
            "n",
            "--region",
            "r",
            "--router-addr",
            "tcp://a:1",
        ],
    ),
    ("revoke", &["jk_1", "--revoke"]),
    ("wait", &["jk_1", "--wait", "--for", "active"]),
];

const KEY_OPTIONS: &[OptionRule] = &[
    (&["--name", "n"], &["create", "list"]),
    (&["--region", "r"], &["create", "list"]),
    (&["--status", "active"], &["list"]),
    (&["--ids-from", "f"], &[]),
    (&["--expect-count", "3"], &["revoke"]),
    (&["--concurrency", "3"], &["revoke"]),
    (&["--count"], &["list"]),
    (&["--sort", "name"], &["list"]),
    (&["--for", "active"], &["wait"]),
    (&["--any"], &["wait"]),
    (&["--fail-on", "dead"], &["wait"]),
    (&["--interval", "1s"], &["wait"]),
    (&["--router-addr", "tcp://b:2"], &["create"]),
    (&["--max-enrollments", "5"], &["create"]),
    (&["--ttl-seconds", "60"], &["create"]),
    (&["--supported-tiers", "a"], &["create"]),
    (&["--agent-role", "execution"], &["create"]),
    (&["--token-file", "f"], &["create"]),
    (&["--include-terminal"], &["list", "named"]),
    (&["--limit", "5"], &["list", "named"]),
    (&["--after", "x"], &["list", "named"]),
    (&["--all"], &["list", "named"]),
    (&["--force"], &["revoke"]),
];

fn agents(words: &[&str]) -> Result<Action, Error> {
    args(words).own.action()
}

fn keys(words: &[&str]) -> Result<join_keys::Action, Error> {
    let words: Vec<&str> = ["join-keys"].iter().chain(words).copied().collect();
    match args(&words).subcommand {
        Some(Subcommand::JoinKeys(keys)) => keys.action(),
        _ => unreachable!("the words start with the subcommand"),
    }
}

fn args(words: &[&str]) -> Args {
    let line = ["xeroctl", "agents"].iter().chain(words);
    let cli = Cli::try_parse_from(line).expect("clap takes every option of the group");
    match cli.command {
        Some(Command::Agents(args)) => *args,
        _ => unreachable!("the words start with the group"),
    }
}

/// Every pair of an action and an option that the action does not have already.
fn pairs(
    actions: &[(&'static str, &'static [&'static str])],
    options: &[OptionRule],
) -> Vec<(String, Vec<&'static str>, bool)> {
    let mut pairs = Vec::new();
    for (action, words) in actions {
        for (option, takers) in options {
            if words.contains(&option[0]) && option[0] != "--router-addr" {
                continue;
            }
            let line: Vec<&str> = words.iter().chain(*option).copied().collect();
            pairs.push((option[0].to_owned(), line, takers.contains(action)));
        }
    }
    pairs
}

fn assert_judged<T: std::fmt::Debug>(
    option: &str,
    line: &[&str],
    taken: bool,
    result: Result<T, Error>,
) {
    match result {
        Ok(_) => assert!(taken, "{line:?} is accepted"),
        Err(error) => {
            assert!(!taken, "{line:?} is refused: {error:?}");
            assert_eq!(error.exit(), Exit::Usage, "{line:?}");
            let start = format!("`{option}` needs ");
            let is_selection = error.message().ends_with("can't be combined");
            assert!(
                error.message().starts_with(&start) || is_selection,
                "{line:?}: {error:?}"
            );
        }
    }
}

#[test]
fn agents_options_belong_to_their_actions() {
    for (option, line, taken) in pairs(AGENT_ACTIONS, AGENT_OPTIONS) {
        assert_judged(&option, &line, taken, agents(&line));
    }
}

#[test]
fn join_keys_options_belong_to_their_actions() {
    for (option, line, taken) in pairs(KEY_ACTIONS, KEY_OPTIONS) {
        assert_judged(&option, &line, taken, keys(&line));
    }
}

#[test]
fn several_are_selected_in_one_way() {
    for words in [
        &["agt_1", "--delete", "agt_2"][..],
        &["--delete", "--all"],
        &["--delete", "--status", "dead", "--older-than", "30d"],
        &["--delete", "--name", "a*", "--region", "r,s", "--all"],
        &["--delete", "--ids-from", "f", "--expect-count", "2"],
    ] {
        let action = agents(words).expect("a selection");
        assert!(matches!(action, Action::Delete(_)), "{words:?}");
    }
    for words in [
        &["agt_1", "--delete", "--all"][..],
        &["--delete", "--ids-from", "f", "--all"],
        &["--delete", "--ids-from", "f", "--tier", "a"],
    ] {
        let error = agents(words).expect_err("two ways");
        assert!(error.message().ends_with("can't be combined"), "{words:?}");
    }
    for words in [
        &["--revoke", "jk_1", "jk_2"][..],
        &["--revoke", "--status", "active", "--region", "r"],
        &["--revoke", "--all", "--expect-count", "2"],
        &["--revoke", "--ids-from", "f"],
    ] {
        let action = keys(words).expect("a selection");
        assert!(matches!(action, join_keys::Action::Revoke(_)), "{words:?}");
    }
}

#[test]
fn required_options_are_required() {
    let create = AGENT_ACTIONS[2].1;
    for missing in ["--name", "--worker-id", "--public-key", "--region"] {
        let at = create
            .iter()
            .position(|word| *word == missing)
            .expect("it is there");
        let line = [&create[..at], &create[at + 2..]].concat();
        let error = agents(&line).expect_err(missing);
        assert_eq!(error.message(), format!("`--create` needs `{missing}`"));
    }
}

#[test]
fn reports_all_errors_together() {
    let error = agents(&["--create", "--status", "x", "--force", "--region", "r"])
        .expect_err("nothing of it fits");
    assert_eq!(
        [error.message().to_owned()]
            .into_iter()
            .chain(error.lines(""))
            .collect::<Vec<_>>(),
        [
            "`--status` needs `--update`, a list (no ID) or `--delete`",
            "`--force` needs `--delete`",
            "`--create` needs `--name`, `--worker-id` and `--public-key`",
        ]
    );
}

#[test]
fn every_action_but_create_takes_an_id() {
    for words in [
        &["--delete"][..],
        &["--events"],
        &["--update", "--name", "n"],
    ] {
        let error = agents(words).expect_err("the id is missing");
        assert_eq!(error.message(), format!("`{}` needs `AGENT`", words[0]));
    }
    let line: Vec<&str> = ["agt_1"]
        .iter()
        .chain(AGENT_ACTIONS[2].1)
        .copied()
        .collect();
    let error = agents(&line).expect_err("the router gives the id");
    assert_eq!(error.message(), "`--create` takes no `AGENT`");
}

#[test]
fn only_a_list_takes_several_names_regions_and_statuses() {
    let create = AGENT_ACTIONS[2].1;
    for (option, value) in [("--name", "m"), ("--region", "s")] {
        let line = [create, &[option, value]].concat();
        let error = agents(&line).expect_err("a second value");
        assert_eq!(error.message(), format!("`--create` takes one `{option}`"));
    }
    let update = ["agt_1", "--update", "--status", "a", "--status", "b"];
    let error = agents(&update).expect_err("a second value");
    assert_eq!(error.message(), "`--update` takes one `--status`");
    let Ok(Action::List(_, filter, ..)) = agents(&["--status", "a, b", "--status", "c"]) else {
        unreachable!("it is a list");
    };
    assert_eq!(filter.status, ["a", "b", "c"]);
}

#[test]
fn a_field_keeps_its_commas() {
    let line = ["agt_1", "--update", "--name", "a,b", "--region", "r,s"];
    let Ok(Action::Update(_, fields)) = agents(&line) else {
        unreachable!("it is an update");
    };
    assert_eq!(fields.name.as_deref(), Some("a,b"));
    assert_eq!(fields.region.as_deref(), Some("r,s"));
}

#[test]
fn update_requires_a_field() {
    assert_eq!(
        agents(&["agt_1", "--update"])
            .expect_err("nothing is changed")
            .exit(),
        Exit::Usage
    );
}

#[test]
fn keeps_meaningful_empty_strings() {
    let Ok(Action::Update(_, fields)) = agents(&[
        "agt_1",
        "--update",
        "--description",
        "",
        "--supported-tiers",
        "",
    ]) else {
        unreachable!("it is an update");
    };
    assert_eq!(fields.description.as_deref(), Some(""));
    assert_eq!(fields.supported_tiers, Some(Vec::new()));
}
