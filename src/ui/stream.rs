//! The streams behind [`super::Ui`]: the process's own, or in memory.

use std::collections::VecDeque;
use std::io::{self, IsTerminal as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::Terminals;
#[cfg(unix)]
use super::writer::is_ready;
use super::writer::{Stream, Writer};
use crate::interrupt::Interrupt;

/// Columns assumed on a terminal that does not report its width,
const USUAL_WIDTH: usize = 80;
/// and lines.
const USUAL_ROWS: usize = 24;

/// A signal ends the process within this time, unless it is held.
pub(super) const ENDING: Duration = Duration::from_secs(2);

/// The maximum number of bytes read from type-ahead.
#[cfg(unix)]
const MOST_QUEUED: usize = 1024 * 1024;

/// The size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub columns: usize,
    /// Lines.
    pub rows: usize,
}

impl Size {
    /// The size of a terminal that does not report it.
    pub(super) fn usual(columns: Option<usize>) -> Self {
        Self {
            columns: columns.unwrap_or(USUAL_WIDTH),
            rows: USUAL_ROWS,
        }
    }
}

/// A destination for text.
pub(super) enum Sink {
    Process(Writer),
    Memory(Buffer),
}

/// Bytes in memory, shared with the test that reads them.
pub type Buffer = Arc<Mutex<Vec<u8>>>;

/// The output of a [`super::Ui`] in memory.
#[derive(Clone, Default)]
pub struct Written {
    /// Standard output.
    pub output: Buffer,
    /// Standard error.
    pub error: Buffer,
}

impl Written {
    /// Standard output and standard error as text.
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
    pub(super) fn output(interrupt: &Interrupt) -> Self {
        Self::Process(Writer::new(Stream::Output, interrupt))
    }

    pub(super) fn error(interrupt: &Interrupt) -> Self {
        Self::Process(Writer::new(Stream::Error, interrupt))
    }

    /// Whether a file takes what is written, or nobody.
    pub(super) fn is_file(&self) -> bool {
        match self {
            Self::Process(writer) => writer.stream().is_file(),
            Self::Memory(_) => false,
        }
    }

    /// Writes everything and flushes.
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Process(writer) => writer.put(bytes),
            Self::Memory(buffer) => {
                buffer
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// Writes and ignores errors, because a failure of standard error can't be reported anywhere.
    pub(super) fn say(&mut self, text: &str) {
        let _ = self.put(text.as_bytes());
    }

    /// The terminal's current size; a window may be resized.
    #[cfg(unix)]
    pub(super) fn size(&self) -> Option<Size> {
        let Self::Process(writer) = self else {
            return None;
        };
        let size = rustix::termios::tcgetwinsize(writer.stream().fd()).ok()?;
        (size.ws_col > 0).then(|| Size {
            columns: size.ws_col.into(),
            rows: match size.ws_row {
                0 => USUAL_ROWS,
                rows => rows.into(),
            },
        })
    }

    #[cfg(not(unix))]
    pub(super) fn size(&self) -> Option<Size> {
        let Self::Process(_) = self else {
            return None;
        };
        terminal_size::terminal_size().map(|(columns, rows)| Size {
            columns: columns.0.into(),
            rows: rows.0.into(),
        })
    }

    /// The terminal's current width in columns.
    pub(super) fn width(&self) -> Option<usize> {
        self.size().map(|size| size.columns)
    }

    /// Whether this process may draw on the terminal. A background job must leave it to the shell.
    #[cfg(unix)]
    pub(super) fn is_in_foreground(&self) -> bool {
        let Self::Process(writer) = self else {
            return true;
        };
        // Only the controlling terminal has job control.
        rustix::termios::tcgetpgrp(writer.stream().fd())
            .map_or(true, |group| group == rustix::process::getpgrp())
    }

    #[cfg(not(unix))]
    pub(super) fn is_in_foreground(&self) -> bool {
        true
    }

    /// Rust's runtime opens `/dev/null` for reading and writing instead of a standard stream that was closed. A
    /// shell's `>/dev/null` opens it for writing only, so the two can be distinguished.
    #[cfg(unix)]
    pub(super) fn was_closed(&self) -> bool {
        use rustix::fs::{FileType, OFlags};
        let Self::Process(writer) = self else {
            return false;
        };
        let stream = writer.stream().fd();
        let is_null = || {
            let here = rustix::fs::fstat(stream).ok()?;
            let null = rustix::fs::stat("/dev/null").ok()?;
            let device = FileType::from_raw_mode(here.st_mode) == FileType::CharacterDevice;
            Some(device && here.st_rdev == null.st_rdev)
        };
        rustix::fs::fcntl_getfl(stream).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR)
            && is_null().unwrap_or(false)
    }

