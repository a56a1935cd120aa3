//! Checks of the configuration file's owner and permissions.

use std::fs::{File, Metadata};
use std::path::Path;

use crate::env::Env;
use crate::error::Error;

/// Checks for a file that belongs to another user, who could redirect keys. A file named by `XEROCTL_CONFIG` was chosen
/// on purpose, so it only causes a warning.
///
/// # Errors
/// Exit 3 if the file at the default path belongs to another user.
#[cfg(unix)]
pub(super) fn check(meta: &Metadata, path: &Path, env: &Env) -> Result<Option<String>, Error> {
    use std::os::unix::fs::MetadataExt as _;
    let (owner, us) = (meta.uid(), rustix::process::geteuid().as_raw());
    // Other users can't change a shell's pipe.
    if !meta.is_file() || owner == us || owner == 0 {
        return Ok(None);
    }
    let message = format!("{} belongs to another user (ID {owner})", path.display());
    if us == 0 {
        // `sudo` may keep HOME from the invoking user.
        let caller = env.text("SUDO_UID");
        let is_caller = caller.is_some_and(|caller| caller == owner.to_string());
        return Ok((!is_caller).then_some(message));
    }
    if env.os("XEROCTL_CONFIG").is_some() {
        return Ok(Some(message));
    }
    Err(
        Error::config(format!("{message}, who could redirect your keys"))
            .hint("copy it and remove the original")
            .hint(format!(
                "or, if you trust that user: export XEROCTL_CONFIG={}",
                crate::command_line::quote(&path.display().to_string())
            )),
    )
}

#[cfg(not(unix))]
pub(super) fn check(_: &Metadata, _: &Path, _: &Env) -> Result<Option<String>, Error> {
    Ok(None)
}

/// Warnings about the permissions of the file and of our own directory, each with the command that fixes them.
#[cfg(unix)]
pub(super) fn loose_modes(meta: &Metadata, path: &Path, directory: Option<&Path>) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let check = |meta: &Metadata, path: &Path, mode: &str| {
        let shown = path.display();
        let fault = match meta.permissions().mode() {
            mode if mode & 0o022 != 0 => "is writable by other users, who could redirect your keys",
            mode if mode & 0o077 != 0 => "is accessible to other users",
            _ => return None,
        };
        let quoted = crate::command_line::quote(&shown.to_string());
        Some(format!("{shown} {fault}: chmod {mode} {quoted}"))
    };
    let of_directory = directory.and_then(|directory| {
        let meta = directory.metadata().ok()?;
        check(&meta, directory, "700")
    });
    let of_file = meta.is_file().then(|| check(meta, path, "600"));
    of_file.flatten().into_iter().chain(of_directory).collect()
}

/// A warning if other users can read a key file. Pipes of the shell have no owner to ask.
#[cfg(unix)]
pub(super) fn exposed(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let meta = path.metadata().ok().filter(Metadata::is_file)?;
    let shown = path.display().to_string();
    let quoted = crate::command_line::quote(&shown);
    let is_exposed = meta.permissions().mode() & 0o077 != 0;
    is_exposed
        .then(|| format!("{shown} holds a key and is open to other users: chmod 600 {quoted}"))
}

#[cfg(not(unix))]
pub(super) fn exposed(_: &Path) -> Option<String> {
    None
}

#[cfg(not(unix))]
pub(super) fn loose_modes(_: &Metadata, _: &Path, _: Option<&Path>) -> Vec<String> {
    Vec::new()
}

/// A file's user and group.
#[cfg(unix)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    user: u32,
    group: u32,
}

#[cfg(unix)]
impl Owner {
    pub(super) fn of(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            user: meta.uid(),
            group: meta.gid(),
        }
    }

    /// The owner of files that root creates in a user's home directory.
    pub(super) fn expected_owner(directory: &Path) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            return None;
        }
        let owner = Self::of(&directory.metadata().ok()?);
        (owner.user != 0).then_some(owner)
    }

    /// Makes this the owner of an open file. (A path could be replaced meanwhile by the directory's owner.)
    pub(super) fn take(self, file: &File) -> std::io::Result<()> {
        let now = Self::of(&file.metadata()?);
        if now == self {
            return Ok(());
        }
        let given = std::os::unix::fs::fchown(file, Some(self.user), Some(self.group));
        // With mode 0600, the group doesn't matter.
        if now.user == self.user { Ok(()) } else { given }
    }
}

#[cfg(not(unix))]
#[derive(Clone, Copy)]
pub(super) struct Owner;

#[cfg(not(unix))]
impl Owner {
    pub(super) fn of(_: &Metadata) -> Self {
        Self
    }

    pub(super) fn expected_owner(_: &Path) -> Option<Self> {
        None
    }

    pub(super) fn take(self, _: &File) -> std::io::Result<()> {
        Ok(())
    }
}
