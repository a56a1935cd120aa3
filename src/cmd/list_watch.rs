//! `--watch`: a list that is read again and again. On a terminal it is redrawn with its changes marked; elsewhere, each
//! change is a line.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use serde_json::json;

use super::bulk::counted;
use super::list_changes::{Changes, Difference, Item};
use super::live_feed::Printer;
use super::polling::Polling;
use super::values;
use super::watch_frame::Picture;
use crate::api::page::{ListEndpoint, ListParams};
use crate::error::{Error, Exit};
use crate::json;
use crate::session::{Filter, ListText, ListView, Scope, Session, Snapshot};
use crate::time::{self, WireTime};
use crate::view::column::{Cell, Column};
use crate::view::frame::Grid;
use crate::view::{Format, RenderOptions, Renderer};

/// The longest pause after failures, and the longest that the router can ask for.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A list is read for no more than one part of the time in so many, unless an interval was given.
const SHARE: u32 = 5;

/// The options of a list that can be watched.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(skip)]
pub(super) struct WatchArgs {
    /// Repeat the list and show what changes, until Ctrl-C or --timeout
    #[arg(long, help_heading = "Lists")]
    pub(super) watch: bool,
    /// Interval of --watch, from 500ms to 60s [default: 2s; longer if reading the list takes long]
    #[arg(long, value_name = "DURATION", requires = "watch", value_parser = values::interval, help_heading = "Lists")]
    pub(super) interval: Option<Duration>,
}

/// A list to be watched.
pub(super) struct Watched<'a, L: ListEndpoint> {
    pub(super) list: &'a L,
    pub(super) columns: &'a [Column<L::Item>],
    pub(super) span: ListParams,
    pub(super) view: ListView,
    pub(super) text: ListText,
    pub(super) keep: Filter<'a, L::Item>,
}

/// A change as a row.
struct Change {
    at: WireTime,
    id: Option<String>,
    what: &'static str,
    column: Option<&'static str>,
    from: Option<String>,
    to: Option<String>,
    document: String,
}

const CHANGE: &[Column<Change>] = &[
    Column::text("TIME", |change| Cell::Time(Cow::Borrowed(&change.at))),
    Column::id("ID", |change: &Change| Cell::from(&change.id)).width(20),
    Column::text("CHANGE", |change: &Change| change.what.into()).width(7),
    Column::text("COLUMN", |change: &Change| {
        change.column.map_or(Cell::Absent, Cell::from)
    })
    .width(6),
    Column::text("FROM", |change: &Change| Cell::from(&change.from)).width(8),
    Column::text("TO", |change: &Change| Cell::from(&change.to)).width(8),
];

impl<L: ListEndpoint> Watched<'_, L> {
    /// Shows the list once, or watches it.
    ///
    /// # Errors
    /// As [`Session::list_view`]; exit 130 or 143 after a signal that ends the watch.
    pub(super) async fn show(
        &self,
        session: &Session<'_>,
        args: &WatchArgs,
    ) -> Result<Exit, Error> {
        if args.watch {
            return self.watch(session, args.interval).await;
        }
        session
            .list_view(
                self.list,
                self.columns,
                &self.span,
                &self.text,
                &self.view,
                self.keep,
            )
            .await
    }

    async fn watch(
        &self,
        session: &Session<'_>,
        interval: Option<Duration>,
    ) -> Result<Exit, Error> {
        let options = &session.render_options;
        check_format(options)?;
        if self.view.is_count {
            return Err(Error::usage(
                "--watch shows items, and --count prints only their number",
            ));
        }
        session.declare(self.columns)?;
        self.view.check(self.columns)?;
        if session.is_dry() {
            let pages = session.pages(self.list, &self.span, Scope::Caller);
            session.plan(&[pages.request()])?;
            return Ok(Exit::Success);
        }
        let _guard = session.context.interrupt.hold(None);
        session.ui().stop_paging();
        let rows = Renderer::new(session.ui(), of_changes(session)).stream(CHANGE);
        let mut printer = Printer::of(session, rows);
        let mut watch = Watch::new(session, self, interval);
        let stop = printer
            .run(
                async || watch.next().await,
                async |printer, changes: Vec<Change>| {
                    for change in changes {
                        printer.print(&change, &change.document)?;
                    }
                    Ok(())
                },
            )
            .await;
        watch.close()?;
        printer.finish(stop)
    }
}

