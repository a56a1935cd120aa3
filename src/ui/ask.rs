//! Prompts. Consent is one complete line, read in the terminal's normal mode.

use std::io;
use std::time::Duration;

use super::Ui;
use super::secret_line::{Keys, SecretLine, Step};
#[cfg(unix)]
use super::stream::{self, Input};
#[cfg(unix)]
use super::terminal::{Kind, Prompt};
use crate::error::{Error, Exit};
use crate::sanitize;
use crate::secret::Secret;

/// The maximum length of a key in bytes. Longer input is probably the wrong file.
const LONGEST_KEY: usize = 64 * 1024;

/// Pasted text arrives in pieces with shorter pauses than this. Typing after Enter is slower, and input before the
/// next prompt is discarded anyway.
#[cfg(unix)]
const PASTE_PAUSE: Duration = Duration::from_millis(20);

/// Terminals silently cut longer lines. In bytes.
#[cfg(any(target_os = "linux", target_os = "android"))]
const LONGEST_LINE: usize = 4095;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const LONGEST_LINE: usize = 1023;

impl Ui {
    /// Prompts and reads one line. Returns `None` at the end of input. Input typed before the prompt is discarded.
    ///
    /// # Errors
    /// If the terminal can't be read; exit 16 if the line may have been cut.
    pub fn ask(&self, question: &str) -> Result<Option<String>, Error> {
        self.stop_paging();
        #[cfg(unix)]
        let _prompt = self.open(Kind::Line, question);
        self.say(&sanitize::cell(question));
        let mut line = Vec::new();
        loop {
            let byte = self.next_byte()?;
            match byte {
                // A line without Enter doesn't count.
                None => {
                    self.say("\n");
                    return Ok(None);
                }
                // While a shell has the terminal, a typed carriage return isn't converted to a newline.
                Some(b'\n' | b'\r') => break,
                Some(byte) if line.len() < LONGEST_LINE => line.push(byte),
                Some(_) => {}
            }
        }
        if line.len() >= LONGEST_LINE {
            return Err(Error::new(
                Exit::Declined,
                format!(
                    "the input is too long ({LONGEST_LINE} bytes or more), and the terminal may have cut it"
                ),
            ));
        }
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    /// Prompts for a secret without showing the input. Returns `None` at the end of input or if nothing was typed.
    ///
    /// # Errors
    /// If the terminal can't be read; exit 2 if the secret is too long.
    pub fn ask_hidden(&self, question: &str) -> Result<Option<String>, Error> {
        self.stop_paging();
        #[cfg(unix)]
        let prompt = self.open(Kind::Keys, question);
        #[cfg(unix)]
        let keys = prompt.as_ref().map_or_else(Keys::default, Prompt::keys);
        #[cfg(not(unix))]
        let keys = Keys::default();
        self.say(&sanitize::cell(question));
        let mut line = SecretLine::new(LONGEST_KEY);
        let is_ended = loop {
            let byte = self.next_byte()?;
            let Some(byte) = byte else {
                break true;
            };
            match line.take(byte, &keys) {
                Step::More => {}
                Step::Done => break false,
                Step::End => break true,
                #[cfg(unix)]
                Step::Signal(key) => {
                    if let Some(prompt) = &prompt {
                        prompt.signal(key);
                    }
                }
                #[cfg(not(unix))]
                Step::Signal(_) => {}
            }
        };
        // Discarded before the terminal is restored; otherwise, a shell would run the rest as commands.
        #[cfg(unix)]
        let rest = match &prompt {
            Some(_) if !is_ended && !line.is_empty() => self.state().input.queued(PASTE_PAUSE),
            _ => Vec::new(),
        };
        #[cfg(not(unix))]
        let rest: Vec<u8> = Vec::new();
        #[cfg(unix)]
        drop(prompt);
        self.say("\n");
        if is_ended {
            return Ok(None);
        }
        if rest.iter().any(|byte| !byte.is_ascii_whitespace()) {
            return Err(Error::usage("the pasted text has more than one line").hint(
                "paste the key without line breaks, or read it from a file: --api-key-file FILE",
            ));
        }
        let Some(text) = line.finish() else {
            return Err(Error::usage(format!(
                "the key is longer than {LONGEST_KEY} bytes"
            )));
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn next_byte(&self) -> Result<Option<u8>, Error> {
        let interrupt = &self.0.interrupt;
        let byte = self.state().input.byte(interrupt);
        byte.map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => interrupt.error(),
            _ => Error::new(Exit::Failure, "the input could not be read").cause(error),
        })
    }

    /// Sets up the terminal for a prompt, if there is one.
    #[cfg(unix)]
    fn open(&self, kind: Kind, question: &str) -> Option<Prompt> {
        let is_real = matches!(self.state().input, Input::Process);
        let text = sanitize::cell(question);
        is_real
            .then(|| Prompt::begin(kind, &text, &self.0.interrupt))
            .flatten()
    }

    /// Reserves standard input for the option or variable of this name, because it can be read only once.
    ///
    /// # Errors
    /// A sentence that names the earlier reader.
    pub fn claim_input(&self, reader: &str) -> Result<(), String> {
        let mut state = self.state();
        if let Some(first) = &state.input_reader {
            return Err(format!(
                "{first} and {reader} can't both be read from standard input"
            ));
        }
        state.input_reader = Some(reader.to_owned());
        Ok(())
    }

    /// Reads a key from standard input until its end; `slice` as in [`Ui::read_input`].
    ///
    /// # Errors
    /// A predicate that follows the input's name in a sentence, such as "is too long for a key".
    pub fn read_key<E: From<String>>(
        &self,
        slice: impl FnMut() -> Result<Duration, E>,
    ) -> Result<Secret, E> {
        let bytes = self.read_all(LONGEST_KEY, slice)?;
        Self::key_of(bytes).map_err(E::from)
    }

    fn key_of(bytes: Vec<u8>) -> Result<Secret, String> {
        if bytes.len() > LONGEST_KEY {
            return Err("is too long for a key".to_owned());
        }
        let text = String::from_utf8(bytes).map_err(|_| "is not text".to_owned())?;
        Secret::key(&text).map_err(|unusable| unusable.reason().to_owned())
    }

    /// Reads all of standard input, up to `most` bytes. `slice` returns how long to wait for more before it is called
    /// again, or an error when no time is left.
    ///
    /// # Errors
    /// A predicate that follows the input's name in a sentence, such as "is too long for a key".
    pub fn read_input<E: From<String>>(
        &self,
        most: usize,
        slice: impl FnMut() -> Result<Duration, E>,
    ) -> Result<Vec<u8>, E> {
        let bytes = self.read_all(most, slice)?;
        if bytes.len() > most {
            return Err(E::from(format!("is longer than {most} bytes")));
        }
        Ok(bytes)
    }

    /// All of standard input, up to `most` bytes plus one more, which shows that it is too long.
    fn read_all<E: From<String>>(
        &self,
        most: usize,
        mut slice: impl FnMut() -> Result<Duration, E>,
    ) -> Result<Vec<u8>, E> {
        let mut bytes = Vec::new();
        while bytes.len() <= most {
            // Without holding the lock, because waiting prints a note.
            #[cfg(unix)]
            if matches!(self.state().input, Input::Process) {
                let mut limit = Duration::ZERO;
                while !stream::has_input(limit) {
                    limit = slice()?;
                }
            }
            let part = self.state().input.part(most + 1 - bytes.len());
            let part = part.map_err(|error| E::from(format!("can't be read: {error}")))?;
            if part.is_empty() {
                break;
            }
            bytes.extend(part);
        }
        Ok(bytes)
    }
}
