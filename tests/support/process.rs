//! The real program while it runs: its streams, signals to it, and its end. No wait is longer than [`LIMIT`].

use std::ffi::OsString;
use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{Home, split};

/// The longest that a test waits for anything.
pub const LIMIT: Duration = Duration::from_secs(10);

/// What happens at once happens within this, on a busy machine too.
pub const AT_ONCE: Duration = Duration::from_secs(2);

/// SIGHUP, as in [`Ended::signal`].
pub const SIGHUP: i32 = 1;
/// SIGQUIT.
pub const SIGQUIT: i32 = 3;
/// SIGINT.
pub const SIGINT: i32 = 2;
/// SIGTERM.
pub const SIGTERM: i32 = 15;

/// The signals that end a command.
pub const SIGNALS: [(&str, i32); 4] = [
    ("INT", SIGINT),
    ("TERM", SIGTERM),
    ("HUP", SIGHUP),
    ("QUIT", SIGQUIT),
];

/// The binary with the words of a line, in this home; standard input is empty.
pub fn command(home: &Home, line: &str) -> Command {
    let mut command = home.binary();
    command.args(split(line)).stdin(Stdio::null());
    command
}

/// A shell script in this home, to which `"$X"` is the binary.
pub fn script(home: &Home, text: &str) -> Command {
    script_by("/bin/sh", home, text)
}

/// The same for another shell.
pub fn script_by(shell: &str, home: &Home, text: &str) -> Command {
    let mut command = Command::new(shell);
    command
        .env_clear()
        .envs(variables(&home.binary()))
        .env("PATH", "/usr/bin:/bin")
        .env("X", home.binary().get_program())
        .args(["-c", text])
        .current_dir(home.path())
        .stdin(Stdio::null());
    command
}

/// Whether a program is installed.
pub fn has(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The variables that a command is given.
pub fn variables(command: &Command) -> Vec<(OsString, OsString)> {
    command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect()
}

/// Runs a command line to its end.
pub fn run(home: &Home, line: &str) -> Ended {
    Running::start(&mut command(home, line)).end()
}

/// Runs a command line to its end, with standard output going somewhere else.
pub fn run_into(home: &Home, line: &str, output: impl Into<Stdio>) -> Ended {
    Running::start_into(&mut command(home, line), output).end()
}

/// Runs a script to its end.
pub fn run_script(home: &Home, text: &str) -> Ended {
    Running::start(&mut script(home, text)).end()
}

/// The writing end of a pipe that is not read.
pub fn gone_reader() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

/// Sends a process a signal by its name: `INT`.
pub fn send_signal(pid: u32, name: &str) {
    let sent = Command::new("/bin/sh")
        .args(["-c", "kill -s \"$0\" \"$1\"", name, &pid.to_string()])
        .status();
    assert!(sent.is_ok_and(|status| status.success()), "kill -s {name}");
}

/// A process under way; killed when it is dropped before its end.
pub struct Running {
    line: String,
    pid: u32,
    stdout: Stream,
    stderr: Stream,
    exit: Receiver<ExitStatus>,
    status: Option<ExitStatus>,
}

impl Running {
    /// Starts it with both outputs collected.
    pub fn start(command: &mut Command) -> Self {
        Self::start_into(command, Stdio::piped())
    }

    /// Starts it with standard output going to `output`.
    pub fn start_into(command: &mut Command, output: impl Into<Stdio>) -> Self {
        command.stdout(output).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the process starts");
        let (sender, exit) = mpsc::channel();
        let running = Self {
            line: format!("{command:?}"),
            pid: child.id(),
            stdout: child.stdout.take().map(Stream::of).unwrap_or_default(),
            stderr: child.stderr.take().map(Stream::of).unwrap_or_default(),
            exit,
            status: None,
        };
        // What it holds of the streams must not outlive the start: a reader waits for the last writer.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        thread::spawn(move || {
            if let Ok(status) = child.wait() {
                let _ = sender.send(status);
            }
        });
        running
    }

    /// Waits until standard output holds `text`.
    #[track_caller]
    pub fn wait_for_output(&self, text: &str) {
        self.wait_for(&self.stdout, "standard output", text);
    }

    /// Waits until standard error holds `text`.
    #[track_caller]
    pub fn wait_for_error(&self, text: &str) {
        self.wait_for(&self.stderr, "standard error", text);
    }

    #[track_caller]
    fn wait_for(&self, stream: &Stream, name: &str, text: &str) {
        assert!(
            stream.wait(|seen, _| seen.contains(text)),
            "{}: {name} never held {text:?}, but {:?}",
            self.line,
            stream.text()
        );
    }

    /// The number of the process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What standard output holds so far.
    pub fn output(&self) -> String {
        self.stdout.text()
    }

    /// Sends a signal by its name: `INT`.
    pub fn signal(&self, name: &str) {
        send_signal(self.pid, name);
    }

    /// Waits for its end.
    #[track_caller]
    pub fn end(self) -> Ended {
        self.end_within(LIMIT)
    }

    /// Waits for its end, which takes longer than usual.
    #[track_caller]
    pub fn end_within(mut self, limit: Duration) -> Ended {
        let status = self.exit.recv_timeout(limit).unwrap_or_else(|_| {
            panic!(
                "{} does not end; standard output {:?}, standard error {:?}",
                self.line,
                self.stdout.text(),
                self.stderr.text()
            )
        });
        self.status = Some(status);
        self.stdout.wait(|_, ended| ended);
        self.stderr.wait(|_, ended| ended);
        Ended {
            line: self.line.clone(),
            status,
            stdout: self.stdout.text(),
            stderr: self.stderr.text(),
        }
    }

    /// Sends a signal and expects the end at once.
    #[track_caller]
    pub fn end_by(self, signal: &str) -> Ended {
        let began = Instant::now();
        self.signal(signal);
        let ended = self.end();
        let took = began.elapsed();
        assert!(took < AT_ONCE, "{}: ended after {took:?}", ended.line);
        ended
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.status.is_none() && self.exit.try_recv().is_err() {
            self.signal("KILL");
        }
    }
}

