//! The configuration file on disk: locked while it is edited, replaced atomically, never readable by others, and kept
//! by its owner. Falls back on file systems that lack some of these features.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::directory::{self, parent};
use super::file::{self, Found};
use super::lock::lock;
use super::owner::Owner;
use crate::env::Env;
use crate::error::{Error, Exit};
use crate::files::{self, WaitLimit};
use crate::interrupt::Interrupt;

/// The prefix of temporary file names; random characters follow.
const PREFIX: &str = ".xeroctl-config-";
/// The prefix in earlier versions. Too general to be matched outside our own directory.
const OLD_PREFIX: &str = ".config-";
/// The number of random characters.
const RANDOM: usize = 6;

/// The locked file.
pub(super) struct Disk {
    /// The file, with symbolic links resolved.
    target: PathBuf,
    /// Our own directory, if the file is in it.
    own: Option<PathBuf>,
    /// The file's current content.
    pub(super) found: Found,
    interrupt: Interrupt,
    /// Problems to warn about that did not prevent the edit.
    warnings: Vec<String>,
    locked_at: SystemTime,
    // Held until the file is written.
    lock: Option<File>,
}

/// Why a file was not replaced.
enum Unreplaced {
    /// The file can't be replaced, but may be writable in place.
    Fixed(&'static str),
    /// The step that failed, and its error.
    Failed(String, io::Error),
}

impl Disk {
    /// Makes the directory if it is missing, locks the file, and reads it.
    ///
    /// # Errors
    /// Exit 3 if that fails; exit 17 if another process holds the lock beyond `--timeout`.
    pub(super) fn open(
        env: &Env,
        path: &Path,
        wait_limit: &WaitLimit,
        interrupt: &Interrupt,
    ) -> Result<Self, Error> {
        file::check_tilde(env, path)?;
        let target = resolve_links(path);
        let own = file::own_directory(env, path);
        let mut warnings = Vec::new();
        directory::make(parent(&target), own.is_some())?;
        if let Some(own) = &own {
            warnings.extend(directory::open_to_others(own, 0o700));
        }
        if fs::metadata(&target).is_ok_and(|meta| !meta.is_file()) {
            // Renaming a file over a device would remove the device for the whole system.
            return Err(Error::config(format!(
                "{} is not a regular file, so it can't be edited",
                path.display()
            )));
        }
        let lock = lock(&target, wait_limit, &mut warnings)?;
        let locked_at = SystemTime::now();
        let mut found = file::find(&target, path, env, wait_limit)?;
        warnings.extend(found.warning.take());
        Ok(Self {
            target,
            own,
            found,
            interrupt: interrupt.clone(),
            warnings,
            locked_at,
            lock,
        })
    }

    /// The path of the file to write.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Writes the file atomically: to a temporary file in the same directory, which is flushed to disk and then renamed.
    /// Returns problems to warn about that did not prevent the write.
    ///
    /// # Errors
    /// Exit 1 if the file can't be written.
    pub(super) fn write(mut self, text: &str) -> Result<Vec<String>, Error> {
        // The write is short; a signal during it ends the process afterwards.
        let _hold = self.interrupt.hold(None);
        if self.lock.is_some() {
            self.sweep();
        }
        let failed = |what: String, error: io::Error| Error::new(Exit::Failure, what).cause(error);
        match self.replace(text.as_bytes()) {
            Ok(()) => {}
            Err(Unreplaced::Failed(what, error)) => return Err(failed(what, error)),
            Err(Unreplaced::Fixed(why)) => {
                self.overwrite(text.as_bytes())
                    .map_err(|(what, error)| failed(what, error).detail(why))?;
                self.warnings.push(format!(
                    "{} was written in place instead of being replaced atomically: {why}",
                    self.target.display()
                ));
            }
        }
        self.warnings
            .extend(directory::open_to_others(&self.target, 0o600));
        Ok(self.warnings)
    }

