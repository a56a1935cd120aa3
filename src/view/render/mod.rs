//! Results in the output format: one [`Renderer`], with one [`Formatter`] for each format. A new format is one more
//! implementation and one more arm in [`formatter`].

mod filtered;
mod json;
mod table;
mod text;
mod yaml;

#[cfg(test)]
mod tests;

use std::borrow::{Borrow, Cow};

use serde::Serialize;
use serde_json::Value;

use super::column::{self, Column, Heading, Row, Typed};
use super::{Format, RenderOptions};
use crate::error::{Error, Exit};

/// Text is printed in pieces of this size: large enough for few system calls, small enough to keep in memory.
const BATCH: usize = 64 * 1024;

/// Where rendered results go.
pub trait Sink {
    /// Prints a piece of the result.
    ///
    /// # Errors
    /// When standard output can't be written.
    fn print(&self, text: &str) -> Result;

    /// Reports something about the result that is not part of it.
    fn note(&self, text: &str);

    /// The text with the secrets masked that [`Sink::print`] masks.
    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str>;

    /// The error of a result that can't be shown, with the change that was made nevertheless.
    fn with_change(&self, error: Error) -> Error;
}

/// The buffered output of a renderer.
pub(super) struct Output<'s> {
    pub(super) options: RenderOptions,
    /// The columns that are shown.
    pub(super) headings: Vec<Heading>,
    sink: &'s dyn Sink,
    /// Not printed yet.
    pub(super) text: String,
    /// Something was printed.
    is_printed: bool,
    /// Rows are shown one by one as they come.
    streams: bool,
    /// Whether the documents of the rows have no white space between their tokens, if that is known.
    pub(super) is_compact: Option<bool>,
}

impl Output<'_> {
    pub(super) fn push_line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn flush(&mut self) -> Result {
        if self.text.is_empty() {
            return Ok(());
        }
        self.is_printed = true;
        print_all(self.sink, &mut self.text)
    }

    pub(super) fn flush_if_full(&mut self) -> Result {
        if self.text.len() < BATCH {
            return Ok(());
        }
        self.flush()
    }

    /// Prints a text that may be too long for a copy in the buffer.
    fn print(&mut self, text: &str) -> Result {
        if text.len() <= BATCH {
            self.text.push_str(text);
            return Ok(());
        }
        self.flush()?;
        self.is_printed = true;
        self.sink.print(text)
    }
}

/// Prints the text and empties it.
fn print_all(sink: &dyn Sink, text: &mut String) -> Result {
    let printed = sink.print(text);
    text.clear();
    // One long item must not cost memory until the end.
    text.shrink_to(2 * BATCH);
    printed
}

/// What an action came to that returns no object of its own.
#[derive(Clone, Copy)]
pub struct Summary<'a> {
    /// The name or ID.
    pub name: &'a str,
    /// The line off a terminal,
    pub line: &'a str,
    /// and on one.
    pub sentence: &'a str,
    /// The members of the document, and in CSV the columns.
    pub fields: &'a [(&'a str, Value)],
    /// The server's own document, if it sent one.
    pub json: Option<&'a str>,
}

type Result<T = (), E = Error> = std::result::Result<T, E>;

/// How a format writes results.
trait Formatter {
    /// Whether a list that has come in one piece is written as its document.
    fn takes_document(&self) -> bool {
        false
    }

    /// Starts a list. `head` are the tokens of its JSON document up to the first item.
    fn begin(&mut self, _: &mut Output<'_>, _head: &mut dyn Iterator<Item = &str>) -> Result {
        Ok(())
    }

    /// Writes an item of a list as JSON; false if the format shows cells instead.
    fn item(&mut self, _: &mut Output<'_>, _json: &str) -> Result<bool> {
        Ok(false)
    }

    /// Writes an item of a list as cells.
    fn row(&mut self, _: &mut Output<'_>, _row: &dyn Row) -> Result {
        Ok(())
    }

    /// Hands over the items so far, because the next ones take time to come.
    fn flush(&mut self, _: &mut Output<'_>) -> Result {
        Ok(())
    }

    /// Ends a list. `tail` are the tokens of its JSON document behind the last item.
    fn end(&mut self, _: &mut Output<'_>, _tail: &[&str]) -> Result {
        Ok(())
    }

    /// Writes an object of a known type.
    fn record(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        self.document(out, row.json(), None)
    }

    /// Writes the outcome of an action.
    fn done(&mut self, out: &mut Output<'_>, summary: &Summary<'_>) -> Result {
        if let Some(json) = summary.json {
            return self.document(out, json, None);
        }
        let members = summary.fields.iter();
        let members = members.map(|(name, value)| ((*name).to_owned(), value.clone()));
        self.document(out, &Value::Object(members.collect()).to_string(), None)
    }

    /// Writes an object of any type.
    fn document(&mut self, out: &mut Output<'_>, json: &str, name: Option<&str>) -> Result;
}

/// The one place that knows all formats.
fn formatter(options: &RenderOptions) -> Box<dyn Formatter> {
    if let Some(filter) = &options.filter {
        return Box::new(filtered::Filtered::new(filter.clone(), options.format));
    }
    match options.format {
        Format::Json => Box::new(json::Json::default()),
        Format::Ndjson => Box::new(json::Ndjson),
        Format::Yaml => Box::new(yaml::Yaml::default()),
        Format::Csv => Box::new(text::Csv::default()),
        Format::Name => Box::new(text::Names),
        Format::Table | Format::Wide if !options.on_terminal() => Box::new(text::Lines),
        Format::Table | Format::Wide => Box::new(table::Table::default()),
    }
}

/// Writes one result in the output format.
pub struct Renderer<'s> {
    out: Output<'s>,
    formatter: Box<dyn Formatter>,
}

