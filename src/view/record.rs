//! One object: a field a line, with everything that is known of it.

use super::column::{self, Column};
use super::{Format, Look, plain};
use crate::tone::Tone;

/// The object as text: aligned on a terminal, `FIELD⇥value` elsewhere, one header and one row in CSV.
#[must_use]
pub fn record<T>(columns: &[Column<T>], value: &T, look: &Look) -> String {
    if look.format == Format::Csv {
        return csv(columns, value, look);
    }
    let width = columns
        .iter()
        .map(|column| column.heading.len())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for column in columns {
        let cell = (column.cell)(value);
        let shown = cell.show(look);
        let tone = column::tone(column.kind, shown.as_deref());
        let shown = column::absent(shown, look.format);
        if look.on_terminal() {
            let mut heading = format!("{:width$}", column.heading);
            let mut lines = cell.lines(look);
            if lines.is_empty() {
                lines.push(shown);
            }
            for line in lines {
                out.push_str(&Tone::Heading.paint(&heading, look.colour));
                out.push_str("  ");
                out.push_str(&tone.paint(&line, look.colour));
                out.push('\n');
                heading = " ".repeat(width);
            }
        } else {
            out.push_str(&Tone::Heading.paint(column.heading, look.colour));
            out.push('\t');
            out.push_str(&tone.paint(&shown, look.colour));
            out.push('\n');
        }
    }
    out
}

fn csv<T>(columns: &[Column<T>], value: &T, look: &Look) -> String {
    let headings = columns
        .iter()
        .map(|column| column.heading.to_owned())
        .collect::<Vec<_>>();
    let cells = columns
        .iter()
        .map(|column| column::absent((column.cell)(value).show(look), look.format))
        .collect::<Vec<_>>();
    let header = if look.headers {
        plain::line(&headings, look.format)
    } else {
        String::new()
    };
    header + &plain::line(&cells, look.format)
}
