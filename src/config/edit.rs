//! Edits the configuration file and keeps its comments and formatting.

use toml_edit::{DocumentMut, Item, Table, Value};

use super::disk::Disk;
use super::file::{self, Config};
use crate::env::Env;
use crate::error::Error;
use crate::files::WaitLimit;
use crate::interrupt::Interrupt;

/// The byte order mark, which some editors write at the start of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// An edit of the locked file.
pub struct Edit {
    /// The parsed content.
    pub config: Config,
    document: DocumentMut,
    disk: Disk,
    /// The comments of a file without settings.
    header: String,
    /// Whether the file has Windows line endings.
    crlf: bool,
    /// Whether the file starts with a byte order mark.
    mark: bool,
}

impl Edit {
    /// Locks the file against other writers and reads it.
    ///
    /// # Errors
    /// Exit 3 if there is no home directory, or if the file can't be locked or parsed; exit 17 if the lock is not available
    /// within `--timeout`.
    pub fn begin(env: &Env, wait_limit: &WaitLimit, interrupt: &Interrupt) -> Result<Self, Error> {
        let path = file::path(env).ok_or_else(|| {
            Error::config("no home directory to keep the configuration in")
                .hint("name a file: XEROCTL_CONFIG=FILE")
        })?;
        let disk = Disk::open(env, &path, wait_limit, interrupt)?;
        let text = &disk.found.text;
        let config = Config::parse(text, &path)?;
        let mut document: DocumentMut = text
            .parse()
            .map_err(|_| Error::config(format!("{} is not valid TOML", path.display())))?;
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
            header,
            crlf: text.contains("\r\n"),
            mark: text.starts_with(BYTE_ORDER_MARK),
            disk,
        })
    }

    /// Sets or clears the current deployment.
    pub fn set_current(&mut self, name: Option<&str>) {
        self.set_name("current", name);
    }

    /// Makes a deployment the current one; `config use -` returns to the one that was.
    pub fn make_current(&mut self, name: &str) {
        if let Some(old) = self.config.current.clone().filter(|old| old != name) {
            self.set_previous(Some(&old));
        }
        self.set_current(Some(name));
    }

    /// Sets the deployment that `config use -` returns to, or none.
    pub fn set_previous(&mut self, name: Option<&str>) {
        self.set_name("previous", name);
    }

    fn set_name(&mut self, setting: &str, name: Option<&str>) {
        match name {
            Some(name) => set(self.document.as_table_mut(), setting, name.into()),
            None => {
                self.document.remove(setting);
            }
        }
    }

    /// Sets one setting of a deployment, creating the deployment if needed.
    pub fn set(&mut self, deployment: &str, setting: &str, value: impl Into<Value>) {
        set(self.table(deployment), setting, value.into());
    }

    /// Sets where a deployment's key is, replacing any other setting that says so.
    pub fn set_key(&mut self, deployment: &str, setting: &str, value: impl Into<Value>) {
        let table = self.table(deployment);
        for other in [
            "api_key",
            "api_key_file",
            "api_key_command",
            "api_key_keychain",
        ] {
            if other != setting {
                table.remove(other);
            }
        }
        set(table, setting, value.into());
    }

    /// Removes a deployment and the comment directly above it. Comments above a blank line stay.
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

    /// Puts a comment above the first deployment after `position`, or at the end.
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

    /// Renames a deployment.
    pub fn rename(&mut self, old: &str, new: &str) {
        if let Some(tables) = self.deployments()
            && let Some(item) = tables.remove(old)
        {
            tables.insert(new, item);
        }
    }

    /// Writes the edited file. Returns problems to warn about that did not prevent the write.
    ///
    /// # Errors
    /// Exit 1 if the file can't be written.
    pub fn write(self) -> Result<Vec<String>, Error> {
        let mut text = self.header + &self.document.to_string();
        if self.crlf {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        if self.mark {
            text.insert(0, BYTE_ORDER_MARK);
        }
        // The written file must be parseable.
        Config::parse(&text, self.disk.target())?;
        self.disk.write(&text)
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

/// Sets a value and keeps the comments around it.
fn set(table: &mut dyn toml_edit::TableLike, setting: &str, mut value: Value) {
    match table.get_mut(setting) {
        // Replaced in place to keep the comments above and after it.
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
