//! From the words of a command line to what may follow.

use clap::{Arg, Command};

use super::live::Source;
use super::live_squads::SquadList;
use super::position::Position;
use super::{Candidate, Completion, columns as lists};
use crate::api::advice;
use crate::api::invocations;
use crate::cmd::{aliases, global, grammar, topics};
use crate::error::EXITS;

/// What may follow the words, the last of which is being typed. bash splits words at `=` and `:`.
pub(super) fn complete(words: &[String], is_split: bool) -> Completion {
    let raw = words.last().cloned().unwrap_or_default();
    let words = if is_split {
        joined(words)
    } else {
        words.to_vec()
    };
    let Some((current, before)) = words.split_last() else {
        return Completion::default();
    };
    let tree = grammar::tree();
    let position = Position::behind(before, tree);
    let mut completion = Completion {
        typed: current.clone(),
        // All of a word that ends in `=` or `:` stays.
        kept: match raw.as_str() {
            _ if !is_split => 0,
            "=" | ":" => current.len(),
            raw => current.len() - raw.len().min(current.len()),
        },
        ..Completion::default()
    };
    let globals = super::globals(|name| position.given.get(name).cloned());
    if let Some(option) = position.pending {
        values(&mut completion, option, &position);
    } else if position.is_over {
        if let Some(value) = position.next_value() {
            values(&mut completion, value, &position);
        }
    } else if let Some((name, typed)) = current
        .split_once('=')
        .filter(|_| current.starts_with("--"))
    {
        completion.prefix = format!("{name}=");
        typed.clone_into(&mut completion.typed);
        if let Some(option) = position.option(name) {
            values(&mut completion, option, &position);
        }
    } else if current.starts_with('-') {
        options(&mut completion, &position);
    } else {
        if position.takes_command() {
            commands(&mut completion, position.command);
        }
        if let Some(value) = position.next_value() {
            values(&mut completion, value, &position);
        }
    }
    match globals {
        Some(globals) => completion.globals = globals,
        None => completion.live = completion.live.filter(|source| !source.asks_the_router()),
    }
    completion
}

/// The words with what bash split off put back.
fn joined(words: &[String]) -> Vec<String> {
    let is_break = |word: &str| !word.is_empty() && word.chars().all(|c| c == '=' || c == ':');
    let mut joined: Vec<String> = Vec::new();
    let mut sticks = false;
    for (at, word) in words.iter().enumerate() {
        let breaks = is_break(word);
        match joined.last_mut() {
            // The word that is being typed may be empty behind a break.
            Some(last) if breaks || sticks => last.push_str(word),
            _ => joined.push(word.clone()),
        }
        sticks = breaks && at + 1 < words.len();
    }
    joined
}

fn commands(completion: &mut Completion, command: &Command) {
    let below = command
        .get_subcommands()
        .filter(|below| !below.is_hide_set());
    completion.values.extend(below.map(described));
    // Beside the subcommands, the verbs that stand for a flag; other names of a subcommand would only repeat it.
    for (verb, documented) in aliases::of(command.get_name()) {
        let is_first = !["ls", "rm", "edit", "show"].contains(verb);
        if documented.starts_with("--") && is_first {
            completion
                .values
                .push(Candidate::new(*verb, format!("the same as {documented}")));
        }
    }
}

fn options(completion: &mut Completion, position: &Position<'_>) {
    let is_visible =
        |option: &&Arg| !option.is_hide_set() || global::is_global(option.get_id().as_str());
    let own = position.command.get_arguments().filter(is_visible);
    for option in own.filter(|option| position.may_follow(option)) {
        let Some(long) = option.get_long() else {
            continue;
        };
        let help = option.get_help().map(ToString::to_string);
        completion.values.push(Candidate::new(
            format!("--{long}"),
            help.unwrap_or_default(),
        ));
    }
}

