//! What went wrong, whose fault it is and what to run next. Names no other part of the crate.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

/// The exit codes of `xeroctl`: the same for every command and every output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// The command did what it was asked to do; an empty list counts.
    Done = 0,
    /// Unclassified, or standard output could not be written.
    Other = 1,
    /// The command line is wrong, or a question would be needed that may not be asked.
    Usage = 2,
    /// The configuration file or the environment is missing, unreadable or contradictory.
    Config = 3,
    /// The router does not know the key, or the key lacks a scope.
    Auth = 4,
    /// The named object does not exist.
    NotFound = 5,
    /// The object is in a state that excludes the action.
    Conflict = 6,
    /// The router refused the input.
    Refused = 7,
    /// Accepted, but a human must approve first.
    Pending = 8,
    /// Throttled, out of quota, or billing.
    Throttled = 9,
    /// The run ended `failed`.
    RunFailed = 10,
    /// The run ended `rejected`.
    RunRejected = 11,
    /// The run ended `cancelled`.
    RunCancelled = 12,
    /// The run ended `timeout`.
    RunTimeout = 13,
    /// Our own deadline passed; the run goes on.
    Deadline = 14,
    /// Several objects, of which some failed.
    Partial = 15,
    /// The user said no.
    Declined = 16,
    /// The router can't be reached or can't be understood.
    Unavailable = 17,
    /// Ended by SIGINT (Ctrl-C).
    Interrupted = 130,
    /// Ended by SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// Every code with its meaning, in the order of the numbers: the text of `xeroctl help exit-codes`.
    pub const MEANINGS: &'static [(Self, &'static str)] = &[
        (Self::Done, "done; an empty list counts as done"),
        (
            Self::Other,
            "unclassified; standard output could not be written",
        ),
        (
            Self::Usage,
            "wrong on the line: usage, bad values, missing files named there; a question that may not be asked",
        ),
        (
            Self::Config,
            "configuration: no deployment, unknown --context, unreadable or contradictory file or environment",
        ),
        (Self::Auth, "authentication or scope"),
        (Self::NotFound, "not found"),
        (Self::Conflict, "conflict"),
        (Self::Refused, "the router refused the input"),
        (Self::Pending, "pending: accepted, but a human must approve"),
        (Self::Throttled, "throttled, out of quota, or billing"),
        (Self::RunFailed, "the run ended failed"),
        (Self::RunRejected, "the run ended rejected"),
        (Self::RunCancelled, "the run ended cancelled"),
        (Self::RunTimeout, "the run ended timeout"),
        (
            Self::Deadline,
            "our own deadline passed while watching, waiting or following; the run goes on",
        ),
        (Self::Partial, "several objects: some failed"),
        (Self::Declined, "the user said no"),
        (
            Self::Unavailable,
            "unavailable: DNS, TCP, TLS, 5xx, 3xx, an answer that can't be understood, --timeout; after a write the outcome is unknown",
        ),
        (Self::Interrupted, "ended by SIGINT (Ctrl-C)"),
        (Self::Terminated, "ended by SIGTERM"),
    ];

    /// The number handed to the shell.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Our own word for an error that no router named: the `code` of the JSON error line.
    fn word(self) -> Option<&'static str> {
        match self {
            Self::Usage => Some("usage"),
            Self::Config => Some("config"),
            Self::Declined => Some("declined"),
            Self::Unavailable => Some("unavailable"),
            Self::Deadline => Some("deadline"),
            Self::Interrupted | Self::Terminated => Some("interrupted"),
            _ => None,
        }
    }
}

/// What the router said of an error: the members of its envelope and the facts around it.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// `error.code`, the router's word.
    pub code: Option<String>,
    /// `error.type`, the router's class of errors.
    pub kind: Option<String>,
    /// `error.param`, the field that is at fault.
    pub param: Option<String>,
    /// The HTTP status.
    pub http_status: Option<u16>,
    /// The `X-Request-ID` header: the only correlation handle.
    pub request_id: Option<String>,
    /// The answer itself, for whoever shows answers whatever they are.
    pub answer: Option<Refusal>,
}

/// An answer without success, as it came.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its status and its headers, with the empty line behind them.
    pub head: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// An error as it reaches the user.
pub struct Error(Box<Body>);

/// The next thing to do: a sentence, or a command behind it.
struct Hint {
    text: String,
    /// The command without the program and the options that choose the router.
    command: Option<String>,
}

impl Hint {
    fn show(&self, program: &str) -> String {
        match &self.command {
            Some(command) => format!("{}: {program} {command}", self.text),
            None => self.text.clone(),
        }
    }
}

struct Body {
    exit: Exit,
    message: String,
    details: Vec<String>,
    hints: Vec<Hint>,
    said: Said,
    retryable: bool,
    retry_after: Option<Duration>,
    unknown_outcome: bool,
    silent: bool,
    cause: Option<anyhow::Error>,
}

