//! Where the key comes from. It is read when it is needed: a dry run needs none.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::file::Deployment;
use super::pair::Pair;
use super::source::{Flags, Origin, Sourced};
use crate::env::Env;
use crate::error::Error;
use crate::secret::Secret;
use crate::ui::Ui;

/// A key is not longer than this; more is a wrong file.
const LONGEST: usize = 64 * 1024;

/// The source of the key.
pub enum KeySource {
    /// `--api-key`.
    Flag(Secret),
    /// The file that the option of this name names; a dash is standard input.
    FlagFile(&'static str, PathBuf),
    /// The variable of this name.
    Variable(&'static str, Secret),
    /// The file that the variable of this name names; a dash is standard input.
    VariableFile(&'static str, PathBuf),
    /// The setting of the deployment that has this name.
    Stored(&'static str, Secret),
    /// `api_key_keychain` of the deployment.
    Keychain(String),
    /// The sandbox's own, which it tells when it starts.
    Sandbox,
    /// None at all.
    Missing,
}

impl KeySource {
    /// Whether the key was given for this command, by the line or the environment, rather than stored.
    #[must_use]
    pub fn is_explicit(&self) -> bool {
        matches!(
            self,
            Self::Flag(_) | Self::FlagFile(..) | Self::Variable(..) | Self::VariableFile(..)
        )
    }

    /// Gets the key.
    ///
    /// # Errors
    /// Exit 2 when the line names a key that can't be had, exit 3 when the environment or the file does.
    pub fn read(&self, ui: &Ui, deployment: Option<&str>) -> Result<Secret, Error> {
        match self {
            Self::Flag(key) => usable(key, "--api-key").map_err(Error::usage),
            Self::FlagFile(_, path) if path.as_os_str() == "-" => ui
                .read_key()
                .map_err(|why| Error::usage(format!("the key on standard input {why}"))),
            Self::VariableFile(_, path) if path.as_os_str() == "-" => ui
                .read_key()
                .map_err(|why| Error::config(format!("the key on standard input {why}"))),
            Self::FlagFile(name, path) => file(path, name).map_err(Error::usage),
            Self::Variable(name, key) => usable(key, name).map_err(Error::config),
            Self::VariableFile(name, path) => file(path, name).map_err(Error::config),
            Self::Stored(name, key) => {
                usable(key, &format!("the deployment's {name}")).map_err(Error::config)
            }
            Self::Keychain(_) => Err(ways_round(
                Error::config("this build cannot read the keychain yet"),
                deployment,
            )),
            Self::Sandbox | Self::Missing => {
                let deployment = deployment.filter(|name| *name != super::SANDBOX);
                let error = match deployment {
                    Some(name) => Error::config(format!("the deployment {name} holds no key")),
                    None => Error::config("there is no key for this base URL"),
                };
                Err(ways_round(error, deployment))
            }
        }
    }
}

/// What the choice of the key depends on.
pub(super) struct Asked<'a> {
    pub(super) pair: &'a Pair,
    pub(super) flags: &'a Flags,
    pub(super) env: &'a Env,
    /// The deployment in use.
    pub(super) stored: Option<&'a Deployment>,
    /// The deployment in use, as an origin.
    pub(super) deployment: Origin,
    /// It was named on the line, so it is taken whole.
    pub(super) on_line: bool,
    /// Requests go to the sandbox, whose key no variable replaces.
    pub(super) in_sandbox: bool,
}

/// Chooses the key: the line, then the environment, then the deployment. Variables that do not count go into `ignored`.
///
/// # Errors
/// Exit 2 or 3 when there are two keys at the same level.
pub(super) fn choose(
    asked: &Asked<'_>,
    ignored: &mut Vec<&'static str>,
) -> Result<Sourced<KeySource>, Error> {
    let Asked {
        pair, flags, env, ..
    } = asked;
    let given = match (&flags.api_key, &flags.api_key_file) {
        (Some(_), Some(_)) => {
            return Err(Error::usage(
                "--api-key and --api-key-file exclude each other",
            ));
        }
        (Some(key), None) => Some((KeySource::Flag(key.clone()), Origin::Flag("--api-key"))),
        (None, Some(file)) => {
            let file = key_file(env, file);
            Some((
                KeySource::FlagFile("--api-key-file", file),
                Origin::Flag("--api-key-file"),
            ))
        }
        (None, None) => None,
    };
    if let Some((key, origin)) = given {
        return Ok(Sourced::new(key, origin));
    }
    let names = [Some(pair.key_variable), pair.key_file_variable];
    let names = || names.into_iter().flatten();
    let variable = |name: &'static str| {
        let value = env.os(name)?;
        let key = if name == pair.key_variable {
            KeySource::Variable(name, Secret::new(env.text(name)?))
        } else {
            KeySource::VariableFile(name, key_file(env, value.as_ref()))
        };
        Some((key, Origin::Variable(name)))
    };
    let stored = stored_key(asked)?;
    if asked.in_sandbox || (asked.on_line && stored.is_some()) {
        ignored.extend(names().filter(|name| env.os(name).is_some()));
        let key = stored
            .filter(|_| !asked.in_sandbox)
            .unwrap_or(KeySource::Sandbox);
        return Ok(Sourced::new(key, asked.deployment.clone()));
    }
    let mut variables = names().filter_map(variable);
    match (variables.next(), variables.next(), stored) {
        (Some((_, one)), Some((_, other)), _) => Err(Error::config(format!(
            "{one} and {other} are both set: which key is meant?"
        ))
        .hint("unset one of them")),
        (Some((key, origin)), None, _) => Ok(Sourced::new(key, origin)),
        (None, _, Some(key)) => Ok(Sourced::new(key, asked.deployment.clone())),
        (None, _, None) => Ok(Sourced::new(KeySource::Missing, Origin::Default)),
    }
}

/// The file of a key; a dash is standard input.
fn key_file(env: &Env, file: &Path) -> PathBuf {
    if file.as_os_str() == "-" {
        file.to_owned()
    } else {
        env.absolute(file)
    }
}

fn stored_key(asked: &Asked<'_>) -> Result<Option<KeySource>, Error> {
    let Some(stored) = asked.stored else {
        return Ok(None);
    };
    let pair = asked.pair;
    match ((pair.key_of)(stored), (pair.keychain_of)(stored)) {
        (Some(_), Some(_)) => Err(Error::config(format!(
            "{} has both api_key and api_key_keychain: which key is meant?",
            asked.deployment
        ))
        .hint("remove one of them: see xeroctl config path")),
        (Some(key), None) => Ok(Some(KeySource::Stored(pair.key_setting, key.clone()))),
        (None, Some(entry)) => Ok(Some(KeySource::Keychain(entry.to_owned()))),
        (None, None) => Ok(None),
    }
}

fn ways_round(error: Error, deployment: Option<&str>) -> Error {
    let error = error
        .hint("give the key for this command: --api-key-file FILE (`-` is standard input), or XEROCTL_API_KEY");
    match deployment {
        Some(name) => error.hint(format!(
            "or store it: xeroctl config set {name} --api-key-file FILE"
        )),
        None => error,
    }
}

fn usable(key: &Secret, name: &str) -> Result<Secret, String> {
    Secret::key(key.expose()).map_err(|unusable| format!("{name} {}", unusable.reason()))
}

/// Reads a key out of a file.
fn file(path: &PathBuf, name: &str) -> Result<Secret, String> {
    let place = format!("{name} {}", path.display());
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("{place} can't be read: {error}"))?;
    if bytes.len() > LONGEST {
        return Err(format!("{place} is too long for a key"));
    }
    let text = String::from_utf8(bytes).map_err(|_| format!("{place} is not text"))?;
    Secret::key(&text).map_err(|unusable| format!("{place} {}", unusable.reason()))
}