/// The values of an option, or of a value without one.
fn values(completion: &mut Completion, argument: &Arg, position: &Position<'_>) {
    let possible = argument.get_possible_values();
    if !possible.is_empty() {
        let visible = possible.iter().filter(|value| !value.is_hide_set());
        completion.values.extend(visible.map(|value| {
            let help = value.get_help().map(ToString::to_string);
            Candidate::new(value.get_name(), help.unwrap_or_default())
        }));
        return;
    }
    let names = argument.get_value_names().unwrap_or_default();
    let name = names.first().map_or("", |name| name.as_str());
    let path: Vec<&str> = position.path.clone();
    if matches!(argument.get_id().as_str(), "columns" | "sort") {
        columns(completion, &path);
        return;
    }
    let is_squads = path.first() == Some(&"squads");
    match name {
        "FILE" | "DIRECTORY" => completion.files = true,
        "PATH" if path.first() != Some(&"api") => completion.files = true,
        "CODE" => codes(completion),
        "COMMAND|TOPIC" => help(completion, position),
        "STATUS" if path.first() == Some(&"exec") => completion.values.extend(
            invocations::STATUSES
                .iter()
                .map(|status| Candidate::new(*status, "")),
        ),
        _ if is_squads && !global::is_global(argument.get_id().as_str()) => {
            completion.live = of_squads(name, argument, position);
        }
        "CANDIDATE" => {
            let agent = position.values.first().cloned();
            completion.live = agent.map(Source::Candidates);
        }
        _ => completion.live = source(name, argument, &path),
    }
}

/// Where the values come from in a command of the squads.
fn of_squads(name: &str, argument: &Arg, position: &Position<'_>) -> Option<Source> {
    let is_agent = name == "AGENT" || argument.get_id() == "reports_to";
    let keys_of = match name {
        "KEY" if argument.is_positional() => Some(position.values.first().cloned()?),
        _ if is_agent => None,
        _ => return None,
    };
    Some(Source::Squads(SquadList {
        url: position.given.get("squads_url").cloned(),
        squad: position.given.get("squad").cloned(),
        keys_of,
    }))
}

/// Where the values of this name come from.
fn source(name: &str, argument: &Arg, path: &[&str]) -> Option<Source> {
    let is_of_config = path.first() == Some(&"config") && !argument.is_positional();
    Some(match name {
        "AGENT" => Source::Agents,
        "KEY" if argument.is_positional() || argument.get_long() == Some("get") => Source::JoinKeys,
        "TOOL" => Source::Tools,
        "WORKSPACE" => Source::Workspaces,
        "EXECUTION" => Source::Executions,
        "INVOCATION" => Source::Invocations,
        "APPROVAL" if matches!(path.last(), Some(&("approve" | "reject"))) => Source::Pending,
        "APPROVAL" => Source::Approvals,
        "LEARNING" => Source::Learnings,
        "NAME" if argument.get_id() == "context" => Source::Deployments,
        "NAME" | "OLD" if path.first() == Some(&"config") && !is_of_config => Source::Deployments,
        "ID" if argument.is_positional() => match path.last() {
            Some(&"agents") => Source::Agents,
            Some(&"join-keys") => Source::JoinKeys,
            _ => return None,
        },
        _ => return None,
    })
}

/// Columns, each behind the ones before it.
fn columns(completion: &mut Completion, path: &[&str]) {
    let before = completion.typed.rfind(',').map_or(0, |at| at + 1);
    let rest = completion.typed.split_off(before);
    completion.prefix.push_str(&completion.typed);
    completion.typed = rest;
    let names = lists::of(path).into_iter();
    completion
        .values
        .extend(names.map(|name| Candidate::new(name, "")));
}

fn codes(completion: &mut Completion) {
    let router = advice::TABLE.iter().chain(advice::GENERAL);
    let router = router.map(|advice| Candidate::new(advice.code, advice.meaning));
    let exits = EXITS
        .iter()
        .map(|info| Candidate::new(info.exit.code().to_string(), info.meaning));
    completion.values.extend(router.chain(exits));
}

/// Commands word by word, and topics in the place of the first word.
fn help(completion: &mut Completion, position: &Position<'_>) {
    let tree = grammar::tree();
    let mut command = tree;
    for word in &position.values {
        let Some(below) = command.find_subcommand(word) else {
            return;
        };
        command = below;
    }
    let below = command
        .get_subcommands()
        .filter(|below| !below.is_hide_set());
    completion.values.extend(below.map(described));
    if position.values.is_empty() {
        let topics = topics::TOPICS.iter();
        completion
            .values
            .extend(topics.map(|(topic, about)| Candidate::new(*topic, *about)));
    }
}

fn described(command: &Command) -> Candidate {
    let help = command.get_about().map(ToString::to_string);
    Candidate::new(command.get_name(), help.unwrap_or_default())
}
