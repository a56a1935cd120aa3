//! Rows for programs: tab-separated lines and CSV.

use super::column::{self, Column};
use super::{Format, Look};

/// The heading line of a list off a terminal, as tab-separated text or CSV.
#[must_use]
pub fn header<T>(columns: &[Column<T>], look: &Look) -> String {
    let headings = column::of_list(columns, look.format)
        .iter()
        .map(|column| column.heading.to_owned())
        .collect::<Vec<_>>();
    line(&headings, look.format)
}

/// One line a value, as tab-separated text or CSV.
#[must_use]
pub fn rows<T>(columns: &[Column<T>], values: &[T], look: &Look) -> String {
    let columns = column::of_list(columns, look.format);
    let mut out = String::new();
    for value in values {
        let cells = columns
            .iter()
            .map(|column| absent((column.cell)(value).show(look), look.format))
            .collect::<Vec<_>>();
        out.push_str(&line(&cells, look.format));
    }
    out
}

/// How an absent value is written: `-`, and nothing in CSV.
pub(super) fn absent(text: Option<String>, format: Format) -> String {
    text.unwrap_or_else(|| if format == Format::Csv { "" } else { "-" }.to_owned())
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