/// How a process ended and what it wrote.
#[derive(Debug)]
pub struct Ended {
    pub line: String,
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The signal that ended it.
    pub fn signal(&self) -> Option<i32> {
        use std::os::unix::process::ExitStatusExt as _;
        self.status.signal()
    }

    /// Expects this exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{self:#?}");
        self
    }

    /// Expects the end by this signal.
    #[track_caller]
    pub fn dies_by(self, signal: i32) -> Self {
        assert_eq!(self.signal(), Some(signal), "{self:#?}");
        self
    }

    /// Expects this text on standard error.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{text:?} in {self:#?}");
        self
    }

    /// Expects nothing on standard error.
    #[track_caller]
    pub fn says_nothing(self) -> Self {
        assert_eq!(self.stderr, "", "{self:#?}");
        self
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON document ({error}): {self:#?}"))
    }
}

/// The text of a stream as a thread collects it.
#[derive(Clone)]
struct Stream(Arc<(Mutex<Collected>, Condvar)>);

struct Collected {
    bytes: Vec<u8>,
    ended: bool,
}

impl Default for Stream {
    /// A stream that is at its end.
    fn default() -> Self {
        let nothing = Collected {
            bytes: Vec::new(),
            ended: true,
        };
        Self(Arc::new((Mutex::new(nothing), Condvar::new())))
    }
}

impl Stream {
    fn of(mut source: impl Read + Send + 'static) -> Self {
        let stream = Self::default();
        lock(&stream.0.0).ended = false;
        let mine = stream.clone();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = source.read(&mut buffer).unwrap_or(0);
                let mut collected = lock(&mine.0.0);
                collected.bytes.extend_from_slice(&buffer[..read]);
                collected.ended = read == 0;
                drop(collected);
                mine.0.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        stream
    }

    /// Waits until `done` holds of the text and of whether the stream has ended; false when it never does.
    fn wait(&self, done: impl Fn(&str, bool) -> bool) -> bool {
        let holds = |collected: &mut Collected| {
            done(&String::from_utf8_lossy(&collected.bytes), collected.ended)
        };
        let (mutex, changed) = &*self.0;
        let mut collected = lock(mutex);
        let began = Instant::now();
        while !holds(&mut collected) {
            let left = LIMIT.saturating_sub(began.elapsed());
            if left.is_zero() || collected.ended {
                return false;
            }
            collected = changed
                .wait_timeout(collected, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.0.0).bytes).into_owned()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `xeroctl sandbox serve`, up and waiting.
pub struct Served {
    running: Running,
    pub base_url: String,
    pub key: String,
    pub port: u16,
}

impl Served {
    /// Serves the sandbox of this home with more options.
    #[track_caller]
    pub fn start(home: &Home, options: &str) -> Self {
        let line = format!("sandbox serve -o json {options}");
        let running = Running::start(&mut command(home, &line));
        running.wait_for_output("\n");
        let said: serde_json::Value =
            serde_json::from_str(&running.output()).expect("one line of JSON");
        let text = |name: &str| said[name].as_str().expect(name).to_owned();
        Self {
            base_url: text("base_url"),
            key: text("key"),
            port: said["port"]
                .as_u64()
                .and_then(|port| port.try_into().ok())
                .expect("a port"),
            running,
        }
    }

    /// A home of a client, whose environment names this sandbox and its key.
    pub fn home(&self) -> Home {
        Home::new()
            .with("XEROCTL_BASE_URL", &self.base_url)
            .with("XEROCTL_API_KEY", &self.key)
    }

    /// The process.
    pub fn into_running(self) -> Running {
        self.running
    }
}
