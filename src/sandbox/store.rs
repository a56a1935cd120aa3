//! Where the state document lies, and who may look at it when.
//!
//! Every request takes a lock on a file beside the document and reads the document under it, so that processes which
//! share a directory see each other's writes and lose none. A write goes to a temporary file that then takes the
//! document's place: a reader without the lock sees the old one or the new one. Nothing is synced to disk: what a
//! power cut could destroy is a demonstration.
//!
//! The clock is read under the lock: what is written later has no earlier time, and nothing is dated before what
//! another has seen already.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::clock::{self, Clock, Seconds};
use super::reply::Refusal;
use super::state::{Document, VERSION};
use super::{demo, id};

const DOCUMENT: &str = "state.json";
const BROKEN: &str = "state.json.broken";
const LOCK: &str = "state.lock";

/// Demonstration objects are dated anew when their dates are older than this. It is not zero so that commands in
/// quick succession see the same times, and only the first of them writes.
const STALE: Seconds = 60;

/// The credentials of a state.
#[derive(Clone)]
pub(super) struct Keys {
    /// The router's only key.
    pub(super) router: String,
    /// Of the squads service: an operator's.
    pub(super) operator: String,
    /// Of the squads service: that of one of its agents.
    pub(super) agent: String,
}

/// The sandbox's memory.
pub(super) struct Store {
    place: Place,
    keys: Keys,
    clock: Clock,
}

enum Place {
    Memory(Mutex<Box<Document>>),
    Directory(PathBuf),
}

/// A store, and what the user should know about how it was opened.
pub(super) struct Opened {
    pub(super) store: Store,
    pub(super) warning: Option<String>,
}

/// What lies in the directory.
enum Found {
    Nothing,
    /// No document of this format.
    Unreadable,
    Document(Box<Document>),
}

impl Store {
    /// Opens the state of the directory, or a fresh one in memory where there is no usable directory.
    pub(super) fn open(directory: Option<PathBuf>, clock: Clock) -> io::Result<Opened> {
        let keys = Keys {
            router: id::secret("xero_sandbox_")?,
            operator: id::secret("sk-operator-sandbox-")?,
            agent: id::secret("sk-agent-sandbox-")?,
        };
        let now = clock::read(&clock);
        let opened = |place, keys, warning| Opened {
            store: Self { place, keys, clock },
            warning,
        };
        let warning = match directory {
            None => None,
            Some(directory) => match open_directory(&directory, &keys, now) {
                Ok((keys, set_aside)) => {
                    let warning = set_aside.then(|| warn_set_aside(&directory));
                    return Ok(opened(Place::Directory(directory), keys, warning));
                }
                Err(error) => Some(warn_memory(&directory, &error)),
            },
        };
        let document = Box::new(demo::document(&keys, now));
        Ok(opened(Place::Memory(Mutex::new(document)), keys, warning))
    }

    /// The keys that were in the state when it was opened. They stay valid here though another process resets the
    /// state.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Looks at the document.
    pub(super) fn read<T>(
        &self,
        look: impl FnOnce(&Document, Seconds) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        match &self.place {
            Place::Memory(memory) => {
                let document = memory.lock().unwrap_or_else(PoisonError::into_inner);
                look(&document, clock::read(&self.clock))
            }
            Place::Directory(directory) => {
                let (document, now) = self.load(directory).map_err(|error| unusable(&error))?;
                look(&document, now)
            }
        }
    }

    /// Changes the document; a refusal leaves it as it was.
    pub(super) fn write<T>(
        &self,
        change: impl FnOnce(&mut Document, Seconds) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        match &self.place {
            Place::Memory(memory) => {
                let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                let now = clock::read(&self.clock);
                let mut document = memory.clone();
                let done = change(&mut document, now)?;
                *memory = document;
                Ok(done)
            }
            Place::Directory(directory) => {
                let _lock = lock(directory, File::lock).map_err(|error| unusable(&error))?;
                let now = clock::read(&self.clock);
                let (mut document, _) =
                    settle(directory, &self.keys, now).map_err(|error| unusable(&error))?;
                let done = change(&mut document, now)?;
                save(directory, &document).map_err(|error| unusable(&error))?;
                Ok(done)
            }
        }
    }

