//! Lists: page by page from the router to the user, in every format.

use serde_json::Value;
use serde_json::value::RawValue;

use super::Session;
use super::send::document_text;
use crate::api::page::{self, Listing, Page, Span, Step, Walk};
use crate::error::{Error, Exit};
use crate::view::column::Column;
use crate::view::{Format, Look, plain, rows, table};

/// What is said about a list besides the list.
pub struct ListText {
    /// The sentence for an empty list.
    pub empty: &'static str,
    /// The command takes `--after`.
    pub paged: bool,
}

impl Session<'_> {
    /// Shows a list, or as much of it as `span` asks for. `seen` is told of the items of each page before they are
    /// printed, and whether the page is the last one.
    ///
    /// # Errors
    /// Whatever the router or the network made of it; what was printed before stays, and is closed properly.
    pub async fn list<L: Listing>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        span: &Span,
        text: &ListText,
        mut seen: impl FnMut(&[L::Item], bool),
    ) -> Result<Exit, Error> {
        let mut walk = Walk::new(span);
        if self.is_dry() {
            self.plan(&[walk.request(listing.request())])?;
            return Ok(Exit::Done);
        }
        let mut writer = Writer::new(self, columns, span.all);
        loop {
            let step = self.page(listing, &mut walk, &mut writer, &mut seen).await;
            match step {
                Ok(Step::Next) => {}
                Ok(Step::Last(more)) => {
                    writer.finish(walk.last_id(), more.is_some())?;
                    if writer.count == 0 {
                        self.ui().note(text.empty);
                    }
                    if !text.paged && more.is_some() {
                        self.ui()
                            .note("the router has more of this list, but no route to it");
                    } else if let Some(after) = more {
                        let next = self.context.line.with("--after", &after).command();
                        self.ui().hint(&format!("there is more: {next}"));
                    }
                    return Ok(Exit::Done);
                }
                Err(error) if writer.began && !error.is_closed_pipe() => {
                    writer.finish(walk.last_id(), true)?;
                    return Err(match self.resume(&walk) {
                        Some(command) => error.hint(format!("go on from here: {command}")),
                        None => error,
                    });
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Shows those items of a list that `keep` picks, which the router can't do: reads on until as many are found as
    /// are wanted, 20 if nothing else is said, or the list ends.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub async fn pick<L: Listing>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        span: &Span,
        text: &ListText,
        keep: impl Fn(&L::Item) -> bool,
    ) -> Result<Exit, Error> {
        let mut walk = Walk::new(&Span {
            limit: None,
            all: true,
            after: span.after.clone(),
        });
        if self.is_dry() {
            self.plan(&[walk.request(listing.request())])?;
            return Ok(Exit::Done);
        }
        let mut left = match span.limit {
            _ if span.all => usize::MAX,
            Some(limit) => limit,
            None => page::USUAL_PAGE,
        };
        let mut writer = Writer::new(self, columns, true);
        let mut looked = 0;
        let mut last_id = span.after.clone();
        loop {
            let request = walk.request(listing.request());
            let read = async {
                let answer = self.read(&request).await?;
                let mut page = Page::read::<L>(&answer)?;
                let step = walk.take(&mut page)?;
                Ok::<_, Error>((answer, page, step))
            };
            let (answer, mut page, step) = match read.await {
                Ok(read) => read,
                Err(error) if writer.began && !error.is_closed_pipe() => {
                    writer.finish(last_id.as_deref(), true)?;
                    let line = last_id.map(|id| self.context.line.with("--after", &id));
                    return Err(match line {
                        Some(line) => error.hint(format!("go on from here: {}", line.command())),
                        None => error,
                    });
                }
                Err(error) => return Err(error),
            };
            let came = std::mem::take(&mut page.items);
            let count = came.len();
            let mut taken = 0;
            let mut items = Vec::new();
            for raw in came {
                if left == 0 {
                    break;
                }
                taken += 1;
                last_id = page.id_of(&raw).or(last_id);
                let item = serde_json::from_str(raw.get()).map_err(|e| answer.misshapen(&e))?;
                if keep(&item) {
                    left -= 1;
                    items.push(item);
                    page.items.push(raw);
                }
            }
            looked += taken;
            let ended = step != Step::Next;
            let more = taken < count || !ended;
            writer.page(&page, items, ended || left == 0)?;
            if ended || left == 0 {
                writer.finish(last_id.as_deref(), more)?;
                let kept = writer.count;
                self.ui().note(&match kept {
                    0 => format!("{}: none of the {looked} that were looked at", text.empty),
                    _ => format!("{kept} of the {looked} that were looked at"),
                });
                if let Some(last_id) = last_id.filter(|_| more) {
                    let next = self.context.line.with("--after", &last_id).command();
                    self.ui().hint(&format!("there may be more: {next}"));
                }
                return Ok(Exit::Done);
            }
        }
    }

    async fn page<L: Listing>(
        &self,
        listing: &L,
        walk: &mut Walk,
        writer: &mut Writer<'_, L::Item>,
        seen: &mut impl FnMut(&[L::Item], bool),
    ) -> Result<Step, Error> {
        let request = walk.request(listing.request());
        let answer = self.read(&request).await?;
        let mut page = Page::read::<L>(&answer)?;
        let step = walk.take(&mut page)?;
        let items = page
            .items
            .iter()
            .map(|item| serde_json::from_str(item.get()).map_err(|e| answer.misshapen(&e)));
        let items = if self.look.format.is_json() {
            // A program gets the router's own words, understood or not.
            items.filter_map(Result::ok).collect::<Vec<_>>()
        } else {
            items.collect::<Result<Vec<_>, _>>()?
        };
        let last = step != Step::Next;
        seen(&items, last);
        writer.page(&page, items, last)?;
        Ok(step)
    }

    /// The line that goes on where a list broke off.
    fn resume(&self, walk: &Walk) -> Option<String> {
        let line = self.context.line.with("--after", walk.position()?);
        Some(match walk.wanted() {
            Some(wanted) => line.with("--limit", &wanted.to_string()).command(),
            None => line.command(),
        })
    }
}

/// Writes the pages of one list.
pub(super) struct Writer<'s, T> {
    session: &'s Session<'s>,
    columns: &'s [Column<T>],
    /// Several pages become one JSON document.
    merged: bool,
    began: bool,
    /// The router's list is a bare array.
    bare: bool,
    /// Kept where the layout needs all of them: a table on a terminal.
    items: Vec<T>,
    /// Kept where the layout needs all of it: JSON on a terminal.
    text: String,
    count: usize,
}

impl<'s, T> Writer<'s, T> {
    pub(super) fn new(session: &'s Session<'s>, columns: &'s [Column<T>], merged: bool) -> Self {
        Self {
            session,
            columns,
            merged,
            began: false,
            bare: false,
            items: Vec::new(),
            text: String::new(),
            count: 0,
        }
    }

    fn look(&self) -> &Look {
        &self.session.look
    }

    pub(super) fn page(&mut self, page: &Page, items: Vec<T>, last: bool) -> Result<(), Error> {
        let first = !std::mem::replace(&mut self.began, true);
        let before = self.count;
        self.count += page.items.len();
        let text = match self.look().format {
            Format::Json if first && last && !self.merged && !page.is_cut() => {
                document_text(page.document.get(), self.look())
            }
            Format::Json => {
                self.merged = true;
                return self.merge(page, first, before);
            }
            Format::Ndjson => page
                .items
                .iter()
                .map(|item| document_text(item.get(), self.look()))
                .collect(),
            Format::Name => rows::names(self.columns, &items, self.look()),
            Format::Table | Format::Wide if self.look().on_terminal() => {
                self.items.extend(items);
                return Ok(());
            }
            Format::Table | Format::Wide | Format::Csv => {
                let header = if first && self.look().headers {
                    plain::header(self.columns, self.look())
                } else {
                    String::new()
                };
                header + &plain::rows(self.columns, &items, self.look())
            }
        };
        self.session.ui().print(&text)
    }

    /// Writes the items of a page into the one document that all pages become: the first page's members, then `data`.
    fn merge(&mut self, page: &Page, first: bool, before: usize) -> Result<(), Error> {
        let mut text = String::new();
        if first {
            self.bare = page.bare;
            if page.bare {
                text.push('[');
            } else {
                text.push('{');
                for member in page.members() {
                    text.push_str(&member);
                    text.push(',');
                }
                text.push_str("\"data\":[");
            }
        }
        for (index, item) in page.items.iter().enumerate() {
            if before + index > 0 {
                text.push(',');
            }
            text.push_str(RawValue::get(item));
        }
        self.emit(&text)
    }

    fn emit(&mut self, text: &str) -> Result<(), Error> {
        if self.look().on_terminal() {
            self.text.push_str(text);
            Ok(())
        } else {
            self.session.ui().print(text)
        }
    }

    /// Ends the output; `more` is whether the list goes on behind it.
    pub(super) fn finish(&mut self, last_id: Option<&str>, more: bool) -> Result<(), Error> {
        match self.look().format {
            Format::Json if self.merged => {
                let end = if self.bare {
                    "]".to_owned()
                } else {
                    let last_id = Value::from(last_id);
                    format!("],\"last_id\":{last_id},\"has_more\":{more}}}")
                };
                self.emit(&end)?;
                let text = if self.look().on_terminal() {
                    document_text(&self.text, self.look())
                } else {
                    "\n".to_owned()
                };
                self.session.ui().print(&text)
            }
            Format::Table | Format::Wide if self.look().on_terminal() => {
                let fitted = table::table(self.columns, &self.items, self.look());
                self.session.ui().print(&fitted.text)?;
                if !fitted.left_out.is_empty() {
                    self.session.ui().note(&format!(
                        "the terminal is too narrow for {}",
                        fitted.left_out.join(", ")
                    ));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
