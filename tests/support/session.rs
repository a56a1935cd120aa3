//! The session of a test's terminal: its leader, the tested process, and its end.

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, ExitStatus};
use tempfile::TempDir;

use super::process::{LIMIT, variables};

/// Ends the output of a command. Terminals don't show it, because it only sets a title.
pub const MARKER: &str = "\u{1b}]0;the command has ended\u{7}";

/// Part of Debian's essential packages, and of macOS.
const PERL: &str = "/usr/bin/perl";

/// Where a command is started, and how the leader of its session is reached.
pub struct Session {
    listener: UnixListener,
    directory: TempDir,
}

/// The connection to the leader of a session, which waits until this is dropped.
pub struct Leader {
    lines: BufReader<UnixStream>,
}

impl Session {
    /// A session with a leader of its own, or none where perl is missing: then the command leads it.
    pub fn new() -> Option<Self> {
        if !Path::new(PERL).exists() {
            return None;
        }
        let directory = TempDir::new().expect("a directory");
        let listener = UnixListener::bind(directory.path().join("test")).expect("a socket");
        listener.set_nonblocking(true).expect("a polled socket");
        Some(Self {
            listener,
            directory,
        })
    }

    /// The command as the leader of this session starts it; as it is without a session.
    pub fn builder(session: Option<&Self>, command: &Command) -> CommandBuilder {
        let mut builder = if let Some(session) = session {
            let mut builder = CommandBuilder::new(PERL);
            builder.args(["-e", include_str!("session_leader.pl")]);
            builder.arg(session.directory.path().join("test"));
            builder.args([MARKER.as_ref(), command.get_program()]);
            builder
        } else {
            CommandBuilder::new(command.get_program())
        };
        builder.args(command.get_args());
        builder.env_clear();
        builder.env("TERM", "xterm-256color");
        for (name, value) in variables(command) {
            builder.env(name, value);
        }
        if let Some(directory) = command.get_current_dir() {
            builder.cwd(directory);
        }
        builder
    }

    /// The leader, and the process ID of the command.
    pub fn leader(self) -> (Leader, u32) {
        let began = Instant::now();
        let stream = loop {
            match self.listener.accept() {
                Ok((stream, _)) => break stream,
                Err(error) => {
                    assert!(began.elapsed() < LIMIT, "no leader: {error}");
                    thread::sleep(Duration::from_millis(1));
                }
            }
        };
        stream.set_nonblocking(false).expect("a waiting socket");
        let mut leader = Leader {
            lines: BufReader::new(stream),
        };
        let pid = leader.number().expect("a process ID");
        (leader, pid)
    }
}

impl Leader {
    /// How the command ended. Waits for it.
    pub fn exit(&mut self) -> ExitStatus {
        // The leader is gone, and so is the terminal.
        let Some(status) = self.number() else {
            return ExitStatus::with_signal("Killed");
        };
        match status & 0x7f {
            0 => ExitStatus::with_exit_code(status >> 8),
            1 => ExitStatus::with_signal("Hangup"),
            2 => ExitStatus::with_signal("Interrupt"),
            3 => ExitStatus::with_signal("Quit"),
            9 => ExitStatus::with_signal("Killed"),
            15 => ExitStatus::with_signal("Terminated"),
            _ => ExitStatus::with_signal("another signal"),
        }
    }

    fn number(&mut self) -> Option<u32> {
        let mut line = String::new();
        self.lines.read_line(&mut line).ok()?;
        line.trim().parse().ok()
    }
}
