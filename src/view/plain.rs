//! Rows for programs: tab-separated lines and CSV.

use super::column::{self, Column};
use super::{Format, Look};
use crate::tone::Tone;

/// The heading line of a list off a terminal, as tab-separated text or CSV.
#[must_use]
pub fn header<T>(columns: &[Column<T>], look: &Look) -> String {
    let headings = column::of_list(columns, look)
        .iter()
        .map(|column| Tone::Heading.paint(column.heading, look.colour))
        .collect::<Vec<_>>();
    line(&headings, look.format)
}

/// One line a value, as tab-separated text or CSV.
#[must_use]
pub fn rows<T>(columns: &[Column<T>], values: &[T], look: &Look) -> String {
    let columns = column::of_list(columns, look);
    let mut out = String::new();
    for value in values {
        let cells = columns
            .iter()
            .map(|column| {
                let cell = (column.cell)(value).show(look);
                let tone = column::tone(column.kind, cell.as_deref());
                tone.paint(&column::absent(cell, look.format), look.colour)
            })
            .collect::<Vec<_>>();
        out.push_str(&line(&cells, look.format));
    }
    out
}

/// One row of CSV, under its headings if those are wanted.
#[must_use]
pub fn csv(headings: &[&str], cells: &[&str], headers: bool) -> String {
    let line = |words: &[&str]| {
        csv_line(
            &words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>(),
        )
    };
    if headers {
        line(headings) + &line(cells)
    } else {
        line(cells)
    }
}

/// One line of cells.
pub(super) fn line(cells: &[String], format: Format) -> String {
    if format == Format::Csv {
        csv_line(cells)
    } else {
        cells.join("\t") + "\n"
    }
}

fn csv_line(cells: &[String]) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    // Writing to a Vec can't fail, and all of it is UTF-8.
    let _ = writer.write_record(cells);
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
