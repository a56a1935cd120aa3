//! Runs another program for what it prints, without a shell and with a time limit.

use std::io::{self, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::env::Env;
use crate::interrupt::Interrupt;
use crate::time;

/// How often a running program is checked.
const TICK: Duration = Duration::from_millis(20);

/// How long standard error may stay open when the program has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// More output than this is not a key.
const LONGEST: u64 = 64 * 1024;

/// A program to run.
pub struct Program<'a> {
    /// Its name or path, and its arguments.
    pub words: &'a [String],
    /// What is written to its standard input, which is closed otherwise.
    pub input: Option<&'a [u8]>,
    /// How long it may take.
    pub limit: Duration,
    /// The environment that it gets.
    pub env: &'a Env,
    /// A signal ends it too.
    pub interrupt: &'a Interrupt,
}

/// Why there is no output.
#[derive(Debug)]
pub struct Failed {
    /// A predicate that follows the program's name in a sentence.
    pub reason: String,
    /// What the program wrote to standard error.
    pub said: String,
    /// The program does not exist.
    pub is_missing: bool,
    /// It took too long.
    pub is_late: bool,
    /// It ended by itself, with an exit code.
    pub has_exited: bool,
}

impl Failed {
    fn because(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            said: String::new(),
            is_missing: false,
            is_late: false,
            has_exited: false,
        }
    }
}

impl Program<'_> {
    /// Runs the program. Returns its standard output.
    ///
    /// # Errors
    /// If it can't be started, fails, or takes too long, in which case it is ended with all that it has started.
    pub fn run(&self) -> Result<Vec<u8>, Failed> {
        let mut child = self.start()?;
        let group = Group::of(&child);
        let _guard = self.interrupt.cleanup(move || group.end());
        if let (Some(input), Some(mut stdin)) = (self.input, child.stdin.take()) {
            // A program that does not read it says so itself.
            let _ = stdin.write_all(input);
        }
        let output = reader(child.stdout.take());
        let errors = reader(child.stderr.take());
        let end = Instant::now() + self.env.time_scale().shorten(self.limit);
        let outcome = wait(&mut child, &output, end);
        if !matches!(outcome, Ok(Some(_))) {
            group.end();
            // Its entry in the table of processes is freed.
            let _ = child.wait();
        }
        let said = errors.recv_timeout(LAST_WORDS).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        match outcome {
            Ok(Some((status, output))) if status.success() => Ok(output),
            Ok(Some((status, _))) => Err(Failed {
                said,
                has_exited: status.code().is_some(),
                ..Failed::because(described(status))
            }),
            Ok(None) => Err(Failed {
                said,
                is_late: true,
                ..Failed::because(format!(
                    "did not finish within {}",
                    time::show_duration(self.limit)
                ))
            }),
            Err(error) => Err(Failed::because(format!("failed: {error}"))),
        }
    }

    fn start(&self) -> Result<Child, Failed> {
        let [name, arguments @ ..] = self.words else {
            return Err(Failed::because("is empty"));
        };
        let mut command = Command::new(name);
        command
            .args(arguments)
            .env_clear()
            .envs(self.env.variables())
            .current_dir(self.env.directory())
            .stdin(if self.input.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            command.process_group(0);
        }
        command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failed {
                is_missing: true,
                ..Failed::because("is not installed, or not on the PATH")
            },
            _ => Failed::because(format!("can't be started: {error}")),
        })
    }
}

/// Waits for the program and for its output; `None` if it is late.
fn wait(
    child: &mut Child,
    output: &Receiver<Vec<u8>>,
    end: Instant,
) -> io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let mut read = None;
    loop {
        // Whoever it started may still hold its output open.
        if read.is_some()
            && let Some(status) = child.try_wait()?
        {
            return Ok(read.map(|bytes| (status, bytes)));
        }
        if Instant::now() >= end {
            return Ok(None);
        }
        if read.is_none() {
            read = output.recv_timeout(TICK).ok();
        } else {
            std::thread::sleep(TICK);
        }
    }
}

/// Reads a stream to its end.
fn reader(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = (&mut stream).take(LONGEST).read_to_end(&mut bytes);
            // A program that is not read on would wait for ever.
            let _ = io::copy(&mut stream, &mut io::sink());
        }
        let _ = sender.send(bytes);
    });
    receiver
}

fn described(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("failed with exit code {code}"),
        None => "was ended by a signal".to_owned(),
    }
}

/// A program and all that it has started.
#[derive(Clone, Copy)]
struct Group(u32);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id())
    }

    #[cfg(unix)]
    fn end(self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        let id = i32::try_from(self.0).ok().and_then(Pid::from_raw);
        if let Some(id) = id {
            let _ = kill_process_group(id, Signal::KILL);
        }
    }

    #[cfg(not(unix))]
    fn end(self) {
        // Only its parent can end it, which is about to end as well.
        let Self(_) = self;
    }
}
