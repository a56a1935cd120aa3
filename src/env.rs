//! A snapshot of the process's surroundings. Nothing else in the crate reads them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::time::TimeScale;

/// The environment, the working directory, the home and the clock, as one value.
#[derive(Clone)]
pub struct Env {
    variables: BTreeMap<OsString, OsString>,
    home: Option<PathBuf>,
    directory: PathBuf,
    clock: fn() -> SystemTime,
    time_scale: TimeScale,
}

impl Env {
    /// What the process was started with.
    pub fn capture() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            home: directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            clock: SystemTime::now,
            time_scale: TimeScale::REAL,
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
            time_scale: TimeScale::REAL,
        }
    }

    /// The same environment, in which waits pass faster. A user has no way to ask for this.
    #[must_use]
    pub fn with_time_scale(self, time_scale: TimeScale) -> Self {
        Self { time_scale, ..self }
    }

    /// How fast waits pass.
    pub fn time_scale(&self) -> TimeScale {
        self.time_scale
    }

    /// The value of a variable; an empty one counts as unset.
    pub fn os(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// The value of a variable as text; one that is not UTF-8 comes with replacement characters, and so
    /// fails where its value is checked.
    pub fn text(&self, name: &str) -> Option<String> {
        self.os(name)
            .map(|value| value.to_string_lossy().into_owned())
    }

    /// The user's home directory, if there is one.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// A path as named by the user, made absolute from the working directory.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    /// `$XDG_CONFIG_HOME/xeroctl`, else `~/.config/xeroctl`, on every system. A relative
    /// `XDG_CONFIG_HOME` is ignored, as the XDG Base Directory Specification demands.
    pub fn config_dir(&self) -> Option<PathBuf> {
        self.xdg("XDG_CONFIG_HOME", ".config")
    }

    /// `$XDG_STATE_HOME/xeroctl`, else `~/.local/state/xeroctl`, on every system.
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

    /// The clock itself, for whom time must continue.
    pub fn clock(&self) -> fn() -> SystemTime {
        self.clock
    }

    /// The time.
    pub fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Whether a continuous-integration system runs us: `CI` is set, and neither empty, `0` nor `false`.
    pub fn is_ci(&self) -> bool {
        self.text("CI")
            .is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captured_environment_has_real_time() {
        assert_eq!(Env::capture().time_scale(), TimeScale::REAL);
    }
}
