//! A run's output as bytes: written to standard output or, atomically, to a file.

use std::fs::Permissions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::api::{Id, executions};
use crate::cmd::byte_output::Stream;
use crate::error::{Error, Exit};
use crate::files;
use crate::interrupt::CleanupGuard;
use crate::session::{BodySink, Session};

/// Writes the output to standard output. On a terminal, control characters are escaped unless `unsafe_raw`.
pub(super) async fn print(session: &Session<'_>, id: &Id, unsafe_raw: bool) -> Result<(), Error> {
    let mut stream = Stream::new(session.ui(), unsafe_raw);
    let request = executions::raw(id);
    let count = session.download(&request, &mut stream).await?;
    stream.finish()?;
    if count == 0 {
        session.ui().note(&format!("execution {id} has no output"));
    }
    Ok(())
}

/// Checks whether the file may be written, without writing it.
///
/// # Errors
/// Exit 2 if it exists and may not be replaced, or is not a regular file.
pub(super) fn check(path: &Path, force: bool) -> Result<(), Error> {
    let shown = path.display();
    if std::fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    if !force {
        return Err(Error::usage(format!("{shown} already exists")).hint("replace it: --force"));
    }
    if path.exists() && !path.is_file() {
        return Err(Error::usage(format!("{shown} is not a regular file")));
    }
    Ok(())
}

/// A file that is written atomically.
pub(super) struct OutputFile {
    path: PathBuf,
    file: NamedTempFile,
    force: bool,
    /// Removes the temporary file if a signal ends the process.
    _cleanup: CleanupGuard,
}

impl OutputFile {
    /// Creates a temporary file in the same directory.
    ///
    /// # Errors
    /// Exit 2 if that fails, or if the file exists and `force` is not set.
    pub(super) fn prepare(session: &Session<'_>, path: &Path, force: bool) -> Result<Self, Error> {
        let shown = path.display();
        check(path, force)?;
        // The target of a symbolic link is replaced, not the link.
        let path = match std::fs::symlink_metadata(path) {
            Ok(_) => path
                .canonicalize()
                .map_err(|error| Error::usage(format!("can't write {shown}: {error}")))?,
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
            .map_err(|error| {
                let error = files::without_path(error);
                Error::usage(format!("can't write {shown}: {error}"))
            })?;
        if let Some(mode) = std::fs::metadata(&path).ok().map(|old| old.permissions()) {
            set_permissions(&file, mode);
        }
        let temporary = file.path().to_path_buf();
        let cleanup = session
            .context
            .interrupt
            .cleanup(move || drop(std::fs::remove_file(temporary)));
        Ok(Self {
            path,
            file,
            force,
            _cleanup: cleanup,
        })
    }

    /// Downloads into the temporary file and moves it into place.
    ///
    /// # Errors
    /// Exit 1 if the file can't be written.
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

/// Keeps the permissions of a replaced file.
fn set_permissions(file: &NamedTempFile, mode: Permissions) {
    let _ = file.as_file().set_permissions(mode);
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    Error::new(Exit::Failure, format!("can't write {}", path.display())).cause(error)
}

impl BodySink for OutputFile {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = self.file.as_file_mut().write_all(bytes);
        written.map_err(|error| unwritable(&self.path, error))
    }

    fn is_out_of_sight(&self) -> bool {
        true
    }

    fn restart(&mut self) -> bool {
        use std::io::Seek as _;
        self.file.as_file().set_len(0).is_ok() && self.file.rewind().is_ok()
    }
}
