//! The configuration file: its path and its content.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{owner, syntax, unknown};
use crate::api::service::Service;
use crate::command_line;
use crate::env::Env;
use crate::error::Error;
use crate::files::{self, Unreadable, WaitLimit};
use crate::redact;
use crate::secret::Secret;

/// The content of the file. Unknown keys are ignored here and kept by edits.
#[derive(Default, Deserialize)]
pub struct Config {
    /// The deployment used by default.
    pub current: Option<String>,
    /// The deployment that was current before, for `config use -`.
    pub previous: Option<String>,
    /// The deployments by name.
    #[serde(default, rename = "deployment")]
    pub deployments: BTreeMap<String, Deployment>,
    /// Aliases: names, and the words that each stands for.
    #[serde(default, rename = "alias")]
    pub aliases: BTreeMap<String, String>,
    /// The file's path, or `None` without a home directory.
    #[serde(skip)]
    pub path: Option<PathBuf>,
    /// Warnings about the file and its permissions, each with the command that fixes it, if there is one.
    #[serde(skip)]
    pub warnings: Vec<String>,
}

/// One `[deployment.<name>]`.
#[derive(Default, Deserialize)]
#[serde(expecting = "a table of settings")]
pub struct Deployment {
    /// The router's base URL, required to use the deployment.
    pub base_url: Option<String>,
    /// The key. At most one `api_key…` setting is allowed.
    pub api_key: Option<Secret>,
    /// The file that holds the key.
    pub api_key_file: Option<PathBuf>,
    /// The program that prints the key, with its arguments.
    pub api_key_command: Option<Vec<String>>,
    /// The key's name in the system's keychain.
    pub api_key_keychain: Option<String>,
    /// The default for `--output`.
    pub output: Option<String>,
    /// The URL of the web console.
    pub frontend_url: Option<String>,
    /// A PEM file that replaces the system's CA certificates.
    pub ca_cert: Option<PathBuf>,
    /// Whether the key may be sent over plain HTTP.
    pub allow_http: Option<bool>,
    /// Whether changes require `--context` on the command line.
    pub protected: Option<bool>,
    /// The root URL of the squads API.
    pub squads_url: Option<String>,
    /// The key for the squads API.
    pub squads_api_key: Option<Secret>,
    /// The default squad of commands.
    pub squad_id: Option<String>,
}

impl Deployment {
    /// The names of the settings that say where the key is. At most one may be there.
    pub fn key_settings(&self) -> Vec<&'static str> {
        let settings = [
            ("api_key", self.api_key.is_some()),
            ("api_key_file", self.api_key_file.is_some()),
            ("api_key_command", self.api_key_command.is_some()),
            ("api_key_keychain", self.api_key_keychain.is_some()),
        ];
        let set = settings.into_iter().filter(|(_, is_set)| *is_set);
        set.map(|(name, _)| name).collect()
    }

    /// Where the key comes from, without the key, unless it is stored itself.
    pub fn key_origin(&self) -> Option<String> {
        let file = self.api_key_file.as_ref();
        let file = file.map(|path| format!("file {}", path.display()));
        let command = self.api_key_command.as_deref().map(shown_command);
        let command = command.map(|command| format!("command {command}"));
        let entry = self.api_key_keychain.as_ref();
        file.or(command)
            .or_else(|| entry.map(|entry| format!("keychain entry {entry}")))
    }

    /// The URL of a server.
    pub(super) fn url(&self, service: &Service) -> Option<&str> {
        if service == Service::SQUADS {
            self.squads_url.as_deref()
        } else {
            self.base_url.as_deref()
        }
    }
}

/// The words of a command as they may be shown.
pub fn shown_command(words: &[String]) -> String {
    let words = words.iter();
    let words = words.map(|word| command_line::quote(&redact::word(word)));
    words.collect::<Vec<_>>().join(" ")
}

