//! The streams behind [`super::Ui`]: the process's own, or in memory.

use std::collections::VecDeque;
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::sync::{Arc, Mutex};

use super::Terminals;

/// Columns assumed on a terminal that does not tell its width.
const USUAL_WIDTH: usize = 80;

/// Where text goes.
pub(super) enum Sink {
    Output(io::Stdout),
    Error(io::Stderr),
    Memory(Buffer),
}

/// Bytes in memory, shared with the test that reads them.
pub type Buffer = Arc<Mutex<Vec<u8>>>;

/// What was written to a [`super::Ui`] in memory.
#[derive(Clone, Default)]
pub struct Written {
    /// Standard output.
    pub output: Buffer,
    /// Standard error.
    pub error: Buffer,
}

impl Written {
    /// Standard output and standard error as text.
    #[must_use]
    pub fn texts(&self) -> (String, String) {
        let text = |buffer: &Buffer| {
            let bytes = buffer
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            String::from_utf8_lossy(&bytes).into_owned()
        };
        (text(&self.output), text(&self.error))
    }
}

impl Sink {
    pub(super) fn output() -> Self {
        Self::Output(io::stdout())
    }

    pub(super) fn error() -> Self {
        Self::Error(io::stderr())
    }

    /// Writes all of it and flushes.
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Output(stream) => {
                let mut stream = stream.lock();
                stream.write_all(bytes)?;
                stream.flush()
            }
            Self::Error(stream) => stream.lock().write_all(bytes),
            Self::Memory(buffer) => {
                buffer
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// Writes what may be lost: nobody can be told that standard error is gone.
    pub(super) fn say(&mut self, text: &str) {
        let _ = self.put(text.as_bytes());
    }

    /// Rust's runtime opens `/dev/null` for reading and writing in the place of a standard stream that was closed. A
    /// shell's `>/dev/null` opens it for writing alone, so the two can be told apart.
    #[cfg(unix)]
    pub(super) fn was_closed(&self) -> bool {
        use rustix::fs::{FileType, OFlags};
        let Self::Output(stream) = self else {
            return false;
        };
        let is_null = || {
            let here = rustix::fs::fstat(stream).ok()?;
            let null = rustix::fs::stat("/dev/null").ok()?;
            let device = FileType::from_raw_mode(here.st_mode) == FileType::CharacterDevice;
            Some(device && here.st_rdev == null.st_rdev)
        };
        rustix::fs::fcntl_getfl(stream).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR)
            && is_null().unwrap_or(false)
    }

    #[cfg(not(unix))]
    pub(super) fn was_closed(&self) -> bool {
        false
    }
}

/// Where answers come from.
pub(super) enum Input {
    Process,
    Memory(VecDeque<u8>),
}

impl Input {
    /// One line without its newline; none at the end of input, also in the middle of a line: nobody pressed Enter. Reads byte by byte, so that nothing that belongs to
    /// somebody else is taken.
    pub(super) fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        loop {
            let byte = match self {
                Self::Process => one_byte()?,
                Self::Memory(bytes) => bytes.pop_front(),
            };
            match byte {
                None => return Ok(None),
                Some(b'\n') => break,
                Some(byte) => line.push(byte),
            }
        }
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    /// All that is left, up to `most` bytes and one more, so that the caller can tell that it is too much.
    pub(super) fn all(&mut self, most: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::Process => {
                let mut bytes = Vec::new();
                io::stdin()
                    .lock()
                    .take(most as u64 + 1)
                    .read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            Self::Memory(bytes) => Ok(std::mem::take(bytes).into()),
        }
    }
}

#[cfg(unix)]
fn one_byte() -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match rustix::io::read(io::stdin(), &mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(not(unix))]
fn one_byte() -> io::Result<Option<u8>> {
    let mut byte = [0];
    let count = io::stdin().lock().read(&mut byte)?;
    Ok((count == 1).then_some(byte[0]))
}

/// What the process's streams are attached to.
pub(super) fn terminals() -> Terminals {
    let output = io::stdout().is_terminal();
    Terminals {
        input: io::stdin().is_terminal(),
        output,
        error: io::stderr().is_terminal(),
        width: output.then(|| width().unwrap_or(USUAL_WIDTH)),
    }
}

#[cfg(unix)]
fn width() -> Option<usize> {
    rustix::termios::tcgetwinsize(io::stdout())
        .ok()
        .map(|size| usize::from(size.ws_col))
        .filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn width() -> Option<usize> {
    let (_, columns) = dialoguer::console::Term::stdout().size_checked()?;
    Some(usize::from(columns))
}

/// Writes to standard error past every lock: for the last word before a signal ends the process.
pub fn last_word(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Remembers how the terminal is set; what it returns puts that back and shows the cursor, should a signal come while a
/// library has changed either.
pub fn remembered() -> impl FnOnce() + Send + 'static {
    let modes = Modes::now();
    move || {
        if let Some(modes) = modes {
            modes.restore();
        }
        let _ = write!(io::stderr(), "\u{1b}[?25h");
    }
}

/// Drops what was typed before the question, so that it can't answer it.
#[cfg(unix)]
pub(super) fn drop_typed_ahead() {
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

#[cfg(not(unix))]
pub(super) fn drop_typed_ahead() {}

/// The settings of the terminal.
#[cfg(unix)]
#[derive(Clone)]
pub(super) struct Modes(rustix::termios::Termios);

#[cfg(unix)]
impl Modes {
    /// As they are now; none where standard input is no terminal.
    pub(super) fn now() -> Option<Self> {
        rustix::termios::tcgetattr(io::stdin()).ok().map(Self)
    }

    /// Switches the echo off; what was typed before is dropped.
    pub(super) fn without_echo(&self) {
        use rustix::termios::{LocalModes, OptionalActions};
        let mut silent = self.0.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        let _ = rustix::termios::tcsetattr(io::stdin(), OptionalActions::Flush, &silent);
    }

    /// Puts them back.
    pub(super) fn restore(&self) {
        let now = rustix::termios::OptionalActions::Now;
        let _ = rustix::termios::tcsetattr(io::stdin(), now, &self.0);
    }
}

#[cfg(not(unix))]
#[derive(Clone)]
pub(super) struct Modes;

#[cfg(not(unix))]
impl Modes {
    pub(super) fn now() -> Option<Self> {
        None
    }

    pub(super) fn without_echo(&self) {}

    pub(super) fn restore(&self) {}
}
