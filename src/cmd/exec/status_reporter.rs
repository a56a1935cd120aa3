//! Reports an invocation's status changes: as rows, notes, or a live line, depending on the output format.

use std::time::Duration;

use crate::api::Id;
use crate::api::invocations::Invocation;
use crate::api::reply::Reply;
use crate::error::{Error, Exit};
use crate::session::Session;
use crate::time::{self, WireTime};
use crate::view::Rows;
use crate::view::column::{Cell, Column};

/// How the changes are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReportStyle {
    /// A live line on a terminal, else one note per change. Standard output is left for the result.
    Notes,
    /// One row per change on standard output.
    Rows,
}

/// Reports the status changes of one invocation.
pub(super) struct StatusReporter<'a> {
    session: &'a Session<'a>,
    style: ReportStyle,
    status: Option<String>,
    /// The status is from an event, so the invocation itself may still have an earlier one.
    is_from_event: bool,
    subject: String,
    rows: Rows<'a, Change>,
}

/// A change as a row.
pub(super) struct Change {
    at: Option<WireTime>,
    id: String,
    status: String,
}

pub(super) const CHANGE: &[Column<Change>] = &[
    Column::text("TIME", |change| Cell::from(&change.at)),
    Column::id("ID", |change| change.id.as_str().into()),
    Column::state("STATUS", |change| change.status.as_str().into()),
];

impl<'a> StatusReporter<'a> {
    pub(super) fn new(session: &'a Session<'a>, style: ReportStyle) -> Self {
        Self {
            session,
            style,
            status: None,
            is_from_event: false,
            subject: String::new(),
            rows: session.stream(CHANGE),
        }
    }

    /// A reporter for `watch`, whose result is the changes.
    pub(super) fn for_watch(session: &'a Session<'a>) -> Self {
        let live = session.render_options.on_terminal() && session.ui().has_live_line();
        let format = session.render_options.format;
        let style = if !format.shows_changes() || live && !format.is_machine() {
            ReportStyle::Notes
        } else {
            ReportStyle::Rows
        };
        Self::new(session, style)
    }

    /// Whether the final invocation still has to be shown.
    pub(super) fn uses_notes(&self) -> bool {
        self.style == ReportStyle::Notes
    }

    /// Reports the status of the invocation as read.
    pub(super) fn polled(&mut self, reply: &Reply<Invocation>) -> Result<(), Error> {
        let invocation = &reply.value;
        self.subject = match [&invocation.tool_name, &invocation.workspace_id].map(Option::as_deref)
        {
            [Some(tool), Some(workspace)] => format!("{tool} in {workspace}"),
            [tool, workspace] => tool.or(workspace).unwrap_or_default().to_owned(),
        };
        let status = invocation.status.clone();
        let status = status.unwrap_or_else(|| "unknown".to_owned());
        let is_earlier =
            self.is_from_event && stage(&status) < self.status.as_deref().map_or(0, stage);
        if self.status.as_ref() == Some(&status) || is_earlier {
            return Ok(());
        }
        self.is_from_event = false;
        let id = invocation.id.clone().unwrap_or_default();
        let at = self.time_of(&status, invocation);
        self.report(&id, status, at, reply.document.get())
    }

    /// Reports the status named by an event.
    pub(super) fn event(
        &mut self,
        id: &Id,
        status: &str,
        at: Option<WireTime>,
        document: &str,
    ) -> Result<(), Error> {
        let known = self.status.as_deref();
        if known == Some(status) || known.is_some_and(|known| stage(status) < stage(known)) {
            return Ok(());
        }
        self.is_from_event = true;
        self.report(id.as_str(), status.to_owned(), at, document)
    }

    /// When the invocation reached this status, if it says so. What happened before watching has a time of its own.
    fn time_of(&self, status: &str, invocation: &Invocation) -> Option<WireTime> {
        let at = match stage(status) {
            0 if self.status.is_none() => &invocation.created_at,
            1 => &invocation.started_at,
            2 => &invocation.completed_at,
            _ => &None,
        };
        at.clone()
    }

    /// Reports a change at this time, or now.
    fn report(
        &mut self,
        id: &str,
        status: String,
        at: Option<WireTime>,
        document: &str,
    ) -> Result<(), Error> {
        let session = self.session;
        let ui = session.ui();
        let result = match self.style {
            // The live line shows the status.
            ReportStyle::Notes if ui.has_live_line() => Ok(()),
            ReportStyle::Notes => {
                ui.note(&format!("invocation {id}: {status}"));
                Ok(())
            }
            ReportStyle::Rows => {
                let now = ui.now();
                let change = Change {
                    at: Some(at.unwrap_or_else(|| WireTime::read(time::utc(now)))),
                    id: id.to_owned(),
                    status: status.clone(),
                };
                self.rows.set_now(now);
                self.rows.row(document, || Ok(change))
            }
        };
        self.status = Some(status);
        result
    }

    /// The text of the live line.
    pub(super) fn line(&self, id: &Id, elapsed: Duration) -> String {
        const FRAMES: [char; 8] = ['⣾', '⣽', '⣻', '⢿', '⡿', '⣟', '⣯', '⣷'];
        let frame = usize::try_from(elapsed.as_millis() / 120).unwrap_or(0) % FRAMES.len();
        let status = self.status.as_deref().unwrap_or("connecting");
        let elapsed = match elapsed.as_secs() {
            0 => "0s".to_owned(),
            seconds => time::show_duration(Duration::from_secs(seconds)),
        };
        let subject = match self.subject.as_str() {
            "" => String::new(),
            subject => format!("  {subject}"),
        };
        format!("{} {status}  {elapsed}{subject}  {id}", FRAMES[frame])
    }
}

/// Orders statuses, so that an older one can be recognized.
fn stage(status: &str) -> u8 {
    match status {
        "queued" | "pending_approval" => 0,
        word if crate::api::invocations::ending(word).is_some() => 2,
        _ => 1,
    }
}

/// Turns a closed pipe into exit code 14, because the run has not ended.
pub(super) fn closed_pipe_as_deadline(error: Error) -> Error {
    if error.is_closed_pipe() {
        Error::silent(Exit::Deadline)
    } else {
        error
    }
}

/// Keeps the run's outcome if its result can't be printed: as the exit code after a closed pipe, else in the error.
pub(super) fn with_outcome(
    shown: Result<(), Error>,
    exit: Exit,
    outcome: &str,
) -> Result<(), Error> {
    shown.map_err(|error| {
        if error.is_closed_pipe() {
            Error::silent(exit)
        } else if outcome.is_empty() {
            error
        } else {
            error.detail(outcome)
        }
    })
}
