//! The only code that writes and asks: results to standard output; notes, hints, warnings, questions and errors to
//! standard error. Real in the binary, in memory in tests.

pub mod ask;
pub mod live;
mod secret_line;
pub mod stream;
#[cfg(unix)]
mod terminal;
mod wrap;
mod writer;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;

use crate::error::{self, Error, Exit};
use crate::interrupt::{self, FinalMessage, Interrupt};
use crate::json;
use crate::redact::KnownSecrets;
use crate::sanitize;
use crate::secret::Secret;
use crate::time;
use crate::tone::Tone;
use stream::{Input, Sink};

/// So many characters of a note or a warning are shown.
const LONGEST_REMARK: usize = 4_000;

/// Columns before what continues a line.
const INDENT: usize = 2;

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
pub struct OutputMode {
    /// Color on standard output.
    pub color_output: bool,
    /// Color on standard error.
    pub color_error: bool,
    /// No notices, hints, progress and warnings.
    pub quiet: bool,
    /// The last line of an error is a JSON object.
    pub json_errors: bool,
    /// The terminal can rewrite a line.
    pub live: bool,
    /// Lines of tracing: 0 none, 1 requests, 2 headers and bodies.
    pub verbose: u8,
}

/// The user's side of the program. Clones write to the same streams.
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
    /// The option or variable that standard input was read for.
    input_reader: Option<String>,
    output_mode: OutputMode,
    program: String,
    secrets: KnownSecrets,
    /// The change that was made, should its result not reach the user.
    changed: Option<String>,
    /// The live line that stands on the terminal, if there is one.
    live: Option<String>,
    /// Columns for messages; none where standard error is not a terminal.
    width: Option<usize>,
}

impl Ui {
    /// The process's own streams. After a signal, output that no one reads is given up.
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

    /// Streams in memory, for tests: `input` is what the user types.
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
            program: "xeroctl".to_owned(),
            secrets: KnownSecrets::default(),
            changed: None,
            live: None,
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

    /// What the streams are attached to.
    pub fn terminals(&self) -> Terminals {
        self.0.terminals
    }

    /// How this is written.
    pub fn output_mode(&self) -> OutputMode {
        self.state().output_mode
    }

    /// Decides how to write from here on.
    pub fn set_output_mode(&self, output_mode: OutputMode) {
        self.state().output_mode = output_mode;
    }

    /// Sets what the next commands start with: the program's name and the options that choose the router.
    pub fn set_program(&self, program: String) {
        self.state().program = program;
    }

    /// What the next commands start with.
    pub fn program(&self) -> String {
        self.state().program.clone()
    }

    /// From here on this text is masked wherever it would appear, on either stream: a router may well repeat a key that
    /// it refuses.
    pub fn register_secret(&self, secret: &Secret) {
        self.state().secrets.add(secret);
    }

