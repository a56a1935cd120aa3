//! What a run returned, on standard output or in a file: any bytes, of any number.

use std::fs::Permissions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::api::{Id, executions};
use crate::error::{Error, Exit};
use crate::interrupt::Undo;
use crate::sanitise;
use crate::session::{Receiver, Session};
use crate::ui::Ui;

/// Writes the bytes to standard output: as they are off a terminal, or where `unsafe_raw` wants it; else with escapes
/// in the place of what could steer the terminal.
///
/// # Errors
/// Whatever the router, the network or standard output made of it.
pub(super) async fn print(session: &Session<'_>, id: &Id, unsafe_raw: bool) -> Result<(), Error> {
    let mut stream = Stream {
        ui: session.ui(),
        escape: session.ui().terminals().output && !unsafe_raw,
        rest: Vec::new(),
        last: b'\n',
    };
    let request = executions::raw(id);
    session.download(&request, &mut stream).await?;
    stream.finish()
}

struct Stream<'a> {
    ui: &'a Ui,
    escape: bool,
    /// The begin of a character whose end has not come.
    rest: Vec<u8>,
    last: u8,
}

impl Receiver for Stream<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.last = bytes.last().copied().unwrap_or(self.last);
        if !self.escape {
            return self.ui.write(bytes);
        }
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        let (text, rest) = shown(&all, false);
        self.rest = rest;
        self.ui.print(&text)
    }

    fn restart(&mut self) -> bool {
        false
    }
}

impl Stream<'_> {
    fn finish(self) -> Result<(), Error> {
        if !self.escape {
            return Ok(());
        }
        let (mut text, _) = shown(&self.rest, true);
        // The prompt of the shell begins a line of its own.
        if self.last != b'\n' {
            text.push('\n');
        }
        self.ui.print(&text)
    }
}

/// The bytes as text for a terminal, and the begin of a character at their end whose rest may yet come.
fn shown(mut bytes: &[u8], is_end: bool) -> (String, Vec<u8>) {
    let mut text = String::new();
    loop {
        match std::str::from_utf8(bytes) {
            Ok(rest) => {
                text.push_str(&sanitise::block(rest));
                return (text, Vec::new());
            }
            Err(error) => {
                let (good, bad) = bytes.split_at(error.valid_up_to());
                text.push_str(&sanitise::block(&String::from_utf8_lossy(good)));
                let Some(count) = error.error_len() else {
                    if !is_end {
                        return (text, bad.to_vec());
                    }
                    for byte in bad {
                        text.push_str(&format!("\\x{byte:02x}"));
                    }
                    return (text, Vec::new());
                };
                for byte in &bad[..count] {
                    text.push_str(&format!("\\x{byte:02x}"));
                }
                bytes = &bad[count..];
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_shown() {
        let (text, rest) = shown(b"a\tb\n\x1b[31m\xff\xe2\x82", false);
        assert_eq!(text, "a\tb\n\\u001b[31m\\xff");
        assert_eq!(rest, b"\xe2\x82");
        assert_eq!(shown(b"\xe2\x82", true).0, "\\xe2\\x82");
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_does_not_matter(
            bytes in proptest::collection::vec(any::<u8>(), 0..80),
            at in 0_usize..80,
        ) {
            let at = at.min(bytes.len());
            let (first, mut rest) = shown(&bytes[..at], false);
            rest.extend_from_slice(&bytes[at..]);
            let (second, _) = shown(&rest, true);
            prop_assert_eq!(first + &second, shown(&bytes, true).0);
        }
    }
}
