//! What commands have in common that show things as they happen: rows or documents one by one, until a signal, the
//! deadline, or a reader that goes away.

use jiff::Timestamp;

use crate::error::{Error, Exit};
use crate::json;
use crate::session::Session;
use crate::time;
use crate::view::Format;
use crate::view::column::{self, Column};
use crate::view::growing::Growing;

/// Prints things as they happen.
pub struct Printer<'s, T> {
    session: &'s Session<'s>,
    columns: &'s [Column<T>],
    rows: Growing,
    count: usize,
    asks: bool,
}

enum Stop {
    Signal,
    Deadline,
    Failed(Error),
}

impl<'s, T> Printer<'s, T> {
    /// Prints in the format of the session.
    #[must_use]
    pub fn new(session: &'s Session<'s>, columns: &'s [Column<T>]) -> Self {
        Self {
            session,
            columns,
            rows: Growing::default(),
            count: 0,
            asks: false,
        }
    }

    /// Its steps ask the user: a signal must end a question at once, and there is no document to be closed.
    #[must_use]
    pub fn asking(mut self, asks: bool) -> Self {
        self.asks = asks;
        self
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.session.ui().now()
    }

    /// Something worth knowing about the feed itself.
    pub fn note(&self, text: &str) {
        self.session.ui().note(text);
    }

    /// Prints one thing; `document` is its JSON.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn print(&mut self, value: &T, document: &str) -> Result<(), Error> {
        let look = self.session.lasting_look();
        let visible = |text: String| {
            if look.on_terminal() {
                json::escaped(&text)
            } else {
                text
            }
        };
        let text = match look.format {
            Format::Json => {
                let before = if self.count == 0 { "{\"data\":[" } else { "," };
                visible(format!("{before}\n{}", json::compact(document)))
            }
            Format::Ndjson => visible(json::compact(document)) + "\n",
            Format::Name => {
                let name = column::name_of(self.columns, value, &look);
                name.map_or_else(String::new, |name| name + "\n")
            }
            Format::Table | Format::Wide | Format::Csv => self.rows.row(self.columns, value, &look),
        };
        self.count += 1;
        self.session.ui().print(&text)
    }

    /// Takes `step` after step until a signal, the deadline or an error; the output is then closed as its format wants
    /// it.
    ///
    /// # Errors
    /// Exit 130 or 143 after a signal; 14 without a word where the reader went away; else what a step failed with.
    pub async fn follow(
        &mut self,
        mut step: impl AsyncFnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<Exit, Error> {
        let interrupt = &self.session.context.interrupt;
        let _hold = (!self.asks).then(|| interrupt.hold(None));
        let deadline = self.session.deadline();
        let passed = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline.at.into()).await,
                None => std::future::pending().await,
            }
        };
        let mut passed = std::pin::pin!(passed);
        let ending = loop {
            tokio::select! {
                biased;
                () = interrupt.wait() => break Stop::Signal,
                () = &mut passed => break Stop::Deadline,
                result = step(self) => if let Err(error) = result {
                    break Stop::Failed(error);
                },
            }
        };
        self.finish(ending)
    }

    fn finish(&self, stop: Stop) -> Result<Exit, Error> {
        let cut_short = |error: Error| {
            if error.is_closed_pipe() {
                Error::silent(Exit::Deadline)
            } else {
                error
            }
        };
        if let Stop::Failed(error) = stop {
            if error.is_closed_pipe() || self.count == 0 {
                return Err(cut_short(error));
            }
            self.close().map_err(cut_short)?;
            return Err(error);
        }
        self.close().map_err(cut_short)?;
        let ui = self.session.ui();
        let line = self.session.context.line.command();
        let further = format!("follow it further: {line}");
        if let (Stop::Deadline, Some(deadline)) = (stop, self.session.deadline()) {
            let after = time::show_duration(deadline.after);
            ui.note(&format!(
                "--timeout {after} has passed; what is followed goes on"
            ));
            ui.hint(&further);
            return Ok(Exit::Deadline);
        }
        Err(self.session.context.interrupt.error().hint(further))
    }

    fn close(&self) -> Result<(), Error> {
        if self.session.look.format != Format::Json {
            return Ok(());
        }
        let end = if self.count == 0 {
            "{\"data\":[]}\n"
        } else {
            "\n]}\n"
        };
        self.session.ui().print(end)
    }
}
