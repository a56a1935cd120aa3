//! The configuration file: where it is and what is in it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::env::Env;
use crate::error::Error;
use crate::secret::Secret;

/// What the file holds. Unknown keys are passed over here and kept by every edit.
#[derive(Default, Deserialize)]
pub struct Config {
    /// The deployment used where none is named.
    pub current: Option<String>,
    /// The deployments by name.
    #[serde(default, rename = "deployment")]
    pub deployments: BTreeMap<String, Deployment>,
    /// Where it was read from; none without a home.
    #[serde(skip)]
    pub path: Option<PathBuf>,
    /// What is wrong with the file's permissions, each with the command that mends it.
    #[serde(skip)]
    pub warnings: Vec<String>,
}

/// One `[deployment.<name>]`.
#[derive(Default, Deserialize)]
#[serde(expecting = "a table of settings")]
pub struct Deployment {
    /// The router: required to use the deployment.
    pub base_url: Option<String>,
    /// The key itself. At most one of the `api_key…` settings.
    pub api_key: Option<Secret>,
    /// The name under which the system's keychain holds the key.
    pub api_key_keychain: Option<String>,
    /// The default of `--output`.
    pub output: Option<String>,
    /// The web console.
    pub frontend_url: Option<String>,
    /// A PEM file that replaces the system's CA certificates.
    pub ca_cert: Option<PathBuf>,
    /// The key may go over plain http.
    pub allow_http: Option<bool>,
    /// Changes need `--context` on the line.
    pub protected: Option<bool>,
    /// The root of the squads API.
    pub squads_url: Option<String>,
    /// The key of the squads API.
    pub squads_api_key: Option<Secret>,
    /// The squad that commands are about where none is named.
    pub squad_id: Option<String>,
}

impl Config {
    /// Reads the file; one that does not exist is empty.
    ///
    /// # Errors
    /// Exit 3, with the line, when it can't be read or is no TOML of the documented form.
    pub fn read(env: &Env) -> Result<Self, Error> {
        let Some(path) = path(env) else {
            return Ok(Self::default());
        };
        let text = text_of(&path, &path)?;
        let mut config = Self::parse(&text, &path)?;
        if !text.is_empty() {
            config.warnings = loose_modes(&path, own_directory(env, &path));
        }
        if config.deployments.contains_key(super::SANDBOX) {
            config.warnings.push(format!(
                "the deployment sandbox in {} does not count: that name is built in",
                path.display()
            ));
        }
        config.path = Some(path);
        Ok(config)
    }

    /// Reads the text of a file; `path` serves the message.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| broken(&error, text, path))
    }

    /// The names of the deployments as a sentence's list.
    #[must_use]
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

/// The text of a file, empty where there is none; `shown` is the path for the message.
pub(super) fn text_of(path: &Path, shown: &Path) -> Result<String, Error> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => {
            return Err(Error::config(format!("{} can't be read", shown.display())).cause(error));
        }
    };
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        Error::config(format!(
            "{}, line {line}: this is not UTF-8",
            shown.display()
        ))
    })
}

/// A broken file: the line and what is wrong with it, but never the line's text, which may hold a key.
fn broken(error: &toml::de::Error, text: &str, path: &Path) -> Error {
    let before = &text[..error.span().map_or(0, |span| span.start).min(text.len())];
    let number = before.matches('\n').count() + 1;
    // Of a wrong type, the message quotes the value.
    let what = match error.message().split_once(", expected ") {
        Some((_, expected)) => format!("the value has another type than {expected}"),
        None => error.message().replace('\n', "; "),
    };
    Error::config(format!("{}, line {number}: {what}", path.display()))
        .hint(format!("edit {}", path.display()))
}

/// `$XEROCTL_CONFIG`, else `config.toml` in the configuration directory; none without a home.
#[must_use]
pub fn path(env: &Env) -> Option<PathBuf> {
    match env.os("XEROCTL_CONFIG") {
        Some(path) => Some(env.absolute(Path::new(path))),
        None => env.config_dir().map(|dir| dir.join("config.toml")),
    }
}

/// The directory that is ours alone: the one of the default path, not a parent of `XEROCTL_CONFIG`.
pub(super) fn own_directory(env: &Env, path: &Path) -> Option<PathBuf> {
    env.config_dir()
        .filter(|dir| env.os("XEROCTL_CONFIG").is_none() && path.parent() == Some(dir))
}

#[cfg(unix)]
fn loose_modes(path: &Path, directory: Option<PathBuf>) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let check = |path: &Path, mode: &str| {
        let loose =
            std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0);
        loose.then(|| {
            format!(
                "{} is open to others: chmod {mode} {}",
                path.display(),
                crate::line::quote(&path.display().to_string())
            )
        })
    };
    check(path, "600")
        .into_iter()
        .chain(directory.and_then(|directory| check(&directory, "700")))
        .collect()
}

#[cfg(not(unix))]
fn loose_modes(_path: &Path, _directory: Option<PathBuf>) -> Vec<String> {
    Vec::new()
}
