//! One object: a field a line, with everything that is known of it.

use unicode_width::UnicodeWidthStr as _;

use super::column::{self, Cell, Column};
use super::{Format, Look, plain};
use crate::json;
use crate::sanitise;
use crate::time::Stamp;
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

/// Any JSON object as text: a member a line, in the router's order. On a terminal what is nested is indented.
#[must_use]
pub fn object(document: &str, look: &Look) -> String {
    let Some(members) = json::members(document) else {
        return sanitise::cell(&json::compact(document)).into_owned() + "\n";
    };
    let cell = |name: &str, raw: &str| match raw.as_bytes().first() {
        _ if raw == "null" => None,
        Some(b'"') => {
            let text: String = serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned());
            match Stamp::read(&text) {
                stamp if is_time(name, &text) => Cell::Time(&stamp).show(look),
                _ => Cell::from(text).show(look),
            }
        }
        _ => Cell::from(json::compact(raw)).show(look),
    };
    if members.is_empty() {
        return String::new();
    }
    if look.format == Format::Csv {
        let headings: Vec<String> = members
            .iter()
            .map(|(name, _)| sanitise::cell(name).into_owned())
            .collect();
        let cells: Vec<String> = members
            .iter()
            .map(|(name, raw)| column::absent(cell(name, raw.get()), look.format))
            .collect();
        let header = plain::line(&headings, look.format);
        return if look.headers { header } else { String::new() }
            + &plain::line(&cells, look.format);
    }
    let names = members.iter().map(|(name, _)| sanitise::cell(name));
    let width = names.map(|name| name.width()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, raw) in &members {
        let shown = column::absent(cell(name, raw.get()), look.format);
        let name = sanitise::cell(name);
        let heading = Tone::Heading.paint(&name, look.colour);
        if !look.on_terminal() {
            out.push_str(&format!("{heading}\t{shown}\n"));
            continue;
        }
        let nested = matches!(raw.get().as_bytes().first(), Some(b'{' | b'['));
        let lines = if nested {
            json::indented(raw.get())
        } else {
            shown
        };
        let mut before = heading + &" ".repeat(width - name.width());
        for line in lines.lines() {
            out.push_str(&format!("{before}  {line}\n"));
            before = " ".repeat(width);
        }
    }
    out
}

/// Whether a member of which only its name is known is a point in time.
fn is_time(name: &str, text: &str) -> bool {
    (name.ends_with("_at") || name.ends_with("At")) && text.contains('T')
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
