//! Parses the command line: clap's tree, the global options at every level, and checks that clap lacks.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::LazyLock;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Subcommand as _};

use super::global;
use super::{Cli, Command, agents, aliases, examples, suggestions};
use crate::command_line;
use crate::config::GlobalArgs;
use crate::error::Error;
use crate::redact::{self, Typed};

/// The result of parsing.
pub enum Parsed {
    /// A command.
    Command(Box<Cli>, Box<GlobalArgs>),
    /// Text for standard output: help or the version.
    Text(StyledStr),
}

/// The whole tree of commands.
pub fn tree() -> &'static clap::Command {
    static TREE: LazyLock<clap::Command> = LazyLock::new(|| {
        let mut tree = global::add(Cli::command(), &|_| true);
        // Names and usage lines of nested commands are only known after building.
        tree.build();
        tree
    });
    &TREE
}

/// Parses the words after the program's name.
///
/// # Errors
/// Exit 2, with what is wrong and how to correct it.
pub fn parse(words: &[OsString]) -> Result<Parsed, Error> {
    if words.is_empty() {
        return Ok(Parsed::Text(
            tree().clone().render_help().to_string().into(),
        ));
    }
    if is_version(words) {
        let text = format!("xeroctl {}\n", env!("CARGO_PKG_VERSION"));
        return Ok(Parsed::Text(text.into()));
    }
    let mut parsed = parse_in(words, |named| {
        clap::Command::new("xeroctl").subcommands(Command::only(named))
    });
    if parsed.1.is_err() {
        // Errors and help also name commands that are not on the line.
        parsed = parse_in(words, |_| Cli::command());
    }
    let (tree, matches) = parsed;
    let matches = match matches {
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

/// Parses the words with a tree of the commands on the line.
fn parse_in(
    words: &[OsString],
    commands: impl Fn(&dyn Fn(&str) -> bool) -> clap::Command,
) -> (clap::Command, Result<ArgMatches, clap::Error>) {
    let tree_of = |words: &[OsString]| {
        let named = |name: &str| words.iter().any(|word| word.to_str() == Some(name));
        global::add(commands(&named), &named)
    };
    let mut tree = tree_of(words);
    let documented = aliases::as_documented(words, &tree);
    if documented != words {
        tree = tree_of(&documented);
    }
    let line = std::iter::once(OsString::from("xeroctl")).chain(documented);
    let matches = tree.try_get_matches_from_mut(line);
    (tree, matches)
}

/// Whether only the version is wanted: the tree would take longer to build than everything else.
fn is_version(words: &[OsString]) -> bool {
    matches!(words, [word] if word == "--version" || word == "-V")
}

/// Help as it is printed.
pub fn text(help: &StyledStr, is_coloured: bool) -> String {
    if is_coloured {
        help.ansi().to_string()
    } else {
        help.to_string()
    }
}

/// How errors look if the command line can't be parsed (see [`global::early`]).
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
    flags(tree(), &mut found);
    global::early(words, found.into_iter())
}

/// Rejects options of a group, or an ID, before one of its subcommands: they belong to neither.
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
        let hint = match &strays[..] {
            [id] if !id.starts_with("`-") => {
                let id = command_line::quote(id.trim_matches('`'));
                format!("{path} {name} {id}")
            }
            _ => format!("all options: {path} {name} --help"),
        };
        let message = format!("{} must come after `{name}`", strays.join(", "));
        return Err(Error::usage(message).hint(hint));
    }
    match tree.find_subcommand(name) {
        Some(tree) => check_levels(tree, below),
        None => Ok(()),
    }
}

/// Reports clap's error in our own form.
fn usage(error: &clap::Error, words: &[OsString]) -> Error {
    let texts = || words.iter().filter_map(|word| word.to_str());
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let tree = tree();
    let unknown_option = match error.kind() {
        ErrorKind::UnknownArgument => text(ContextKind::InvalidArg),
        _ => None,
    };
    let mut rendered = error.render().to_string();
    // Without the space before it, the key is part of the option's name.
    for word in texts() {
        let name = word.split('=').next().unwrap_or(word);
        if !is_glued_key(name) {
            continue;
        }
        if unknown_option == Some(name) {
            let (path, _) = command_of(tree, words, None);
            return Error::usage("a space or `=` is missing between `--api-key` and its value")
                .hint("the file option does not show the key to other users: --api-key-file FILE")
                .hint(format!("all options: {path} --help"));
        }
        rendered = rendered.replace(name, "--api-key***");
    }
    let typed = Typed::new(texts());
    let rendered = typed.redact(&rendered);
    let mut paragraphs = rendered.split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let mut lines = first.lines().map(str::trim_end);
    let mut result = Error::usage(lines.next().unwrap_or("invalid command line"));
    for line in lines {
        result = result.detail(line.trim_start());
    }
    if let Some(message) = refused_value(error, &typed) {
        result = Error::usage(message);
    }
    for line in paragraphs.flat_map(str::lines).map(str::trim) {
        // clap proposes `--` for a value that starts with a dash, which would make it an ID. It also proposes options
        // and commands that only look similar.
        if let Some(tip) = line
            .strip_prefix("tip: ")
            .filter(|tip| !tip.contains("'-- ") && !tip.contains("similar argument"))
            .filter(|tip| !tip.contains("similar subcommand"))
        {
            result = result.hint(tip);
        }
    }
    let unknown = text(ContextKind::InvalidSubcommand);
    let (path, command) = command_of(tree, words, unknown);
    if let Some(word) = unknown
        && path == tree.get_name()
        && let Some(instead) = suggestions::elsewhere(word)
    {
        return Error::usage(format!("xeroctl has no command `{word}`: {instead}"))
            .hint("list commands: xeroctl --help");
    }
    if let Some(early) = id_before_subcommand(words) {
        return early;
    }
    if let Some(word) = unknown
        && let Some(subcommand) = suggestions::subcommand(&path, command, word)
    {
        return Error::usage(format!("`{path}` has no subcommand `{word}`"))
            .hint(format!("did you mean: {path} {subcommand}"))
            .hint(format!("all options: {path} --help"));
    }
    if unknown_option.is_some_and(|word| !word.starts_with('-'))
        && let Some((id, meant)) = meant(words)
    {
        return Error::usage(format!("`{path}` has no subcommand `{id}`"))
            .hint(format!("did you mean: {meant}"))
            .hint(format!("all options: {path} --help"));
    }
    if let Some(option) = unknown_option
        && let Some(meant) = suggestions::option(command, option)
    {
        result = result.hint(meant);
    }
    if let Some(dashed) = dashed(error, words) {
        result = result.hint(dashed);
    }
    if matches!(
        error.kind(),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand
    ) && let Some((id, meant)) = meant(words)
    {
        result = result.hint(format!("`{id}` was taken for an ID; did you mean: {meant}"));
    }
    with_example(result, error, &path, command).hint(format!("all options: {path} --help"))
}

