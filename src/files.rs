//! Reads files named by the user, with limits on size and time. A pipe without a writer, an endless device, or a lock
//! held by another process must not block the program forever.

use std::cell::Cell;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Component, Path};
use std::time::{Duration, Instant};

/// Longer waits are announced.
const ANNOUNCE: Duration = Duration::from_secs(2);

/// The time limit without `--timeout`. It leaves time to type a passphrase into the program at the other end of a
/// pipe.
const LONGEST: Duration = Duration::from_mins(1);

/// The time limit for files and locks, and how to announce a long wait.
pub struct WaitLimit {
    /// When `--timeout` expires, and its length.
    deadline: Option<(Instant, Duration)>,
    announce: Box<dyn Fn(&str)>,
}

impl WaitLimit {
    /// Limits waits by `deadline` (the instant and the length of the limit). `announce` reports long waits.
    pub fn new(deadline: Option<(Instant, Duration)>, announce: impl Fn(&str) + 'static) -> Self {
        Self {
            deadline,
            announce: Box::new(announce),
        }
    }

    /// Starts a wait for `what`, as in "waiting for …".
    pub fn wait(&self, what: impl Into<String>) -> Wait<'_> {
        Wait {
            limit: self,
            what: what.into(),
            longest: LONGEST,
            since: Instant::now(),
            announced: Cell::new(false),
        }
    }

    /// Starts a wait for standard input, which is limited only by `--timeout`.
    pub fn wait_for_input(&self) -> Wait<'_> {
        Wait {
            longest: Duration::MAX,
            ..self.wait("standard input")
        }
    }
}

/// A wait in progress.
pub struct Wait<'a> {
    limit: &'a WaitLimit,
    longest: Duration,
    what: String,
    since: Instant,
    announced: Cell<bool>,
}

impl Wait<'_> {
    /// How long to wait before checking again. Announces a long wait.
    ///
    /// # Errors
    /// If no time is left.
    pub fn slice(&self) -> Result<Duration, TimedOut> {
        let (now, waited) = (Instant::now(), self.since.elapsed());
        let left = match self.limit.deadline {
            Some((at, limit)) => at
                .checked_duration_since(now)
                .filter(|left| !left.is_zero())
                .ok_or(TimedOut::Timeout(limit))?,
            None => self
                .longest
                .checked_sub(waited)
                .filter(|left| !left.is_zero())
                .ok_or(TimedOut::Longest)?,
        };
        if self.announced.get() {
            return Ok(left);
        }
        let quiet = ANNOUNCE.saturating_sub(waited);
        if quiet.is_zero() {
            self.announced.set(true);
            (self.limit.announce)(&format!("waiting for {}", self.what));
            return Ok(left);
        }
        Ok(left.min(quiet))
    }

    /// Restarts the wait because data has arrived.
    fn restart(&mut self) {
        self.since = Instant::now();
    }
}

/// A wait that exceeded its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimedOut {
    /// `--timeout` of this length has expired.
    Timeout(Duration),
    /// The limit without `--timeout` was reached.
    Longest,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout(limit) => {
                write!(f, "within --timeout {}", crate::time::show_duration(*limit))
            }
            Self::Longest => write!(f, "for {} seconds", LONGEST.as_secs()),
        }
    }
}

/// The reason why a file can't be read, as a predicate that follows its name in a sentence.
#[derive(Debug)]
pub struct Unreadable {
    reason: String,
    /// The file does not exist.
    pub is_missing: bool,
    /// `--timeout` has expired.
    pub is_late: bool,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl From<String> for Unreadable {
    fn from(reason: String) -> Self {
        Self::because(reason)
    }
}

impl Unreadable {
    fn because(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_missing: false,
            is_late: false,
        }
    }

    /// The reason as a complete sentence.
    pub fn after(mut self, name: &str) -> Self {
        self.reason = format!("{name} {}", self.reason);
        self
    }

