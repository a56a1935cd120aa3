//! The loop of commands that print items as they arrive, until a signal, the deadline, or a closed pipe.

use std::time::Duration;

use jiff::Timestamp;

use crate::error::{Error, Exit};
use crate::session::Session;
use crate::time;
use crate::view::Rows;
use crate::view::column::Column;

/// How often a feed that waits looks whether its output is still read.
const GLANCE: Duration = Duration::from_millis(200);

/// Prints items as they arrive.
pub struct Printer<'s, T> {
    session: &'s Session<'s>,
    rows: Rows<'s, T>,
    prompts: bool,
}

/// Why a feed stopped.
pub enum Stop {
    /// A signal arrived.
    Signal,
    /// The time of `--timeout` is over.
    Deadline,
    /// Something failed.
    Failed(Error),
}

impl<'s, T> Printer<'s, T> {
    /// Prints in the format of the session.
    pub fn new(session: &'s Session<'s>, columns: &'s [Column<T>]) -> Self {
        Self::of(session, session.stream(columns))
    }

    /// Prints these rows.
    pub fn of(session: &'s Session<'s>, rows: Rows<'s, T>) -> Self {
        Self {
            session,
            rows,
            prompts: false,
        }
    }

    /// Each step may prompt. A signal must then end the prompt immediately, and there is not a document to close.
    pub fn prompting(mut self, prompts: bool) -> Self {
        self.prompts = prompts;
        self
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.session.ui().now()
    }

    /// Prints a note about the feed itself.
    pub fn note(&self, text: &str) {
        self.session.ui().note(text);
    }

    /// Prints one item; `document` is its JSON.
    pub fn print(&mut self, value: &T, document: &str) -> Result<(), Error> {
        self.rows.set_now(self.now());
        self.rows.row(document, || Ok(value))
    }

    /// Calls `next` and `handle` in turn until a signal, the deadline, or an error, and then closes the output. A signal
    /// interrupts `next`, but not `handle`, so that a change it makes is finished.
    ///
    /// # Errors
    /// Exit 130 or 143 after a signal; 14 without a message if the pipe was closed.
    pub async fn follow<N>(
        &mut self,
        next: impl AsyncFnMut() -> Result<N, Error>,
        handle: impl AsyncFnMut(&mut Self, N) -> Result<(), Error>,
    ) -> Result<Exit, Error> {
        let interrupt = &self.session.context.interrupt;
        let _guard = (!self.prompts).then(|| interrupt.hold(None));
        let stop = self.run(next, handle).await;
        self.finish(stop)
    }

    /// The same without closing the output, which [`Printer::finish`] does.
    pub async fn run<N>(
        &mut self,
        mut next: impl AsyncFnMut() -> Result<N, Error>,
        mut handle: impl AsyncFnMut(&mut Self, N) -> Result<(), Error>,
    ) -> Stop {
        let interrupt = &self.session.context.interrupt;
        let _guard = (!self.prompts).then(|| interrupt.hold(None));
        let deadline = self.session.deadline();
        let timeout = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline.at.into()).await,
                None => std::future::pending().await,
            }
        };
        let mut timeout = std::pin::pin!(timeout);
        let ui = self.session.ui();
        // Without anything to print, a closed pipe would not be noticed.
        let abandoned = async {
            while !ui.output_is_abandoned() {
                tokio::time::sleep(GLANCE).await;
            }
        };
        let mut abandoned = std::pin::pin!(abandoned);
        loop {
            let item = tokio::select! {
                biased;
                () = interrupt.wait() => return Stop::Signal,
                () = &mut timeout => return Stop::Deadline,
                () = &mut abandoned => return Stop::Failed(Error::closed_pipe()),
                item = next() => item,
            };
            let handled = match item {
                Ok(item) => handle(self, item).await,
                Err(error) => Err(error),
            };
            match handled {
                Ok(()) => {}
                Err(error) => return Stop::Failed(error),
            }
        }
    }

    /// Closes the output.
    ///
    /// # Errors
    /// As [`Printer::follow`].
    pub fn finish(&mut self, stop: Stop) -> Result<Exit, Error> {
        let cut_short = |error: Error| {
            if error.is_closed_pipe() {
                Error::silent(Exit::Deadline)
            } else {
                error
            }
        };
        if let Stop::Failed(error) = stop {
            if error.is_closed_pipe() || self.rows.count() == 0 {
                return Err(cut_short(error));
            }
            self.rows.end(&[]).map_err(cut_short)?;
            return Err(error);
        }
        self.rows.end(&[]).map_err(cut_short)?;
        let ui = self.session.ui();
        let line = self.session.context.line.command();
        let resume = format!("continue watching: {line}");
        if let (Stop::Deadline, Some(deadline)) = (stop, self.session.deadline()) {
            let after = time::show_duration(deadline.after);
            ui.note(&format!("stopped watching after --timeout {after}"));
            ui.hint_in_every_format(&resume);
            return Ok(Exit::Deadline);
        }
        Err(self.session.context.interrupt.error().hint(resume))
    }
}
