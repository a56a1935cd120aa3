//! Where `config add` and `config set` put the key.

use std::path::PathBuf;

use crate::cmd::values;
use crate::command_line;
use crate::config::KeySource;
use crate::config::file::{self, shown_command};
use crate::error::Error;
use crate::redact::MASK;
use crate::secret::Secret;
use crate::session::Context;

/// The options that say where the key is, besides the global ones.
#[derive(clap::Args, Clone, Debug, Default)]
#[group(skip)]
pub struct KeyOptions {
    /// Store the path of --api-key-file instead of the key
    #[arg(long)]
    pub by_reference: bool,
    /// Command that prints the API key, run for each use
    #[arg(long, value_name = "COMMAND", value_parser = command, hide_short_help = true)]
    pub api_key_command: Option<Words>,
    /// Keychain entry of the API key (a key given too is stored there)
    #[arg(long, value_name = "ENTRY", value_parser = values::text, hide_short_help = true)]
    pub api_key_keychain: Option<String>,
}

/// A command with its arguments.
#[derive(Clone, Debug)]
pub struct Words(Vec<String>);

/// Reads a command.
pub(super) fn command(text: &str) -> Result<Words, String> {
    match command_line::split(text) {
        None => Err("a quote is not closed".to_owned()),
        Some(words) if words.is_empty() => Err("the value is empty".to_owned()),
        Some(words) => Ok(Words(words)),
    }
}

/// Where a deployment's key is.
pub enum NewKey {
    /// In the configuration file.
    Stored(Secret),
    /// In another file, with an absolute path.
    File(PathBuf),
    /// Printed by a command.
    Command(Vec<String>),
    /// In the keychain, which already has it or gets it.
    Keychain(String, Option<Secret>),
}

impl NewKey {
    /// The name of the setting in the file.
    pub(super) fn setting(&self) -> &'static str {
        match self {
            Self::Stored(_) => "api_key",
            Self::File(_) => "api_key_file",
            Self::Command(_) => "api_key_command",
            Self::Keychain(..) => "api_key_keychain",
        }
    }

    /// Its value as it may be shown.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Stored(_) => MASK.to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Command(words) => shown_command(words),
            Self::Keychain(entry, _) => entry.clone(),
        }
    }

    /// A sentence that says where the key is now.
    pub(super) fn whereabouts(&self, context: &Context) -> String {
        match self {
            Self::Stored(_) => match file::path(&context.env) {
                Some(path) => format!("the key is stored in {}", path.display()),
                None => "the key is stored in the configuration file".to_owned(),
            },
            Self::File(path) => format!(
                "the key stays in {} and is read for each use",
                path.display()
            ),
            Self::Command(words) => {
                format!("the key is read from {} for each use", shown_command(words))
            }
            Self::Keychain(entry, None) => {
                format!("the key is read from the keychain entry {entry} for each use")
            }
            Self::Keychain(entry, Some(_)) => {
                format!("the key is stored in the keychain entry {entry}")
            }
        }
    }
}

/// Reads the options that say where the key is.
///
/// # Errors
/// Exit 2 if they contradict each other, or if the key can't be read.
pub(super) fn read(options: &KeyOptions, context: &Context) -> Result<Option<NewKey>, Error> {
    let flags = &context.globals;
    if flags.api_key.is_some() && flags.api_key_file.is_some() {
        return Err(Error::usage(
            "--api-key and --api-key-file exclude each other",
        ));
    }
    let has_key = flags.api_key.is_some() || flags.api_key_file.is_some();
    let sources = [
        ("--by-reference", options.by_reference),
        ("--api-key-command", options.api_key_command.is_some()),
        ("--api-key-keychain", options.api_key_keychain.is_some()),
    ];
    let sources = sources.iter().filter(|(_, is_given)| *is_given);
    if let [(one, _), (other, _), ..] = sources.collect::<Vec<_>>()[..] {
        return Err(Error::usage(format!(
            "{one} and {other} exclude each other"
        )));
    }
    if let Some(Words(words)) = &options.api_key_command {
        if has_key {
            return Err(Error::usage(
                "--api-key-command prints the key, so no key can be given with it",
            ));
        }
        return Ok(Some(NewKey::Command(words.clone())));
    }
    let file = flags.api_key_file.as_ref();
    if options.by_reference {
        let Some(file) = file.filter(|file| file.as_os_str() != "-") else {
            return Err(Error::usage(
                "`--by-reference` needs `--api-key-file` with a file",
            ));
        };
        let file = context.env.absolute(file);
        // It must hold a key, and not one that others can read.
        context.key(&KeySource::FlagFile("--api-key-file", file.clone()), None)?;
        return Ok(Some(NewKey::File(file)));
    }
    let key = match (&flags.api_key, file) {
        (Some(key), _) => Some(KeySource::Flag(key.clone())),
        (None, Some(file)) if file.as_os_str() == "-" => {
            Some(KeySource::FlagFile("--api-key-file", file.clone()))
        }
        (None, Some(file)) => Some(KeySource::FlagFile(
            "--api-key-file",
            context.env.absolute(file),
        )),
        (None, None) => None,
    };
    let key = key.map(|key| context.key(&key, None)).transpose()?;
    Ok(match &options.api_key_keychain {
        Some(entry) => Some(NewKey::Keychain(entry.clone(), key)),
        None => key.map(NewKey::Stored),
    })
}
