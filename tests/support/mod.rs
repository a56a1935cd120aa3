//! Common parts of all tests: a private home, a run in the test process, and a run of the real program.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each kind of test uses a part of it"
)]

pub mod exec;
pub mod fleet;
#[cfg(unix)]
pub mod held;
pub mod live;
#[cfg(unix)]
pub mod process;
#[cfg(unix)]
pub mod pty;
pub mod router;
#[cfg(unix)]
pub mod session;
pub mod squads;
pub mod tls;

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;
use xeroctl::env::Env;
use xeroctl::interrupt::Interrupt;
use xeroctl::time::TimeScale;
use xeroctl::ui::{Terminals, Ui};

/// A home of its own, with a configuration and a sandbox of its own; removed at the end.
pub struct Home {
    dir: TempDir,
    variables: Vec<(String, String)>,
    time_scale: TimeScale,
}

/// The moment at which tests in this process take place: 2026-11-22T12:00:00Z.
pub fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(498_708)
}

/// Waits between attempts and polls pass so many times as fast for commands in this process.
pub const SCALE: u32 = 10;

/// How long a wait in this process would have been without [`SCALE`].
pub fn waited(since: Instant) -> Duration {
    since.elapsed() * SCALE
}

impl Home {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a temporary directory"),
            variables: Vec::new(),
            time_scale: TimeScale::times(SCALE),
        }
    }

    /// The same home with one more environment variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same home, in which waits take as long for commands in this process as for users.
    pub fn in_real_time(self) -> Self {
        Self {
            time_scale: TimeScale::REAL,
            ..self
        }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes the configuration file, readable by only its owner.
    pub fn config(self, text: &str) -> Self {
        let dir = self.path().join(".config/xeroctl");
        std::fs::create_dir_all(&dir).expect("the configuration directory");
        let file = dir.join("config.toml");
        std::fs::write(&file, text).expect("the configuration file");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path, mode| {
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
                    .expect("permissions");
            };
            mode(&dir, 0o700);
            mode(&file, 0o600);
        }
        self
    }

    /// Runs a command line in this process, off a terminal.
    pub fn run(&self, line: &str) -> Output {
        self.run_on(Terminals::default(), "", line)
    }

    /// Runs a command line in this process, on a terminal of 120 columns where the user types `input`.
    pub fn run_on_terminal(&self, input: &str, line: &str) -> Output {
        let terminals = Terminals {
            input: true,
            output: true,
            error: true,
            width: Some(120),
        };
        self.run_on(terminals, input, line)
    }

    /// Runs a command line in this process. `line` is split like a shell does it, but expands nothing.
    pub fn run_on(&self, terminals: Terminals, input: &str, line: &str) -> Output {
        self.run_words(terminals, input, line, &split(line))
    }

    fn run_words(&self, terminals: Terminals, input: &str, line: &str, words: &[String]) -> Output {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let mut variables = self.variables.clone();
        if (terminals.error || terminals.output)
            && !variables.iter().any(|(name, _)| name == "TERM")
        {
            variables.push(("TERM".to_owned(), "xterm".to_owned()));
        }
        let env = Env::made(variables, self.path(), noon).with_time_scale(self.time_scale);
        let (ui, written) = Ui::memory(terminals, noon, input);
        let code = xeroctl::run(&words, &env, &ui, &Interrupt::none());
        let (stdout, stderr) = written.texts();
        Output {
            line: line.to_owned(),
            stdout,
            stderr,
            code: i32::from(code),
        }
    }

    /// The real program in this home, with no variables but those of the home.
    pub fn binary(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xeroctl"));
        command
            .env_clear()
            .env("HOME", self.path())
            .current_dir(self.path());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }
}

/// The result of a run.
pub struct Output {
    pub line: String,
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Output {
    /// Everything in one text, for a snapshot.
    pub fn whole(&self) -> String {
        format!(
            "$ xeroctl {}\n{}-- stderr --\n{}-- exit {} --\n",
            self.line, self.stdout, self.stderr, self.code
        )
    }
}

/// Runs these words in this process, off a terminal, whatever characters they hold.
pub fn words(home: &Home, words: &[String]) -> Output {
    home.run_words(Terminals::default(), "", &words.join(" "), words)
}

/// Splits a line into words: blanks separate, quotes of both kinds hold together, a backslash at the end of a line joins
/// it with the next.
pub fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let line = line.replace("\\\n", " ");
    for c in line.chars() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
