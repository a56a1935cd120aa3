//! The values of the last minute, so that a key pressed twice doesn't ask the router twice.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use super::Candidate;
use crate::env::Env;

/// How long values are used.
const LIFETIME: Duration = Duration::from_mins(1);

/// A larger file is none of ours.
const LARGEST: u64 = 256 * 1024;

/// The file for the values of one kind from one deployment.
pub(super) fn place(env: &Env, identity: &str, kind: &str) -> Option<PathBuf> {
    let digest = Sha256::digest(identity.as_bytes());
    let (start, _) = digest.split_first_chunk::<8>()?;
    let name = u64::from_be_bytes(*start);
    let directory = env.state_dir()?.join("completions");
    Some(directory.join(format!("{name:016x}-{kind}")))
}

/// The values in the file, if they are recent: the time on the first line, and one value with its description on each
/// other.
pub(super) fn read(place: &Path, now: SystemTime) -> Option<Vec<Candidate>> {
    let meta = place.symlink_metadata().ok()?;
    if !meta.is_file() || meta.len() > LARGEST {
        return None;
    }
    let text = std::fs::read_to_string(place).ok()?;
    let mut lines = text.lines();
    let at: u64 = lines.next()?.parse().ok()?;
    let age = seconds(now)?.checked_sub(at)?;
    if age >= LIFETIME.as_secs() {
        return None;
    }
    let values = lines.map(|line| {
        let (value, help) = line.split_once('\t').unwrap_or((line, ""));
        Candidate::new(value, help)
    });
    Some(values.collect())
}

/// Keeps the values; nothing depends on whether that succeeds.
pub(super) fn write(place: &Path, now: SystemTime, values: &[Candidate]) {
    let _ = try_write(place, now, values);
}

fn try_write(place: &Path, now: SystemTime, values: &[Candidate]) -> Option<()> {
    let directory = place.parent()?;
    create(directory).ok()?;
    let mut text = format!("{}\n", seconds(now)?);
    for Candidate { value, help } in values {
        let is_line = |text: &str| !text.contains(char::is_control);
        if is_line(value) && is_line(help) {
            text.push_str(&format!("{value}\t{help}\n"));
        }
    }
    // Only its owner can read a temporary file, and what it replaces.
    let mut file = tempfile::Builder::new()
        .prefix(".tmp")
        .tempfile_in(directory)
        .ok()?;
    file.write_all(text.as_bytes()).ok()?;
    file.persist(place).ok().map(drop)
}

#[cfg(unix)]
fn create(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn create(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}

fn seconds(time: SystemTime) -> Option<u64> {
    time.duration_since(UNIX_EPOCH)
        .ok()
        .map(|since| since.as_secs())
}
