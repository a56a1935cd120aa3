//! The real program on a terminal: typed input, the screen and its styles, and its end.

use std::io::{Read, Write as _};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use portable_pty::{
    Child, ChildKiller, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system,
};

use super::Home;
use super::process::{LIMIT, command, send_signal};
use super::session::{Leader, MARKER, Session};

/// Columns where a test does not care.
const USUAL: u16 = 120;

/// Lines: more than any test fills.
const LINES: u16 = 100;

/// Ctrl-C as it is typed.
pub const CTRL_C: &str = "\u{3}";
/// Ctrl-D as it is typed.
pub const CTRL_D: &str = "\u{4}";
/// Enter as it is typed.
pub const ENTER: &str = "\r";

/// A terminal, and the process on it, which is killed when this is dropped before its end.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    /// Kept, so that the terminal outlives the process.
    slave: Option<Box<dyn SlavePty + Send>>,
    keys: Box<dyn std::io::Write + Send>,
    killer: Option<Box<dyn ChildKiller + Send + Sync>>,
    pid: Option<u32>,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    closed: bool,
    exit: Option<ExitStatus>,
    /// Leads the session until this is dropped; none if the command does.
    leader: Option<Leader>,
}

/// How the process on a terminal ended, and what it left there.
#[derive(Debug)]
pub struct Left {
    /// The exit code; none where a signal ended it.
    pub code: Option<u32>,
    /// The name of the signal that ended it: `Interrupt`.
    pub signal: Option<String>,
    /// The text on the screen.
    pub screen: String,
    /// Everything that was written, escape sequences included.
    pub raw: String,
}

impl Terminal {
    /// A terminal of this many columns on which nothing runs yet.
    pub fn open(columns: u16) -> Self {
        let size = PtySize {
            rows: LINES,
            cols: columns,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let reader = pair.master.try_clone_reader().expect("its output");
        let keys = pair.master.take_writer().expect("its keyboard");
        let lines = |count| NonZeroU16::new(count).expect("more than none");
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                screen: vt100::Parser::new(lines(LINES), lines(columns), 0),
                bytes: Vec::new(),
                closed: false,
                exit: None,
                leader: None,
            }),
            changed: Condvar::new(),
        });
        let mine = shared.clone();
        thread::spawn(move || mine.collect(reader));
        Self {
            master: pair.master,
            slave: Some(pair.slave),
            keys,
            killer: None,
            pid: None,
            shared,
        }
    }

    /// Runs a command line of this home on a terminal of usual width.
    pub fn run(home: &Home, line: &str) -> Self {
        Self::run_at(USUAL, home, line)
    }

    /// Runs a command line of this home on a terminal of this many columns.
    pub fn run_at(columns: u16, home: &Home, line: &str) -> Self {
        Self::open(columns).start(&command(home, line))
    }

    /// Runs a command on a terminal of usual width.
    pub fn run_command(command: &Command) -> Self {
        Self::open(USUAL).start(command)
    }

    /// Starts a command on this terminal.
    pub fn start(mut self, command: &Command) -> Self {
        let session = Session::new();
        let builder = Session::builder(session.as_ref(), command);
        let slave = self.slave.as_ref().expect("the terminal is open");
        let child = slave.spawn_command(builder).expect("the process starts");
        self.killer = Some(child.clone_killer());
        let (leader, pid) = session.map(Session::leader).unzip();
        self.pid = pid.or(child.process_id());
        let shared = self.shared.clone();
        thread::spawn(move || shared.await_end(child, leader));
        self
    }

    /// Types.
    pub fn types(&mut self, keys: &str) -> &mut Self {
        self.keys
            .write_all(keys.as_bytes())
            .and_then(|()| self.keys.flush())
            .expect("typing");
        self
    }

    /// Waits until the screen holds `text`.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        let seen = self
            .shared
            .wait(|state| state.screen.screen().contents().contains(text));
        assert!(seen, "{text:?} never came; the screen:\n{}", self.screen());
        self
    }

    /// Waits until the screen holds `text` this many times.
    #[track_caller]
    pub fn wait_for_times(&mut self, text: &str, times: usize) -> &mut Self {
        let enough =
            |state: &State| state.screen.screen().contents().matches(text).count() >= times;
        let seen = self.shared.wait(enough);
        assert!(
            seen,
            "{text:?} not {times} times; the screen:\n{}",
            self.screen()
        );
        self
    }

    /// Waits until everything that was written so far is as wanted.
    #[track_caller]
    pub fn wait_until(&mut self, done: impl Fn(&str) -> bool) -> &mut Self {
        let seen = self
            .shared
            .wait(|state| done(&String::from_utf8_lossy(&state.bytes)));
        assert!(seen, "it never came; the screen:\n{}", self.screen());
        self
    }

    /// Makes the window this wide.
    pub fn resize(&mut self, columns: u16) -> &mut Self {
        let size = PtySize {
            rows: LINES,
            cols: columns,
            ..PtySize::default()
        };
        self.master.resize(size).expect("another size");
        self
    }

    /// Sends everything on the terminal a signal by its name.
    pub fn signal_group(&mut self, name: &str) -> &mut Self {
        let group = self.master.process_group_leader().expect("a group");
        let sent = Command::new("/bin/sh")
            .args(["-c", "kill -s \"$0\" -- \"-$1\"", name, &group.to_string()])
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -s {name}");
        self
    }

    /// Sends the process a signal by its name: `INT`.
    pub fn signal(&mut self, name: &str) -> &mut Self {
        send_signal(self.pid.expect("a process"), name);
        self
    }

    /// The text on the screen.
    pub fn screen(&self) -> String {
        self.shared.lock().screen.screen().contents()
    }

    /// The look of the first cell of `text` where it first stands on the screen.
    #[track_caller]
    pub fn look(&self, text: &str) -> Look {
        let state = self.shared.lock();
        let screen = state.screen.screen();
        let (_, columns) = screen.size();
        for row in 0..LINES {
            let cells = (0..columns.get()).filter_map(|column| screen.cell(row, column));
            let mut line = String::new();
            // Where each cell begins in the line: wide characters and accents take more bytes than columns.
            let begun: Vec<_> = cells
                .map(|cell| {
                    let at = line.len();
                    line.push_str(match cell.contents() {
                        "" if !cell.is_wide_continuation() => " ",
                        contents => contents,
                    });
                    (at, cell)
                })
                .collect();
            let found = line.find(text);
            if let Some((_, cell)) = begun.iter().find(|(at, _)| Some(*at) == found) {
                return Look {
                    colour: match cell.fgcolor() {
                        vt100::Color::Idx(index) => Some(index),
                        _ => None,
                    },
                    bold: cell.bold(),
                };
            }
        }
        panic!("no {text:?} on the screen:\n{}", screen.contents());
    }

    /// Whether a line on the screen was too long for it.
    pub fn is_wrapped(&self) -> bool {
        let state = self.shared.lock();
        let screen = state.screen.screen();
        (0..LINES).any(|row| screen.row_wrapped(row))
    }

    /// Whether the cursor is shown.
    pub fn shows_cursor(&self) -> bool {
        !self.shared.lock().screen.screen().hide_cursor()
    }

    /// Waits until the process has ended; the terminal stays.
    #[track_caller]
    pub fn wait(&mut self) -> &mut Self {
        let ended = self.shared.wait(|state| state.exit.is_some());
        assert!(ended, "it does not end; the screen:\n{}", self.screen());
        if self.shared.lock().leader.is_some() {
            let is_read = |state: &State| String::from_utf8_lossy(&state.bytes).contains(MARKER);
            self.shared.wait(is_read);
        }
        self
    }

    /// Waits until the process has ended, and for the last of its output; the terminal is closed.
    #[track_caller]
    pub fn end(&mut self) -> Left {
        self.wait();
        let leader = self.shared.lock().leader.take();
        drop(leader);
        self.slave = None;
        let closed = self.shared.wait(|state| state.closed);
        assert!(closed, "something holds the terminal:\n{}", self.screen());
        let state = self.shared.lock();
        let exit = state.exit.as_ref().expect("it has ended");
        let signal = exit.signal().map(str::to_owned);
        Left {
            code: signal.is_none().then(|| exit.exit_code()),
            signal,
            screen: state.screen.screen().contents(),
            raw: String::from_utf8_lossy(&state.bytes).replace(MARKER, ""),
        }
    }

    /// Expects that what is typed is shown: the echo is on.
    #[track_caller]
    pub fn echoes(&mut self) -> &mut Self {
        self.types("shown again").wait_for("shown again")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.shared.lock().exit.is_none()
            && let Some(killer) = &mut self.killer
        {
            // It may have ended meanwhile.
            if let Some(pid) = self.pid {
                let _ = Command::new("/bin/sh")
                    .args(["-c", "kill -s KILL \"$0\" 2> /dev/null", &pid.to_string()])
                    .status();
            }
            let _ = killer.kill();
        }
    }
}

