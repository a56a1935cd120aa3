//! The configuration file on the disk: locked while it is edited, replaced at once, never readable by others, never
//! taken from its owner, and on file systems that lack some of what that needs.

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

/// What the names of our temporary files start with; random characters follow.
const PREFIX: &str = ".xeroctl-config-";
/// The same for earlier versions, which is too general a name outside of our own directory.
const OLD_PREFIX: &str = ".config-";
/// How many characters follow.
const RANDOM: usize = 6;

/// The file, locked.
pub(super) struct Disk {
    /// The file, behind symbolic links.
    target: PathBuf,
    /// Our own directory, if the file is in it.
    own: Option<PathBuf>,
    /// What the file holds now.
    pub(super) found: Found,
    interrupt: Interrupt,
    /// What did not work, but does no harm.
    warnings: Vec<String>,
    locked_at: SystemTime,
    // Held until the file is written.
    lock: Option<File>,
}

/// Why a file was not replaced.
enum Unreplaced {
    /// It can't be, but it may be writable itself.
    Fixed(&'static str),
    /// What was done, and what came of it.
    Failed(String, io::Error),
}

impl Disk {
    /// Makes the directory if it is missing, locks the file, and reads it.
    ///
    /// # Errors
    /// Exit 3 when that can't be; exit 17 when another process keeps the lock beyond `--timeout`.
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
            // Renaming a file over a device would take the device away from everyone.
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

    /// The file that is written.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Writes the file: a temporary file in the same directory, flushed to the disk, then renamed over the old one, so
    /// that half a file is never seen. Returns what did not work, but does no harm.
    ///
    /// # Errors
    /// Exit 1 when it can't be written.
    pub(super) fn write(mut self, text: &str) -> Result<Vec<String>, Error> {
        // It takes an instant; a signal that comes meanwhile ends the process afterwards.
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
                    "{} was written in place instead of being replaced at once: {why}",
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
        let doomed = file.path().to_owned();
        let _undo = self
            .interrupt
            .cleanup(move || drop(fs::remove_file(doomed)));
        // The umask may have taken too much away; where modes can't be set, they are looked at in the end.
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
        // The file is in its place. Some file systems can't flush a directory, which only a power cut would show.
        #[cfg(unix)]
        drop(File::open(directory).and_then(|directory| directory.sync_all()));
        Ok(())
    }

    /// Writes over the old content, and puts that back if there is no room for the new one.
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
                Ok(()) => format!("could not write {shown}, which is as it was"),
                Err(_) => format!("could not write {shown}, which is incomplete now"),
            };
            (what, error)
        })
    }

    /// Removes the temporary files of edits that were killed: they hold keys. While the lock is held, no other edit is
    /// under way.
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

/// Whether nothing may be created in the directory, though a file in it may be writable.
fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

/// Whether a file can't be replaced: it is a mount, or in a directory in which only its owner may.
fn is_fixed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ResourceBusy | ErrorKind::CrossesDevices | ErrorKind::PermissionDenied
    )
}

/// Flushes to the disk, if the file system can.
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

/// The file behind symbolic links, existing or not: a link stays a link.
fn resolve_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // As many links as Linux follows.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = parent(&path).join(next),
            Err(_) => break,
        }
    }
    path
}
