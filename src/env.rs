//! A snapshot of the process's surroundings. Nothing else in the crate reads them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The environment, the working directory, the home and the clock, as one value.
#[derive(Clone)]
pub struct Env {
    variables: BTreeMap<OsString, OsString>,
    home: Option<PathBuf>,
    directory: PathBuf,
    clock: fn() -> SystemTime,
}

impl Env {
    /// What the process was started with.
    #[must_use]
    pub fn capture() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            home: directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            clock: SystemTime::now,
        }
    }

    /// An environment made by hand: no variables but `variables`, `home` as the home and the working
    /// directory, `clock` as the clock.
    pub fn made<K, V>(
        variables: impl IntoIterator<Item = (K, V)>,
        home: &Path,
        clock: fn() -> SystemTime,
    ) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            home: Some(home.to_owned()),
            directory: home.to_owned(),
            clock,
        }
    }

    /// The value of a variable; an empty one counts as unset.
    #[must_use]
    pub fn os(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// The value of a variable as text; one that is not UTF-8 comes with replacement characters, and so
    /// fails where its value is checked.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.os(name)
            .map(|value| value.to_string_lossy().into_owned())
    }

    /// The user's home directory, if there is one.
    #[must_use]
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// A path as named by the user, made absolute from the working directory.
    #[must_use]
    pub fn absolute(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    /// `$XDG_CONFIG_HOME/xeroctl`, else `~/.config/xeroctl`, on every system. A relative
    /// `XDG_CONFIG_HOME` is ignored, as the XDG Base Directory Specification demands.
    #[must_use]
    pub fn config_dir(&self) -> Option<PathBuf> {
        self.xdg("XDG_CONFIG_HOME", ".config")
    }

    /// `$XDG_STATE_HOME/xeroctl`, else `~/.local/state/xeroctl`, on every system.
    #[must_use]
    pub fn state_dir(&self) -> Option<PathBuf> {
        self.xdg("XDG_STATE_HOME", ".local/state")
    }

    fn xdg(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        self.os(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| self.home().map(|home| home.join(below_home)))
            .map(|base| base.join("xeroctl"))
    }

    /// The clock itself, for whom time must go on.
    #[must_use]
    pub fn clock(&self) -> fn() -> SystemTime {
        self.clock
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Whether a continuous-integration system runs us: `CI` is set, and neither empty, `0` nor `false`.
    #[must_use]
    pub fn is_ci(&self) -> bool {
        self.text("CI")
            .is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }
}