impl Left {
    /// Expects this exit code.
    #[track_caller]
    pub fn exits(self, code: u32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Expects the end by Ctrl-C.
    #[track_caller]
    pub fn was_interrupted(self) -> Self {
        let signal = self.signal.as_deref().unwrap_or_default();
        assert!(signal.starts_with("Interrupt"), "{self:#?}");
        self
    }

    /// Expects this text on the screen.
    #[track_caller]
    pub fn shows(self, text: &str) -> Self {
        assert!(self.screen.contains(text), "{text:?} in {self:#?}");
        self
    }

    /// Expects that this text is not on the screen.
    #[track_caller]
    pub fn lacks(self, text: &str) -> Self {
        assert!(!self.screen.contains(text), "no {text:?} in {self:#?}");
        self
    }
}

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The number of the color; none is the terminal's own.
    pub colour: Option<u8>,
    pub bold: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `done` holds; false when it never does.
    fn wait(&self, done: impl Fn(&State) -> bool) -> bool {
        let began = Instant::now();
        let mut state = self.lock();
        while !done(&state) {
            let left = LIMIT.saturating_sub(began.elapsed());
            if left.is_zero() || state.closed {
                return false;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }

    fn collect(&self, mut source: impl Read) {
        let mut buffer = [0; 4096];
        loop {
            // On a closed terminal Linux reports an error, others an end.
            let read = source.read(&mut buffer).unwrap_or(0);
            let mut state = self.lock();
            state.screen.process(&buffer[..read]);
            state.bytes.extend_from_slice(&buffer[..read]);
            state.closed = read == 0;
            drop(state);
            self.changed.notify_all();
            if read == 0 {
                return;
            }
        }
    }

    fn await_end(&self, mut child: Box<dyn Child + Send + Sync>, leader: Option<Leader>) {
        if let Some(mut leader) = leader {
            let exit = leader.exit();
            let mut state = self.lock();
            state.leader = Some(leader);
            state.exit = Some(exit);
            drop(state);
            self.changed.notify_all();
            let _ = child.wait();
            return;
        }
        let exit = child.wait().expect("the end of the process");
        self.lock().exit = Some(exit);
        self.changed.notify_all();
    }
}
