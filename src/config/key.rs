//! Where the API key comes from. It is read only when needed: a dry run needs none.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::shown_command;
use super::source::{Origin, Sourced, Sources};
use super::{Tools, keychain};
use crate::api::service::Service;
use crate::env::Env;
use crate::error::Error;
use crate::files::{self, Unreadable, WaitLimit};
use crate::program::Program;
use crate::sanitize;
use crate::secret::Secret;

/// The maximum length of a key in bytes. Longer content is probably the wrong file.
const LONGEST: usize = 64 * 1024;

/// A command that prints the key may take this long.
const COMMAND_LIMIT: Duration = Duration::from_secs(10);

/// So many lines of what it says are shown if it fails.
const MOST_LINES: usize = 5;

/// The source of the key.
pub enum KeySource {
    /// `--api-key`.
    Flag(Secret),
    /// The file given by the option of this name; `-` is standard input.
    FlagFile(&'static str, PathBuf),
    /// The variable of this name.
    Variable(&'static str, Secret),
    /// The file given by the variable of this name; `-` is standard input.
    VariableFile(&'static str, PathBuf),
    /// The deployment's setting of this name.
    Stored(&'static str, Secret),
    /// The deployment's `api_key_file`.
    StoredFile(PathBuf),
    /// The deployment's `api_key_command`.
    Command(Vec<String>),
    /// The deployment's `api_key_keychain`.
    Keychain(String),
    /// The sandbox's own key, known once it has started.
    Sandbox,
    /// No key.
    Missing,
}

impl KeySource {
    /// Whether the key was given for this command, on the command line or in the environment, rather than stored.
    pub fn is_explicit(&self) -> bool {
        matches!(
            self,
            Self::Flag(_) | Self::FlagFile(..) | Self::Variable(..) | Self::VariableFile(..)
        )
    }

    /// Whether the key belongs to the deployment, and so to its origin.
    pub fn is_stored(&self) -> bool {
        matches!(
            self,
            Self::Stored(..) | Self::StoredFile(_) | Self::Command(_) | Self::Keychain(_)
        )
    }

    /// A warning if other users can read the file that holds the key, with the command that changes this.
    pub fn warning(&self) -> Option<String> {
        match self {
            Self::FlagFile(_, path) | Self::VariableFile(_, path) | Self::StoredFile(path) => {
                super::owner::exposed(path)
            }
            _ => None,
        }
    }

    /// Gets the key; `stdin` reads one from standard input.
    ///
    /// # Errors
    /// Exit 2 if a key given on the command line can't be read; exit 3 if the environment or the configuration file
    /// names it; exit 17 if reading a file exceeds `--timeout`.
    pub fn read(
        &self,
        stdin: impl FnOnce(&str) -> Result<Secret, Unreadable>,
        deployment: Option<&str>,
        wait_limit: &WaitLimit,
        tools: &Tools<'_>,
    ) -> Result<Secret, Error> {
        match self {
            Self::Flag(key) => usable(key, "--api-key").map_err(Error::usage),
            Self::FlagFile(name, path) if path.as_os_str() == "-" => {
                stdin(name).map_err(|why| from_input(&why, Error::usage))
            }
            Self::VariableFile(name, path) if path.as_os_str() == "-" => {
                stdin(name).map_err(|why| from_input(&why, Error::config))
            }
            Self::FlagFile(name, path) => file(path, name, wait_limit, Error::usage),
            Self::Variable(name, key) => usable(key, name).map_err(Error::config),
            Self::VariableFile(name, path) => file(path, name, wait_limit, Error::config),
            Self::Stored(name, key) => {
                usable(key, &format!("the deployment's {name}")).map_err(Error::config)
            }
            Self::StoredFile(path) => file(
                path,
                "the deployment's api_key_file",
                wait_limit,
                Error::config,
            ),
            Self::Command(words) => command(words, tools),
            Self::Keychain(entry) => {
                let read = keychain::read(entry, tools);
                let bytes = read.map_err(|error| {
                    // One hint more, if the keychain can be made to work.
                    let deployment = deployment.filter(|_| error.is_without_hint());
                    alternatives(error, deployment)
                })?;
                printed(bytes, &format!("the keychain entry {entry}"))
            }
            Self::Sandbox | Self::Missing => {
                let deployment = deployment.filter(|name| *name != super::SANDBOX);
                let error = match deployment {
                    Some(name) => Error::config(format!("the deployment {name} has no key")),
                    None => Error::config("no key for this base URL"),
                };
                Err(alternatives(error, deployment))
            }
        }
    }
}

fn from_input(why: &Unreadable, error: fn(String) -> Error) -> Error {
    let message = why.to_string();
    if why.is_late {
        Error::unavailable(message)
    } else {
        error(message)
    }
}

/// Selects the key from the command line, then the environment, then the deployment. Ignored variables are added to
/// `ignored`. No variable replaces the sandbox's own key.
///
/// # Errors
/// Exit 2 or 3 if there are two keys at the same level.
pub(super) fn choose(
    sources: &Sources<'_>,
    in_sandbox: bool,
    ignored: &mut Vec<&'static str>,
) -> Result<Sourced<KeySource>, Error> {
    let Sources {
        service, args, env, ..
    } = sources;
    match (&args.api_key, &args.api_key_file) {
        (Some(_), Some(_)) => {
            return Err(Error::usage(
                "--api-key and --api-key-file exclude each other",
            ));
        }
        (Some(key), None) => {
            let key = KeySource::Flag(key.clone());
            return Ok(Sourced::new(key, Origin::Flag("--api-key")));
        }
        (None, Some(file)) => {
            let name = "--api-key-file";
            let key = KeySource::FlagFile(name, key_file(env, file));
            return Ok(Sourced::new(key, Origin::Flag(name)));
        }
        (None, None) => {}
    }
    let variable = env.text(service.key_variable).map(|key| {
        let name = service.key_variable;
        (KeySource::Variable(name, Secret::new(key)), name)
    });
    let file_variable = service.key_file_variable.and_then(|name| {
        let file = key_file(env, env.os(name)?.as_ref());
        Some((KeySource::VariableFile(name, file), name))
    });
    let variables = variable.into_iter().chain(file_variable);
    let stored = stored_key(sources)?;
    if in_sandbox || (sources.is_named() && stored.is_some()) {
        ignored.extend(variables.map(|(_, name)| name));
        let key = stored.filter(|_| !in_sandbox).unwrap_or(KeySource::Sandbox);
        return Ok(Sourced::new(key, sources.origin()));
    }
    let mut variables = variables;
    match (variables.next(), variables.next(), stored) {
        (Some((_, one)), Some((_, other)), _) => Err(Error::config(format!(
            "{one} and {other} are both set, so it is unclear which key to use"
        ))
        .hint("unset one of them")),
        (Some((key, name)), None, _) => Ok(Sourced::new(key, Origin::Variable(name))),
        (None, _, Some(key)) => Ok(Sourced::new(key, sources.origin())),
        (None, _, None) => Ok(Sourced::new(KeySource::Missing, Origin::Default)),
    }
}

/// A key file; `-` is standard input.
fn key_file(env: &Env, file: &Path) -> PathBuf {
    if file.as_os_str() == "-" {
        file.to_owned()
    } else {
        env.absolute(file)
    }
}

fn stored_key(sources: &Sources<'_>) -> Result<Option<KeySource>, Error> {
    let (Some(stored), service) = (sources.stored, sources.service) else {
        return Ok(None);
    };
    if service == Service::SQUADS {
        let key = stored.squads_api_key.clone();
        return Ok(key.map(|key| KeySource::Stored(service.key_setting, key)));
    }
    if let [one, other, ..] = stored.key_settings()[..] {
        return Err(Error::config(format!(
            "{} has both {one} and {other}, so it is unclear which key to use",
            sources.origin()
        ))
        .hint("remove one of them: see xeroctl config path"));
    }
    let key = stored.api_key.clone();
    let key = key.map(|key| KeySource::Stored(service.key_setting, key));
    let file = stored.api_key_file.as_ref().map(|path| {
        let directory = sources.config.path.as_deref().and_then(Path::parent);
        let directory = directory.unwrap_or(sources.env.directory());
        KeySource::StoredFile(sources.env.absolute_in(directory, path))
    });
    let command = stored.api_key_command.clone().map(KeySource::Command);
    let entry = stored.api_key_keychain.clone().map(KeySource::Keychain);
    Ok(key.or(file).or(command).or(entry))
}

/// Runs the command that prints the key.
fn command(words: &[String], tools: &Tools<'_>) -> Result<Secret, Error> {
    let shown = format!("the deployment's api_key_command {}", shown_command(words));
    let program = Program {
        words,
        input: None,
        limit: COMMAND_LIMIT,
        env: tools.env,
        interrupt: tools.interrupt,
    };
    let output = program.run().map_err(|why| {
        let error = Error::config(format!("{shown} {}", why.reason));
        let said = why.said.lines().filter(|line| !line.trim().is_empty());
        said.take(MOST_LINES).fold(error, |error, line| {
            error.detail(sanitize::cell(line).into_owned())
        })
    })?;
    printed(output, &format!("the output of {shown}"))
}

/// A key that a program has printed.
fn printed(bytes: Vec<u8>, name: &str) -> Result<Secret, Error> {
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| Error::config(format!("{name} is not text")))?;
    usable(&Secret::new(text), name).map_err(Error::config)
}

fn alternatives(error: Error, deployment: Option<&str>) -> Error {
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

/// Reads a key from a file; `wrong` creates the error if it can't be read.
fn file(
    path: &Path,
    name: &str,
    wait_limit: &WaitLimit,
    wrong: fn(String) -> Error,
) -> Result<Secret, Error> {
    let source = format!("{name} {}", path.display());
    let bytes = files::read(path, LONGEST, wait_limit).map_err(|why| {
        let wrong = if why.is_late {
            Error::unavailable
        } else {
            wrong
        };
        wrong(format!("{source} {why}"))
    })?;
    let text = String::from_utf8(bytes).map_err(|_| wrong(format!("{source} is not text")))?;
    Secret::key(&text).map_err(|unusable| wrong(format!("{source} {}", unusable.reason())))
}
