//! Getting the key from where it is.

use super::Context;
use crate::config::{KeySource, Tools};
use crate::error::Error;
use crate::files::Unreadable;
use crate::secret::Secret;

impl Context {
    /// Reads a key from standard input.
    pub fn read_key(&self, reader: &str) -> Result<Secret, Unreadable> {
        self.ui.claim_input(reader)?;
        let limit = self.wait_limit();
        let wait = limit.wait_for_input();
        let key = self.ui.read_key(|| wait.slice().map_err(Unreadable::late));
        key.map_err(|why| why.after("the key on standard input"))
    }

    /// Gets a key from its source. Warns if it is in a file that other users can read.
    ///
    /// # Errors
    /// As [`KeySource::read`].
    pub fn key(&self, source: &KeySource, deployment: Option<&str>) -> Result<Secret, Error> {
        let read = |name: &str| self.read_key(name);
        let key = source.read(read, deployment, &self.wait_limit(), &self.tools())?;
        if let Some(warning) = source.warning() {
            self.ui.warn(&warning);
        }
        Ok(key)
    }

    /// What running another program takes.
    pub fn tools(&self) -> Tools<'_> {
        Tools {
            env: &self.env,
            interrupt: &self.interrupt,
        }
    }
}
