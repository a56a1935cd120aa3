//! The global options: accepted anywhere on the command line, once.
//!
//! clap's own `global` options silently accept one at two levels. So each level gets its own copy of them, and the
//! levels are merged here.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, StyledStr};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::values;
use crate::config::GlobalArgs;
use crate::error::Error;
use crate::jq::Filter;
use crate::secret::Secret;
use crate::time::{self, TimeFormat};
use crate::view::Format;

/// The heading of the global options in the help.
const HEADING: &str = "Global options";

/// The global options that `config add` and `config set` store, and their heading there.
const STORED: [&str; 4] = ["base-url", "api-key", "api-key-file", "allow-http"];
const STORED_HEADING: &str = "Router (stored)";

/// Adds the global options to a command, and to the subcommands that `named` selects. Only those on the command line
/// need them; building the options of all would take longer than everything else before the request.
pub fn add(command: Command, named: &dyn Fn(&str) -> bool) -> Command {
    level(command, true, named)
}

fn level(command: Command, top: bool, named: &dyn Fn(&str) -> bool) -> Command {
    // After a command's own options, in the order of the list. They are described once, at the first level, and in the
    // commands that store them.
    let stores = command
        .get_arguments()
        .any(|own| own.get_id() == "default_output");
    let is_shown = |name: &str| top || (stores && STORED.contains(&name));
    let options = options().into_iter().zip(900..).map(|(option, order)| {
        let is_shown = is_shown(option.get_id().as_str());
        option
            .help_heading(if top { HEADING } else { STORED_HEADING })
            .hide(!is_shown)
            .display_order(order)
    });
    let command = if top { command } else { with_note(command) };
    command
        .disable_help_subcommand(true)
        // A group without its subcommand is a usage error, not a request for help.
        .arg_required_else_help(false)
        .args(options)
        .mut_subcommands(|below| {
            if named(below.get_name()) || below.get_all_aliases().any(named) {
                level(below, false, named)
            } else {
                below
            }
        })
}

/// Names the global options at the end of a command's help, instead of describing them again.
fn with_note(command: Command) -> Command {
    let text = command.get_after_help().map(ToString::to_string);
    let text = text.map_or_else(|| NOTE.to_owned(), |text| format!("{text}\n\n{NOTE}"));
    command.after_help(text)
}

const NOTE: &str = "\
Global options (xeroctl help options): --context, --base-url, --api-key-file,
-o FORMAT, --dry-run, --timeout, -q, -v, and others";

