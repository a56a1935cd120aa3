//! A checkpoint in a file: appended to, and on the disk before anything that it says is relied on.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::checkpoint::{Checkpoint, Entry, Header};
use crate::error::{Error, Exit};

/// A larger file is not a checkpoint.
const LARGEST: u64 = 1 << 30;

/// How each checkpoint starts.
const START: &str = "{\"xeroctl_checkpoint\":";

/// An open checkpoint.
pub struct CheckpointFile {
    path: PathBuf,
    /// Holds a lock for as long as it is open.
    file: File,
    /// What it says.
    pub contents: Checkpoint,
}

impl CheckpointFile {
    /// Opens an existing checkpoint; none if there is no file.
    ///
    /// # Errors
    /// Exit 2 if it can't be opened or is not a checkpoint; exit 6 if another process is using it.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let mut file = match File::options().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(path, error)),
        };
        lock(&file, path)?;
        let Some((contents, text)) = contents(&mut file, path)? else {
            return Ok(None);
        };
        // A line that was cut off must not become the start of the next one.
        let end = text.rfind('\n').map_or(0, |end| end + 1);
        let mut cut = || -> io::Result<()> {
            file.set_len(u64::try_from(end).unwrap_or(u64::MAX))?;
            file.seek(SeekFrom::End(0))?;
            file.sync_all()
        };
        cut().map_err(|error| unusable(path, error))?;
        Ok(Some(Self {
            path: path.to_owned(),
            file,
            contents,
        }))
    }

    /// What an existing checkpoint says, without a lock and without repairs: for a dry run. None if there is no file.
    ///
    /// # Errors
    /// Exit 2 if it can't be read or is not a checkpoint.
    pub fn peek(path: &Path) -> Result<Option<Checkpoint>, Error> {
        match File::open(path) {
            Ok(mut file) => Ok(contents(&mut file, path)?.map(|(contents, _)| contents)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(path, error)),
        }
    }

    /// Creates a checkpoint, readable by its owner only. An empty file is used.
    ///
    /// # Errors
    /// Exit 2 if it can't be created; exit 6 if another process is using it.
    pub fn create(path: &Path, header: Header) -> Result<Self, Error> {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| unusable(path, error))?;
        lock(&file, path)?;
        let mut created = Self {
            path: path.to_owned(),
            file,
            contents: Checkpoint::new(header),
        };
        let written = created.start();
        written.map_err(|error| unusable(path, error))?;
        Ok(created)
    }

    fn start(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        let mut line = serde_json::to_string(&self.contents.header)?;
        line.push('\n');
        self.file.write_all(line.as_bytes())?;
        self.file.sync_all()?;
        // The name of a new file is on the disk only when its directory is.
        #[cfg(unix)]
        if let Some(directory) = self.path.parent() {
            let directory = if directory.as_os_str().is_empty() {
                Path::new(".")
            } else {
                directory
            };
            // Some file systems can't do this for a directory.
            drop(File::open(directory).and_then(|directory| directory.sync_all()));
        }
        Ok(())
    }

    /// Appends entries. They can be relied on once the returned [`PendingSync`] was waited for.
    ///
    /// # Errors
    /// Exit 1 if they can't be written.
    pub fn append(&mut self, entries: Vec<Entry>) -> Result<PendingSync, Error> {
        if entries.is_empty() {
            return Ok(PendingSync(None));
        }
        let mut write = || -> io::Result<File> {
            let mut text = String::new();
            for entry in &entries {
                text.push_str(&serde_json::to_string(entry)?);
                text.push('\n');
            }
            self.file.write_all(text.as_bytes())?;
            self.file.try_clone()
        };
        let file = write().map_err(|error| unwritten(&self.path, error))?;
        for entry in entries {
            self.contents.add(entry);
        }
        Ok(PendingSync(Some((file, self.path.clone()))))
    }
}

/// What a checkpoint says, and its text; none if it was killed before its first line was written: nothing was sent then.
fn contents(file: &mut File, path: &Path) -> Result<Option<(Checkpoint, String)>, Error> {
    let mut text = String::new();
    let read = io::Read::by_ref(file)
        .take(LARGEST)
        .read_to_string(&mut text);
    read.map_err(|error| unusable(path, error))?;
    if !text.contains('\n') && (text.is_empty() || text.starts_with(START)) {
        return Ok(None);
    }
    let contents = Checkpoint::read(&text)
        .map_err(|why| Error::usage(format!("the checkpoint file {} {why}", path.display())))?;
    Ok(Some((contents, text)))
}

/// Entries that are not on the disk yet.
#[must_use]
pub struct PendingSync(Option<(File, PathBuf)>);

impl PendingSync {
    /// Whether nothing is to be waited for.
    pub fn is_done(&self) -> bool {
        self.0.is_none()
    }

    /// Waits until they are on the disk.
    ///
    /// # Errors
    /// Exit 1 if they can't be written.
    pub fn wait(self) -> Result<(), Error> {
        match self.0 {
            Some((file, path)) => file.sync_data().map_err(|error| unwritten(&path, error)),
            None => Ok(()),
        }
    }
}

fn unwritten(path: &Path, error: io::Error) -> Error {
    let path = path.display();
    Error::new(
        Exit::Failure,
        format!("the checkpoint file {path} could not be written"),
    )
    .cause(error)
}

fn lock(file: &File, path: &Path) -> Result<(), Error> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            Exit::Conflict,
            format!("the checkpoint file {} is in use", path.display()),
        )
        .hint("wait until the other command has ended")),
        // Some file systems have no locks.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(unusable(path, error)),
    }
}

fn unusable(path: &Path, error: io::Error) -> Error {
    let path = path.display();
    Error::usage(format!("the checkpoint file {path} can't be used")).cause(error)
}