/// Adds what a command without its required arguments, or a group without a subcommand, may be followed by.
fn with_example(
    mut result: Error,
    error: &clap::Error,
    path: &str,
    command: &clap::Command,
) -> Error {
    match error.kind() {
        ErrorKind::MissingRequiredArgument => {
            for values in missing_values(error, command) {
                result = result.detail(values);
            }
            if let Some(example) = examples::first(command) {
                result = result.hint(format!("for example: {example}"));
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            if let Some(list) = examples::list(path, command) {
                result = result.hint(format!("list them: {list}"));
            }
        }
        _ => {}
    }
    result
}

/// The possible values of the arguments that are missing.
fn missing_values(error: &clap::Error, command: &clap::Command) -> Vec<String> {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return Vec::new();
    };
    let is_missing = |argument: &&clap::Arg| missing.contains(&argument.to_string());
    let arguments = command.get_arguments().filter(is_missing);
    let values = arguments.map(clap::Arg::get_possible_values);
    values
        .filter(|values| !values.is_empty())
        .map(|values| {
            let names: Vec<&str> = values
                .iter()
                .map(clap::builder::PossibleValue::get_name)
                .collect();
            format!("[possible values: {}]", names.join(", "))
        })
        .collect()
}

/// Whether this is `--api-key` with the key right behind it, rather than an option's name, mistyped or not.
fn is_glued_key(name: &str) -> bool {
    const LONGEST_NAME: usize = 12;
    const MOST_EDITS: usize = 2;
    let Some(rest) = name.strip_prefix("--api-key") else {
        return false;
    };
    let is_name = rest.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let is_long = rest.starts_with('-') && rest.len() <= LONGEST_NAME;
    let is_near = |option| strsim::damerau_levenshtein(name, option) <= MOST_EDITS;
    !is_name || !(is_long || is_near("--api-key") || is_near("--api-key-file"))
}

/// What is wrong with a value, as its parser reports it. clap's own text drops control characters and would hide them.
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

/// The command that the words name, with its full name, up to the first unknown word.
pub fn command_of<'t>(
    tree: &'t clap::Command,
    words: &[OsString],
    unknown: Option<&str>,
) -> (String, &'t clap::Command) {
    let mut path = "xeroctl".to_owned();
    let mut command = tree;
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next().filter(|word| Some(*word) != unknown) {
        if word.starts_with('-') {
            // The value of an option is not a command, even if it has the name of one.
            if !word.contains('=') && aliases::takes_value(command, word) {
                words.next();
            }
        } else if let Some(below) = command.find_subcommand(word) {
            path.push(' ');
            path.push_str(below.get_name());
            command = below;
        }
    }
    (path, command)
}

/// How to give an option a value that starts with a dash.
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
    let is_meant =
        error.kind() == ErrorKind::UnknownArgument && aliases::takes_value(tree(), option);
    is_meant.then(|| {
        let joined = command_line::quote(&redact::word(&format!("{option}={value}")));
        format!("if the value of {option} starts with a dash: {joined}")
    })
}

/// An ID before a subcommand, as in `agents agt_1 pause-exec`: clap misses the ID after the subcommand.
fn id_before_subcommand(words: &[OsString]) -> Option<Error> {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let group = words
        .iter()
        .position(|word| matches!(*word, "agents" | "join-keys"))?;
    let group = group + usize::from(words.get(group + 1) == Some(&"join-keys"));
    let name = words[group];
    let [id, subcommand, ..] = words[group + 1..] else {
        return None;
    };
    let is_subcommand = |word: &str| {
        aliases::of(name)
            .iter()
            .any(|(subcommand, _)| *subcommand == word)
            || (name == "agents" && agents::Subcommand::has_subcommand(word))
    };
    if id.starts_with('-') || is_subcommand(id) || !is_subcommand(subcommand) {
        return None;
    }
    let message = format!("`{id}` must come after `{subcommand}`");
    let id = command_line::quote(id);
    Some(Error::usage(message).hint(format!("xeroctl {name} {subcommand} {id}")))
}

/// A word like `describe` in place of an ID, and the command that was probably meant.
fn meant(words: &[OsString]) -> Option<(String, String)> {
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
    let meant = suggestions::meant(suggestions, id, rest.next().copied())?;
    Some(((*id).to_owned(), meant))
}
