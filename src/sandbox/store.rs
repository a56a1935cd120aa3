//! Access to the state document, on disk or in memory.
//!
//! Every request reads the document under a file lock, so that processes sharing a directory see each other's writes
//! and lose none. A write replaces the file atomically: a reader without the lock sees either version. Files are not
//! synced to disk, since a power failure can only lose demo data.
//!
//! The clock is read under the lock, so that times never decrease from one write to the next, and nothing is dated
//! before what another process has seen.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::clock::{self, Clock, Seconds};
use super::response::ApiError;
use super::state::{Document, Keys};
use super::state_file::{self, LockOptions, StoredState};
use super::{demo, fleet, id};

/// The state store.
pub(super) struct Store {
    backend: Backend,
    keys: Keys,
    clock: Clock,
    lock_options: LockOptions,
}

enum Backend {
    Memory(Mutex<Box<Document>>),
    Directory(PathBuf),
}

/// An opened store, and a warning to show.
pub(super) struct OpenedStore {
    pub(super) store: Store,
    pub(super) warning: Option<String>,
}

impl Store {
    /// Returns the current time of the sandbox's clock.
    pub(super) fn time(&self) -> std::time::SystemTime {
        (self.clock)()
    }

    /// Opens the state in the directory, or a new state in memory if no directory is usable. Only a state in memory has
    /// generated agents.
    ///
    /// # Errors
    /// Another process holds the lock, or no random bytes are available.
    pub(super) fn open(
        directory: Option<PathBuf>,
        agents: usize,
        clock: Clock,
        lock_options: &LockOptions,
    ) -> io::Result<OpenedStore> {
        let keys = Keys {
            router: id::random_secret("xero_sandbox_")?,
            operator: id::random_secret("sk-operator-sandbox-")?,
            agent: id::random_secret("sk-agent-sandbox-")?,
        };
        let now = clock::now(&clock);
        let open_with = |backend, keys, warning| OpenedStore {
            store: Self {
                backend,
                keys,
                clock,
                lock_options: lock_options.clone(),
            },
            warning,
        };
        let warning = match directory {
            None => None,
            Some(directory) => match open_directory(&directory, lock_options, &keys, now) {
                Ok((keys, set_aside)) => {
                    let warning = set_aside.then(|| set_aside_warning(&directory));
                    return Ok(open_with(Backend::Directory(directory), keys, warning));
                }
                // The directory is usable, but not now.
                Err(error) if error.kind() == ErrorKind::TimedOut => return Err(error),
                Err(error) => Some(memory_only_warning(&directory, &error)),
            },
        };
        let mut document = Box::new(demo::document(&keys, now));
        fleet::add(&mut document, agents, now);
        Ok(open_with(
            Backend::Memory(Mutex::new(document)),
            keys,
            warning,
        ))
    }

    /// The keys found when the state was opened. They stay valid even if another process resets the state.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Reads the document.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Document, Seconds) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        match &self.backend {
            Backend::Memory(memory) => {
                let document = memory.lock().unwrap_or_else(PoisonError::into_inner);
                read(&document, clock::now(&self.clock))
            }
            Backend::Directory(directory) => {
                let (document, now) = self.load(directory).map_err(|error| state_error(&error))?;
                read(&document, now)
            }
        }
    }

    /// Changes the document. After an error it is unchanged.
    pub(super) fn write<T>(
        &self,
        change: impl FnOnce(&mut Document, Seconds) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        match &self.backend {
            Backend::Memory(memory) => {
                let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                let now = clock::now(&self.clock);
                let mut document = memory.clone();
                let result = change(&mut document, now)?;
                *memory = document;
                Ok(result)
            }
            Backend::Directory(directory) => {
                let _lock = state_file::lock(directory, &self.lock_options, false)
                    .map_err(|error| state_error(&error))?;
                let now = clock::now(&self.clock);
                let (mut document, _) = load_or_create(directory, &self.keys, now)
                    .map_err(|error| state_error(&error))?;
                let result = change(&mut document, now)?;
                state_file::save(directory, &document).map_err(|error| state_error(&error))?;
                Ok(result)
            }
        }
    }

    /// Changes the document as [`Store::write`], for changes that fail only before they have changed anything: in
    /// memory, a large document is then not copied.
    pub(super) fn write_in_place<T>(
        &self,
        change: impl FnOnce(&mut Document, Seconds) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        match &self.backend {
            Backend::Memory(memory) => {
                let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                let now = clock::now(&self.clock);
                change(&mut memory, now)
            }
            Backend::Directory(_) => self.write(change),
        }
    }

    /// Loads the document under a shared lock, with the time of the read. A missing or unreadable document requires the
    /// exclusive lock, since it is replaced.
    fn load(&self, directory: &Path) -> io::Result<(Document, Seconds)> {
        {
            let _lock = state_file::lock(directory, &self.lock_options, true)?;
            let now = clock::now(&self.clock);
            if let StoredState::Document(document) = state_file::load(directory)? {
                return Ok((*document, now));
            }
        }
        let _lock = state_file::lock(directory, &self.lock_options, false)?;
        let now = clock::now(&self.clock);
        load_or_create(directory, &self.keys, now).map(|(document, _)| (document, now))
    }
}

