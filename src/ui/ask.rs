//! Questions. Consent is one whole line, read in the terminal's ordinary mode.

use std::io;

use super::{Ui, stream};
use crate::error::{Error, Exit};
use crate::interrupt::Interrupt;
use crate::sanitise;
use crate::secret::Secret;

/// A key on standard input may not be longer than this; more is a wrong file.
const LONGEST_KEY: usize = 64 * 1024;

impl Ui {
    /// Asks and reads one line; none at the end of input. What was typed before the question is dropped.
    ///
    /// # Errors
    /// When the terminal can't be read.
    pub fn ask(&self, question: &str) -> Result<Option<String>, Error> {
        self.prompt(question);
        let answer = self.state().input.line().map_err(unreadable)?;
        if answer.is_none() {
            self.say("\n");
        }
        Ok(answer)
    }

    /// Asks for a secret: what is typed is not shown. None at the end of input or when nothing was typed.
    ///
    /// # Errors
    /// When the terminal can't be read.
    pub fn ask_hidden(
        &self,
        question: &str,
        interrupt: &Interrupt,
    ) -> Result<Option<String>, Error> {
        let hidden = self.terminals().input.then(|| Hidden::begin(interrupt));
        self.prompt(question);
        let answer = self.state().input.line().map_err(unreadable)?;
        drop(hidden);
        self.say("\n");
        Ok(answer.filter(|answer| !answer.is_empty()))
    }

    /// Reads a key from standard input, to its end.
    ///
    /// # Errors
    /// The half sentence that tells what is wrong with it.
    pub fn read_key(&self) -> Result<Secret, String> {
        let bytes = self.state().input.all(LONGEST_KEY);
        let bytes = bytes.map_err(|error| format!("can't be read: {error}"))?;
        if bytes.len() > LONGEST_KEY {
            return Err("is too long for a key".to_owned());
        }
        let text = String::from_utf8(bytes).map_err(|_| "is not text".to_owned())?;
        Secret::key(&text).map_err(|unusable| unusable.reason().to_owned())
    }

    /// Reads all of standard input, which may hold `most` bytes.
    ///
    /// # Errors
    /// The half sentence that tells what is wrong with it.
    pub fn read_input(&self, most: usize) -> Result<Vec<u8>, String> {
        let bytes = self.state().input.all(most);
        let bytes = bytes.map_err(|error| format!("can't be read: {error}"))?;
        if bytes.len() > most {
            return Err(format!("is longer than {most} bytes"));
        }
        Ok(bytes)
    }

    fn prompt(&self, question: &str) {
        if self.terminals().input {
            stream::drop_typed_ahead();
        }
        self.say(&sanitise::cell(question));
    }
}

fn unreadable(error: io::Error) -> Error {
    Error::new(Exit::Other, "the answer could not be read").cause(error)
}

/// While it lives, the terminal does not show what is typed; a signal restores it too.
struct Hidden(Option<(stream::Modes, crate::interrupt::Undo)>);

impl Hidden {
    fn begin(interrupt: &Interrupt) -> Self {
        let Some(modes) = stream::Modes::now() else {
            return Self(None);
        };
        let before = modes.clone();
        let undo = interrupt.cleanup(move || before.restore());
        modes.without_echo();
        Self(Some((modes, undo)))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some((modes, _undo)) = &self.0 {
            modes.restore();
        }
    }
}
