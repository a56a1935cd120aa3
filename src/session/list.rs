//! Lists: page by page from the router to the user, in every format.

use std::time::Instant;

use super::pages::Pages;
use super::show::PageWriter;
use super::{Scope, Session};
use crate::api::document::ListItem as _;
use crate::api::page::{self, Cursor, ListEndpoint, ListParams};
use crate::command_line::quote;
use crate::error::{Error, Exit};
use crate::time;
use crate::view::column::Column;

/// A page may hold millions of items: after so many, the deadline and signals are checked.
const CHECKED: usize = 250;

/// What is said about a list besides the list.
pub struct ListText {
    /// The sentence for an empty list.
    pub empty: &'static str,
    /// The command takes `--after`.
    pub paged: bool,
}

/// How many items of a list matched a filter. `empty` is for a list without any.
pub(super) fn matches(count: usize, checked: usize, empty: &str) -> String {
    match (count, checked) {
        (0, 0) => empty.to_owned(),
        (0, _) => format!("no matches ({checked} checked)"),
        (1, _) => format!("1 match ({checked} checked)"),
        _ => format!("{count} matches ({checked} checked)"),
    }
}

/// What [`Session::list_filtered`] has looked at.
struct Looked {
    /// How many items are still to be found.
    left: usize,
    count: usize,
    /// The place behind the last one.
    place: Option<Cursor>,
    /// The last item that is shown.
    shown: Option<Cursor>,
}

