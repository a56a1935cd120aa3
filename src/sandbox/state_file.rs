//! State directory: the state file, replaced atomically, and its lock file.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::state::{Document, VERSION};

const STATE_FILE: &str = "state.json";
pub(super) const SET_ASIDE_FILE: &str = "state.json.broken";
const LOCK_FILE: &str = "state.lock";
/// Prefix of temporary file names.
const TEMPORARY_PREFIX: &str = ".state-";

/// Maximum size. The sandbox never writes a larger file in practice.
const MAX_LENGTH: u64 = 64 * 1024 * 1024;

/// A longer wait for the lock is reported.
const NOTIFY_AFTER: Duration = Duration::from_secs(2);

/// Called with a message while waiting for the lock.
pub type LockWaitCallback = Arc<dyn Fn(&str) + Send + Sync>;

/// How to acquire the lock.
#[derive(Clone)]
pub(super) struct LockOptions {
    /// Maximum time to wait.
    pub(super) limit: Duration,
    pub(super) on_lock_wait: LockWaitCallback,
}

/// Result of loading the state file.
pub(super) enum StoredState {
    Missing,
    /// Not a document of this format.
    Unreadable,
    Document(Box<Document>),
}

/// Loads the state file.
pub(super) fn load(directory: &Path) -> io::Result<StoredState> {
    let path = directory.join(STATE_FILE);
    let meta = match fs::metadata(&path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(StoredState::Missing),
        Err(error) => return Err(error),
    };
    // Reading a pipe or a device might never end.
    if !meta.is_file() || meta.len() > MAX_LENGTH {
        return Ok(StoredState::Unreadable);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_LENGTH).read_to_end(&mut bytes)?;
    Ok(match serde_json::from_slice::<Document>(&bytes) {
        Ok(document) if document.version == VERSION => StoredState::Document(Box::new(document)),
        _ => StoredState::Unreadable,
    })
}

/// Replaces the state file.
pub(super) fn save(directory: &Path, document: &Document) -> io::Result<()> {
    // A `NamedTempFile` is created with mode 0600, which the state file keeps.
    let mut file = tempfile::Builder::new()
        .prefix(TEMPORARY_PREFIX)
        .tempfile_in(directory)?;
    file.as_file_mut()
        .write_all(&serde_json::to_vec(document)?)?;
    inherit_owner(file.as_file(), directory);
    file.persist(directory.join(STATE_FILE))?;
    Ok(())
}

/// Renames an unreadable state file to keep it.
pub(super) fn set_aside(directory: &Path) -> io::Result<()> {
    fs::rename(directory.join(STATE_FILE), directory.join(SET_ASIDE_FILE))
}

/// Removes the state file and any file set aside. Returns true if there was a state file.
pub(super) fn clear(directory: &Path) -> io::Result<bool> {
    remove_temporary_files(directory);
    remove(&directory.join(SET_ASIDE_FILE))?;
    remove(&directory.join(STATE_FILE))
}

/// Removes temporary files remaining by killed processes. Requires the exclusive lock.
pub(super) fn remove_temporary_files(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name
            .to_str()
            .is_some_and(|name| name.starts_with(TEMPORARY_PREFIX))
        {
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// Acquires the lock, which is held until the returned file is dropped.
pub(super) fn lock(directory: &Path, lock_options: &LockOptions, shared: bool) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = match options.open(directory.join(LOCK_FILE)) {
        // The directory was removed while the server was running; recreate it.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            create_directory(directory)?;
            options.open(directory.join(LOCK_FILE))?
        }
        other => other?,
    };
    inherit_owner(&file, directory);
    let try_lock = if shared {
        File::try_lock_shared
    } else {
        File::try_lock
    };
    let (start, mut pause, mut notified) = (Instant::now(), Duration::from_millis(1), false);
    loop {
        match try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let waited = start.elapsed();
        let Some(remaining) = lock_options.limit.checked_sub(waited) else {
            let message = format!(
                "another process holds the lock {}",
                directory.join(LOCK_FILE).display()
            );
            return Err(io::Error::new(ErrorKind::TimedOut, message));
        };
        if waited >= NOTIFY_AFTER && !notified {
            notified = true;
            let path = directory.join(LOCK_FILE);
            (lock_options.on_lock_wait)(&format!(
                "waiting for the lock {} (held by another process)",
                path.display()
            ));
        }
        thread::sleep(pause.min(remaining));
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Creates the directory, accessible to its owner only.
pub(super) fn create_directory(directory: &Path) -> io::Result<()> {
    create_directory_tree(directory)?;
    restrict_access(directory);
    Ok(())
}

fn create_directory_tree(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let parent = directory.parent().unwrap_or(Path::new("/"));
    if parent != directory {
        create_directory_tree(parent)?;
    }
    let builder = fs::DirBuilder::new();
    #[cfg(unix)]
    let builder = {
        let mut builder = builder;
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
    };
    match builder.create(directory) {
        Err(error) if !directory.is_dir() => return Err(error),
        // Another process created it first.
        Err(_) => return Ok(()),
        Ok(()) => {}
    }
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
        let made = File::options()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(directory);
        if let Ok(made) = made {
            inherit_owner(&made, parent);
        }
    }
    Ok(())
}

/// Gives a file created by root (`sudo` may keep HOME) to the owner of its directory, who could not open it otherwise.
#[cfg(unix)]
fn inherit_owner(file: &File, directory: &Path) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (Ok(own), Ok(parent)) = (file.metadata(), fs::metadata(directory)) else {
        return;
    };
    if own.uid() == 0 && parent.uid() != 0 {
        drop(fchown(file, Some(parent.uid()), Some(parent.gid())));
    }
}

#[cfg(not(unix))]
fn inherit_owner(_: &File, _: &Path) {}

/// Restricts an existing directory to its owner. Errors are ignored: some file systems have no modes, and the state
/// holds no secret of another system.
#[cfg(unix)]
fn restrict_access(directory: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(meta) = fs::metadata(directory)
        && meta.permissions().mode() & 0o077 != 0
    {
        let mode = meta.permissions().mode() & 0o700;
        drop(fs::set_permissions(
            directory,
            fs::Permissions::from_mode(mode),
        ));
    }
}

#[cfg(not(unix))]
fn restrict_access(_: &Path) {}

fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