    /// A response that was read in pieces, without the secrets.
    pub fn redact_bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        let shown = self.state().secrets.redact_bytes(&bytes);
        shown.unwrap_or(bytes)
    }

    /// The next bytes of a response that is shown as it arrives, without the secrets. `held` keeps what may be the start of
    /// one between calls, and is shown at the end.
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

    /// The last message before a second signal ends a change: a sentence, and for a program the error object too.
    pub fn last_word(&self, sentence: String) -> FinalMessage {
        self.final_message(sentence, Error::unknown_outcome)
    }

    /// The same where the change is known to be made.
    pub fn last_word_of_done(&self, sentence: String) -> FinalMessage {
        self.final_message(sentence, |error| error)
    }

    fn final_message(&self, sentence: String, outcome: fn(Error) -> Error) -> FinalMessage {
        // Taken now: when the signal arrives, the state may be locked.
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

    /// Writes to standard output: only what was asked for belongs there.
    ///
    /// # Errors
    /// [`Error::closed_pipe`] when the reader went away, exit 1 when the output can't be written otherwise.
    pub fn print(&self, text: &str) -> Result<(), Error> {
        let shown = self.state().secrets.redact_document(text);
        self.write(shown.as_bytes())
    }

    /// Writes to standard output what is asked for although it is a key: the sandbox's own.
    pub fn reveal(&self, text: &str) -> Result<(), Error> {
        self.write(text.as_bytes())
    }

    /// Writes bytes to standard output as they are, and sees to it that they arrived.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut state = self.state();
        // Both streams usually show on the same terminal.
        let live = self
            .terminals()
            .output
            .then(|| state.clear_live_line())
            .flatten();
        let written = state.output.put(bytes);
        state.drop_live(live);
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

    /// Whether this command has made a change.
    pub fn has_changed(&self) -> bool {
        self.state().changed.is_some()
    }

    /// Whether whatever is written to standard output is lost for certain: it was closed when the process started.
    pub fn output_is_closed(&self) -> bool {
        self.state().output.was_closed()
    }

    /// Something worth knowing; `-q` drops it.
    pub fn note(&self, text: &str) {
        self.remark(None, text);
    }

    /// The next thing to do; `-q` drops it.
    pub fn hint(&self, text: &str) {
        self.remark(
            Some(("hint", Tone::Hint)),
            &error::to_fill_in(text.to_owned()),
        );
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
        if self.output_mode().verbose >= level {
            self.line(Some(("trace", Tone::Faint)), text);
        }
    }

    fn remark(&self, label: Option<(&str, Tone)>, text: &str) {
        if !self.output_mode().quiet {
            self.line(label, text);
        }
    }

    fn line(&self, label: Option<(&str, Tone)>, text: &str) {
        let mut state = self.state();
        let color = state.output_mode.color_error;
        let text = state.secrets.redact(text);
        let text = match label {
            // What was asked for with -vv, and commands, which are bounded where they are made.
            Some((_, Tone::Faint | Tone::Hint)) => text,
            _ => sanitize::capped(&text, LONGEST_REMARK).into_owned().into(),
        };
        let text = sanitize::cell(&text);
        let line = match label {
            // A command stays on one line: it is to be copied.
            Some((word, tone @ Tone::Hint)) => format!("{}: {text}", tone.paint(word, color)),
            Some((word, tone)) => {
                let line = state.wrapped(&format!("{word}: {text}"), INDENT);
                tone.paint(word, color) + &line[word.len()..]
            }
            None => state.wrapped(&text, INDENT),
        };
        state.say(&(line + "\n"));
    }

    /// Rings the terminal's bell, where there is a terminal.
    pub fn bell(&self) {
        if self.terminals().error {
            self.say("\u{7}");
        }
    }

    /// Shows an error: what failed, why, the request ID, what to do next; at last, where the format asks for it, the
    /// JSON line. Never dropped.
    pub fn error(&self, error: &Error) {
        if error.is_silent() {
            return;
        }
        let at = time::utc(self.now());
        let mut state = self.state();
        let color = state.output_mode.color_error;
        let shown = |text: &str| sanitize::cell(&state.secrets.redact(text)).into_owned();
        let first = format!("error: {}", shown(error.message()));
        let mut text = Tone::Error.paint("error", color);
        text.push_str(&state.wrapped(&first, INDENT)["error".len()..]);
        text.push('\n');
        for line in error.lines(&at) {
            text.push_str(&state.wrapped(&format!("  {}", shown(&line)), 2 * INDENT));
            text.push('\n');
        }
        for hint in error.hints(&state.program) {
            text.push_str(&Tone::Hint.paint("hint", color));
            text.push_str(": ");
            text.push_str(&sanitize::cell(&hint));
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

    /// Writes to standard error as it is: text that has its look already (the parser's own messages).
    pub fn say(&self, text: &str) {
        self.state().say(text);
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        time::timestamp((self.0.clock)())
    }
}

impl State {
    /// Writes to standard error, without the secrets.
    fn say(&mut self, text: &str) {
        let text = self.secrets.redact(text).into_owned();
        let live = self.clear_live_line();
        self.error.say(&text);
        self.drop_live(live);
    }
}
