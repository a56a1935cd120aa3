//! Tells the changes of an invocation, in the way that the output format wants.

use std::time::Duration;

use crate::api::Id;
use crate::api::invocations::Invocation;
use crate::api::reply::Reply;
use crate::error::{Error, Exit};
use crate::session::{Session, document_text};
use crate::time::{self, Stamp};
use crate::view::Format;
use crate::view::column::{Cell, Column};
use crate::view::growing::Growing;

/// How the changes are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A live line on a terminal, a note for each elsewhere: standard output is for something else.
    Notes,
    /// A row each on standard output.
    Rows,
    /// A JSON document each on standard output.
    Documents,
}

/// Tells the changes of one invocation.
pub(super) struct Telling<'a> {
    session: &'a Session<'a>,
    form: Form,
    status: Option<String>,
    /// The state was told by the feed, and the invocation itself may still say an earlier one.
    heard: bool,
    subject: String,
    rows: Growing,
}

/// A change as a row.
struct Change {
    at: Option<Stamp>,
    id: String,
    status: String,
}

const CHANGE: &[Column<Change>] = &[
    Column::text("TIME", |change| Cell::from(&change.at)),
    Column::id("ID", |change| change.id.as_str().into()),
    Column::state("STATUS", |change| change.status.as_str().into()),
];

impl<'a> Telling<'a> {
    pub(super) fn new(session: &'a Session<'a>, form: Form) -> Self {
        Self {
            session,
            form,
            status: None,
            heard: false,
            subject: String::new(),
            rows: Growing::default(),
        }
    }

    /// How `watch` tells: what is asked for is the changes.
    pub(super) fn of_watch(session: &'a Session<'a>) -> Self {
        let live = session.look.on_terminal() && session.ui().terminals().error;
        let form = match session.look.format {
            Format::Ndjson => Form::Documents,
            Format::Json | Format::Name => Form::Notes,
            Format::Table | Format::Wide if live => Form::Notes,
            _ => Form::Rows,
        };
        Self::new(session, form)
    }

    /// Whether the last state still has to be shown when all is over.
    pub(super) fn is_note(&self) -> bool {
        self.form == Form::Notes
    }

    /// The invocation was asked.
    pub(super) fn change(&mut self, reply: &Reply<Invocation>) -> Result<(), Error> {
        let invocation = &reply.value;
        let words = [&invocation.tool_name, &invocation.workspace_id].map(Option::as_deref);
        self.subject = match words {
            [Some(tool), Some(workspace)] => format!("{tool} in {workspace}"),
            [tool, workspace] => tool.or(workspace).unwrap_or_default().to_owned(),
        };
        let status = invocation.status.clone();
        let status = status.unwrap_or_else(|| "unknown".to_owned());
        let earlier = self.heard && stage(&status) < self.status.as_deref().map_or(0, stage);
        if self.status.as_ref() == Some(&status) || earlier {
            return Ok(());
        }
        self.heard = false;
        let id = invocation.id.clone().unwrap_or_default();
        self.tell(&id, status, reply.document.get())
    }

    /// The feed named a state.
    pub(super) fn heard(&mut self, id: &Id, status: &str, document: &str) -> Result<(), Error> {
        let known = self.status.as_deref();
        if known == Some(status) || known.is_some_and(|known| stage(status) < stage(known)) {
            return Ok(());
        }
        self.heard = true;
        self.tell(id.as_str(), status.to_owned(), document)
    }

    fn tell(&mut self, id: &str, status: String, document: &str) -> Result<(), Error> {
        let session = self.session;
        let ui = session.ui();
        let result = match self.form {
            // On a terminal the live line says it.
            Form::Notes if ui.terminals().error => Ok(()),
            Form::Notes => {
                ui.note(&format!("invocation {id}: {status}"));
                Ok(())
            }
            Form::Documents => {
                let line = crate::json::compact(document);
                ui.print(&document_text(&line, &session.look))
            }
            Form::Rows => {
                let change = Change {
                    at: Some(Stamp::read(&time::utc(ui.now()))),
                    id: id.to_owned(),
                    status: status.clone(),
                };
                ui.print(&self.rows.row(CHANGE, &change, &session.lasting_look()))
            }
        };
        self.status = Some(status);
        result
    }

    /// What the live line says.
    pub(super) fn line(&self, id: &Id, elapsed: Duration) -> String {
        const FRAMES: [char; 8] = ['⣾', '⣽', '⣻', '⢿', '⡿', '⣟', '⣯', '⣷'];
        let frame = usize::try_from(elapsed.as_millis() / 120).unwrap_or(0) % FRAMES.len();
        let status = self.status.as_deref().unwrap_or("asking");
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

/// How far a state is from the beginning, for telling an old one from a new one.
fn stage(status: &str) -> u8 {
    match status {
        "queued" | "pending_approval" => 0,
        word if crate::api::invocations::ending(word).is_some() => 2,
        _ => 1,
    }
}

/// The reader went away before the end: what is watched goes on, and nobody saw how it ended.
pub(super) fn cut_short(error: Error) -> Error {
    if error.is_closed_pipe() {
        Error::silent(Exit::Deadline)
    } else {
        error
    }
}
