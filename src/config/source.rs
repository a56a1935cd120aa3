//! Settings and where they come from.

use std::path::PathBuf;

use crate::secret::Secret;
use crate::view::Format;

/// What was said on the line.
#[derive(Clone, Default)]
pub struct Flags {
    /// `--context`.
    pub context: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--api-key`.
    pub api_key: Option<Secret>,
    /// `--api-key-file`.
    pub api_key_file: Option<PathBuf>,
    /// `--allow-http`.
    pub allow_http: Option<bool>,
    /// `--output`.
    pub output: Option<Format>,
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An option on the line.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// `current` in the file.
    Current,
    /// A deployment in the file.
    Deployment(String),
    /// Built in.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::Current => f.write_str("current"),
            Self::Deployment(name) => write!(f, "deployment.{name}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The setting.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    pub(super) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}