/// Checks that the format can show changes one by one.
fn check_format(options: &RenderOptions) -> Result<(), Error> {
    let format = options.format;
    if options.filter.is_none() && matches!(format, Format::Json | Format::Yaml) {
        let message = format!(
            "--watch never ends, and -o {} is one document",
            format.word()
        );
        return Err(Error::usage(message)
            .hint("use -o ndjson (one object per change), or table, wide, csv, or name"));
    }
    Ok(())
}

/// How changes are shown.
fn of_changes(session: &Session<'_>) -> RenderOptions {
    let mut options = session.with_absolute_times();
    // Those were selected of the list, and are compared.
    options.columns = None;
    // A filter is for each change.
    options.on_one_line()
}

/// A watch under way.
struct Watch<'w, L: ListEndpoint> {
    session: &'w Session<'w>,
    watched: &'w Watched<'w, L>,
    grid: Grid<'w, L::Item>,
    polling: Polling,
    has_interval: bool,
    due: Instant,
    failures: u32,
    changes: Changes,
    /// The items of the last reading.
    snapshot: Option<Snapshot<L::Item>>,
    picture: Option<Picture>,
}

impl<'w, L: ListEndpoint> Watch<'w, L> {
    fn new(
        session: &'w Session<'w>,
        watched: &'w Watched<'w, L>,
        interval: Option<Duration>,
    ) -> Self {
        let is_drawn = session.render_options.is_aligned();
        Self {
            session,
            watched,
            grid: Grid::new(watched.columns, &session.render_options),
            polling: Polling::new(interval, session.time_scale()),
            has_interval: interval.is_some(),
            due: Instant::now(),
            failures: 0,
            changes: Changes::default(),
            snapshot: None,
            picture: is_drawn.then(|| Picture::new(session)).flatten(),
        }
    }

