//! What `--watch` draws on a terminal: a line about the last reading, the list with its changes marked, and what else is
//! to be said about it.

use std::time::Duration;

use jiff::Timestamp;

use super::list_changes::Changes;
use crate::error::{Error, past_closed_pipe};
use crate::session::{ListText, Session, Snapshot};
use crate::time::{self, TimeFormat};
use crate::ui::screen::Screen;
use crate::view::RenderOptions;
use crate::view::frame::{Grid, GridRow, Line, line_beside};

/// The IDs of removed items that are shown.
const REMOVED: usize = 5;
/// Lines of the screen that rows always leave free: the line about the reading, an empty one, and the headings.
const OTHERS: usize = 3;

/// The screen of a watch.
pub(super) struct Picture {
    screen: Screen,
    /// When the list was read last, and how long until the next time.
    read: Option<(Timestamp, Duration)>,
    /// Why it could not be read since.
    failure: Option<String>,
}

impl Picture {
    /// `None` if the terminal can't be redrawn.
    pub(super) fn new(session: &Session<'_>) -> Option<Self> {
        let screen = session.ui().screen(&session.context.interrupt)?;
        Some(Self {
            screen,
            read: None,
            failure: None,
        })
    }

    /// The list was read.
    pub(super) fn set_read(&mut self, at: Timestamp, interval: Duration) {
        self.read = Some((at, interval));
        self.failure = None;
    }

    /// The list could not be read.
    pub(super) fn set_failure(&mut self, message: String) {
        self.failure = Some(message);
    }

    /// Waits until it must be drawn again.
    pub(super) async fn changed(&self) {
        self.screen.changed().await;
    }

    /// Draws everything.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub(super) fn draw<T>(
        &self,
        session: &Session<'_>,
        grid: &Grid<'_, T>,
        snapshot: &Snapshot<T>,
        changes: &Changes,
        text: &ListText,
    ) -> Result<(), Error> {
        let size = self.screen.size();
        let options = RenderOptions {
            width: Some(size.columns),
            now: session.ui().now(),
            ..session.render_options.clone()
        };
        let rows = snapshot.items.iter().enumerate();
        let rows: Vec<GridRow> = rows
            .map(|(index, (_, item))| GridRow {
                cells: grid.cells(item, &options),
                marks: changes.marks(index),
            })
            .collect();
        let frame = grid.frame(&rows, &options);
        let mut notes = notes(snapshot, changes, text, &frame.hidden);
        let mut table = frame.lines;
        let headers = usize::from(options.headers);
        let room = size.rows.saturating_sub(OTHERS - 1 + headers + notes.len());
        let below = rows.len().saturating_sub(room);
        if below > 0 {
            // One more line for the note.
            let below = (below + 1).min(rows.len());
            let visible = rows.len() - below;
            table.truncate(headers + visible);
            let is_changed = |row: &&GridRow| row.marks.contains(&true);
            let changed = match rows[visible..].iter().filter(is_changed).count() {
                0 => String::new(),
                count => format!(", {count} of them changed"),
            };
            notes.insert(
                0,
                format!("… {below} more{changed} (enlarge the window, or use filters)"),
            );
        }
        let kind = match self.failure {
            Some(_) => Line::Warning,
            None => Line::Status,
        };
        let head = line_beside(&self.head(session, &options), kind, &options);
        let mut lines = vec![head, String::new()];
        lines.extend(table);
        lines.extend(
            notes
                .iter()
                .map(|note| line_beside(note, Line::Note, &options)),
        );
        self.screen.draw(lines)
    }

    /// The line about the last reading.
    fn head(&self, session: &Session<'_>, options: &RenderOptions) -> String {
        let Some((at, interval)) = self.read else {
            return String::new();
        };
        let zone = match options.time {
            TimeFormat::Utc | TimeFormat::Raw => options.zone.clone(),
            TimeFormat::Relative | TimeFormat::Local => session.context.zone(),
        };
        let at = at.to_zoned(zone).strftime("%H:%M:%S");
        if let Some(failure) = &self.failure {
            return format!("{at}, still trying: {failure}");
        }
        let every = time::show_duration(interval);
        let line = session.context.line.command();
        format!("{at}, every {every} (Ctrl-C to stop): {line}")
    }

    /// Gives the terminal back, and prints the list as it was read last, as far as it fits into the window.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub(super) fn close<T>(
        self,
        session: &Session<'_>,
        grid: &Grid<'_, T>,
        snapshot: &Snapshot<T>,
    ) -> Result<(), Error> {
        let size = self.screen.size();
        drop(self.screen);
        let options = RenderOptions {
            width: Some(size.columns),
            now: session.ui().now(),
            ..session.render_options.clone()
        };
        let row = |(_, item): &(String, T)| GridRow {
            cells: grid.cells(item, &options),
            marks: grid.headings().map(|_| false).collect(),
        };
        let rows: Vec<GridRow> = snapshot.items.iter().map(row).collect();
        let mut lines = grid.frame(&rows, &options).lines;
        // No more than fit into the window, where they were seen.
        let room = size.rows.saturating_sub(OTHERS);
        let below = lines.len().saturating_sub(room);
        if below > 0 {
            lines.truncate(room);
            lines.push(line_beside(
                &format!("… {below} more"),
                Line::Note,
                &options,
            ));
        }
        past_closed_pipe(session.ui().print(&(lines.join("\n") + "\n")))
    }
}

/// What is said below the list.
fn notes<T>(
    snapshot: &Snapshot<T>,
    changes: &Changes,
    text: &ListText,
    hidden: &[&str],
) -> Vec<String> {
    let mut notes = Vec::new();
    let count = snapshot.items.len();
    if count == 0 {
        notes.push(text.empty.to_owned());
    }
    if snapshot.is_cut {
        notes.push(format!("{count} shown, more available; add --all"));
    }
    let removed = changes.removed();
    if !removed.is_empty() {
        let more = if removed.len() > REMOVED { ", …" } else { "" };
        let ids = removed.iter().rev().take(REMOVED).copied();
        let ids = ids.collect::<Vec<_>>().join(", ");
        notes.push(format!("removed: {ids}{more}"));
    }
    if !hidden.is_empty() {
        let hidden = hidden.join(", ");
        notes.push(format!("hidden columns (narrow terminal): {hidden}"));
    }
    notes
}
