//! From the words on the line to a command: clap's tree, the global options at every level, and what clap itself does
//! not check.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Subcommand as _};

use super::global;
use super::{Cli, agents, suggestions};
use crate::command_line;
use crate::config::GlobalArgs;
use crate::error::Error;
use crate::redact::{self, Typed};

/// What a line asks for.
pub enum Parsed {
    /// A command.
    Command(Box<Cli>, Box<GlobalArgs>),
    /// Text for standard output: help or the version.
    Text(StyledStr),
}

/// The whole tree of commands.
pub fn tree() -> clap::Command {
    let mut tree = global::add(Cli::command(), &|_| true);
    // Names and usage lines of nested commands are only known after building.
    tree.build();
    tree
}

/// Parses the words after the program's name.
///
/// # Errors
/// Exit 2 with what is wrong and how it should be.
pub fn parse(words: &[OsString]) -> Result<Parsed, Error> {
    let line = std::iter::once(OsString::from("xeroctl")).chain(words.iter().cloned());
    if words.is_empty() {
        return Ok(Parsed::Text(tree().render_help().to_string().into()));
    }
    let named = |name: &str| words.iter().any(|word| word.to_str() == Some(name));
    let mut tree = global::add(Cli::command(), &named);
    let matches = match tree.try_get_matches_from_mut(line) {
        Ok(matches) => matches,
        Err(error) => {
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    Ok(Parsed::Text(error.render()))
                }
                _ => Err(usage(&error, words)),
            };
        }
    };
    check_levels(&tree, &matches)?;
    let globals = global::collect(&matches)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| usage(&error, words))?;
    Ok(Parsed::Command(Box::new(cli), Box::new(globals)))
}

/// Help as it is printed.
pub fn text(help: &StyledStr, is_coloured: bool) -> String {
    if is_coloured {
        help.ansi().to_string()
    } else {
        help.to_string()
    }
}

/// What a line that can't be parsed says of how its errors look (see [`global::early`]).
pub fn early(words: &[OsString]) -> (Option<String>, Option<bool>) {
    fn flags(command: &clap::Command, found: &mut BTreeSet<char>) {
        let own = command
            .get_arguments()
            .filter(|argument| !argument.get_action().takes_values());
        found.extend(own.filter_map(clap::Arg::get_short));
        for below in command.get_subcommands() {
            flags(below, found);
        }
    }
    // The tree takes longer to build than the rest of the start.
    if !words.iter().any(|word| global::may_be_early(word)) {
        return (None, None);
    }
    let mut found = BTreeSet::new();
    flags(&tree(), &mut found);
    global::early(words, found.into_iter())
}

/// Options of a group, or an id, before one of its verbs belong to neither.
fn check_levels(tree: &clap::Command, matches: &ArgMatches) -> Result<(), Error> {
    let Some((name, below)) = matches.subcommand() else {
        return Ok(());
    };
    let strays: Vec<String> = tree
        .get_arguments()
        .filter(|argument| {
            let id = argument.get_id().as_str();
            matches.value_source(id) == Some(ValueSource::CommandLine) && !global::is_global(id)
        })
        .map(|argument| {
            if let Some(long) = argument.get_long() {
                return format!("`--{long}`");
            }
            let words = matches.get_raw(argument.get_id().as_str());
            let words: Vec<_> = words
                .into_iter()
                .flatten()
                .map(|word| format!("`{}`", word.to_string_lossy()))
                .collect();
            words.join(", ")
        })
        .collect();
    if !strays.is_empty() {
        let path = tree.get_bin_name().unwrap_or_default();
        return Err(Error::usage(format!(
            "{} can't stand before the verb `{name}`",
            strays.join(", ")
        ))
        .hint(format!(
            "what belongs to the verb comes behind it: {path} {name} --help"
        )));
    }
    match tree.find_subcommand(name) {
        Some(tree) => check_levels(tree, below),
        None => Ok(()),
    }
}

