//! Errors shown to the user: what failed, why, and what to run next. Limits the length of text from a server.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

mod display;
mod exit;

use display::{LONGEST_HINT, LONGEST_LINE, LONGEST_WORD, MOST_LINES, bounded, without_links};

pub use display::to_fill_in;
pub use exit::{EXITS, Exit, ExitInfo};

/// The server's error: the members of its envelope, and the response's metadata.
#[derive(Clone, Debug, Default)]
pub struct ApiErrorBody {
    /// `error.code`.
    pub code: Option<String>,
    /// `error.type`, the class of the error.
    pub kind: Option<String>,
    /// `error.param`, the invalid field.
    pub param: Option<String>,
    /// The HTTP status.
    pub http_status: Option<u16>,
    /// The `X-Request-ID` header, for matching the request with the server's logs.
    pub request_id: Option<String>,
    /// Whether the response is about a different object than the requested one.
    pub is_foreign: bool,
    /// The raw response, for commands that show any response.
    pub response: Option<RawResponse>,
}

/// An unsuccessful response, as received.
#[derive(Clone, Debug)]
pub struct RawResponse {
    /// The status line and headers, followed by an empty line.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// An error shown to the user.
pub struct Error(Box<Body>);

/// A hint: a sentence, optionally followed by a command.
struct Hint {
    text: String,
    /// The command without the program's name and the options that select the router.
    command: Option<String>,
}

impl Hint {
    fn show(&self, program: &str) -> String {
        match &self.command {
            Some(command) if command.len() > LONGEST_HINT => self.text.clone(),
            Some(command) => to_fill_in(format!("{}: {program} {command}", self.text)),
            None => to_fill_in(self.text.clone()),
        }
    }
}

struct Body {
    exit: Exit,
    message: String,
    details: Vec<String>,
    hints: Vec<Hint>,
    api_error: ApiErrorBody,
    retryable: bool,
    retry_after: Option<Duration>,
    unknown_outcome: bool,
    silent: bool,
    cause: Option<anyhow::Error>,
}

impl Error {
    /// Creates an error that ends the process with `exit`.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self(Box::new(Body {
            exit,
            message: bounded(message, LONGEST_LINE),
            details: Vec::new(),
            hints: Vec::new(),
            api_error: ApiErrorBody::default(),
            retryable: false,
            retry_after: None,
            unknown_outcome: false,
            silent: false,
            cause: None,
        }))
    }

    /// A usage error (exit 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A configuration error (exit 3).
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Exit::Config, message)
    }

    /// The server can't be reached, or its response is invalid (exit 17).
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Exit::Unavailable, message)
    }

    /// The reader of standard output closed the pipe. Exits silently with 0.
    pub fn closed_pipe() -> Self {
        let mut error = Self::new(
            Exit::Success,
            "the reader of standard output closed the pipe",
        );
        error.0.silent = true;
        error
    }

    /// Everything has been printed already. Exits silently with `exit`.
    pub fn silent(exit: Exit) -> Self {
        let mut error = Self::new(exit, "");
        error.0.silent = true;
        error
    }

    /// The same error without its hints, for a caller with better ones.
    pub fn without_hints(mut self) -> Self {
        self.0.hints.clear();
        self
    }

    /// The same error with fewer hints: if there are more than `most`, those without a command become lines below the
    /// message, the first ones first.
    pub fn with_hints_at_most(mut self, most: usize) -> Self {
        let body = &mut self.0;
        let mut excess = body.hints.len().saturating_sub(most);
        let hints = std::mem::take(&mut body.hints);
        for hint in hints {
            let names_command = hint.command.is_some() || hint.text.contains("xeroctl ");
            if excess > 0 && !names_command {
                body.details.push(hint.text);
                excess -= 1;
            } else {
                body.hints.push(hint);
            }
        }
        self
    }

    /// Adds a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(Hint {
            text: bounded(hint, LONGEST_HINT),
            command: None,
        });
        self
    }

    /// Adds a command to run next against the same router: its purpose, and the words after the program's name and the
    /// options that select the router, which are added when the hint is shown.
    pub fn next(mut self, text: impl Into<String>, command: impl Into<String>) -> Self {
        self.0.hints.push(Hint {
            text: bounded(text, LONGEST_LINE),
            command: Some(command.into()),
        });
        self
    }

    /// Adds a line to the message, such as one of several errors.
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.0.details.push(bounded(line, LONGEST_LINE));
        self
    }

    /// Adds the underlying error.
    pub fn cause(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Adds the server's error.
    pub fn with_api_error(mut self, mut api_error: ApiErrorBody) -> Self {
        let words = [
            &mut api_error.code,
            &mut api_error.kind,
            &mut api_error.param,
            &mut api_error.request_id,
        ];
        for word in words.into_iter().flatten() {
            *word = bounded(std::mem::take(word), LONGEST_WORD);
        }
        self.0.api_error = api_error;
        self
    }

    /// Marks the error as retryable, after `wait` if the server named a delay.
    pub fn retryable(mut self, wait: Option<Duration>) -> Self {
        self.0.retryable = true;
        self.0.retry_after = wait;
        self
    }

    /// Marks the outcome of a write as unknown: the change may have been made.
    pub fn unknown_outcome(mut self) -> Self {
        self.0.unknown_outcome = true;
        self
    }

    /// The same error with `shown` applied to each of its texts.
    pub fn with_texts(mut self, shown: impl Fn(&str) -> String) -> Self {
        let body = &mut self.0;
        let hints = body.hints.iter_mut().map(|hint| &mut hint.text);
        let texts = std::iter::once(&mut body.message).chain(&mut body.details);
        for text in texts.chain(hints) {
            *text = shown(text);
        }
        if let Some(cause) = body.cause.take() {
            let causes: Vec<String> = cause
                .chain()
                .map(|cause| shown(&cause.to_string()))
                .collect();
            let mut causes = causes.into_iter().rev();
            let first = causes.next().map(anyhow::Error::msg);
            body.cause = first.map(|first| causes.fold(first, anyhow::Error::context));
        }
        self
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.0.exit
    }

    /// The message: what failed and why.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The same error as the cause of a larger failure, whose summary comes first in the message.
    pub fn because_of(mut self, failure: impl Into<String>) -> Self {
        let failure = bounded(failure, LONGEST_LINE);
        let message = std::mem::replace(&mut self.0.message, failure);
        self.0.details.insert(0, message);
        self
    }

    /// The same error with another exit code.
    pub fn with_exit(mut self, exit: Exit) -> Self {
        self.0.exit = exit;
        self
    }

    /// Whether the error has no hint yet.
    pub fn is_without_hint(&self) -> bool {
        self.0.hints.is_empty()
    }

    /// The server's error, if there is one.
    pub fn api_error(&self) -> &ApiErrorBody {
        &self.0.api_error
    }

    /// The delay that the server requests before a retry.
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether a retry may succeed.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether a write may have been made despite the error.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.unknown_outcome
    }

    /// Whether nothing is printed.
    pub fn is_silent(&self) -> bool {
        self.0.silent
    }

    /// Whether the reason is a closed pipe, which ends the program silently.
    pub fn is_closed_pipe(&self) -> bool {
        self.0.silent && self.0.exit == Exit::Success
    }

    /// The lines below the message: errors, causes, the request ID, and the time of a 5xx.
    pub fn lines(&self, at: &str) -> Vec<String> {
        let body = &self.0;
        let mut lines = self.details();
        if let Some(cause) = &body.cause {
            let causes = cause.chain().map(|cause| without_links(&cause.to_string()));
            lines.extend(causes.map(|cause| bounded(format!("cause: {cause}"), LONGEST_LINE)));
        }
        if let Some(param) = &body.api_error.param {
            lines.push(format!("field: {param}"));
        }
        if let Some(id) = &body.api_error.request_id {
            lines.push(format!("request ID: {id}"));
        }
        if body
            .api_error
            .http_status
            .is_some_and(|status| status >= 500)
        {
            lines.push(format!("time: {at}"));
        }
        if body.unknown_outcome {
            lines.push("outcome: unknown, the change may have been made".to_owned());
        }
        lines
    }

    fn details(&self) -> Vec<String> {
        let details = &self.0.details;
        let mut lines: Vec<String> = details.iter().take(MOST_LINES).cloned().collect();
        if details.len() > MOST_LINES {
            lines.push(format!("… ({} more lines)", details.len() - MOST_LINES));
        }
        lines
    }

    /// The hints, one line each. `program` is the program's name with the options that select the router.
    pub fn hints(&self, program: &str) -> Vec<String> {
        self.0.hints.iter().map(|hint| hint.show(program)).collect()
    }

    /// The object under `error` in the JSON error line. `at` is the time in RFC 3339 UTC; `program` is as in
    /// [`Error::hints`].
    pub fn document(&self, at: &str, program: &str) -> Value {
        let body = &self.0;
        let api_error = &body.api_error;
        let lines = std::iter::once(body.message.clone()).chain(self.details());
        let message = lines.collect::<Vec<_>>().join("\n");
        let hint = (!body.hints.is_empty()).then(|| self.hints(program).join("\n"));
        json!({
            "code": api_error.code.as_deref().or(body.exit.word()),
            "type": api_error.kind,
            "message": message,
            "param": api_error.param,
            "http_status": api_error.http_status,
            "request_id": api_error.request_id,
            "retryable": body.retryable,
            "retry_after_ms": body.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            "hint": hint,
            "exit_code": body.exit.code(),
            "at": at,
            "outcome": body.unknown_outcome.then_some("unknown"),
        })
    }
}

// For `Result::expect` in tests; otherwise, `ui` shows errors.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.exit, self.0.message)
    }
}

/// Ignores that the reader of the result is gone. For commands whose exit code says more than their output, and for changes
/// that were consented to: those are still made.
///
/// # Errors
/// Any other error.
pub fn past_closed_pipe(printed: Result<(), Error>) -> Result<(), Error> {
    match printed {
        Err(error) if error.is_closed_pipe() => Ok(()),
        printed => printed,
    }
}
