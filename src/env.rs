//! A snapshot of the process's environment. No other module reads it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::time::TimeScale;

/// Environment variables, working directory, home directory, and clock.
#[derive(Clone)]
pub struct Env {
    variables: BTreeMap<OsString, OsString>,
    home: Option<PathBuf>,
    directory: PathBuf,
    clock: fn() -> SystemTime,
    time_scale: TimeScale,
}

impl Env {
    /// The process's environment.
    pub fn capture() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            home: directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            clock: SystemTime::now,
            time_scale: TimeScale::REAL,
        }
    }

    /// An environment for tests: these variables only, `home` as the home and working directory, and `clock` as the
    /// clock.
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

    /// The same environment with shorter waits. Users can't set this.
    #[must_use]
    pub fn with_time_scale(self, time_scale: TimeScale) -> Self {
        Self { time_scale, ..self }
    }

    /// The scale of all waits.
    pub fn time_scale(&self) -> TimeScale {
        self.time_scale
    }

    /// The value of a variable. An empty variable counts as unset.
    pub fn os(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// The value of a variable as text. A value that isn't UTF-8 gets replacement characters and so fails later
    /// validation.
    pub fn text(&self, name: &str) -> Option<String> {
        self.os(name)
            .map(|value| value.to_string_lossy().into_owned())
    }

    /// All variables, for a program that is started.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The working directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// A path from a file in `directory`, made absolute: a relative one is relative to the directory, and `~/` is the home
    /// directory.
    pub fn absolute_in(&self, directory: &Path, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => directory.join(path),
        }
    }

    /// The user's home directory, if there is one.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// A path from the user, made absolute relative to the working directory.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    /// `$XDG_CONFIG_HOME/xeroctl`, or else `~/.config/xeroctl`, on every system. A relative
    /// `XDG_CONFIG_HOME` is ignored, as the XDG Base Directory Specification requires.
    pub fn config_dir(&self) -> Option<PathBuf> {
        self.xdg("XDG_CONFIG_HOME", ".config")
    }

    /// `$XDG_STATE_HOME/xeroctl`, or else `~/.local/state/xeroctl`, on every system.
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

    /// The clock, for callers that need more than one reading.
    pub fn clock(&self) -> fn() -> SystemTime {
        self.clock
    }

    /// The current time.
    pub fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Whether the program runs in continuous integration: `CI` is set and is not empty, `0`, or `false`.
    pub fn is_ci(&self) -> bool {
        self.is_on("CI")
    }

    /// Whether a screen reader may read the terminal, as `XEROCTL_ACCESSIBLE` says: it is set and is not empty, `0`, or
    /// `false`. Then only whole lines are written, and none is rewritten.
    pub fn is_accessible(&self) -> bool {
        self.is_on("XEROCTL_ACCESSIBLE")
    }

    fn is_on(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }

    /// Whether the terminal may show no characters outside ASCII, as its type or the locale says. Many containers set no
    /// locale at all, and their terminals show UTF-8.
    pub fn is_ascii(&self) -> bool {
        if self.text("TERM").is_some_and(|term| term == "dumb") {
            return true;
        }
        let names = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
        let mut values = names.filter_map(|name| self.text(name));
        let locale = values.find(|value| !value.is_empty());
        locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            !locale.contains("utf-8") && !locale.contains("utf8")
        })
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