/// clap's error in our own form.
fn usage(error: &clap::Error, words: &[OsString]) -> Error {
    let mut rendered = error.render().to_string();
    let texts = || words.iter().filter_map(|word| word.to_str());
    // A forgotten blank makes the key a part of the option's name.
    for word in texts() {
        let name = word.split('=').next().unwrap_or(word);
        if let Some(rest) = name.strip_prefix("--api-key")
            && !is_mistyped(rest)
        {
            rendered = rendered.replace(name, "--api-key***");
        }
    }
    let typed = Typed::new(texts());
    let rendered = typed.redact(&rendered);
    let mut paragraphs = rendered.split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let mut lines = first.lines().map(str::trim_end);
    let mut result = Error::usage(lines.next().unwrap_or("the line is not understood"));
    for line in lines {
        result = result.detail(line.trim_start());
    }
    if let Some(message) = refused_value(error, &typed) {
        result = Error::usage(message);
    }
    for line in paragraphs.flat_map(str::lines).map(str::trim) {
        // clap advises `--` for a value that begins with a dash, which would make it an id.
        if let Some(tip) = line
            .strip_prefix("tip: ")
            .filter(|tip| !tip.contains("'-- "))
        {
            result = result.hint(tip);
        }
    }
    let unknown = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) => suggestions::elsewhere(word),
        _ => None,
    };
    if let Some(instead) = unknown {
        return Error::usage(format!("this program has no such command: {instead}"))
            .hint("what it has: xeroctl --help");
    }
    if let Some(early) = id_before_verb(words) {
        return early;
    }
    let path = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) => {
            let path = command_of(words, Some(word));
            if let Some(verb) = suggestions::verb(&path, word) {
                return Error::usage(format!("`{path}` has no verb `{word}`"))
                    .hint(format!("the verb is: {path} {verb}"))
                    .hint(format!("all options: {path} --help"));
            }
            path
        }
        _ => command_of(words, None),
    };
    if let Some(dashed) = dashed(error, words) {
        result = result.hint(dashed);
    }
    if matches!(
        error.kind(),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand
    ) && let Some(meant) = meant(words)
    {
        result = result.hint(meant);
    }
    result.hint(format!("all options: {path} --help"))
}

/// Whether what follows `--api-key` belongs to the name of an option, mistyped or not, rather than being a key.
fn is_mistyped(rest: &str) -> bool {
    const MOST_LETTERS: usize = 2;
    const LONGEST_NAME: usize = 12;
    let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
    let most = if rest.starts_with('-') {
        LONGEST_NAME
    } else {
        MOST_LETTERS
    };
    rest.len() <= most && rest.chars().all(is_name)
}

/// What is wrong with a value, in the words of its reader. clap's own text drops control characters, so that the reader
/// would not see them.
fn refused_value(error: &clap::Error, typed: &Typed) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    };
    let option = text(ContextKind::InvalidArg)?;
    let value = text(ContextKind::InvalidValue)?;
    let why = std::error::Error::source(error)?;
    let value = redact::word(value);
    let why = typed.redact(&why.to_string());
    Some(format!("invalid value '{value}' for '{option}': {why}"))
}

/// The command that a line names, as far as it names one before a word that is none.
fn command_of(words: &[OsString], unknown: Option<&str>) -> String {
    let mut path = "xeroctl".to_owned();
    let mut command = &tree();
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next().filter(|word| Some(*word) != unknown) {
        if word.starts_with('-') {
            // The value of an option is no command, even where it is called like one.
            if !word.contains('=') && takes_value(command, word) {
                words.next();
            }
        } else if let Some(below) = command.find_subcommand(word) {
            path.push(' ');
            path.push_str(below.get_name());
            command = below;
        }
    }
    path
}

/// How to give an option a value that begins with a dash.
fn dashed(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let [option, value] = words
        .windows(2)
        .find(|pair| pair[1].starts_with('-') && pair[1].starts_with(unknown.as_str()))?
    else {
        return None;
    };
    let is_meant = error.kind() == ErrorKind::UnknownArgument && takes_value(&tree(), option);
    is_meant.then(|| {
        let joined = command_line::quote(&redact::word(&format!("{option}={value}")));
        format!("to give {option} a value that begins with a dash: {joined}")
    })
}

/// Whether an option as typed takes the next word as its value, in this command or one below.
fn takes_value(command: &clap::Command, option: &str) -> bool {
    let is_it = |argument: &clap::Arg| {
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        let is_named = [long, short].iter().flatten().any(|name| name == option);
        is_named && argument.get_action().takes_values() && !argument.is_require_equals_set()
    };
    command.get_arguments().any(is_it)
        || command
            .get_subcommands()
            .any(|below| takes_value(below, option))
}

/// An id that stands before a verb, as in `agents agt_1 pause-exec`: clap misses the id behind the verb.
fn id_before_verb(words: &[OsString]) -> Option<Error> {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let group = words.iter().position(|word| *word == "agents")?;
    let [id, verb, ..] = words[group + 1..] else {
        return None;
    };
    let is_verb = agents::Verb::has_subcommand;
    if id.starts_with('-') || is_verb(id) || !is_verb(verb) {
        return None;
    }
    let (id, message) = (
        command_line::quote(id),
        format!("`{id}` can't stand before the verb `{verb}`"),
    );
    Some(Error::usage(message).hint(format!("xeroctl agents {verb} {id}")))
}

/// A hint where a word like `list` stands in the place of an id.
fn meant(words: &[OsString]) -> Option<String> {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let group = words
        .iter()
        .rposition(|word| matches!(*word, "agents" | "join-keys"))?;
    let suggestions = match words[group] {
        "agents" => &agents::SUGGESTIONS,
        _ => &agents::join_keys::SUGGESTIONS,
    };
    let mut rest = words[group + 1..]
        .iter()
        .filter(|word| !word.starts_with('-'));
    let id = rest.next()?;
    suggestions::meant(suggestions, id, rest.next().copied())
}
