//! The lock that serializes edits of the configuration file.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::directory::parent;
use crate::error::Error;
use crate::files::{self, NotLocked, TimedOut, WaitLimit};

/// Locks the directory, so that no lock file is left behind, or else a file next to the target. Returns no lock on a
/// file system without locks.
pub(super) fn lock(
    target: &Path,
    wait_limit: &WaitLimit,
    warnings: &mut Vec<String>,
) -> Result<Option<File>, Error> {
    let directory = parent(target);
    #[cfg(unix)]
    let refused = match File::open(directory) {
        Ok(file) => match files::lock(&file, directory, wait_limit) {
            Ok(()) => return Ok(Some(file)),
            Err(NotLocked::TimedOut(late)) => return Err(kept(directory, late)),
            Err(NotLocked::Failed(error)) => error,
        },
        Err(error) => error,
    };
    // NFS can't lock a file that is open only for reading.
    #[cfg(unix)]
    let try_beside = refused.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error())
        || refused.kind() == ErrorKind::PermissionDenied;
    #[cfg(not(unix))]
    let (try_beside, refused) = (true, std::io::Error::from(ErrorKind::Unsupported));
    let refused = if try_beside {
        match lock_beside(target, wait_limit) {
            Ok(file) => return Ok(Some(file)),
            Err(NotLocked::TimedOut(late)) => return Err(kept(directory, late)),
            Err(NotLocked::Failed(error)) => error,
        }
    } else {
        refused
    };
    warnings.push(format!(
        "{} can't be locked, so do not run two edits at a time: {refused}",
        directory.display()
    ));
    Ok(None)
}

fn lock_beside(target: &Path, wait_limit: &WaitLimit) -> Result<File, NotLocked> {
    let mut name = target.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(NotLocked::Failed)?;
    files::lock(&file, &path, wait_limit)?;
    Ok(file)
}

fn kept(directory: &Path, late: TimedOut) -> Error {
    let sentence = format!("could not lock {} {late}", directory.display());
    let error = match late {
        TimedOut::Timeout(_) => Error::unavailable(sentence),
        TimedOut::Longest => Error::config(sentence),
    };
    error.hint("another process holds the lock: wait for it, or end it")
}
