//! Writes to the process's own streams. Each has a thread, because a blocked write to a full pipe can't be canceled: if
//! a signal arrives and the pipe is not read, the write is abandoned.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::interrupt::Interrupt;

/// How long a write may still take once a signal has arrived.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a write in progress looks for a signal.
const GLANCE: Duration = Duration::from_millis(50);
/// The longest last message may take: it is lost if standard error accepts nothing.
const BRIEFLY: Duration = Duration::from_millis(500);
/// How much is handed to the thread at a time.
const PIECE: usize = 64 * 1024;
/// How much a pipe takes at once, if it takes anything. In bytes.
#[cfg(any(target_os = "linux", target_os = "android"))]
const PIPE_PIECE: usize = 4096;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const PIPE_PIECE: usize = 512;

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Output,
    Error,
}

/// A standard stream that is written to.
pub(super) struct Writer {
    stream: Stream,
    interrupt: Interrupt,
    /// Whether a write can block; `None` until the first write.
    blocking: Option<Blocking>,
    thread: Thread,
    given_up: bool,
}

/// Whether a write can wait for a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blocking {
    /// Files, and devices other than terminals.
    Never,
    /// Pipes, which take [`PIPE_PIECE`] bytes when they are ready.
    IfLong,
    /// Terminals, which can be stopped, and sockets.
    Always,
}

enum Thread {
    NotYet,
    /// No thread is available.
    None,
    Running(Sender<Vec<u8>>, Receiver<io::Result<()>>),
}

impl Writer {
    pub(super) fn new(stream: Stream, interrupt: &Interrupt) -> Self {
        Self {
            stream,
            interrupt: interrupt.clone(),
            blocking: None,
            thread: Thread::NotYet,
            given_up: false,
        }
    }

    pub(super) fn stream(&self) -> Stream {
        self.stream
    }

    /// Writes everything. Fails with [`io::ErrorKind::Interrupted`] if a signal has arrived and the pipe is not read.
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.given_up {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let stream = self.stream;
        let is_immediate = match self.blocking.get_or_insert_with(|| stream.blocking()) {
            Blocking::Never => true,
            Blocking::IfLong => {
                bytes.len() <= PIPE_PIECE && stream.is_writable_within(Some(Duration::ZERO))
            }
            Blocking::Always => false,
        };
        if is_immediate {
            // Short output is not worth a thread.
            return stream.write_all(bytes);
        }
        if matches!(self.thread, Thread::NotYet) {
            self.thread = start(stream);
        }
        let Thread::Running(pieces, results) = &self.thread else {
            return self.stream.write_all(bytes);
        };
        let mut raised = None;
        for piece in bytes.chunks(PIECE) {
            if pieces.send(piece.to_vec()).is_err() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            loop {
                if self.interrupt.raised().is_some()
                    && raised.get_or_insert_with(Instant::now).elapsed() > PATIENCE
                {
                    self.given_up = true;
                    return Err(io::ErrorKind::Interrupted.into());
                }
                match results.recv_timeout(GLANCE) {
                    Ok(result) => {
                        result?;
                        break;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => {
                        return Err(io::ErrorKind::BrokenPipe.into());
                    }
                }
            }
        }
        Ok(())
    }
}

fn start(stream: Stream) -> Thread {
    let (pieces, mine) = channel::<Vec<u8>>();
    let (done, results) = channel();
    let started = std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || {
            for piece in mine {
                if done.send(stream.write_all(&piece)).is_err() {
                    return;
                }
            }
        });
    match started {
        Ok(_) => Thread::Running(pieces, results),
        Err(_) => Thread::None,
    }
}

impl Stream {
    /// Whether writing can't wait for a reader.
    pub(super) fn is_file(self) -> bool {
        self.blocking() == Blocking::Never
    }

    /// Writes everything; a stream that does not block is waited for.
    fn write_all(self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.is_writable_within(None);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes without taking a lock, because the process is about to end or be suspended. The text may be lost.
    pub(super) fn write_briefly(self, text: &str) {
        let began = Instant::now();
        let mut bytes = text.as_bytes();
        while !bytes.is_empty() {
            let left = BRIEFLY.saturating_sub(began.elapsed());
            if left.is_zero() {
                return;
            }
            if !self.is_writable_within(Some(left)) {
                continue;
            }
            // As much as a pipe takes at once, if it takes anything.
            match self.write(&bytes[..bytes.len().min(512)]) {
                Ok(0) => return,
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }
}

#[cfg(unix)]
impl Stream {
    pub(super) fn fd(self) -> std::os::fd::BorrowedFd<'static> {
        match self {
            Self::Output => rustix::stdio::stdout(),
            Self::Error => rustix::stdio::stderr(),
        }
    }

    fn write(self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(self.fd(), bytes)?)
    }

    fn blocking(self) -> Blocking {
        use rustix::fs::FileType;
        let kind = rustix::fs::fstat(self.fd()).map(|stat| FileType::from_raw_mode(stat.st_mode));
        match kind {
            Ok(FileType::RegularFile) => Blocking::Never,
            Ok(FileType::CharacterDevice) if !rustix::termios::isatty(self.fd()) => Blocking::Never,
            Ok(FileType::Fifo) => Blocking::IfLong,
            _ => Blocking::Always,
        }
    }

    fn is_writable_within(self, limit: Option<Duration>) -> bool {
        is_ready(self.fd(), rustix::event::PollFlags::OUT, limit)
    }
}

#[cfg(not(unix))]
impl Stream {
    fn write(self, bytes: &[u8]) -> io::Result<usize> {
        use std::io::Write as _;
        match self {
            Self::Output => {
                let mut stream = io::stdout().lock();
                stream.write_all(bytes)?;
                stream.flush()?;
            }
            Self::Error => io::stderr().lock().write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn blocking(self) -> Blocking {
        Blocking::Always
    }

    fn is_writable_within(self, _limit: Option<Duration>) -> bool {
        true
    }
}

/// Waits until a stream can be read or written; false if it cannot within the limit, or if a signal came first.
#[cfg(unix)]
pub(super) fn is_ready(
    stream: std::os::fd::BorrowedFd<'_>,
    direction: rustix::event::PollFlags,
    limit: Option<Duration>,
) -> bool {
    use rustix::event::{PollFd, Timespec, poll};
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    match poll(
        &mut [PollFd::from_borrowed_fd(stream, direction)],
        limit.as_ref(),
    ) {
        Ok(ready) => ready > 0,
        Err(rustix::io::Errno::INTR) => false,
        Err(_) => {
            // Some systems cannot wait for a terminal.
            std::thread::sleep(Duration::from_millis(10));
            true
        }
    }
}
