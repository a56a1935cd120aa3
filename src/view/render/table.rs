//! `-o table` and `-o wide` on a terminal.

use super::{Formatter, Output, Result, Summary};
use crate::view::column::Row;
use crate::view::record;
use crate::view::table::Blocks;

/// A table is laid out in blocks of so many rows,
const BLOCK: usize = 1000;
/// and of so many bytes of JSON.
const BLOCK_BYTES: usize = 1024 * 1024;

/// A table that is aligned block by block, or row by row if it streams.
#[derive(Default)]
pub(super) struct Table {
    blocks: Blocks,
    /// The rows of the next block.
    cells: Vec<Vec<Option<String>>>,
    bytes: usize,
    is_drawn: bool,
}

impl Table {
    fn draw(&mut self, out: &mut Output<'_>) -> Result {
        let cells = std::mem::take(&mut self.cells);
        let text = self
            .blocks
            .block(&out.headings, cells, &out.options, out.streams);
        self.bytes = 0;
        let is_first = !std::mem::replace(&mut self.is_drawn, true);
        if is_first && out.streams {
            // Before the rows, so that it does not stand between them.
            self.note_hidden(out);
        }
        out.text.push_str(&text);
        out.flush()
    }

    fn note_hidden(&self, out: &Output<'_>) {
        let hidden = self.blocks.hidden_columns(&out.headings);
        if !hidden.is_empty() {
            let hidden = hidden.join(", ");
            out.sink
                .note(&format!("hidden columns (narrow terminal): {hidden}"));
        }
    }
}

impl Formatter for Table {
    fn row(&mut self, out: &mut Output<'_>, row: &dyn Row) -> Result {
        let cells = out.headings.iter();
        let cells = cells.map(|heading| row.cell(heading.index).show(&out.options));
        self.cells.push(cells.collect());
        self.bytes += row.json().len();
        if out.streams || self.cells.len() >= BLOCK || self.bytes >= BLOCK_BYTES {
            self.draw(out)?;
        }
        Ok(())
    }

    fn flush(&mut self, out: &mut Output<'_>) -> Result {
        if self.cells.is_empty() {
            return Ok(());
        }
        self.draw(out)
    }

    fn end(&mut self, out: &mut Output<'_>, _: &[&str]) -> Result {
        if out.streams {
            return Ok(());
        }
        if !self.cells.is_empty() || !self.is_drawn {
            self.draw(out)?;
        }
        self.note_hidden(out);
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