/// The description of the global options.
pub fn page() -> StyledStr {
    let page = Command::new("xeroctl")
        .disable_help_flag(true)
        .help_template(
            "Options that every command takes, anywhere on the command line\n\n{options}\n",
        )
        .args(
            options()
                .into_iter()
                .enumerate()
                .map(|(order, option)| option.display_order(order)),
        );
    page.clone().render_help()
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

fn options() -> Vec<Arg> {
    vec![
        option(
            "context",
            "NAME",
            "Use this deployment, ignoring XEROCTL_BASE_URL (sandbox always exists)",
        )
        .value_parser(values::text),
        option(
            "base-url",
            "URL",
            "Base URL of the router (ends in /PROJECT/v1)",
        )
        .value_parser(values::base_url),
        option(
            "api-key",
            "KEY",
            "API key (visible to other users of this machine; prefer --api-key-file)",
        )
        .allow_hyphen_values(true)
        // An error about a key reports nothing but that it is empty.
        .value_parser(|key: &str| values::text(key).map(Secret::new)),
        option(
            "api-key-file",
            "FILE",
            "Read the API key from a file (- for standard input)",
        )
        .value_parser(values::path),
        Arg::new("allow-http")
            .long("allow-http")
            .value_name("BOOL")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(value_parser!(bool))
            .help("Allow sending the key over plain HTTP to another host"),
        option("output", "FORMAT", "Output format")
            .short('o')
            .value_parser(value_parser!(Format)),
        option(
            "jq",
            "FILTER",
            "Filter JSON output with a jq expression; implies -o json",
        )
        .allow_hyphen_values(true)
        .value_parser(values::text),
        option(
            "columns",
            "NAMES",
            "Columns of the table or CSV, by their headings (ID,STATUS)",
        )
        .value_parser(values::text),
        flag("no-headers", "Omit table and CSV headers"),
        flag("dry-run", "Print the request without sending it"),
        option("color", "WHEN", "When to use color [default: auto]")
            .value_parser(PossibleValuesParser::new(["auto", "always", "never"])),
        option(
            "time",
            "STYLE",
            "Time format [default: relative on a terminal, otherwise utc]",
        )
        .value_parser(PossibleValuesParser::new([
            "relative", "utc", "local", "raw",
        ])),
        option(
            "timeout",
            "DURATION",
            "Time limit for the whole command (500ms, 90s, 10m)",
        )
        .value_parser(|text: &str| time::duration(text)),
        flag("quiet", "Suppress notices, hints, and warnings").short('q'),
        Arg::new("verbose")
            .long("verbose")
            .short('v')
            .action(ArgAction::Count)
            .help(
                "Trace requests on standard error (-vv: with headers and bodies, secrets masked)",
            ),
        flag("no-input", "Disable prompts"),
    ]
}

/// Merges the levels of a parsed command line.
///
/// # Errors
/// Exit 2 if an option was given at two levels.
pub fn collect(matches: &ArgMatches) -> Result<GlobalArgs, Error> {
    let mut levels = vec![matches];
    while let Some((_, below)) = levels.last().and_then(|level| level.subcommand()) {
        levels.push(below);
    }
    for option in options() {
        let name = option.get_id().as_str();
        let times = levels.iter().filter(|level| was_given(level, name)).count();
        if times > 1 && name != "verbose" {
            return Err(Error::usage(format!("--{name} is given more than once")));
        }
    }
    let levels = &levels;
    let style = match value::<String>(levels, "time").as_deref() {
        Some("relative") => Some(TimeFormat::Relative),
        Some("utc") => Some(TimeFormat::Utc),
        Some("local") => Some(TimeFormat::Local),
        Some("raw") => Some(TimeFormat::Raw),
        _ => None,
    };
    let jq = value::<String>(levels, "jq").map(|text| Filter::parse(&text, "--jq"));
    let jq = jq.transpose()?;
    let columns = value::<String>(levels, "columns").map(|names| columns_of(&names));
    let columns = columns.transpose()?;
    Ok(GlobalArgs {
        context: value(levels, "context"),
        base_url: value(levels, "base-url"),
        api_key: value(levels, "api-key"),
        api_key_file: value::<PathBuf>(levels, "api-key-file"),
        allow_http: value(levels, "allow-http"),
        output: output(value(levels, "output"), jq.is_some(), columns.is_some())?,
        jq,
        columns,
        no_headers: is_set(levels, "no-headers"),
        dry_run: is_set(levels, "dry-run"),
        color: color(value::<String>(levels, "color").as_deref()),
        time: style,
        timeout: value::<Duration>(levels, "timeout"),
        no_input: is_set(levels, "no-input"),
        quiet: is_set(levels, "quiet"),
        verbose: levels
            .iter()
            .map(|level| level.get_count("verbose"))
            .fold(0, u8::saturating_add),
    })
}

/// The names of columns, separated by commas.
fn columns_of(names: &str) -> Result<Rc<[String]>, Error> {
    let names: Rc<[String]> = names
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect();
    if names.iter().any(String::is_empty) {
        return Err(Error::usage("--columns: a column's name is empty"));
    }
    Ok(names)
}

/// The format on the command line; a filter implies JSON, and only some formats have columns.
fn output(
    given: Option<Format>,
    is_filtered: bool,
    has_columns: bool,
) -> Result<Option<Format>, Error> {
    match given {
        None if is_filtered && has_columns => Err(Error::usage(
            "--jq filters JSON, which has no columns: it cannot be combined with --columns",
        )),
        Some(format) if has_columns && !format.has_columns() => Err(Error::usage(format!(
            "--columns cannot be combined with -o {}, which has no columns",
            format.word()
        ))
        .hint("formats with columns: table, wide, csv")),
        Some(format) if is_filtered && !format.is_json() => Err(Error::usage(format!(
            "--jq filters JSON and cannot be combined with -o {}",
            format.word()
        ))
        .hint("omit -o, or use -o ndjson to filter each item by itself")),
        None if is_filtered => Ok(Some(Format::Json)),
        given => Ok(given),
    }
}

/// Whether a word may be one that [`early`] looks for.
pub fn may_be_early(word: &OsStr) -> bool {
    let word = word.as_encoded_bytes();
    match word.strip_prefix(b"--") {
        Some(long) => ["output", "color", "jq"]
            .iter()
            .any(|name| long.starts_with(name.as_bytes())),
        None => word.starts_with(b"-") && word.contains(&b'o'),
    }
}

/// The values of `--output` and `--color`, which errors of the command line itself follow, found after any mistake.
/// `flags` are the letters that may precede `o` in one word.
pub fn early(
    words: &[OsString],
    flags: impl Iterator<Item = char>,
) -> (Option<String>, Option<bool>) {
    let end = words.iter().position(|word| word == "--");
    let words = &words[..end.unwrap_or(words.len())];
    let looked_for = ["output", "color"];
    let options = options().into_iter();
    let options = options.filter(|option| looked_for.contains(&option.get_id().as_str()));
    let command = Command::new("xeroctl")
        .no_binary_name(true)
        .ignore_errors(true)
        .disable_help_flag(true)
        .args(options.map(|option| {
            option
                .value_parser(value_parser!(String))
                .action(ArgAction::Append)
        }))
        .arg(
            Arg::new("flags")
                .long("flags")
                .short_aliases(flags)
                .action(ArgAction::Count),
        );
    // Parsing stops at the first mistake, so each option is parsed by itself, with the word that may be its value.
    let options_at =
        || (0..words.len()).filter(|at| words[*at].as_encoded_bytes().starts_with(b"-"));
    let [output, when] = looked_for.map(|name| {
        options_at().find_map(|at| {
            let pair = words[at..].iter().take(2);
            let matches = command.clone().try_get_matches_from(pair).ok()?;
            matches.get_one::<String>(name).cloned()
        })
    });
    let is_filtered = words.iter().any(|word| {
        let word = word.as_encoded_bytes();
        word == b"--jq" || word.starts_with(b"--jq=")
    });
    let implied = is_filtered.then(|| Format::Json.word().to_owned());
    (output.or(implied), color(when.as_deref()))
}

fn color(when: Option<&str>) -> Option<bool> {
    match when {
        Some("always") => Some(true),
        Some("never") => Some(false),
        _ => None,
    }
}

/// Whether a word is a global option whose value is the next word.
pub fn takes_next_word(word: &str) -> bool {
    let option = options().into_iter().find(|option| {
        let long = option.get_long().map(|long| format!("--{long}"));
        let short = option.get_short().map(|short| format!("-{short}"));
        long.as_deref() == Some(word) || short.as_deref() == Some(word)
    });
    option
        .is_some_and(|option| option.get_action().takes_values() && !option.is_require_equals_set())
}

/// Whether an argument of this level is a global option.
pub fn is_global(name: &str) -> bool {
    options().iter().any(|option| option.get_id() == name)
}

fn was_given(level: &ArgMatches, name: &str) -> bool {
    level.value_source(name) == Some(ValueSource::CommandLine)
}

fn value<T: Clone + Send + Sync + 'static>(levels: &[&ArgMatches], name: &str) -> Option<T> {
    levels
        .iter()
        .find(|level| was_given(level, name))
        .and_then(|level| level.get_one::<T>(name).cloned())
}

fn is_set(levels: &[&ArgMatches], name: &str) -> bool {
    levels.iter().any(|level| level.get_flag(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_early_options_after_any_mistake() {
        let output = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            early(&words, "iqvy".chars()).0
        };
        for (line, found) in [
            ("agents -o json", Some("json")),
            ("agents --output=csv", Some("csv")),
            ("agents -ojson", Some("json")),
            ("agents -o=json", Some("json")),
            ("agents -vvqo json", Some("json")),
            ("api GET /x -iojson", Some("json")),
            ("agents --bogus x -o json", Some("json")),
            ("agents -Zojson", None),
            ("agents --output", None),
            ("agents --outputs json", None),
            ("agents -o json -o table", Some("json")),
            ("agents -o nonsense -o json", Some("nonsense")),
            ("agents -- -o json", None),
            ("agents --jq .x --bogus", Some("json")),
            ("agents --jq=.x -o ndjson --bogus", Some("ndjson")),
            ("agents -- --jq", None),
        ] {
            assert_eq!(output(line).as_deref(), found, "{line}");
        }
        let words = ["--color", "--bogus", "--color=never"].map(OsString::from);
        assert_eq!(early(&words, "".chars()).1, Some(false));
    }
}
