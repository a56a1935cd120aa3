//! The only code that writes and prompts. Results go to standard output; notes, hints, warnings, prompts, and errors go
//! to standard error. Tests use streams in memory.

pub mod ask;
pub mod keyboard;
pub mod live;
mod messages;
mod pager;
pub mod progress;
pub mod screen;
mod secret_line;
pub mod stream;
#[cfg(unix)]
mod terminal;
mod wrap;
mod writer;

use std::borrow::Cow;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use jiff::Timestamp;

use crate::error::{Error, Exit};
use crate::interrupt::{self, FinalMessage, Interrupt};
use crate::json;
use crate::redact::KnownSecrets;
use crate::sanitize;
use crate::secret::Secret;
use crate::time;
use crate::tone::{self, Tone};
use stream::{Input, Sink};

/// Messages that wait are limited, because a screen can be shown for days. In bytes.
const MOST_HELD: usize = 64 * 1024;

/// The indentation of continuation lines, in columns.
const INDENT: usize = 2;

/// Which streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminals {
    /// Whether standard input is a terminal.
    pub input: bool,
    /// Whether standard output is a terminal.
    pub output: bool,
    /// Whether standard error is a terminal.
    pub error: bool,
    /// The terminal's width in columns, or `None` without a terminal.
    pub width: Option<usize>,
}

/// How to write, decided once from the command line and the environment.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is decided by itself")]
pub struct OutputMode {
    /// Whether standard output is colored.
    pub color_output: bool,
    /// Whether standard error is colored.
    pub color_error: bool,
    /// Whether notes, hints, progress, and warnings are suppressed.
    pub quiet: bool,
    /// Whether errors end with a JSON object on the last line.
    pub json_errors: bool,
    /// Whether the terminal can rewrite a line of messages.
    pub live: bool,
    /// Whether the terminal can be redrawn.
    pub redraws: bool,
    /// Whether the result is read by a program: in a machine-readable format, and not on a terminal.
    pub machine: bool,
    /// Whether messages on a terminal are limited to ASCII.
    pub ascii: bool,
    /// Whether nothing is rewritten, because a screen reader may read the terminal.
    pub accessible: bool,
    /// The trace level: 0 for none, 1 for requests, 2 for headers and bodies.
    pub verbose: u8,
}

/// The streams and prompts. Clones share the same streams.
#[derive(Clone)]
pub struct Ui(Arc<Shared>);

struct Shared {
    terminals: Terminals,
    clock: fn() -> std::time::SystemTime,
    interrupt: Interrupt,
    state: Mutex<State>,
}

struct State {
    output: Sink,
    error: Sink,
    input: Input,
    /// The option or variable that has read standard input.
    input_reader: Option<String>,
    output_mode: OutputMode,
    program: LazyLock<String, Box<dyn FnOnce() -> String + Send>>,
    secrets: KnownSecrets,
    /// The change that was made, for the error message if its result can't be written.
    changed: Option<String>,
    /// The live line on the terminal, if there is one.
    live: Option<String>,
    paging: pager::Paging,
    /// Messages for standard error that wait for the pager or the screen.
    held: String,
    /// A screen is shown, so that messages wait.
    holds_messages: bool,
    /// The width for messages in columns, or `None` if standard error is not a terminal.
    width: Option<usize>,
}

impl Ui {
    /// The process's own streams. After a signal, blocked output is discarded.
    pub fn real(clock: fn() -> std::time::SystemTime, interrupt: &Interrupt) -> Self {
        let output = Sink::output(interrupt);
        Self::with(
            stream::terminals(&output),
            clock,
            interrupt,
            output,
            Sink::error(interrupt),
            Input::Process,
        )
    }

    /// Streams in memory for tests. `input` is the user's input.
    pub fn memory(
        terminals: Terminals,
        clock: fn() -> std::time::SystemTime,
        input: &str,
    ) -> (Self, stream::Written) {
        let written = stream::Written::default();
        let ui = Self::with(
            terminals,
            clock,
            &Interrupt::none(),
            Sink::Memory(written.output.clone()),
            Sink::Memory(written.error.clone()),
            Input::Memory(input.as_bytes().to_vec().into()),
        );
        (ui, written)
    }