    /// A wait for the file exceeded its limit.
    pub fn late(late: TimedOut) -> Self {
        Self {
            is_late: matches!(late, TimedOut::Timeout(_)),
            ..Self::because(format!("sent nothing {late}"))
        }
    }

    /// The reason for a system error.
    fn of(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self {
                is_missing: true,
                ..Self::because(missing(path))
            },
            ErrorKind::IsADirectory => Self::because("is a directory"),
            ErrorKind::PermissionDenied => Self::because("can't be read: permission denied"),
            ErrorKind::NotADirectory => Self {
                is_missing: true,
                ..Self::because("does not exist: a part of the path is not a directory")
            },
            _ => Self::because(format!("can't be read: {error}")),
        }
    }
}

fn missing(path: &Path) -> String {
    if let Ok(target) = path.read_link() {
        format!(
            "is a symbolic link to {}, which does not exist",
            target.display()
        )
    } else if has_tilde(path) {
        "does not exist (`~` is not expanded here)".to_owned()
    } else {
        "does not exist".to_owned()
    }
}

/// Whether the path contains a `~` that the shell did not expand.
pub fn has_tilde(path: &Path) -> bool {
    path.components()
        .any(|part| matches!(part, Component::Normal(name) if name == "~"))
}

/// Reads a file of at most `most` bytes.
///
/// # Errors
/// If the file can't be read, is longer, or sends nothing for too long.
pub fn read(path: &Path, most: usize, wait_limit: &WaitLimit) -> Result<Vec<u8>, Unreadable> {
    let (mut file, metadata) = open(path)?;
    drain(&mut file, &metadata, path, most, wait_limit)
}

/// Opens a file without blocking.
///
/// # Errors
/// If the file can't be opened or is a directory.
pub fn open(path: &Path) -> Result<(File, Metadata), Unreadable> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        // Opens a pipe without a writer immediately. The wait for a writer comes later and has a limit.
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let opened = options
        .open(path)
        .and_then(|file| file.metadata().map(|metadata| (file, metadata)))
        .map_err(|error| Unreadable::of(path, &error))?;
    if opened.1.is_dir() {
        return Err(Unreadable::because("is a directory"));
    }
    Ok(opened)
}

/// Reads an open file of at most `most` bytes to its end.
pub fn drain(
    file: &mut File,
    metadata: &Metadata,
    path: &Path,
    most: usize,
    wait_limit: &WaitLimit,
) -> Result<Vec<u8>, Unreadable> {
    let mut wait = wait_limit.wait(format!("input from {}", path.display()));
    let mut bytes = Vec::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        // One byte beyond the limit shows that the file is too long.
        let room = part.len().min(most + 1 - bytes.len());
        if !metadata.is_file() {
            until_readable(file, &wait)?;
        }
        match file.read(&mut part[..room]) {
            Ok(0) => return Ok(bytes),
            Ok(count) => bytes.extend_from_slice(&part[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                // Some systems can't poll some devices.
                wait.slice().map_err(Unreadable::late)?;
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
            Err(error) => return Err(Unreadable::of(path, &error)),
        }
        if bytes.len() > most {
            return Err(Unreadable::because(format!("is longer than {most} bytes")));
        }
        wait.restart();
    }
}

#[cfg(unix)]
fn until_readable(file: &File, wait: &Wait<'_>) -> Result<(), Unreadable> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    // Data that has already arrived is read even after the time limit.
    let mut slice = Duration::ZERO;
    loop {
        let limit = Timespec::try_from(slice).ok();
        let mut ready = [PollFd::new(file, PollFlags::IN)];
        match poll(&mut ready, limit.as_ref()) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            // The read reports any other problem.
            Ok(_) | Err(_) => return Ok(()),
        }
        slice = wait.slice().map_err(Unreadable::late)?;
    }
}

#[cfg(not(unix))]
fn until_readable(_file: &File, _wait: &Wait<'_>) -> Result<(), Unreadable> {
    Ok(())
}