/// Changes the document in the directory, as [`Store::write`], without opening it. Returns `None` if there is no readable
/// document.
pub(super) fn change<T, E: From<io::Error>>(
    directory: &Path,
    lock_options: &LockOptions,
    clock: &Clock,
    change: impl FnOnce(&mut Document, Seconds) -> Result<T, E>,
) -> Result<Option<T>, E> {
    if !directory.try_exists()? {
        return Ok(None);
    }
    let _lock = state_file::lock(directory, lock_options, false)?;
    let now = clock::now(clock);
    let StoredState::Document(mut document) = state_file::load(directory)? else {
        return Ok(None);
    };
    let result = change(&mut document, now)?;
    state_file::save(directory, &document)?;
    Ok(Some(result))
}

/// Reads the document in the directory and writes nothing, not even the lock file: the document is always replaced as a
/// whole. Returns `None` if there is no readable document.
pub(super) fn peek(directory: &Path) -> io::Result<Option<Box<Document>>> {
    Ok(match state_file::load(directory)? {
        StoredState::Document(document) => Some(document),
        StoredState::Missing | StoredState::Unreadable => None,
    })
}

/// Removes the state in the directory. Returns true if there was one.
pub(super) fn reset(directory: &Path, lock_options: &LockOptions) -> io::Result<bool> {
    if !directory.try_exists()? {
        return Ok(false);
    }
    let _lock = state_file::lock(directory, lock_options, false)?;
    state_file::clear(directory)
}

/// Prepares the directory. Returns its keys, and whether an unreadable state file was set aside.
fn open_directory(
    directory: &Path,
    lock_options: &LockOptions,
    keys: &Keys,
    now: Seconds,
) -> io::Result<(Keys, bool)> {
    state_file::create_directory(directory)?;
    let _lock = state_file::lock(directory, lock_options, false)?;
    state_file::remove_temporary_files(directory);
    // Times stay as they are: what was shown as ended must not come back.
    let (document, set_aside) = load_or_create(directory, keys, now)?;
    let keys = Keys {
        router: document.key,
        operator: document.squads.operator_key,
        agent: document.squads.agent_key,
    };
    Ok((keys, set_aside))
}

/// Loads the document, or creates it, setting aside an unreadable one. Requires the exclusive lock.
fn load_or_create(directory: &Path, keys: &Keys, now: Seconds) -> io::Result<(Document, bool)> {
    let found = state_file::load(directory)?;
    if let StoredState::Document(document) = found {
        return Ok((*document, false));
    }
    let set_aside = matches!(found, StoredState::Unreadable);
    if set_aside {
        state_file::set_aside(directory)?;
    }
    let document = demo::document(keys, now);
    state_file::save(directory, &document)?;
    Ok((document, set_aside))
}

fn set_aside_warning(directory: &Path) -> String {
    let aside = directory.join(state_file::SET_ASIDE_FILE);
    format!(
        "the sandbox's state was unreadable and has been reset; the old file is kept as {}",
        aside.display()
    )
}

fn memory_only_warning(directory: &Path, error: &io::Error) -> String {
    format!(
        "the sandbox's state will not be saved: cannot use its state directory {}: {error}",
        directory.display()
    )
}

fn state_error(error: &io::Error) -> ApiError {
    ApiError::internal(format!("Cannot use the sandbox's state: {error}."))
}