    fn with(
        terminals: Terminals,
        clock: fn() -> std::time::SystemTime,
        interrupt: &Interrupt,
        output: Sink,
        error: Sink,
        input: Input,
    ) -> Self {
        let state = State {
            width: wrap::width(terminals, &error),
            output,
            error,
            input,
            input_reader: None,
            output_mode: OutputMode::default(),
            program: LazyLock::new(Box::new(|| "xeroctl".to_owned())),
            secrets: KnownSecrets::default(),
            changed: None,
            live: None,
            paging: pager::Paging::default(),
            held: String::new(),
            holds_messages: false,
        };
        Self(Arc::new(Shared {
            terminals,
            clock,
            interrupt: interrupt.clone(),
            state: Mutex::new(state),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Which streams are terminals.
    pub fn terminals(&self) -> Terminals {
        self.0.terminals
    }

    /// How output is written.
    pub fn output_mode(&self) -> OutputMode {
        self.state().output_mode
    }

    /// Sets how to write from here on.
    pub fn set_output_mode(&self, output_mode: OutputMode) {
        self.state().output_mode = output_mode;
    }

    /// Sets the start of suggested commands: the program's name and the options that select the router.
    pub fn set_program(&self, program: impl FnOnce() -> String + Send + 'static) {
        self.state().program = LazyLock::new(Box::new(program));
    }

    /// The start of suggested commands.
    pub fn program(&self) -> String {
        self.state().program.clone()
    }

    /// Masks this text on both streams from here on. A router may repeat a key that it rejects.
    pub fn register_secret(&self, secret: &Secret) {
        self.state().secrets.add(secret);
    }

    /// The text of a response that was read in pieces, with secrets masked.
    pub fn redact_bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        let shown = self.state().secrets.redact_bytes(&bytes);
        shown.unwrap_or(bytes)
    }

    /// Masks secrets in the next bytes of a streamed response. Between calls, `held` keeps bytes that may be the start of a
    /// secret. It is shown at the end.
    pub fn redact_piece(&self, held: &mut Vec<u8>, bytes: &[u8]) -> Vec<u8> {
        held.extend_from_slice(bytes);
        let state = self.state();
        let mut shown = state
            .secrets
            .redact_bytes(held)
            .unwrap_or_else(|| held.clone());
        *held = shown.split_off(shown.len() - state.secrets.started(&shown));
        shown
    }

    /// The last message before a second signal ends a change: a sentence, and in JSON formats also the error object.
    pub fn last_word(&self, sentence: String) -> FinalMessage {
        self.final_message(sentence, Error::unknown_outcome)
    }

    /// The same for a change that is known to be made.
    pub fn last_word_of_done(&self, sentence: String) -> FinalMessage {
        self.final_message(sentence, |error| error)
    }

    fn final_message(&self, sentence: String, outcome: fn(Error) -> Error) -> FinalMessage {
        // Read now, because the state may be locked when the signal arrives.
        let is_json = self.output_mode().json_errors;
        let program = self.program();
        let clock = self.0.clock;
        Box::new(move |signal| {
            if !is_json {
                return sentence.clone();
            }
            let error = outcome(Error::new(interrupt::exit(signal), sentence.as_str()));
            let document = error.document(&time::utc(time::timestamp(clock())), &program);
            let document = serde_json::json!({ "error": document }).to_string();
            format!("{sentence}\n{}", json::escaped(&document))
        })
    }

    /// Writes a result to standard output.
    ///
    /// # Errors
    /// [`Error::closed_pipe`] if the reader closed the pipe, or exit 1 if the output can't be written for another reason.
    pub fn print(&self, text: &str) -> Result<(), Error> {
        self.start_pager();
        let shown = self.state().secrets.redact_document(text);
        self.write(shown.as_bytes())
    }

    /// Writes to standard output without masking, for the sandbox's own key.
    pub fn reveal(&self, text: &str) -> Result<(), Error> {
        self.write(text.as_bytes())
    }

    /// Writes bytes to standard output unchanged and flushes them.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut state = self.state();
        let written = if let pager::Paging::Running(pager) = &state.paging {
            pager.put(bytes)
        } else {
            // Both streams usually share a terminal.
            let live = self
                .terminals()
                .output
                .then(|| state.clear_live_line())
                .flatten();
            let written = state.output.put(bytes);
            state.drop_live(live);
            written
        };
        written.map_err(|error| {
            if error.kind() == io::ErrorKind::BrokenPipe {
                return Error::closed_pipe();
            }
            let failed = if error.kind() == io::ErrorKind::Interrupted {
                let error = self.0.interrupt.error();
                error.detail("standard output was blocked, and what was left of it is lost")
            } else {
                Error::new(Exit::Failure, "standard output could not be written").cause(error)
            };
            state.with_change(failed)
        })
    }

    /// The text with known secrets masked.
    pub fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.state().secrets.redact_document(text)
    }

    /// The error of a result that can't be shown, with the change that was made nevertheless.
    pub fn with_change(&self, error: Error) -> Error {
        self.state().with_change(error)
    }

    /// Records a change that was made, so that an error of standard output can't hide it.
    pub fn set_changed(&self, action: &str) {
        self.state().changed = Some(action.to_owned());
    }

    /// Whether this command has made a change.
    pub fn has_changed(&self) -> bool {
        self.state().changed.is_some()
    }

    /// Whether all output is lost because standard output was closed when the process started.
    pub fn output_is_closed(&self) -> bool {
        self.state().output.was_closed()
    }

    /// Whether the reader of standard output has left, so that the next write would fail.
    pub fn output_is_abandoned(&self) -> bool {
        self.state().output.is_abandoned()
    }

    /// Rings the terminal's bell, if there is a terminal.
    pub fn bell(&self) {
        if self.terminals().error {
            self.say("\u{7}");
        }
    }

    /// Prints an error: what failed, why, the request ID, and what to do next. In JSON formats, the error object follows
    /// on the last line. `-q` does not suppress it.
    pub fn error(&self, error: &Error) {
        if error.is_silent() {
            return;
        }
        let at = time::utc(self.now());
        let mut state = self.state();
        let color = state.output_mode.color_error;
        let shown = |text: &str| sanitize::cell(&state.secrets.redact(text)).into_owned();
        let mut text = if error.exit() == Exit::Declined {
            // The user's own decision is not a fault.
            state.wrapped(&shown(error.message()), INDENT)
        } else {
            let first = format!("error: {}", shown(error.message()));
            Tone::Error.paint("error", color) + &state.wrapped(&first, INDENT)["error".len()..]
        };
        text.push('\n');
        for line in error.lines(&at) {
            text.push_str(&state.wrapped(&format!("  {}", shown(&line)), 2 * INDENT));
            text.push('\n');
        }
        for hint in error.hints(&state.program) {
            let hint = sanitize::cell(&hint);
            let line = if messages::holds_command(&hint) {
                format!("hint: {hint}")
            } else {
                state.wrapped(&format!("hint: {hint}"), INDENT)
            };
            text.push_str(&Tone::Hint.paint("hint", color));
            text.push_str(&line["hint".len()..]);
            text.push('\n');
        }
        if state.output_mode.json_errors {
            let document = error.document(&at, &state.program);
            let document = serde_json::json!({ "error": document }).to_string();
            text.push_str(&json::escaped(&document));
            text.push('\n');
        }
        state.say(&text);
    }

    /// Writes text to standard error that is already formatted, such as the parser's messages.
    pub fn say(&self, text: &str) {
        self.state().say(text);
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        time::timestamp((self.0.clock)())
    }
}

impl State {
    fn with_change(&self, error: Error) -> Error {
        match &self.changed {
            Some(action) => error.detail(format!("the change itself was made: {action}")),
            None => error,
        }
    }

    /// Writes to standard error with secrets masked.
    fn say(&mut self, text: &str) {
        let mut text = self.secrets.redact(text).into_owned();
        if self.output_mode.ascii && self.width.is_some() {
            text = tone::in_ascii(&text);
        }
        if (self.is_paging() || self.holds_messages) && self.width.is_some() {
            if self.held.len() < MOST_HELD {
                self.held.push_str(&text);
            }
            return;
        }
        let live = self.clear_live_line();
        self.error.say(&text);
        self.drop_live(live);
    }
}