impl Config {
    /// Reads the file. A missing file is empty.
    ///
    /// # Errors
    /// Exit 3 if the file can't be read or parsed; the message contains the line number.
    pub fn read(env: &Env, wait_limit: &WaitLimit) -> Result<Self, Error> {
        let Some(path) = path(env) else {
            return Ok(Self::default());
        };
        check_tilde(env, &path)?;
        let found = find(&path, &path, env, wait_limit)?;
        let mut config = Self::parse(&found.text, &path)?;
        config.warnings.extend(found.warning);
        config
            .warnings
            .extend(unknown::warnings(&found.text, &path));
        match &found.meta {
            Some(meta) => {
                let own = own_directory(env, &path);
                let loose = owner::loose_modes(meta, &path, own.as_deref());
                config.warnings.extend(loose);
            }
            None if path.is_symlink() => config.warnings.push(format!(
                "{} is a symbolic link to a file that does not exist",
                path.display()
            )),
            None if env.os("XEROCTL_CONFIG").is_some() => config.warnings.push(format!(
                "the file named by XEROCTL_CONFIG does not exist: {}",
                path.display()
            )),
            None => {}
        }
        if config.deployments.contains_key(super::SANDBOX) {
            config.warnings.push(format!(
                "the deployment sandbox in {} is ignored: that name is built in",
                path.display()
            ));
        }
        config.path = Some(path);
        Ok(config)
    }

    /// Parses the text of a file; `path` is for messages.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| syntax::broken(&error, text, path))
    }

    /// The deployments' names, separated by commas.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self
            .deployments
            .keys()
            .map(String::as_str)
            .filter(|name| *name != super::SANDBOX)
            .chain([super::SANDBOX])
            .collect();
        names.join(", ")
    }
}

/// The maximum size of a configuration file in bytes. A longer file is probably the wrong one.
const LONGEST: usize = 4 * 1024 * 1024;

/// A file's content, and its metadata if it exists.
#[derive(Default)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) meta: Option<Metadata>,
    /// A warning about its owner.
    pub(super) warning: Option<String>,
}

/// Reads a file; `shown` is the path for messages.
pub(super) fn find(
    path: &Path,
    shown: &Path,
    env: &Env,
    wait_limit: &WaitLimit,
) -> Result<Found, Error> {
    let unreadable = |why: Unreadable| {
        let sentence = format!("{} {why}", shown.display());
        if why.is_late {
            return Error::unavailable(sentence);
        }
        Error::config(sentence)
            .hint("to use another file: export XEROCTL_CONFIG=FILE (/dev/null for none)")
    };
    let (mut file, meta) = match files::open(path) {
        Ok(opened) => opened,
        Err(why) if why.is_missing => return Ok(Found::default()),
        Err(why) => return Err(unreadable(why)),
    };
    let warning = owner::check(&meta, shown, env)?;
    let bytes = files::drain(&mut file, &meta, path, LONGEST, wait_limit).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        Error::config(format!(
            "{}, line {line}: this is not UTF-8",
            shown.display()
        ))
    })?;
    Ok(Found {
        text,
        meta: Some(meta),
        warning,
    })
}

/// `$XEROCTL_CONFIG`, or else `config.toml` in the configuration directory. `None` without a home directory.
pub fn path(env: &Env) -> Option<PathBuf> {
    match env.os("XEROCTL_CONFIG") {
        Some(path) => Some(env.absolute(Path::new(path))),
        None => env.config_dir().map(|dir| dir.join("config.toml")),
    }
}

/// Rejects a `~` that the shell did not expand, as in `XEROCTL_CONFIG='~/x'`, unless a file has that name.
pub(super) fn check_tilde(env: &Env, path: &Path) -> Result<(), Error> {
    let named = env.text("XEROCTL_CONFIG").unwrap_or_default();
    if !named.starts_with('~') || path.symlink_metadata().is_ok() {
        return Ok(());
    }
    Err(Error::config(format!(
        "XEROCTL_CONFIG is {named}, and `~` is not expanded here"
    ))
    .hint("use $HOME or the full path"))
}

/// The program's own directory: that of the default path, not a parent of `XEROCTL_CONFIG`.
pub(super) fn own_directory(env: &Env, path: &Path) -> Option<PathBuf> {
    env.config_dir()
        .filter(|dir| env.os("XEROCTL_CONFIG").is_none() && path.parent() == Some(dir))
}
