//! JSON as it came: nothing is read into values.

use super::{BATCH, Formatter, Output, Result, print_all};
use crate::json::{self, Indenter};

/// `-o json`: one document, off a terminal as it came and on one indented. Rows that stream are a line each.
#[derive(Default)]
pub(super) struct Json {
    indenter: Indenter,
    count: usize,
}

impl Json {
    /// Writes tokens of the document.
    fn put(&mut self, out: &mut Output<'_>, tokens: &str) -> Result {
        if !out.options.on_terminal() {
            return out.print(tokens);
        }
        let Output {
            sink,
            text,
            is_printed,
            ..
        } = out;
        json::indent(tokens, &mut self.indenter, text, BATCH, |text| {
            *is_printed = true;
            print_all(*sink, text)
        })
    }
}

impl Formatter for Json {
    fn begin(&mut self, out: &mut Output<'_>, head: &mut dyn Iterator<Item = &str>) -> Result {
        for tokens in head {
            self.put(out, tokens)?;
        }
        Ok(())
    }

    fn item(&mut self, out: &mut Output<'_>, json: &str) -> Result<bool> {
        let is_first = self.count == 0;
        self.count += 1;
        if out.streams {
            out.text
                .push_str(if is_first { "{\"data\":[\n" } else { ",\n" });
            push_line(out, json);
            return Ok(true);
        }
        if !is_first {
            self.put(out, ",")?;
        }
        self.put(out, json).map(|()| true)
    }

    fn end(&mut self, out: &mut Output<'_>, tail: &[&str]) -> Result {
        match (out.streams, self.count) {
            (true, 0) => out.text.push_str("{\"data\":[]}"),
            (true, _) => out.text.push_str("\n]}"),
            (false, _) => tail.iter().try_for_each(|tokens| self.put(out, tokens))?,
        }
        out.text.push('\n');
        Ok(())
    }

    fn takes_document(&self) -> bool {
        true
    }

    fn document(&mut self, out: &mut Output<'_>, json: &str, _: Option<&str>) -> Result {
        self.put(out, json)?;
        out.text.push('\n');
        Ok(())
    }
}

/// `-o ndjson`: one document per line.
pub(super) struct Ndjson;

impl Formatter for Ndjson {
    fn item(&mut self, out: &mut Output<'_>, json: &str) -> Result<bool> {
        self.document(out, json, None).map(|()| true)
    }

    fn document(&mut self, out: &mut Output<'_>, json: &str, _: Option<&str>) -> Result {
        push_line(out, json);
        out.text.push('\n');
        Ok(())
    }
}

/// Appends a document on one line, on a terminal with nothing hidden in it.
fn push_line(out: &mut Output<'_>, json: &str) {
    if out.options.on_terminal() {
        out.text.push_str(&json::escaped(&json::compact(json)));
    } else if out.is_compact == Some(true) {
        out.text.push_str(json);
    } else {
        json::compact_into(&mut out.text, json);
    }
}