impl Error {
    /// An error that ends the process with `exit`.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self(Box::new(Body {
            exit,
            message: message.into(),
            details: Vec::new(),
            hints: Vec::new(),
            said: Said::default(),
            retryable: false,
            retry_after: None,
            unknown_outcome: false,
            silent: false,
            cause: None,
        }))
    }

    /// The command line is wrong (exit 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The configuration is wrong (exit 3).
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Exit::Config, message)
    }

    /// The router can't be reached or understood (exit 17).
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Exit::Unavailable, message)
    }

    /// The reader of standard output went away: ends quietly, with 0.
    #[must_use]
    pub fn closed_pipe() -> Self {
        let mut error = Self::new(Exit::Done, "the reader of standard output went away");
        error.0.silent = true;
        error
    }

    /// All has been said already: ends with `exit` and without another word.
    #[must_use]
    pub fn silent(exit: Exit) -> Self {
        let mut error = Self::new(exit, "");
        error.0.silent = true;
        error
    }

    /// Adds the next thing to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(Hint {
            text: hint.into(),
            command: None,
        });
        self
    }

    /// Adds a command to run next against the same router: what it is for, and its words behind the program's name
    /// and the options that choose the router, which are put before it when it is shown.
    #[must_use]
    pub fn next(mut self, text: impl Into<String>, command: impl Into<String>) -> Self {
        self.0.hints.push(Hint {
            text: text.into(),
            command: Some(command.into()),
        });
        self
    }

    /// Adds a line that belongs to the message (one of several faults, say).
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.0.details.push(line.into());
        self
    }

    /// Adds what lies beneath.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Adds what the router said.
    #[must_use]
    pub fn said(mut self, said: Said) -> Self {
        self.0.said = said;
        self
    }

    /// Another try may succeed, after `wait` where the router named one.
    #[must_use]
    pub fn retryable(mut self, wait: Option<Duration>) -> Self {
        self.0.retryable = true;
        self.0.retry_after = wait;
        self
    }

    /// A write whose outcome is unknown: it may have been done.
    #[must_use]
    pub fn unknown_outcome(mut self) -> Self {
        self.0.unknown_outcome = true;
        self
    }

    /// The code the process ends with.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.0.exit
    }

    /// The sentence that tells what failed and why.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The same error as the cause of a larger failure, which its message now tells first.
    #[must_use]
    pub fn because_of(mut self, failure: impl Into<String>) -> Self {
        let message = std::mem::replace(&mut self.0.message, failure.into());
        self.0.details.insert(0, message);
        self
    }

    /// The same error with another exit code.
    #[must_use]
    pub fn with_exit(mut self, exit: Exit) -> Self {
        self.0.exit = exit;
        self
    }

    /// Whether nothing to do next is known yet.
    #[must_use]
    pub fn has_no_hint(&self) -> bool {
        self.0.hints.is_empty()
    }

    /// What the router said, as far as it said anything.
    #[must_use]
    pub fn router(&self) -> &Said {
        &self.0.said
    }

    /// What the router asks to wait before another try.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether another try may succeed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether a write may have been done all the same.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.unknown_outcome
    }

    /// Whether nothing is to be printed.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.0.silent
    }

    /// Whether this is the quiet end of a closed pipe.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        self.0.silent && self.0.exit == Exit::Done
    }

    /// The lines below the message: faults, causes, request id, time (of a 5xx).
    #[must_use]
    pub fn lines(&self, at: &str) -> Vec<String> {
        let body = &self.0;
        let mut lines = body.details.clone();
        if let Some(cause) = &body.cause {
            lines.extend(cause.chain().map(|cause| format!("cause: {cause}")));
        }
        if let Some(param) = &body.said.param {
            lines.push(format!("field: {param}"));
        }
        if let Some(id) = &body.said.request_id {
            lines.push(format!("request id: {id}"));
        }
        if body.said.http_status.is_some_and(|status| status >= 500) {
            lines.push(format!("time: {at}"));
        }
        if body.unknown_outcome {
            lines.push("outcome: unknown, the change may have been made".to_owned());
        }
        lines
    }

    /// What to do next, one line each; `program` is the program's name with the options that choose the router.
    #[must_use]
    pub fn hints(&self, program: &str) -> Vec<String> {
        self.0.hints.iter().map(|hint| hint.show(program)).collect()
    }

    /// The object under `error` in the JSON error line; `at` is the time, RFC 3339 UTC, `program` as in
    /// [`Error::hints`].
    #[must_use]
    pub fn document(&self, at: &str, program: &str) -> Value {
        let body = &self.0;
        let said = &body.said;
        let message = std::iter::once(&body.message)
            .chain(&body.details)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n");
        let hint = (!body.hints.is_empty()).then(|| self.hints(program).join("\n"));
        json!({
            "code": said.code.as_deref().or(body.exit.word()),
            "type": said.kind,
            "message": message,
            "param": said.param,
            "http_status": said.http_status,
            "request_id": said.request_id,
            "retryable": body.retryable,
            "retry_after_ms": body.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            "hint": hint,
            "exit_code": body.exit.code(),
            "at": at,
            "outcome": body.unknown_outcome.then_some("unknown"),
        })
    }
}

// Errors are shown by `ui`, never by `{:?}`; this serves `Result::expect` in tests.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.exit, self.0.message)
    }
}
