//! Text for programs: names, CSV, and tab-separated lines.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use serde_json::Value;

use super::{Formatter, Output, Result, Summary};
use crate::json::{self, Members};
use crate::sanitize;
use crate::tone::Tone;
use crate::view::RenderOptions;
use crate::view::column::{self, Heading, Row};
use crate::view::record;

/// `-o name`: one name or ID per line.
pub(super) struct Names;

impl Formatter for Names {
    fn row(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        if let Some(id) = out.headings.first()
            && let Some(name) = row.cell(id.index).shown(&out.options)
        {
            out.push_line(&name);
        }
        Ok(())
    }

    fn record(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        self.row(out, row)
    }

    fn done(&mut self, out: &mut Output<'_>, summary: &Summary<'_>) -> Result {
        out.push_line(summary.name);
        Ok(())
    }

    fn document(&mut self, out: &mut Output<'_>, _: &str, name: Option<&str>) -> Result {
        if let Some(name) = name {
            out.push_line(&sanitize::cell(name));
        }
        Ok(())
    }
}

/// `-o csv`: RFC 4180.
#[derive(Default)]
pub(super) struct Csv {
    line: CsvLine,
}

impl Formatter for Csv {
    fn begin(&mut self, out: &mut Output<'_>, _: &mut dyn Iterator<Item = &str>) -> Result {
        if out.options.headers {
            let headings = out.headings.iter().map(|heading| heading.text);
            self.line.push(&mut out.text, headings);
        }
        Ok(())
    }

    fn row(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        let cells = out.headings.iter().map(|heading| {
            let cell = row.cell(heading.index).show(&out.options);
            cell.unwrap_or_default()
        });
        self.line.push(&mut out.text, cells);
        Ok(())
    }

    fn record(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        self.begin(out, &mut std::iter::empty())?;
        self.row(out, row)
    }

    fn done(&mut self, out: &mut Output<'_>, summary: &Summary<'_>) -> Result {
        let fields = summary.fields.iter();
        if out.options.headers {
            let names = fields.clone().map(|(name, _)| name.to_uppercase());
            self.line.push(&mut out.text, names);
        }
        let cells = fields.map(|(_, value)| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        self.line.push(&mut out.text, cells);
        Ok(())
    }

    fn document(&mut self, out: &mut Output<'_>, json: &str, _: Option<&str>) -> Result {
        if !json.starts_with('{') {
            out.push_line(&sanitize::cell(&json::compact(json)));
            return Ok(());
        }
        let members = || Members::of(json).map(|(name, raw)| (json::string(name), raw));
        if members().next().is_none() {
            return Ok(());
        }
        if out.options.headers {
            let names = members().map(|(name, _)| sanitize::cell(&name).into_owned());
            self.line.push(&mut out.text, names);
        }
        let cells = members().map(|(name, raw)| record::member(&name, raw, &out.options));
        let cells = cells.map(Option::unwrap_or_default);
        self.line.push(&mut out.text, cells);
        Ok(())
    }
}

/// A writer of lines. One for all of a list: it has a buffer of its own.
struct CsvLine {
    writer: csv::Writer<Written>,
    written: Written,
}

/// What a [`csv::Writer`] has written, which owns what it writes to.
#[derive(Clone, Default)]
struct Written(Rc<RefCell<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Default for CsvLine {
    fn default() -> Self {
        let written = Written::default();
        let mut builder = csv::WriterBuilder::new();
        // Lines differ in length: a list, and the fields of an outcome.
        let writer = builder.flexible(true).from_writer(written.clone());
        Self { writer, written }
    }
}

impl CsvLine {
    /// Appends one line.
    fn push(&mut self, out: &mut String, fields: impl Iterator<Item = impl AsRef<[u8]>>) {
        // Writing to a Vec can't fail, and all of it is UTF-8.
        for field in fields {
            let _ = self.writer.write_field(field);
        }
        let _ = self.writer.write_record(None::<&[u8]>);
        let _ = self.writer.flush();
        let mut written = self.written.0.borrow_mut();
        out.push_str(std::str::from_utf8(&written).unwrap_or_default());
        written.clear();
    }
}

/// `-o table` and `-o wide` off a terminal: cells between tabs.
pub(super) struct Lines;

impl Formatter for Lines {
    fn begin(&mut self, out: &mut Output<'_>, _: &mut dyn Iterator<Item = &str>) -> Result {
        if out.options.headers {
            let headings = out
                .headings
                .iter()
                .map(|heading| heading.shown(&out.options));
            let line = headings.collect::<Vec<_>>().join("\t");
            out.push_line(&line);
        }
        Ok(())
    }

    fn row(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        let mut between = "";
        for heading in &out.headings {
            out.text.push_str(between);
            push_cell(&mut out.text, heading, row, &out.options);
            between = "\t";
        }
        out.text.push('\n');
        Ok(())
    }

    fn record(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        for heading in &out.headings {
            out.text.push_str(&heading.shown(&out.options));
            out.text.push('\t');
            push_cell(&mut out.text, heading, row, &out.options);
            out.text.push('\n');
        }
        Ok(())
    }

    fn done(&mut self, out: &mut Output<'_>, summary: &Summary<'_>) -> Result {
        out.push_line(summary.line);
        Ok(())
    }

    fn document(&mut self, out: &mut Output<'_>, json: &str, _: Option<&str>) -> Result {
        record::object(json, out, |out, name, raw, _| {
            let heading = Tone::Heading.paint(&sanitize::cell(name), out.options.color);
            let cell = record::member(name, raw, &out.options);
            let cell = cell.as_deref().unwrap_or(column::ABSENT);
            out.text.push_str(&format!("{heading}\t{cell}\n"));
        })
    }
}

fn push_cell(out: &mut String, heading: &Heading, row: &dyn Row, options: &RenderOptions) {
    let cell = row.cell(heading.index);
    let shown = cell.shown(options);
    let text = shown.as_deref().unwrap_or(column::ABSENT);
    if options.color {
        let tone = column::tone(heading.kind, shown.as_deref());
        out.push_str(&tone.paint(text, true));
    } else {
        out.push_str(text);
    }
}