impl Session<'_> {
    /// Shows a list, or as much of it as `span` asks for. `seen` is given the items of each page before they are
    /// printed, as far as they are understood, and whether the page is the last one.
    ///
    /// # Errors
    /// Whatever the router or the network made of it; what was printed before stays, and is closed properly.
    pub async fn list<L: ListEndpoint>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        span: &ListParams,
        text: &ListText,
        mut seen: impl FnMut(&mut dyn Iterator<Item = L::Item>, bool),
    ) -> Result<Exit, Error> {
        self.declare(columns)?;
        let mut pages = self.pages(listing, span, Scope::Command).ahead();
        if self.is_dry() {
            self.plan(&[pages.request()])?;
            return Ok(Exit::Success);
        }
        let _hold = self.context.interrupt.hold_briefly();
        let mut writer = PageWriter::new(self, columns, span.all);
        if let Err(error) = self.write(&mut pages, &mut writer, &mut seen).await {
            if !writer.rows.is_printed() || error.is_closed_pipe() {
                return Err(error);
            }
            writer.finish(pages.walk.last_id(), true)?;
            return Err(self.stopped_early(error, pages.walk.position(), pages.walk.wanted()));
        }
        let more = pages.more.as_ref();
        writer.finish(pages.walk.last_id(), more.is_some())?;
        if writer.rows.count() == 0 {
            self.ui().note(text.empty);
        }
        if !text.paged && more.is_some() {
            self.ui()
                .note("the router has more of this list, but no route to it");
        } else {
            let shown = format!("{} shown, more available", writer.rows.count());
            self.hint_more(&shown, span, more);
        }
        Ok(Exit::Success)
    }

    async fn write<L: ListEndpoint>(
        &self,
        pages: &mut Pages<'_, &L>,
        writer: &mut PageWriter<'_, L::Item>,
        seen: &mut impl FnMut(&mut dyn Iterator<Item = L::Item>, bool),
    ) -> Result<(), Error> {
        while let Some(fetched) = pages.next().await? {
            let page = &fetched.page;
            let items = page.items();
            seen(&mut items.filter_map(L::Item::read), fetched.is_last);
            let mut written = 0;
            let mut behind = None;
            let mut write = || {
                if !writer.begin(page, fetched.is_last)? {
                    return Ok(());
                }
                for item in page.items() {
                    if written % CHECKED == CHECKED - 1 {
                        self.check_time()?;
                    }
                    writer.rows.row(item, || fetched.read::<L::Item>(item))?;
                    written += 1;
                    behind = Some(item);
                }
                writer.rows.flush()
            };
            if let Err(error) = write() {
                let behind = behind.and_then(|item| page.cursor_of(item));
                pages.abort(written, behind);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Shows those items of a list that `keep` picks, which the router can't do: reads on until as many are found as
    /// are wanted, 20 if nothing else is said, or the list ends.
    pub async fn list_filtered<L: ListEndpoint>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        span: &ListParams,
        text: &ListText,
        keep: impl Fn(&L::Item) -> bool,
    ) -> Result<Exit, Error> {
        self.declare(columns)?;
        let all = ListParams {
            limit: None,
            all: true,
            after: span.after.clone(),
        };
        let mut pages = self.pages(listing, &all, Scope::Command);
        if span.all {
            pages = pages.ahead();
        }
        if self.is_dry() {
            self.plan(&[pages.request()])?;
            return Ok(Exit::Success);
        }
        let _hold = self.context.interrupt.hold_briefly();
        let mut looked = Looked {
            left: match span.limit {
                _ if span.all => usize::MAX,
                Some(limit) => limit,
                None => page::USUAL_PAGE,
            },
            count: 0,
            place: span.after.as_deref().map(Cursor::new),
            shown: None,
        };
        let mut writer = PageWriter::of_selection(self, columns);
        let written = self.write_kept(&mut pages, &mut writer, &keep, &mut looked);
        let more = match written.await {
            Ok(more) => more,
            Err(error) if writer.rows.is_printed() && !error.is_closed_pipe() => {
                writer.finish(looked.shown.as_ref(), true)?;
                let place = looked.place.as_ref().map(|place| place.text.as_str());
                // Where a walk is lost, every place is.
                let place = place.filter(|_| pages.walk.position().is_some());
                return Err(self.stopped_early(error, place, None));
            }
            Err(error) => return Err(error),
        };
        writer.finish(looked.shown.as_ref(), more)?;
        let count = looked.count;
        self.ui()
            .note(&matches(writer.rows.count(), count, text.empty));
        let place = looked.place.as_ref().filter(|_| more);
        self.hint_more("more may be available", span, place);
        Ok(Exit::Success)
    }

    /// Writes the items that `keep` picks; returns whether the list continues behind those that were looked at.
    async fn write_kept<L: ListEndpoint>(
        &self,
        pages: &mut Pages<'_, &L>,
        writer: &mut PageWriter<'_, L::Item>,
        keep: impl Fn(&L::Item) -> bool,
        looked: &mut Looked,
    ) -> Result<bool, Error> {
        while let Some(fetched) = pages.next().await? {
            let page = &fetched.page;
            writer.begin(page, fetched.is_last)?;
            for (index, raw) in page.items().enumerate() {
                if looked.left == 0 {
                    writer.rows.flush()?;
                    return Ok(true);
                }
                if index % CHECKED == CHECKED - 1 {
                    self.check_time()?;
                }
                let item = fetched.read::<L::Item>(raw)?;
                if keep(&item) {
                    writer.rows.row(raw, || Ok(item))?;
                    looked.shown = page.cursor_of(raw);
                    looked.left -= 1;
                }
                looked.count += 1;
                looked.place = page.cursor_of(raw).or(looked.place.take());
            }
            writer.rows.flush()?;
            if looked.left == 0 {
                return Ok(!fetched.is_last);
            }
        }
        Ok(false)
    }

    /// Hints at the options that show the rest of a list.
    fn hint_more(&self, what: &str, span: &ListParams, after: Option<&Cursor>) {
        if let Some(after) = after.filter(|after| after.is_usable()) {
            let after = if after.text.starts_with('-') {
                quote(&format!("--after={}", after.text))
            } else {
                format!("--after {}", quote(&after.text))
            };
            let option = match span.limit {
                None => format!("add --all, or {after}"),
                Some(_) => format!("continue with {after}"),
            };
            self.ui().hint_in_every_format(&format!("{what}; {option}"));
        }
    }

    /// The error of a list that broke off, with the way to continue.
    fn stopped_early(&self, error: Error, place: Option<&str>, wanted: Option<usize>) -> Error {
        // The filter would fail again.
        let is_of_filter = error.exit() == Exit::Failure && !error.is_without_hint();
        let Some(place) = place.filter(|_| !is_of_filter) else {
            return error;
        };
        let line = &self.context.line;
        let router = error.api_error();
        let is_of_cursor = |code: &String| code.contains("cursor");
        if matches!(router.http_status, Some(400 | 404 | 410 | 416 | 422))
            || router.code.as_ref().is_some_and(is_of_cursor)
        {
            let line = line.without("--after", true).command();
            return error.hint(format!("the cursor was refused; start over: {line}"));
        }
        let line = line.with("--after", place);
        let line = match wanted {
            Some(wanted) => line.with("--limit", &wanted.to_string()),
            None => line,
        };
        error.hint(format!("continue from here: {}", line.command()))
    }

    /// Whether the command may continue: work between two requests obeys `--timeout` and signals too.
    ///
    /// # Errors
    /// Exit 17 when the time is over; exit 130 or 143 after a signal.
    pub(super) fn check_time(&self) -> Result<(), Error> {
        let interrupt = &self.context.interrupt;
        if interrupt.raised().is_some() {
            return Err(interrupt.error());
        }
        self.check_deadline()
    }

    /// Whether `--timeout` allows more work.
    ///
    /// # Errors
    /// Exit 17 when the time is over.
    pub(super) fn check_deadline(&self) -> Result<(), Error> {
        match self.deadline() {
            Some(deadline) if deadline.at <= Instant::now() => {
                let after = time::show_duration(deadline.after);
                let message = format!("the response was not processed within --timeout {after}");
                Err(Error::unavailable(message).retryable(None))
            }
            _ => Ok(()),
        }
    }
}
