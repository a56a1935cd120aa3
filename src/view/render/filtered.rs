//! `--jq`: what a filter makes of the JSON. Strings are printed as they are, other values as JSON.

use super::{Formatter, Output, Result};
use crate::jq::{Filter, Found};
use crate::json;
use crate::sanitize;
use crate::view::Format;

/// Writes what a filter returns: for each item with `-o ndjson`, otherwise for the document.
pub(super) struct Filtered {
    filter: Filter,
    /// Each item is filtered by itself.
    per_item: bool,
    /// The document so far.
    document: String,
    count: usize,
}

impl Filtered {
    pub(super) fn new(filter: Filter, format: Format) -> Self {
        Self {
            filter,
            per_item: format == Format::Ndjson,
            document: String::new(),
            count: 0,
        }
    }

    fn run(&self, out: &mut Output<'_>, document: &str) -> Result {
        // A filter can take a secret apart, so that nothing would recognize it behind the filter.
        let document = out.sink.masked(document);
        let result = self.filter.run(&document, |found| {
            push(out, found);
            out.flush_if_full()
        });
        let Err(error) = result else {
            return Ok(());
        };
        out.flush()?;
        Err(out.sink.with_change(error))
    }
}

/// Appends a value, on a terminal with nothing hidden in it.
fn push(out: &mut Output<'_>, found: Found) {
    let on_terminal = out.options.on_terminal();
    let is_indented = on_terminal && out.options.format == Format::Json;
    let text = match found {
        Found::Text(text) if on_terminal => sanitize::block(&text),
        Found::Json(text) if is_indented => json::indented(&text),
        Found::Json(text) if on_terminal => json::escaped(&text),
        Found::Text(text) | Found::Json(text) => text,
    };
    out.push_line(&text);
}

impl Formatter for Filtered {
    fn begin(&mut self, _: &mut Output<'_>, head: &mut dyn Iterator<Item = &str>) -> Result {
        if !self.per_item {
            self.document.extend(head);
        }
        Ok(())
    }

    fn item(&mut self, out: &mut Output<'_>, json: &str) -> Result<bool> {
        if self.per_item {
            return self.run(out, json).map(|()| true);
        }
        if self.count > 0 {
            self.document.push(',');
        } else if out.streams {
            self.document.push_str("{\"data\":[");
        }
        self.count += 1;
        self.document.push_str(json);
        Ok(true)
    }

    fn end(&mut self, out: &mut Output<'_>, tail: &[&str]) -> Result {
        if self.per_item {
            return Ok(());
        }
        match (out.streams, self.count) {
            (true, 0) => self.document.push_str("{\"data\":[]}"),
            (true, _) => self.document.push_str("]}"),
            (false, _) => self.document.extend(tail.iter().copied()),
        }
        let document = std::mem::take(&mut self.document);
        self.run(out, &document)
    }

    fn takes_document(&self) -> bool {
        !self.per_item
    }

    fn document(&mut self, out: &mut Output<'_>, json: &str, _: Option<&str>) -> Result {
        self.run(out, json)
    }
}
