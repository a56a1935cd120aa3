//! Where the key comes from. It is read when it is needed: a dry run needs none.

use std::path::PathBuf;

use crate::error::Error;
use crate::secret::Secret;
use crate::ui::Ui;

/// The source of the key.
pub enum KeySource {
    /// `--api-key`.
    Flag(Secret),
    /// `--api-key-file`; a dash is standard input.
    FlagFile(PathBuf),
    /// `XEROCTL_API_KEY`.
    Variable(Secret),
    /// `XEROCTL_API_KEY_FILE`.
    VariableFile(PathBuf),
    /// `api_key` of the deployment.
    Stored(Secret),
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
            Self::Flag(_) | Self::FlagFile(_) | Self::Variable(_) | Self::VariableFile(_)
        )
    }

    /// Gets the key.
    ///
    /// # Errors
    /// Exit 2 when the line names a key that can't be had, exit 3 when the environment or the file does.
    pub fn read(&self, ui: &Ui, deployment: Option<&str>) -> Result<Secret, Error> {
        match self {
            Self::Flag(key) => usable(key, "--api-key").map_err(Error::usage),
            Self::FlagFile(path) if path.as_os_str() == "-" => ui
                .read_key()
                .map_err(|why| Error::usage(format!("the key on standard input {why}"))),
            Self::FlagFile(path) => file(path, "--api-key-file").map_err(Error::usage),
            Self::Variable(key) => usable(key, "XEROCTL_API_KEY").map_err(Error::config),
            Self::VariableFile(path) => file(path, "XEROCTL_API_KEY_FILE").map_err(Error::config),
            Self::Stored(key) => usable(key, "the deployment's api_key").map_err(Error::config),
            Self::Keychain(_) => Err(ways_round(
                Error::config("this build cannot read the keychain yet"),
                deployment,
            )),
            Self::Sandbox | Self::Missing => Err(ways_round(
                Error::config(match deployment {
                    Some(name) => format!("the deployment {name} holds no key"),
                    None => "there is no key for this base URL".to_owned(),
                }),
                deployment,
            )),
        }
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
    let bytes = std::fs::read(path).map_err(|error| format!("{place} can't be read: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{place} is not text"))?;
    Secret::key(&text).map_err(|unusable| format!("{place} {}", unusable.reason()))
}