    /// The document, under a lock that readers share, and the time at which it was so. Only where it is gone or
    /// broken must a reader write.
    fn load(&self, directory: &Path) -> io::Result<(Document, Seconds)> {
        {
            let _lock = lock(directory, File::lock_shared)?;
            let now = clock::read(&self.clock);
            if let Found::Document(document) = find(directory)? {
                return Ok((*document, now));
            }
        }
        let _lock = lock(directory, File::lock)?;
        let now = clock::read(&self.clock);
        settle(directory, &self.keys, now).map(|(document, _)| (document, now))
    }
}

/// Removes what the directory holds of a sandbox's state; true if there was a document.
pub(super) fn reset(directory: &Path) -> io::Result<bool> {
    if !directory.try_exists()? {
        return Ok(false);
    }
    let _lock = lock(directory, File::lock)?;
    remove(&directory.join(BROKEN))?;
    remove(&directory.join(DOCUMENT))
}

/// Makes the directory ready. Returns its keys, and whether an unreadable document was set aside.
fn open_directory(directory: &Path, keys: &Keys, now: Seconds) -> io::Result<(Keys, bool)> {
    make_directory(directory)?;
    let _lock = lock(directory, File::lock)?;
    let (mut document, set_aside) = settle(directory, keys, now)?;
    if (now - document.dated_at).abs() >= STALE {
        document.redate(now);
        save(directory, &document)?;
    }
    let keys = Keys {
        router: document.key,
        operator: document.squads.operator_key,
        agent: document.squads.agent_key,
    };
    Ok((keys, set_aside))
}

/// The document that lies there; else a fresh one, after setting aside what cannot be read. Needs the lock alone.
fn settle(directory: &Path, keys: &Keys, now: Seconds) -> io::Result<(Document, bool)> {
    let found = find(directory)?;
    if let Found::Document(document) = found {
        return Ok((*document, false));
    }
    let set_aside = matches!(found, Found::Unreadable);
    if set_aside {
        fs::rename(directory.join(DOCUMENT), directory.join(BROKEN))?;
    }
    let document = demo::document(keys, now);
    save(directory, &document)?;
    Ok((document, set_aside))
}

fn find(directory: &Path) -> io::Result<Found> {
    match fs::read(directory.join(DOCUMENT)) {
        Ok(bytes) => Ok(match serde_json::from_slice::<Document>(&bytes) {
            Ok(document) if document.version == VERSION => Found::Document(Box::new(document)),
            _ => Found::Unreadable,
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::Nothing),
        Err(error) => Err(error),
    }
}

fn save(directory: &Path, document: &Document) -> io::Result<()> {
    // A `NamedTempFile` is its owner's alone (0600), and so is what it becomes.
    let mut file = tempfile::Builder::new()
        .prefix(".state-")
        .tempfile_in(directory)?;
    file.write_all(&serde_json::to_vec(document)?)?;
    file.persist(directory.join(DOCUMENT))?;
    Ok(())
}

/// The lock is held until the file is dropped.
fn lock(directory: &Path, take: fn(&File) -> io::Result<()>) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = match options.open(directory.join(LOCK)) {
        // The directory was removed under a running server: its next request begins a new one.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make_directory(directory)?;
            options.open(directory.join(LOCK))?
        }
        other => other?,
    };
    take(&file)?;
    Ok(file)
}

fn make_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    keep_private(directory)
}

/// One that was there before may be open to others.
#[cfg(unix)]
fn keep_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(directory)?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(directory, fs::Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> io::Result<()> {
    Ok(())
}

fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn warn_set_aside(directory: &Path) -> String {
    let aside = directory.join(BROKEN);
    format!(
        "the sandbox's state was unreadable and is started afresh; the old one is kept as {}",
        aside.display()
    )
}

fn warn_memory(directory: &Path, error: &io::Error) -> String {
    format!(
        "the sandbox forgets everything when it ends, since its state directory {} cannot be used: {error}",
        directory.display()
    )
}

fn unusable(error: &io::Error) -> Refusal {
    Refusal::internal(format!("The sandbox's state cannot be used: {error}."))
}