    /// Whether this is a pipe or a socket whose reader has left, without writing to it.
    #[cfg(unix)]
    pub(super) fn is_abandoned(&self) -> bool {
        use rustix::event::PollFlags;
        use rustix::fs::FileType;
        let Self::Process(writer) = self else {
            return false;
        };
        let stream = writer.stream().fd();
        let kind = rustix::fs::fstat(stream).map(|found| FileType::from_raw_mode(found.st_mode));
        matches!(kind, Ok(FileType::Fifo | FileType::Socket))
            && is_ready(stream, PollFlags::empty(), Some(Duration::ZERO))
    }

    #[cfg(not(unix))]
    pub(super) fn is_abandoned(&self) -> bool {
        false
    }

    #[cfg(not(unix))]
    pub(super) fn was_closed(&self) -> bool {
        false
    }
}

/// The source of input.
pub(super) enum Input {
    Process,
    Memory(VecDeque<u8>),
}

impl Input {
    /// The next byte, or `None` at the end of input. Reads no further byte, and none after a signal: later input belongs
    /// to another program. Fails with [`io::ErrorKind::Interrupted`] if the signal does not end the process.
    pub(super) fn byte(&mut self, interrupt: &Interrupt) -> io::Result<Option<u8>> {
        match self {
            Self::Process => {
                let mut byte = [0];
                #[cfg(unix)]
                while !interrupt.has_arrived()
                    && !is_ready(rustix::stdio::stdin(), rustix::event::PollFlags::IN, None)
                {
                }
                if interrupt.has_arrived() {
                    std::thread::sleep(ENDING);
                    return Err(io::ErrorKind::Interrupted.into());
                }
                let count = read(&mut byte)?;
                Ok((count == 1).then_some(byte[0]))
            }
            Self::Memory(bytes) => Ok(bytes.pop_front()),
        }
    }

    /// The bytes that are already available, or that arrive within `pause` after another byte. Empty for input in memory.
    #[cfg(unix)]
    pub(super) fn queued(&mut self, pause: Duration) -> Vec<u8> {
        let mut bytes = Vec::new();
        if matches!(self, Self::Process) {
            let input = rustix::stdio::stdin();
            let mut buffer = [0; 1024];
            while bytes.len() < MOST_QUEUED
                && is_ready(input, rustix::event::PollFlags::IN, Some(pause))
            {
                match read(&mut buffer) {
                    Ok(count) if count > 0 => bytes.extend_from_slice(&buffer[..count]),
                    _ => break,
                }
            }
        }
        bytes
    }

    /// The next bytes, at most `most`. Empty at the end of input.
    pub(super) fn part(&mut self, most: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::Process => {
                let mut buffer = vec![0; most.min(64 * 1024)];
                let count = read(&mut buffer)?;
                buffer.truncate(count);
                Ok(buffer)
            }
            Self::Memory(bytes) => Ok(bytes.drain(..most.min(bytes.len())).collect()),
        }
    }
}

/// Whether standard input can be read, or ends, within `limit`.
#[cfg(unix)]
pub(super) fn has_input(limit: Duration) -> bool {
    is_ready(
        rustix::stdio::stdin(),
        rustix::event::PollFlags::IN,
        Some(limit),
    )
}

/// Reads from standard input, and waits if it does not block.
#[cfg(unix)]
fn read(buffer: &mut [u8]) -> io::Result<usize> {
    use rustix::io::Errno;
    let input = rustix::stdio::stdin();
    loop {
        match rustix::io::read(input, &mut *buffer) {
            Ok(count) => return Ok(count),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                is_ready(input, rustix::event::PollFlags::IN, None);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(not(unix))]
fn read(buffer: &mut [u8]) -> io::Result<usize> {
    use std::io::Read as _;
    io::stdin().lock().read(buffer)
}

/// Which of the process's streams are terminals.
pub(super) fn terminals(output: &Sink) -> Terminals {
    let on_terminal = io::stdout().is_terminal();
    Terminals {
        input: io::stdin().is_terminal(),
        output: on_terminal,
        error: io::stderr().is_terminal(),
        width: on_terminal.then(|| output.width().unwrap_or(USUAL_WIDTH)),
    }
}

/// Writes a line to standard error without taking a lock, for the last message before a signal ends the process.
pub fn last_word(text: &str) {
    Stream::Error.write_briefly(&format!("{text}\n"));
}