/// The error of creating a temporary file, without that file's path, which the user doesn't know.
pub fn without_path(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path \"") {
        Some((cause, _)) => io::Error::new(error.kind(), cause.to_owned()),
        None => error,
    }
}

/// Locks a file, or a directory if the system supports it.
///
/// # Errors
/// If the file system has no locks ([`NotLocked::Failed`]), or another process holds the lock.
pub fn lock(file: &File, path: &Path, wait_limit: &WaitLimit) -> Result<(), NotLocked> {
    let wait = wait_limit.wait(format!(
        "the lock on {} (held by another process)",
        path.display()
    ));
    let mut pause = Duration::from_millis(1);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(std::fs::TryLockError::WouldBlock) => {
                let left = wait.slice().map_err(NotLocked::TimedOut)?;
                std::thread::sleep(left.min(pause));
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            Err(std::fs::TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {}
            Err(std::fs::TryLockError::Error(error)) => return Err(NotLocked::Failed(error)),
        }
    }
}

/// The reason why a file was not locked.
pub enum NotLocked {
    /// Another process held the lock for too long.
    TimedOut(TimedOut),
    /// The system returned an error.
    Failed(io::Error),
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use super::{LONGEST, TimedOut, WaitLimit, read, without_path};

    #[test]
    fn announces_a_wait_once() {
        let message = Arc::new(Mutex::new(Vec::new()));
        let mine = message.clone();
        let announce = move |text: &str| mine.lock().expect("a list").push(text.to_owned());
        let wait_limit = WaitLimit::new(None, announce);
        let mut wait = wait_limit.wait("it");
        let ago = |time| Instant::now().checked_sub(time).expect("an instant");
        assert!(wait.slice().expect("it starts") <= Duration::from_secs(2));
        assert!(message.lock().expect("a list").is_empty());
        for seconds in [3, 59] {
            wait.since = ago(Duration::from_secs(seconds));
            assert!(wait.slice().expect("it goes on") <= LONGEST);
        }
        assert_eq!(*message.lock().expect("a list"), ["waiting for it"]);
        wait.since = ago(LONGEST);
        assert_eq!(wait.slice(), Err(TimedOut::Longest));
        wait.restart();
        assert!(wait.slice().is_ok());
        // With a time limit that alone counts.
        let limit = Duration::from_mins(5);
        let wait_limit = WaitLimit::new(Some((Instant::now() + limit, limit)), |_| {});
        let mut wait = wait_limit.wait("it");
        wait.since = ago(LONGEST * 2);
        assert!(wait.slice().is_ok());
        let wait_limit = WaitLimit::new(Some((ago(limit), limit)), |_| {});
        assert_eq!(wait_limit.wait("it").slice(), Err(TimedOut::Timeout(limit)));
    }

    #[test]
    fn hides_path_of_temporary_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let missing = directory.path().join("missing");
        let error = tempfile::tempfile_in(&missing).expect_err("no directory");
        let named = tempfile::NamedTempFile::new_in(&missing).expect_err("no directory");
        for error in [error, named] {
            let (kind, shown) = (error.kind(), without_path(error));
            assert_eq!(shown.kind(), kind);
            assert!(!shown.to_string().contains("missing"), "{shown}");
            assert!(shown.to_string().contains("(os error "), "{shown}");
        }
    }

    #[test]
    fn reads_up_to_the_limit() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let wait_limit = WaitLimit::new(None, |_| {});
        for (size, most) in [(0, 0), (10, 10), (200_000, 200_000)] {
            std::fs::write(&path, vec![b'a'; size]).expect("a file");
            assert_eq!(read(&path, most, &wait_limit).expect("it fits").len(), size);
        }
        for (size, most) in [(1, 0), (11, 10), (200_001, 200_000)] {
            std::fs::write(&path, vec![b'a'; size]).expect("a file");
            let why = read(&path, most, &wait_limit).expect_err("it is too long");
            assert_eq!(why.to_string(), format!("is longer than {most} bytes"));
        }
    }
}
