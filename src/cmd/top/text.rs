//! The text of tables and records, as other commands print it.

use std::borrow::Cow;
use std::cell::RefCell;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::error::Error;
use crate::view::column::Column;
use crate::view::render::Sink;
use crate::view::{Format, RenderOptions, Renderer};

/// From this width on, which leaves a margin on 120 columns, more columns are shown.
const WIDE: usize = 118;

/// The end of a style.
const RESET: &str = "\u{1b}[0m";

/// A result in memory.
#[derive(Default)]
struct Memory(RefCell<String>);

impl Sink for Memory {
    fn print(&self, text: &str) -> Result<(), Error> {
        self.0.borrow_mut().push_str(text);
        Ok(())
    }

    /// The columns that do not fit are not missed on a screen.
    fn note(&self, _: &str) {}

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        text.into()
    }

    fn with_change(&self, error: Error) -> Error {
        error
    }
}

impl Memory {
    fn lines(self) -> Vec<String> {
        let text = self.0.into_inner();
        text.lines().map(str::to_owned).collect()
    }
}

/// How results are shown on a screen of this width.
pub(super) fn options(options: &RenderOptions, width: usize) -> RenderOptions {
    RenderOptions {
        format: if width >= WIDE {
            Format::Wide
        } else {
            Format::Table
        },
        filter: None,
        columns: None,
        width: Some(width),
        ..options.clone()
    }
}

/// The lines of a table.
pub(super) fn table<T>(columns: &[Column<T>], items: &[&T], options: RenderOptions) -> Vec<String> {
    let memory = Memory::default();
    let mut rows = Renderer::new(&memory, options).rows(columns);
    let mut printed = rows.begin([]);
    for item in items {
        printed = printed.and_then(|()| rows.row("{}", || Ok(*item)));
    }
    // Memory takes everything.
    let _ = printed.and_then(|()| rows.end(&[]));
    drop(rows);
    memory.lines()
}

/// The lines of an object.
pub(super) fn record<T>(columns: &[Column<T>], item: &T, options: RenderOptions) -> Vec<String> {
    let memory = Memory::default();
    let _ = Renderer::new(&memory, options).record(columns, item, "{}");
    memory.lines()
}

/// The line in pieces of this width. Styles take none.
pub(super) fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut left = width;
    let mut is_style = false;
    for c in line.chars() {
        is_style |= c == '\u{1b}';
        let columns = if is_style { 0 } else { c.width().unwrap_or(0) };
        if columns > left {
            pieces.push(String::new());
            left = width;
        }
        left = left.saturating_sub(columns);
        is_style &= !c.is_ascii_alphabetic();
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

/// The line cut to this width, with an ellipsis at its end if it is longer. Styles take none.
pub(super) fn clipped(line: &str, width: usize, ellipsis: &str) -> String {
    let (whole, is_cut) = start(line, width, "");
    if is_cut {
        start(line, width.saturating_sub(ellipsis.width()), ellipsis).0
    } else {
        whole
    }
}

/// The start of a line, at most this wide, and whether there is more, which `end` then stands for.
fn start(line: &str, width: usize, end: &str) -> (String, bool) {
    let mut out = String::with_capacity(line.len());
    let mut left = width;
    let mut is_styled = false;
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            out.push(c);
            is_styled = true;
            for c in rest.by_ref() {
                out.push(c);
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
            continue;
        }
        let columns = c.width().unwrap_or(0);
        if columns > left {
            out.push_str(end);
            if is_styled {
                out.push_str(RESET);
            }
            return (out, true);
        }
        left -= columns;
        out.push(c);
    }
    (out, false)
}
