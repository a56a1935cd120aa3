//! What a run returned, on standard output or in a file: any bytes, of any number.

use std::fs::Permissions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::api::{Id, executions};
use crate::cmd::bytes::Stream;
use crate::error::{Error, Exit};
use crate::interrupt::Undo;
use crate::session::{Receiver, Session};

/// Writes the bytes to standard output: as they are off a terminal, or where `unsafe_raw` wants it; else with escapes
/// in the place of what could steer the terminal.
///
/// # Errors
/// Whatever the router, the network or standard output made of it.
pub(super) async fn print(session: &Session<'_>, id: &Id, unsafe_raw: bool) -> Result<(), Error> {
    let mut stream = Stream::new(session.ui(), unsafe_raw);
    let request = executions::raw(id);
    session.download(&request, &mut stream).await?;
    stream.finish()
}

/// Whether the file that the line names may be written, as far as can be told without writing it.
///
/// # Errors
/// Exit 2 when it exists and is not to be replaced, or is no ordinary file.
pub(super) fn check(path: &Path, force: bool) -> Result<(), Error> {
    let shown = path.display();
    if std::fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    if !force {
        return Err(Error::usage(format!("{shown} exists already")).hint("to replace it: --force"));
    }
    if path.exists() && !path.is_file() {
        return Err(Error::usage(format!("{shown} is no ordinary file")));
    }
    Ok(())
}

/// A file that is there in whole or not at all.
pub(super) struct Target {
    path: PathBuf,
    file: NamedTempFile,
    force: bool,
    /// Removes the file that is half written, should a signal end the process.
    _undo: Undo,
}

impl Target {
    /// Prepares the file, beside its final place.
    ///
    /// # Errors
    /// Exit 2 when it can't be: what exists is only replaced with `force`.
    pub(super) fn prepare(session: &Session<'_>, path: &Path, force: bool) -> Result<Self, Error> {
        let shown = path.display();
        check(path, force)?;
        // Through a symbolic link: what it points to is what is meant.
        let path = match std::fs::symlink_metadata(path) {
            Ok(_) => path
                .canonicalize()
                .map_err(|error| Error::usage(format!("{shown} can't be written: {error}")))?,
            Err(_) => path.to_path_buf(),
        };
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".xeroctl-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder
            .tempfile_in(parent.unwrap_or(Path::new(".")))
            .map_err(|error| Error::usage(format!("{shown} can't be written: {error}")))?;
        if let Some(mode) = std::fs::metadata(&path).ok().map(|old| old.permissions()) {
            keep(&file, mode);
        }
        let half = file.path().to_path_buf();
        let undo = session
            .context
            .interrupt
            .cleanup(move || drop(std::fs::remove_file(half)));
        Ok(Self {
            path,
            file,
            force,
            _undo: undo,
        })
    }

    /// Fills the file and puts it into its place.
    ///
    /// # Errors
    /// Whatever the router or the network made of it; exit 1 when the file can't be written.
    pub(super) async fn fill(mut self, session: &Session<'_>, id: &Id) -> Result<(), Error> {
        let request = executions::raw(id);
        let count = session.download(&request, &mut self).await?;
        let path = self.path.clone();
        self.file
            .as_file()
            .sync_all()
            .map_err(|error| unwritable(&path, error))?;
        let done = if self.force {
            self.file.persist(&self.path)
        } else {
            self.file.persist_noclobber(&self.path)
        };
        done.map_err(|error| unwritable(&path, error.error))?;
        session
            .ui()
            .note(&format!("wrote {count} bytes to {}", path.display()));
        Ok(())
    }
}

/// A file that is replaced keeps who may read it.
fn keep(file: &NamedTempFile, mode: Permissions) {
    let _ = file.as_file().set_permissions(mode);
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    Error::new(
        Exit::Other,
        format!("{} could not be written", path.display()),
    )
    .cause(error)
}

impl Receiver for Target {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| unwritable(&self.path, error))
    }

    fn restart(&mut self) -> bool {
        use std::io::Seek as _;
        self.file.as_file().set_len(0).is_ok() && self.file.rewind().is_ok()
    }
}
