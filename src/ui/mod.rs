//! The only code that writes and asks: results to standard output; notes, hints, warnings, questions and errors to
//! standard error. Real in the binary, in memory in tests.

pub mod ask;
pub mod live;
pub mod stream;

use std::borrow::Cow;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;

use crate::error::{Error, Exit};
use crate::json;
use crate::sanitise;
use crate::secret::Secret;
use crate::time;
use crate::tone::Tone;
use stream::{Input, Sink};

/// What the streams are attached to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminals {
    /// Standard input is a terminal.
    pub input: bool,
    /// Standard output is a terminal.
    pub output: bool,
    /// Standard error is a terminal.
    pub error: bool,
    /// Columns of the terminal; none where there is none.
    pub width: Option<usize>,
}

/// How to write, decided once from the line and the environment.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is decided by itself")]
pub struct Manner {
    /// Colour on standard output.
    pub colour_output: bool,
    /// Colour on standard error.
    pub colour_error: bool,
    /// No notices, hints, progress and warnings.
    pub quiet: bool,
    /// The last line of an error is a JSON object.
    pub json_errors: bool,
    /// Lines of tracing: 0 none, 1 requests, 2 headers and bodies.
    pub verbose: u8,
}

/// The user's side of the program. Clones write to the same streams.
#[derive(Clone)]
pub struct Ui(Arc<Shared>);

struct Shared {
    terminals: Terminals,
    clock: fn() -> std::time::SystemTime,
    state: Mutex<State>,
}

struct State {
    output: Sink,
    error: Sink,
    input: Input,
    manner: Manner,
    program: String,
    secrets: Vec<Secret>,
    /// The change that was made, should its result not reach the user.
    changed: Option<String>,
    /// The live line that stands on the terminal, if there is one.
    live: Option<String>,
}

impl Ui {
    /// The process's own streams.
    #[must_use]
    pub fn real(clock: fn() -> std::time::SystemTime) -> Self {
        Self::with(
            stream::terminals(),
            clock,
            Sink::output(),
            Sink::error(),
            Input::Process,
        )
    }

    /// Streams in memory, for tests: `input` is what the user types.
    #[must_use]
    pub fn memory(
        terminals: Terminals,
        clock: fn() -> std::time::SystemTime,
        input: &str,
    ) -> (Self, stream::Written) {
        let written = stream::Written::default();
        let ui = Self::with(
            terminals,
            clock,
            Sink::Memory(written.output.clone()),
            Sink::Memory(written.error.clone()),
            Input::Memory(input.as_bytes().to_vec().into()),
        );
        (ui, written)
    }