    /// Waits until the list is to be read, reads it, and returns the changes to print. On a screen, it is drawn instead.
    async fn next(&mut self) -> Result<Vec<Change>, Error> {
        if let Some(picture) = &self.picture {
            tokio::select! {
                () = tokio::time::sleep_until(self.due.into()) => {}
                () = picture.changed() => {
                    self.draw()?;
                    return Ok(Vec::new());
                }
            }
        } else {
            tokio::time::sleep_until(self.due.into()).await;
        }
        let began = Instant::now();
        let Watched {
            list,
            columns,
            span,
            view,
            keep,
            ..
        } = self.watched;
        let read = self.session.snapshot(*list, columns, span, view, *keep);
        match read.await {
            Ok(snapshot) => self.take(snapshot, began.elapsed()),
            Err(error) if error.is_retryable() && self.changes.is_begun() => {
                self.fail(&error)?;
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    fn take(&mut self, snapshot: Snapshot<L::Item>, took: Duration) -> Result<Vec<Change>, Error> {
        let interval = self.polling.interval();
        let interval = if self.has_interval {
            interval
        } else {
            interval.max(took * (SHARE - 1)).min(LONGEST_PAUSE)
        };
        self.due = Instant::now() + interval;
        let ui = self.session.ui();
        if std::mem::take(&mut self.failures) > 0 && self.picture.is_none() {
            ui.note("the list was read again");
        }
        let options = &self.session.render_options;
        let item = |(document, item): &(String, L::Item)| Item {
            id: self.grid.id(item, options),
            document: document.clone(),
            values: self.grid.compared(item, options),
        };
        let items = snapshot.items.iter().map(item).collect();
        let is_first = !self.changes.is_begun();
        let differences = self.changes.take(items, snapshot.is_cut);
        self.snapshot = Some(snapshot);
        if let Some(picture) = &mut self.picture {
            picture.set_read(ui.now(), self.session.time_scale().lengthen(interval));
            self.draw()?;
            return Ok(Vec::new());
        }
        if is_first {
            let shown = self.changes.len();
            let what = match shown {
                0 => self.watched.text.empty.to_owned(),
                count => counted(count, "item"),
            };
            let cut = if self.changes.is_cut() {
                " (more available; add --all)"
            } else {
                ""
            };
            ui.note(&format!("{what}{cut}; watching (press Ctrl-C to stop)"));
        }
        let at = time::utc(ui.now());
        // A name is of an item that has come; it could not tell whether one has gone.
        let names = options.format.is_name();
        let is_shown =
            |it: &&Difference| !names || matches!(it, Difference::Listed(_) | Difference::Added(_));
        let shown = differences.iter().filter(is_shown);
        Ok(shown.filter_map(|it| self.change(it, &at)).collect())
    }

    /// A difference as a row.
    fn change(&self, difference: &Difference, at: &str) -> Option<Change> {
        // What comes or goes is shown with its status.
        let state = self.grid.state();
        let status = |item: &Item| item.values.get(state?).cloned().flatten();
        let (what, item, column, from, to) = match difference {
            Difference::Listed(index) | Difference::Added(index) => {
                let item = self.changes.item(*index)?;
                let what = match difference {
                    Difference::Added(_) => "added",
                    _ => "listed",
                };
                (what, item, state, None, status(item))
            }
            Difference::Removed(item) => ("removed", item, state, status(item), None),
            Difference::Changed {
                index,
                column,
                from,
                to,
            } => {
                let item = self.changes.item(*index)?;
                ("changed", item, Some(*column), from.clone(), to.clone())
            }
        };
        let column = column.and_then(|column| self.grid.headings().nth(column));
        let text = |value: &Option<String>| json!(value).to_string();
        let document = json::object([
            ("at", &*json!(at).to_string()),
            ("change", &json!(what).to_string()),
            ("id", &text(&item.id)),
            ("column", &json!(column).to_string()),
            ("from", &text(&from)),
            ("to", &text(&to)),
            ("object", &item.document),
        ]);
        Some(Change {
            at: WireTime::read(at),
            id: item.id.clone(),
            what,
            column,
            from,
            to,
            document,
        })
    }

    /// Takes a failure after which the watch goes on.
    fn fail(&mut self, error: &Error) -> Result<(), Error> {
        let doubled = self.polling.interval() * 2_u32.pow(self.failures.min(6));
        let longest = self.session.time_scale().shorten(LONGEST_PAUSE);
        let asked = self.session.time_scale();
        let asked = asked.shorten(error.wait().unwrap_or_default());
        self.due = Instant::now() + doubled.max(asked).min(longest);
        self.failures += 1;
        let why = error.message();
        if let Some(picture) = &mut self.picture {
            picture.set_failure(why.to_owned());
            return self.draw();
        }
        if self.failures == 1 {
            self.session.ui().note(&format!("{why}; still trying"));
        }
        Ok(())
    }

    fn draw(&self) -> Result<(), Error> {
        let (Some(picture), Some(snapshot)) = (&self.picture, &self.snapshot) else {
            return Ok(());
        };
        picture.draw(
            self.session,
            &self.grid,
            snapshot,
            &self.changes,
            &self.watched.text,
        )
    }

    /// Gives the terminal back, with the list as it was read last.
    fn close(&mut self) -> Result<(), Error> {
        match (self.picture.take(), &self.snapshot) {
            (Some(picture), Some(snapshot)) => picture.close(self.session, &self.grid, snapshot),
            _ => Ok(()),
        }
    }
}
