//! The directory of the configuration file: created, closed to other users, and owned by the home directory's owner.

use std::fs;
#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::io;
use std::path::Path;

#[cfg(unix)]
use super::owner::Owner;
use crate::error::Error;

/// The directory of a file.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Creates a directory and its parents. If root creates them in a user's home directory, the user becomes the owner.
pub(super) fn make(directory: &Path, in_home: bool) -> Result<(), Error> {
    if directory.is_dir() {
        return Ok(());
    }
    let above = parent(directory);
    if above != directory {
        make(above, in_home)?;
    }
    let builder = fs::DirBuilder::new();
    #[cfg(unix)]
    let builder = {
        let mut builder = builder;
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
    };
    match builder.create(directory) {
        Ok(()) => {}
        // Another process has created it meanwhile.
        Err(_) if directory.is_dir() => return Ok(()),
        Err(_) if directory.symlink_metadata().is_ok() => {
            let what = format!("{} is not a directory", directory.display());
            return Err(Error::config(what));
        }
        Err(error) => {
            let what = format!("could not create the directory {}", directory.display());
            return Err(Error::config(what).cause(error));
        }
    }
    #[cfg(unix)]
    {
        // The umask may have removed too much.
        close(directory, 0o700);
        if in_home
            && let Some(expected_owner) = Owner::expected_owner(above)
            && let Ok(made) = open(directory)
        {
            drop(expected_owner.take(&made));
        }
    }
    #[cfg(not(unix))]
    let _ = in_home;
    Ok(())
}

#[cfg(unix)]
fn open(directory: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
    File::options()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(directory)
}

/// Closes a file or directory to other users. Returns a warning if that fails.
#[cfg(unix)]
pub(super) fn open_to_others(path: &Path, mode: u32) -> Option<String> {
    let why = close(path, mode)?;
    let shown = path.display();
    Some(format!(
        "{shown} is accessible to other users, and its mode can't be changed: {why}"
    ))
}

#[cfg(not(unix))]
pub(super) fn open_to_others(_: &Path, _: u32) -> Option<String> {
    None
}

/// Sets a mode without access for others. Returns the reason if that fails.
#[cfg(unix)]
fn close(path: &Path, mode: u32) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let is = || fs::metadata(path).map_or(mode, |meta| meta.permissions().mode() & 0o777);
    if is() == mode {
        return None;
    }
    let set = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    match set {
        _ if is().trailing_zeros() >= 6 => None,
        Ok(()) => Some("the file system ignores modes".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}
