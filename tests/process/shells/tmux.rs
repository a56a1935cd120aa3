//! A shell in tmux: typed input, and the screen.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::shells::shell::{Shell, path};
use crate::support::Home;
use crate::support::process::{LIMIT, variables};

/// An interactive shell in a tmux of its own, which ends with this.
pub(crate) struct Tmux {
    socket: PathBuf,
    home: Home,
}

impl Tmux {
    /// Opens a window of this many columns with a shell in this home.
    #[track_caller]
    pub(crate) fn open(shell: Shell, columns: u16, home: Home) -> Self {
        let socket = home.path().join("tmux");
        let tmux = Self { socket, home };
        let start = format!("exec {} {}", shell.name, shell.quiet);
        let columns = columns.to_string();
        tmux.say(&[
            "-f",
            "/dev/null",
            "-u",
            "new-session",
            "-d",
            "-y",
            "40",
            "-x",
            &columns,
            &start,
        ]);
        tmux.wait_for("> ");
        tmux
    }

    /// The home in which the shell runs.
    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    /// One of tmux's commands, about this tmux and no other.
    fn tmux(&self, words: &[&str]) -> Command {
        let mut command = Command::new("tmux");
        command
            .env_clear()
            .envs(variables(&self.home.binary()))
            .env("PATH", path())
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("SHELL", "/bin/sh")
            .env("PS1", "> ")
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .arg("-S")
            .arg(&self.socket)
            .args(words);
        command
    }

    /// Runs one of tmux's commands; returns what it prints.
    #[track_caller]
    fn say(&self, words: &[&str]) -> String {
        let output = self.tmux(words).output().expect("tmux");
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Types this, and Enter.
    pub(crate) fn enter(&self, line: &str) -> &Self {
        if !line.is_empty() {
            self.say(&["send-keys", "-l", "--", line]);
        }
        self.key("Enter")
    }

    /// Presses a key by tmux's name for it: `C-c`.
    pub(crate) fn key(&self, name: &str) -> &Self {
        self.say(&["send-keys", name]);
        self
    }

    /// The text in the window, lines that were too long for it in one.
    pub(crate) fn screen(&self) -> String {
        self.say(&["capture-pane", "-p", "-J"])
    }

    /// Waits until the window holds this text.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> &Self {
        self.wait(&format!("{text:?} never came"), |screen| {
            screen.contains(text)
        })
    }

    #[track_caller]
    fn wait(&self, fault: &str, done: impl Fn(&str) -> bool) -> &Self {
        let began = Instant::now();
        loop {
            let screen = self.screen();
            if done(&screen) {
                return self;
            }
            assert!(began.elapsed() < LIMIT, "{fault}; the window:\n{screen}");
            // tmux does not tell when a window changes.
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Expects the exit code of the last command, as the shell tells it.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        // Typed while the command still ends, the echo of it stands above the shell's prompt, and not beside it.
        let code_in = |line: &str| {
            let told = line.trim_start_matches("> ").strip_prefix("[code ")?;
            told.strip_suffix(']').map(str::to_owned)
        };
        self.enter("echo \"[code $?]\"");
        self.wait("no exit code", |screen| {
            screen.lines().any(|line| code_in(line).is_some())
        });
        let screen = self.screen();
        let told = screen.lines().find_map(code_in);
        assert_eq!(told, Some(code.to_string()), "{screen}");
        self
    }

    /// Empties the window.
    #[track_caller]
    pub(crate) fn clear(&self) -> &Self {
        self.enter("clear");
        self.wait("not empty", |screen| screen.trim() == ">")
    }

    /// Expects that this text is not in the window.
    #[track_caller]
    pub(crate) fn lacks(&self, text: &str) -> &Self {
        let screen = self.screen();
        assert!(!screen.contains(text), "no {text:?} in {screen}");
        self
    }

    /// Expects that no line in the window was too long for it.
    #[track_caller]
    pub(crate) fn is_not_wrapped(&self) -> &Self {
        let rows = self.say(&["capture-pane", "-p"]);
        assert_eq!(
            rows.lines().count(),
            self.screen().lines().count(),
            "{rows}"
        );
        self
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.tmux(&["kill-server"]).output();
    }
}
