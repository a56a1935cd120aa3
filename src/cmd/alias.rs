//! Aliases from the configuration: `fleet = "agents --all -o wide"` makes a command of `xeroctl fleet`. A command of the
//! program always comes first, and an alias cannot name another alias.

use std::ffi::{OsStr, OsString};

use clap::Subcommand as _;

use super::{Command, global};
use crate::command_line;
use crate::config::Config;
use crate::env::Env;
use crate::error::Error;
use crate::files::WaitLimit;

/// Programs with this prefix are plugins of other command-line tools.
const PREFIX: &str = "xeroctl-";

/// Whether the program has a command of this name.
pub fn is_command(name: &str) -> bool {
    Command::has_subcommand(name)
}

/// The words with an alias replaced by what it stands for; `None` if there is none.
///
/// # Errors
/// Exit 2 for a program named as a plugin; exit 3 if the alias cannot be used.
pub fn expand(words: &[OsString], env: &Env) -> Result<Option<Vec<OsString>>, Error> {
    let Some(at) = command_at(words) else {
        return Ok(None);
    };
    let Some(name) = words[at].to_str().filter(|name| !is_command(name)) else {
        return Ok(None);
    };
    let config = read(env);
    let Some(text) = config.aliases.get(name) else {
        if !plugin(name, env) {
            return Ok(None);
        }
        return Err(Error::usage(format!("xeroctl has no command `{name}`"))
            .detail(format!(
                "the program {PREFIX}{name} exists, but xeroctl does not run other programs"
            ))
            .hint(format!("run it itself: {PREFIX}{name}")));
    };
    let wrong = |why: &str| {
        let name = command_line::quote(name);
        Err(Error::config(format!("the alias {name} {why}"))
            .hint("edit the configuration file: xeroctl config path"))
    };
    let Some(meant) = command_line::split(text) else {
        return wrong("has a quote that is not closed");
    };
    let meant: Vec<OsString> = meant.into_iter().map(OsString::from).collect();
    let command = command_at(&meant).and_then(|at| meant[at].to_str());
    match command {
        Some(command) if is_command(command) => {}
        Some(command) if config.aliases.contains_key(command) => {
            return wrong(&format!("names another alias, {command}"));
        }
        _ => return wrong("does not start with a command of xeroctl"),
    }
    let mut expanded = words[..at].to_vec();
    expanded.extend(meant);
    expanded.extend_from_slice(&words[at + 1..]);
    Ok(Some(expanded))
}

/// The aliases for the help, as a section of its own.
pub fn section(env: &Env) -> String {
    let config = read(env);
    let aliases = config.aliases.iter();
    let aliases: Vec<_> = aliases.filter(|(name, _)| !is_command(name)).collect();
    let width = aliases.iter().map(|(name, _)| name.chars().count()).max();
    let Some(width) = width else {
        return String::new();
    };
    let lines = aliases.iter().map(|(name, text)| {
        let (name, text) = (crate::sanitize::cell(name), crate::sanitize::cell(text));
        format!("  {name:width$}  {text}\n")
    });
    "\nAliases (from the configuration file):\n".to_owned() + &lines.collect::<String>()
}

/// Whether these words ask for the help of the program.
pub fn asks_for_all_help(words: &[OsString]) -> bool {
    match words {
        [] => true,
        [word] => word == "--help" || word == "-h",
        _ => false,
    }
}

/// The configuration; an empty one if it can't be read, which the command that needs it reports.
fn read(env: &Env) -> Config {
    Config::read(env, &WaitLimit::new(None, |_| {})).unwrap_or_default()
}

/// The position of the command: the first word that is neither a global option nor the value of one.
fn command_at(words: &[OsString]) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word == "--" {
            return None;
        }
        if !word.as_encoded_bytes().starts_with(b"-") {
            return Some(at);
        }
        at += 1 + usize::from(word.to_str().is_some_and(global::takes_next_word));
    }
    None
}

/// Whether there is a program with the name of a plugin.
fn plugin(name: &str, env: &Env) -> bool {
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let paths = env.os("PATH").map(OsStr::to_owned).unwrap_or_default();
    is_name
        && std::env::split_paths(&paths)
            .any(|directory| directory.join(format!("{PREFIX}{name}")).is_file())
}