    fn replace(&self, bytes: &[u8]) -> Result<(), Unreplaced> {
        use Unreplaced::{Failed, Fixed};
        let (target, directory) = (&self.target, parent(&self.target));
        let old = self.found.meta.as_ref();
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .rand_bytes(RANDOM)
            .tempfile_in(directory);
        let mut file = match made {
            Ok(file) => file,
            Err(error) if old.is_some() && is_closed(&error) => {
                return Err(Fixed("its directory can't be written"));
            }
            Err(error) => {
                let what = format!("could not write {}", target.display());
                return Err(Failed(what, files::without_path(error)));
            }
        };
        let temporary = file.path().to_owned();
        let _undo = self
            .interrupt
            .cleanup(move || drop(fs::remove_file(temporary)));
        // The umask may have removed too much. If the mode can't be set, it is checked at the end.
        #[cfg(unix)]
        drop(
            file.as_file()
                .set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600)),
        );
        let owner = match old {
            Some(old) => Some(Owner::of(old)),
            None => self.own.as_deref().and_then(Owner::expected_owner),
        };
        if let Some(owner) = owner
            && owner.take(file.as_file()).is_err()
            && old.is_some()
        {
            return Err(Fixed("it belongs to another user"));
        }
        let shown = target.display();
        file.as_file_mut()
            .write_all(bytes)
            .map_err(|error| Failed(format!("could not write {shown}"), error))?;
        flush(file.as_file())
            .map_err(|error| Failed(format!("could not flush {shown} to the disk"), error))?;
        match file.persist(target) {
            Ok(_) => {}
            Err(error) if old.is_some() && is_fixed(&error.error) => {
                return Err(Fixed("it can't be replaced (is it a mount?)"));
            }
            Err(error) => {
                return Err(Failed(format!("could not replace {shown}"), error.error));
            }
        }
        // The file has been replaced. Some file systems can't flush a directory, which matters only on power loss.
        #[cfg(unix)]
        drop(File::open(directory).and_then(|directory| directory.sync_all()));
        Ok(())
    }

    /// Overwrites the old content, and restores it if there is no space for the new one.
    fn overwrite(&self, bytes: &[u8]) -> Result<(), (String, io::Error)> {
        use std::io::Seek as _;
        let shown = self.target.display();
        let mut file = File::options()
            .write(true)
            .open(&self.target)
            .map_err(|error| (format!("could not open {shown} for writing"), error))?;
        let mut put = |bytes: &[u8]| {
            file.rewind()?;
            file.write_all(bytes)?;
            file.set_len(bytes.len() as u64)?;
            flush(&file)
        };
        put(bytes).map_err(|error| {
            let what = match put(self.found.text.as_bytes()) {
                Ok(()) => format!("could not write {shown}; its content is unchanged"),
                Err(_) => format!("could not write {shown}; it is now incomplete"),
            };
            (what, error)
        })
    }

    /// Removes temporary files of killed edits, because they contain keys. While the lock is held, no other edit is in
    /// progress.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(parent(&self.target)) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let random = name.to_str().and_then(|name| {
                let old = || name.strip_prefix(OLD_PREFIX);
                name.strip_prefix(PREFIX)
                    .or_else(|| self.own.is_some().then(old).flatten())
            });
            let is_ours = random.is_some_and(|random| {
                random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
            if is_ours
                && let Ok(meta) = entry.path().symlink_metadata()
                && meta.is_file()
                && is_own(&meta)
                && meta.modified().is_ok_and(|at| at < self.locked_at)
            {
                drop(fs::remove_file(entry.path()));
            }
        }
    }
}

#[cfg(unix)]
fn is_own(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    meta.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_: &fs::Metadata) -> bool {
    true
}

/// Whether no file can be created in the directory, even if the existing file may be writable.
fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

/// Whether the file can't be replaced: it is a mount point, or its directory lets only owners replace files.
fn is_fixed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ResourceBusy | ErrorKind::CrossesDevices | ErrorKind::PermissionDenied
    )
}

/// Flushes to disk, if the file system supports it.
fn flush(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        done => done,
    }
}

/// Resolves symbolic links, even to a missing file, so that a link stays a link.
fn resolve_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // Linux follows the same number of links.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = parent(&path).join(next),
            Err(_) => break,
        }
    }
    path
}