impl<'s> Renderer<'s> {
    /// A renderer in the format of `options`.
    pub fn new(sink: &'s dyn Sink, options: RenderOptions) -> Self {
        Self {
            formatter: formatter(&options),
            out: Output {
                options,
                headings: Vec::new(),
                sink,
                text: String::new(),
                is_printed: false,
                streams: false,
                is_compact: None,
            },
        }
    }

    /// Writes a list row by row.
    pub fn rows<T>(mut self, columns: &'s [Column<T>]) -> Rows<'s, T> {
        self.out.headings = column::of_list(columns, &self.out.options);
        Rows {
            columns,
            renderer: self,
            is_begun: false,
            count: 0,
        }
    }

    /// Writes rows one by one, each printed when it comes.
    pub fn stream<T>(mut self, columns: &'s [Column<T>]) -> Rows<'s, T> {
        self.out.streams = true;
        self.rows(columns)
    }

    /// Writes an object.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn record<T>(mut self, columns: &[Column<T>], value: &T, json: &str) -> Result {
        self.out.headings = column::of_record(columns, &self.out.options);
        let row = Typed {
            columns,
            value,
            json,
        };
        self.formatter.record(&mut self.out, &row)?;
        self.out.flush()
    }

    /// Writes the outcome of an action.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn done(mut self, summary: &Summary<'_>) -> Result {
        self.formatter.done(&mut self.out, summary)?;
        self.out.flush()
    }

    /// Writes an object of any type. `name` is what names it, if anything does.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn document(mut self, json: &str, name: Option<&str>) -> Result {
        self.formatter.document(&mut self.out, json, name)?;
        self.out.flush()
    }

    /// Writes an object that has no document but the one made of it here.
    pub fn computed<T: Serialize>(self, columns: &[Column<T>], value: &T) -> Result {
        self.record(columns, value, &to_json(value)?)
    }

    /// Writes a list that has no document but the one made of it here.
    pub fn computed_list<T: Serialize>(self, columns: &'s [Column<T>], values: &[T]) -> Result {
        let mut rows = self.rows(columns);
        rows.begin(["{\"object\":\"list\",\"data\":["])?;
        for value in values {
            rows.row(&to_json(value)?, || Ok(value))?;
        }
        rows.end(&["]}"])
    }
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(Exit::Failure, "the result has no JSON form").cause(error))
}

/// A list that is written row by row. Memory does not grow with the list.
pub struct Rows<'s, T> {
    renderer: Renderer<'s>,
    columns: &'s [Column<T>],
    is_begun: bool,
    count: usize,
}

impl<T> Rows<'_, T> {
    /// Starts the list. `head` are the tokens of its JSON document up to the first item.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn begin<'t>(&mut self, head: impl IntoIterator<Item = &'t str>) -> Result {
        self.is_begun = true;
        let Renderer { out, formatter } = &mut self.renderer;
        formatter.begin(out, &mut head.into_iter())
    }

    /// Tells whether the documents of the rows that come next have no white space between their tokens.
    pub fn are_compact(&mut self, are_compact: bool) {
        let known = &mut self.renderer.out.is_compact;
        // Rows may be written later than those of another page.
        *known = Some(known.unwrap_or(true) && are_compact);
    }

    /// Whether the list was started.
    pub fn is_begun(&self) -> bool {
        self.is_begun
    }

    /// Writes a list that has come in one piece, with its number of items, if the format shows its document and not its
    /// items one by one.
    ///
    /// # Errors
    /// When standard output can't be written, or `document` fails.
    pub fn whole<S: AsRef<str>>(
        &mut self,
        document: impl FnOnce() -> Result<(S, usize)>,
    ) -> Result<bool> {
        let Renderer { out, formatter } = &mut self.renderer;
        if !formatter.takes_document() {
            return Ok(false);
        }
        let (document, count) = document()?;
        self.count = count;
        out.is_printed = true;
        formatter.document(out, document.as_ref(), None)?;
        out.flush().map(|()| true)
    }

    /// Writes an item; `value` reads it if the format shows more than its JSON.
    ///
    /// # Errors
    /// When standard output can't be written, or `value` fails.
    pub fn row<V: Borrow<T>>(&mut self, json: &str, value: impl FnOnce() -> Result<V>) -> Result {
        if !self.is_begun {
            self.begin([])?;
        }
        let Renderer { out, formatter } = &mut self.renderer;
        if !formatter.item(out, json)? {
            let value = value()?;
            let row = Typed {
                columns: self.columns,
                value: value.borrow(),
                json,
            };
            formatter.row(out, &row)?;
        }
        self.count += 1;
        if out.streams {
            return out.flush();
        }
        out.flush_if_full()
    }

    /// How many items were written.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Prints the text so far; from here on the list must be ended, whatever happens.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn flush(&mut self) -> Result {
        let Renderer { out, formatter } = &mut self.renderer;
        formatter.flush(out)?;
        out.flush()?;
        out.is_printed = true;
        Ok(())
    }

    /// Whether something was printed, so that the list must be ended.
    pub fn is_printed(&self) -> bool {
        self.renderer.out.is_printed
    }

    /// Ends the list. `tail` are the tokens of its JSON document behind the last item.
    ///
    /// # Errors
    /// When standard output can't be written.
    pub fn end(&mut self, tail: &[&str]) -> Result {
        let Renderer { out, formatter } = &mut self.renderer;
        formatter.end(out, tail)?;
        out.flush()
    }

    /// Sets the current time, which times in rows that come later are relative to.
    pub fn set_now(&mut self, now: jiff::Timestamp) {
        self.renderer.out.options.now = now;
    }
}
