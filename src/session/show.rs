//! Prints results to standard output, in the output format.

use std::borrow::Cow;

use super::{Context, Session};
use crate::api::document::ListItem;
use crate::api::page::{Cursor, Page};
use crate::api::reply::Reply;
use crate::error::Error;
use crate::json;
use crate::sanitize;
use crate::time::TimeFormat;
use crate::ui::Ui;
use crate::view::column::{self, Column};
use crate::view::render::Sink;
use crate::view::{RenderOptions, Renderer, Rows, Summary};

impl Sink for Ui {
    fn print(&self, text: &str) -> Result<(), Error> {
        Ui::print(self, text)
    }

    fn note(&self, text: &str) {
        Ui::note(self, text);
    }

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Ui::masked(self, text)
    }

    fn with_change(&self, error: Error) -> Error {
        Ui::with_change(self, error)
    }
}

/// Standard output for the result of a read, which may be large: writing it obeys `--timeout`. The result of a change
/// is written however late it is.
struct Timed<'s>(&'s Session<'s>);

impl Sink for Timed<'_> {
    fn print(&self, text: &str) -> Result<(), Error> {
        if !self.0.ui().has_changed() {
            self.0.check_time()?;
        }
        self.0.ui().print(text)
    }

    fn note(&self, text: &str) {
        self.0.ui().note(text);
    }

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.0.ui().masked(text)
    }

    fn with_change(&self, error: Error) -> Error {
        self.0.ui().with_change(error)
    }
}

fn no_columns() -> Error {
    Error::usage("--columns: the output of this command has no columns to select")
}

impl Context {
    /// Writes one result of a command that asks no router.
    pub fn renderer(&self) -> Result<Renderer<'_>, Error> {
        self.without_columns()?;
        Ok(Renderer::new(&self.ui, self.render_options()?))
    }

    /// The same for a result with columns.
    ///
    /// # Errors
    /// Exit 2 if a selected column does not exist.
    pub fn renderer_of<T>(&self, columns: &[Column<T>]) -> Result<Renderer<'_>, Error> {
        let look = self.render_options()?;
        if let Some(names) = &look.columns {
            column::check(columns, names)?;
        }
        Ok(Renderer::new(&self.ui, look))
    }

    /// Checks that no columns are selected, before a result without columns.
    ///
    /// # Errors
    /// Exit 2 if there are some.
    pub(super) fn without_columns(&self) -> Result<(), Error> {
        match self.globals.columns {
            Some(_) => Err(no_columns()),
            None => Ok(()),
        }
    }
}

impl Session<'_> {
    /// The render options for output that stays on the screen while time passes: no relative times, unless the command
    /// line asks for them.
    pub fn with_absolute_times(&self) -> RenderOptions {
        let mut render_options = self.render_options.clone();
        if render_options.time == TimeFormat::Relative && self.context.globals.time.is_none() {
            render_options.time = TimeFormat::Local;
        }
        render_options.now = self.ui().now();
        render_options
    }

    /// The current time by the server's clock.
    pub fn server_now(&self) -> jiff::Timestamp {
        let now = RenderOptions {
            now: self.ui().now(),
            ..self.render_options.clone()
        };
        now.server_now()
    }

    /// Writes one result.
    pub fn renderer(&self) -> Renderer<'_> {
        Renderer::new(self.ui(), self.render_options.clone())
    }

    /// Declares the columns of the result, before any request.
    ///
    /// # Errors
    /// Exit 2 if a selected column is not among them.
    pub fn declare<T>(&self, columns: &[Column<T>]) -> Result<(), Error> {
        self.has_checked_columns.set(true);
        match &self.render_options.columns {
            Some(names) => column::check(columns, names),
            None => Ok(()),
        }
    }

    /// Checks that the selected columns were compared with those of the result.
    ///
    /// # Errors
    /// Exit 2 if columns are selected of a result without columns.
    pub(super) fn check_columns(&self) -> Result<(), Error> {
        match self.render_options.columns {
            Some(_) if !self.has_checked_columns.get() => Err(no_columns()),
            _ => Ok(()),
        }
    }

    /// Writes rows as they come, which stay on the screen as time passes.
    pub fn stream<'s, T>(&'s self, columns: &'s [Column<T>]) -> Rows<'s, T> {
        self.ui().stop_paging();
        Renderer::new(self.ui(), self.with_absolute_times()).stream(columns)
    }

    /// Shows one object.
    pub fn show<T>(&self, reply: &Reply<T>, columns: &[Column<T>]) -> Result<(), Error> {
        let document = reply.document.get();
        self.renderer().record(columns, &reply.value, document)
    }

    /// Shows any object; `name` is what `-o name` prints.
    pub fn show_document(&self, document: &str, name: Option<&str>) -> Result<(), Error> {
        Renderer::new(&Timed(self), self.render_options.clone()).document(document, name)
    }

    /// Reports a completed action that returned no object: `<id>⇥<done>`, or a sentence on a terminal.
    pub fn done<T>(
        &self,
        reply: &Reply<T>,
        id: &str,
        done: &str,
        sentence: &str,
    ) -> Result<(), Error> {
        let id = &*sanitize::cell(id);
        self.renderer().done(&Summary {
            name: id,
            line: &format!("{id}\t{done}"),
            sentence: &sanitize::cell(sentence),
            fields: &[("id", id.into()), ("result", done.into())],
            json: Some(reply.document.get()),
        })
    }

    /// Shows a list that is a single page.
    ///
    /// # Errors
    /// If standard output can't be written; exit 17 if an item has the wrong type.
    pub fn show_page<T: ListItem>(
        &self,
        page: &Page<'_>,
        columns: &[Column<T>],
    ) -> Result<(), Error> {
        let mut writer = PageWriter::new(self, columns, false);
        if writer.begin(page, true)? {
            for raw in page.items() {
                writer.rows.row(raw, || {
                    T::read(raw).ok_or_else(|| {
                        Error::unavailable("the list contains an item of the wrong type")
                    })
                })?;
            }
        }
        writer.finish(None, false)
    }
}

