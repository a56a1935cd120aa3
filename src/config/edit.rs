//! Changes to the configuration file: in place, atomic, and never readable by others.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, Value};

use super::file::{self, Config};
use crate::env::Env;
use crate::error::{Error, Exit};
use crate::secret::Secret;

/// Some editors begin a file with it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The file, locked and read, about to be changed.
pub struct Edit {
    /// What it holds now.
    pub config: Config,
    document: DocumentMut,
    path: PathBuf,
    /// The comments of a file that holds nothing else.
    header: String,
    /// The file's lines end as on Windows.
    crlf: bool,
    /// The file begins with a byte order mark.
    mark: bool,
    // Held until the change is written.
    _lock: File,
}

impl Edit {
    /// Locks the file against other writers and reads it.
    ///
    /// # Errors
    /// Exit 3 when there is no place for it, when it can't be locked, or when it is broken.
    pub fn begin(env: &Env) -> Result<Self, Error> {
        let path = file::path(env).ok_or_else(|| {
            Error::config("there is no home directory to keep the configuration in")
                .hint("name a file: XEROCTL_CONFIG=FILE")
        })?;
        let failed = |what: &str, error: io::Error| {
            Error::config(format!("{}: {what}", path.display())).cause(error)
        };
        let target = resolve_links(&path);
        let directory = parent(&target);
        make_directory(directory, file::own_directory(env, &path).as_deref())
            .map_err(|e| failed("its directory can't be made", e))?;
        if fs::metadata(&target).is_ok_and(|meta| !meta.is_file()) {
            // Renaming a file over a device would take the device away from everybody.
            return Err(Error::config(format!(
                "{} is no regular file",
                path.display()
            )));
        }
        let lock = lock(&target).map_err(|e| failed("it can't be locked", e))?;
        let text = file::text_of(&target, &path)?;
        let config = Config::parse(&text, &path)?;
        let mut document: DocumentMut = text
            .parse()
            .map_err(|_| Error::config(format!("{} is no TOML", path.display())))?;
        let mut header = String::new();
        if document.as_table().is_empty() {
            document
                .trailing()
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut header);
            document.set_trailing("");
        }
        Ok(Self {
            config,
            document,
            path: target,
            header,
            crlf: text.contains("\r\n"),
            mark: text.starts_with(BYTE_ORDER_MARK),
            _lock: lock,
        })
    }

    /// Sets the current deployment, or none.
    pub fn set_current(&mut self, name: Option<&str>) {
        match name {
            Some(name) => set(self.document.as_table_mut(), "current", name.into()),
            None => {
                self.document.remove("current");
            }
        }
    }

    /// Sets one setting of a deployment, which is made if it does not exist.
    pub fn set(&mut self, deployment: &str, setting: &str, value: impl Into<Value>) {
        set(self.table(deployment), setting, value.into());
    }

    /// Stores a key in the place of the one that was there, wherever that was kept.
    pub fn set_key(&mut self, deployment: &str, key: &Secret) {
        let table = self.table(deployment);
        table.remove("api_key_keychain");
        table.remove("api_key_command");
        set(table, "api_key", key.expose().into());
    }

    /// Removes a deployment, with the comment right above it; what stands above a blank line is another's and stays.
    pub fn remove(&mut self, deployment: &str) {
        let Some(removed) = self
            .deployments()
            .and_then(|tables| tables.remove(deployment))
        else {
            return;
        };
        let above = removed
            .as_table()
            .and_then(|table| table.decor().prefix()?.as_str())
            .and_then(|prefix| prefix.rsplit_once("\n\n"))
            .map(|(above, _)| format!("{above}\n\n"));
        if let Some(above) = above.filter(|above| !above.trim().is_empty()) {
            let position = removed.as_table().and_then(Table::position);
            self.put_above_next(position, &above);
        }
    }

    /// Puts a comment above the first deployment behind `position`, or at the end.
    fn put_above_next(&mut self, position: Option<isize>, comment: &str) {
        let next = self
            .document
            .get_mut("deployment")
            .and_then(Item::as_table_mut);
        let next = next
            .into_iter()
            .flat_map(|tables| tables.iter_mut())
            .filter_map(|(_, item)| item.as_table_mut())
            .filter(|table| table.position() > position)
            .min_by_key(|table| table.position());
        if let Some(table) = next {
            let old = table.decor().prefix().and_then(|prefix| prefix.as_str());
            let new = format!(
                "{comment}{}",
                old.unwrap_or_default().trim_start_matches('\n')
            );
            table.decor_mut().set_prefix(new);
        } else {
            let trailing = self.document.trailing().as_str().unwrap_or_default();
            let trailing = format!("{comment}{trailing}");
            self.document.set_trailing(trailing);
        }
    }

    /// Gives a deployment another name.
    pub fn rename(&mut self, old: &str, new: &str) {
        if let Some(tables) = self.deployments()
            && let Some(item) = tables.remove(old)
        {
            tables.insert(new, item);
        }
    }

    /// Writes the change: a temporary file in the same directory, flushed to the disk, then renamed over the old one,
    /// so that nobody ever sees half a file.
    ///
    /// # Errors
    /// Exit 1 when it can't be written.
    pub fn write(self) -> Result<(), Error> {
        let mut text = self.header + &self.document.to_string();
        if self.crlf {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        if self.mark {
            text.insert(0, BYTE_ORDER_MARK);
        }
        let path = self.path;
        // What is written must be readable again.
        Config::parse(&text, &path)?;
        replace(&path, text.as_bytes()).map_err(|error| {
            Error::new(
                Exit::Other,
                format!("{} could not be written", path.display()),
            )
            .cause(error)
        })
    }

    fn deployments(&mut self) -> Option<&mut dyn toml_edit::TableLike> {
        self.document.get_mut("deployment")?.as_table_like_mut()
    }

    fn table(&mut self, deployment: &str) -> &mut dyn toml_edit::TableLike {
        let root = self.document.as_table_mut();
        let all = root.entry("deployment").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        if !all.is_table_like() {
            *all = Item::Table(Table::new());
        }
        let all = all
            .as_table_like_mut()
            .expect("it was made a table just now");
        let item = all
            .entry(deployment)
            .or_insert_with(|| Item::Table(Table::new()));
        if !item.is_table_like() {
            *item = Item::Table(Table::new());
        }
        item.as_table_like_mut()
            .expect("it was made a table just now")
    }
}

/// Sets a value and keeps the comments around the old one.
fn set(table: &mut dyn toml_edit::TableLike, setting: &str, mut value: Value) {
    match table.get_mut(setting) {
        // In its place, so that the comments above and behind it stay.
        Some(item) => {
            if let Some(old) = item.as_value() {
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => {
            table.insert(setting, Item::Value(value));
        }
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

fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn make_directory(directory: &Path, own: Option<&Path>) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    #[cfg(unix)]
    if let Some(own) = own {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(own, fs::Permissions::from_mode(0o700))?;
    }
    #[cfg(not(unix))]
    let _ = own;
    Ok(())
}

/// Locks the directory itself where that can be done, so that no lock file is left behind.
#[cfg(unix)]
fn lock(path: &Path) -> io::Result<File> {
    let directory = File::open(parent(path))?;
    directory.lock()?;
    Ok(directory)
}

#[cfg(not(unix))]
fn lock(path: &Path) -> io::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options().create(true).append(true).open(name)?;
    file.lock()?;
    Ok(file)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Made 0600 from the start by the library.
    let mut file = tempfile::Builder::new()
        .prefix(".config-")
        .tempfile_in(parent(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    #[cfg(unix)]
    File::open(parent(path))?.sync_all()?;
    Ok(())
}
