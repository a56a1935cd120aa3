//! The detail view of an object: one field per line.

use unicode_width::UnicodeWidthStr as _;

use super::RenderOptions;
use super::column::{self, Cell, Row};
use super::layout::{self, GAP};
use super::render::Output;
use crate::error::Error;
use crate::json::{self, Members};
use crate::sanitize;
use crate::time::WireTime;
use crate::tone::Tone;

/// Appends an object with known columns, one aligned field per line.
pub(super) fn aligned(out: &mut Output<'_>, row: &dyn Row) {
    let Output {
        text,
        options,
        headings,
        ..
    } = out;
    let width = headings.iter().map(|heading| heading.text.len()).max();
    let width = width.unwrap_or(0);
    for heading in headings {
        let cell = row.cell(heading.index);
        let tone = column::tone(heading.kind, cell.show(options).as_deref());
        let mut lines = cell.lines(options);
        if lines.is_empty() {
            lines.push(
                cell.show(options)
                    .unwrap_or_else(|| column::ABSENT.to_owned()),
            );
        }
        let mut name = format!("{:width$}", heading.text);
        for line in lines.iter().flat_map(|line| hang(line, width, options)) {
            text.push_str(&Tone::Heading.paint(&name, options.color));
            text.push_str("  ");
            text.push_str(&tone.paint(line, options.color));
            text.push('\n');
            name = " ".repeat(width);
        }
    }
}

/// The lines of a value behind a name column of this width: wrapped text hangs under its value.
fn hang<'a>(line: &'a str, name_width: usize, options: &RenderOptions) -> Vec<&'a str> {
    let width = options.width.unwrap_or(usize::MAX);
    layout::wrap(line, width.saturating_sub(name_width + GAP))
}

/// The maximum width of the name column. Longer names would indent every line.
const LONGEST_NAME: usize = 48;

/// Writes a JSON object, one member per line in the router's order. `push` appends a member, given the width of the name
/// column.
pub(super) fn object(
    document: &str,
    out: &mut Output<'_>,
    push: impl Fn(&mut Output<'_>, &str, &str, usize),
) -> Result<(), Error> {
    if !document.starts_with('{') {
        out.text.push_str(&sanitize::cell(&json::compact(document)));
        out.text.push('\n');
        return Ok(());
    }
    let names = Members::of(document).map(|(name, _)| json::string(name));
    let width = names.map(|name| sanitize::cell(&name).width()).max();
    let width = width.unwrap_or(0).min(LONGEST_NAME);
    for (name, raw) in Members::of(document) {
        push(out, &json::string(name), raw, width);
        out.flush_if_full()?;
    }
    Ok(())
}

/// Appends a member on a terminal, with nested values indented.
pub(super) fn push_member(out: &mut Output<'_>, name: &str, raw: &str, width: usize) {
    let Output { text, options, .. } = out;
    let nested = matches!(raw.as_bytes().first(), Some(b'{' | b'['));
    let value = if nested {
        json::indented(raw)
    } else {
        member(name, raw, options).unwrap_or_else(|| column::ABSENT.to_owned())
    };
    let name = sanitize::cell(name);
    let mut before = Tone::Heading.paint(&name, options.color);
    before.push_str(&" ".repeat(width.saturating_sub(name.width())));
    let lines = value.lines().flat_map(|line| {
        if nested {
            vec![line]
        } else {
            hang(line, width, options)
        }
    });
    for line in lines {
        text.push_str(&format!("{before}  {line}\n"));
        before = " ".repeat(width);
    }
}

/// The cell of a member without a column.
pub(super) fn member(name: &str, raw: &str, options: &RenderOptions) -> Option<String> {
    match raw.as_bytes().first() {
        _ if raw == "null" => None,
        Some(b'"') => {
            let text = json::string(raw);
            if is_time(name, &text) {
                Cell::from(Some(WireTime::read(&*text))).show(options)
            } else {
                Cell::Text(text).show(options)
            }
        }
        Some(b'0'..=b'9') if is_size(name) => Cell::Bytes(raw.into()).show(options),
        _ => Cell::from(json::compact(raw)).show(options),
    }
}

/// Whether a member without a column is a number of bytes.
fn is_size(name: &str) -> bool {
    name == "bytes" || name.ends_with("_bytes") || name.ends_with("Bytes")
}

/// Whether a member without a column is a timestamp.
fn is_time(name: &str, text: &str) -> bool {
    (name.ends_with("_at") || name.ends_with("At")) && text.contains('T')
}