    fn with(
        terminals: Terminals,
        clock: fn() -> std::time::SystemTime,
        output: Sink,
        error: Sink,
        input: Input,
    ) -> Self {
        let state = State {
            output,
            error,
            input,
            manner: Manner::default(),
            program: "xeroctl".to_owned(),
            secrets: Vec::new(),
            changed: None,
            live: None,
        };
        Self(Arc::new(Shared {
            terminals,
            clock,
            state: Mutex::new(state),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// What the streams are attached to.
    #[must_use]
    pub fn terminals(&self) -> Terminals {
        self.0.terminals
    }

    /// How this is written.
    #[must_use]
    pub fn manner(&self) -> Manner {
        self.state().manner
    }

    /// Decides how to write from here on.
    pub fn set_manner(&self, manner: Manner) {
        self.state().manner = manner;
    }

    /// Sets what the next commands begin with: the program's name and the options that choose the router.
    pub fn set_program(&self, program: String) {
        self.state().program = program;
    }

    /// What the next commands begin with.
    #[must_use]
    pub fn program(&self) -> String {
        self.state().program.clone()
    }

    /// From here on this text is masked wherever it would appear on standard error: a router may well repeat a key
    /// that it refuses.
    pub fn keep_secret(&self, secret: &Secret) {
        self.state().secrets.push(secret.clone());
    }

    /// The text without the secrets that are kept: for standard output, where they could come only from the server.
    #[must_use]
    pub fn conceal(&self, text: &str) -> String {
        self.state().conceal(text).into_owned()
    }

    /// The last word before a second signal ends a change: a sentence, and for a program the error object too.
    #[must_use]
    pub fn last_word(&self, sentence: &str) -> String {
        if !self.manner().json_errors {
            return sentence.to_owned();
        }
        let error = Error::new(Exit::Interrupted, sentence).unknown_outcome();
        let document = error.document(&time::utc(self.now()), &self.program());
        let document = serde_json::json!({ "error": document }).to_string();
        format!("{sentence}\n{}", json::escaped(&document))
    }

    /// Writes to standard output: only what was asked for belongs there.
    ///
    /// # Errors
    /// [`Error::closed_pipe`] when the reader went away, exit 1 when the output can't be written otherwise.
    pub fn print(&self, text: &str) -> Result<(), Error> {
        self.write(text.as_bytes())
    }

    /// Writes bytes to standard output as they are, and sees to it that they arrived.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut state = self.state();
        // Both streams usually show on the same terminal.
        let live = self.terminals().output.then(|| state.lift_live()).flatten();
        let written = state.output.put(bytes);
        state.drop_live(live);
        written.map_err(|error| {
            if error.kind() == io::ErrorKind::BrokenPipe {
                return Error::closed_pipe();
            }
            let failed =
                Error::new(Exit::Other, "standard output could not be written").cause(error);
            match &state.changed {
                Some(action) => failed.detail(format!("the change itself was made: {action}")),
                None => failed,
            }
        })
    }

    /// Remembers a change that was made: an error of standard output must not hide it.
    pub fn set_changed(&self, action: &str) {
        self.state().changed = Some(action.to_owned());
    }

    /// Whether whatever is written to standard output is lost for certain: it was closed when the process began.
    #[must_use]
    pub fn output_is_closed(&self) -> bool {
        self.state().output.was_closed()
    }

    /// Something worth knowing; `-q` drops it.
    pub fn note(&self, text: &str) {
        self.remark(None, text);
    }

    /// The next thing to do; `-q` drops it.
    pub fn hint(&self, text: &str) {
        self.remark(Some(("hint", Tone::Hint)), text);
    }

    /// A command to run next against the same router (see [`Error::next`]); `-q` drops it.
    pub fn next(&self, text: &str, command: &str) {
        let program = self.program();
        self.hint(&format!("{text}: {program} {command}"));
    }

    /// Something is not as it should be; `-q` drops it.
    pub fn warn(&self, text: &str) {
        self.remark(Some(("warning", Tone::Warning)), text);
    }

    /// A warning that `-q` does not drop.
    pub fn warn_always(&self, text: &str) {
        self.line(Some(("warning", Tone::Warning)), text);
    }

    /// A line of tracing, where `-v` (level 1) or `-vv` (level 2) asks for it.
    pub fn trace(&self, level: u8, text: &str) {
        if self.manner().verbose >= level {
            self.line(Some(("trace", Tone::Faint)), text);
        }
    }

    fn remark(&self, label: Option<(&str, Tone)>, text: &str) {
        if !self.manner().quiet {
            self.line(label, text);
        }
    }

    fn line(&self, label: Option<(&str, Tone)>, text: &str) {
        let mut state = self.state();
        let colour = state.manner.colour_error;
        let text = sanitise::cell(text);
        let line = match label {
            Some((word, tone)) => format!("{}: {text}\n", tone.paint(word, colour)),
            None => format!("{text}\n"),
        };
        state.say(&line);
    }

    /// Rings the terminal's bell, where there is a terminal.
    pub fn bell(&self) {
        if self.terminals().error {
            self.say("\u{7}");
        }
    }

    /// Shows an error: what failed, why, the request id, what to do next; at last, where the format asks for it, the
    /// JSON line. Never dropped.
    pub fn error(&self, error: &Error) {
        if error.is_silent() {
            return;
        }
        let at = time::utc(self.now());
        let mut state = self.state();
        let colour = state.manner.colour_error;
        let mut text = format!(
            "{}: {}\n",
            Tone::Error.paint("error", colour),
            sanitise::cell(error.message())
        );
        for line in error.lines(&at) {
            text.push_str("  ");
            text.push_str(&sanitise::cell(&line));
            text.push('\n');
        }
        for hint in error.hints(&state.program) {
            text.push_str(&Tone::Hint.paint("hint", colour));
            text.push_str(": ");
            text.push_str(&sanitise::cell(&hint));
            text.push('\n');
        }
        if state.manner.json_errors {
            let document = error.document(&at, &state.program);
            let document = serde_json::json!({ "error": document }).to_string();
            text.push_str(&json::escaped(&document));
            text.push('\n');
        }
        state.say(&text);
    }

    /// Writes to standard error as it is: text that has its look already (the parser's own messages).
    pub fn say(&self, text: &str) {
        self.state().say(text);
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        time::timestamp((self.0.clock)())
    }
}

impl State {
    /// The text without the secrets.
    fn conceal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        // A secret of a few characters would mask half of every message.
        let secrets = self.secrets.iter().map(Secret::expose);
        for secret in secrets.filter(|secret| secret.len() >= 6) {
            let in_json = serde_json::Value::from(secret).to_string();
            for form in [secret, in_json.trim_matches('"')] {
                if text.contains(form) {
                    text = text.replace(form, "***").into();
                }
            }
        }
        text
    }

    /// Writes to standard error, without the secrets.
    fn say(&mut self, text: &str) {
        let text = self.conceal(text).into_owned();
        let live = self.lift_live();
        self.error.say(&text);
        self.drop_live(live);
    }
}