/// Writes the pages of one list.
pub(super) struct PageWriter<'s, T> {
    session: &'s Session<'s>,
    pub(super) rows: Rows<'s, T>,
    /// Whether several pages become one document.
    merged: bool,
    /// Whether the router's list is a bare array.
    bare: bool,
    /// Whether only some of the items are written, or in another order.
    is_selection: bool,
}

impl<'s, T> PageWriter<'s, T> {
    pub(super) fn new(session: &'s Session<'s>, columns: &'s [Column<T>], merged: bool) -> Self {
        Self {
            session,
            rows: session.renderer().rows(columns),
            merged,
            bare: false,
            is_selection: false,
        }
    }

    /// For a list of some items, or in another order: without the router's words on which one is the first.
    pub(super) fn of_selection(session: &'s Session<'s>, columns: &'s [Column<T>]) -> Self {
        Self {
            is_selection: true,
            ..Self::new(session, columns, true)
        }
    }

    /// Starts a page; `last` is whether no other page follows. Returns whether its items are to be written one by one:
    /// a page that is the list's only one is written as its document, if the format is one of documents.
    pub(super) fn begin(&mut self, page: &Page<'_>, last: bool) -> Result<bool, Error> {
        // After a signal, a page that was received is still written.
        self.session.check_deadline()?;
        self.rows.are_compact(page.is_compact);
        if self.rows.is_begun() {
            return Ok(true);
        }
        let is_whole = last && !self.merged && !page.is_cut();
        if is_whole && self.rows.whole(|| Ok((page.document, page.count())))? {
            return Ok(false);
        }
        self.bare = page.bare;
        if page.bare {
            self.rows.begin(["["])?;
        } else {
            let is_selection = self.is_selection;
            let is_kept = |name: &str| !is_selection || json::string(name) != "first_id";
            let members = page.members().filter(|(name, _)| is_kept(name));
            let members = members.flat_map(|(name, value)| [name, ":", value, ","]);
            self.rows
                .begin(["{"].into_iter().chain(members).chain(["\"data\":["]))?;
        }
        Ok(true)
    }

    /// Ends the list; `more` is whether it continues behind what was written.
    pub(super) fn finish(&mut self, last_id: Option<&Cursor>, more: bool) -> Result<(), Error> {
        if !self.rows.is_begun() {
            return Ok(());
        }
        if self.bare {
            return self.rows.end(&["]"]);
        }
        let last_id = last_id.map_or("null", |cursor| &cursor.json);
        let more = if more { "true" } else { "false" };
        self.rows
            .end(&["],\"last_id\":", last_id, ",\"has_more\":", more, "}"])
    }
}
