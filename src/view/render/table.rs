//! `-o table` and `-o wide` on a terminal.

use unicode_width::UnicodeWidthStr as _;

use super::{Formatter, Output, Result, Summary};
use crate::view::column::{self, Row};
use crate::view::record;
use crate::view::table::{self, Blocks};

/// A table is laid out in blocks of so many rows,
const BLOCK: usize = 1000;
/// and of so many bytes of JSON.
const BLOCK_BYTES: usize = 1024 * 1024;

/// A table that is aligned block by block, or row by row if it streams.
#[derive(Default)]
pub(super) struct Table {
    streaming: StreamingTable,
    blocks: Blocks,
    /// The rows of the next block.
    cells: Vec<Vec<Option<String>>>,
    bytes: usize,
    is_drawn: bool,
}

impl Table {
    fn draw(&mut self, out: &mut Output<'_>) -> Result {
        let cells = std::mem::take(&mut self.cells);
        let text = self.blocks.block(&out.headings, cells, &out.options);
        self.bytes = 0;
        self.is_drawn = true;
        out.text.push_str(&text);
        out.flush()
    }
}

impl Formatter for Table {
    fn row(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        if out.streams {
            self.streaming.push(out, row);
            return Ok(());
        }
        let cells = out.headings.iter();
        let cells = cells.map(|heading| row.cell(heading.index).show(&out.options));
        self.cells.push(cells.collect());
        self.bytes += row.json().len();
        if self.cells.len() >= BLOCK || self.bytes >= BLOCK_BYTES {
            self.draw(out)?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Output<'_>, _: &[&str]) -> Result {
        if out.streams {
            return Ok(());
        }
        if !self.cells.is_empty() || !self.is_drawn {
            self.draw(out)?;
        }
        let left_out = self.blocks.hidden_columns(&out.headings);
        if !left_out.is_empty() {
            let left_out = left_out.join(", ");
            out.sink
                .note(&format!("the terminal is too narrow for {left_out}"));
        }
        Ok(())
    }

    fn record(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        record::aligned(out, row);
        Ok(())
    }

    fn done(&mut self, out: &mut Output<'_>, summary: &Summary<'_>) -> Result {
        out.push_line(summary.sentence);
        Ok(())
    }

    fn document(&mut self, out: &mut Output<'_>, json: &str, _: Option<&str>) -> Result {
        record::object(json, out, record::push_member)
    }
}

/// A table whose rows are aligned one by one when they come; columns only ever widen.
#[derive(Default)]
struct StreamingTable {
    widths: Vec<usize>,
}

impl StreamingTable {
    fn push(&mut self, out: &mut Output<'_>, row: &dyn Row) {
        let Output {
            text,
            options,
            headings,
            ..
        } = out;
        let mut lines = Vec::new();
        if self.widths.is_empty() && options.headers {
            lines.push(table::header(headings));
        }
        let cells = headings.iter().map(|heading| {
            let cell = row.cell(heading.index).show(options);
            let tone = column::tone(heading.kind, cell.as_deref());
            (cell.unwrap_or_else(|| column::ABSENT.to_owned()), tone)
        });
        lines.push(cells.collect());
        self.widths.resize(headings.len(), 0);
        // One long cell must not widen all rows that follow.
        let most = options.width.unwrap_or(usize::MAX);
        for line in &lines {
            for (width, (cell, _)) in self.widths.iter_mut().zip(line) {
                *width = (*width).max(cell.width().min(most));
            }
        }
        table::push_lines(text, &lines, &self.widths, options.color);
    }
}
