//! A table on a terminal whose rows come one by one: each is laid out when it comes, and columns only ever widen.

use unicode_width::UnicodeWidthStr as _;

use super::column::{self, Column};
use super::{Format, Look, plain};
use crate::tone::Tone;

/// The widths of the columns so far.
#[derive(Debug, Default)]
pub struct Growing {
    widths: Vec<usize>,
    begun: bool,
}

impl Growing {
    /// The text of one more row, under the headings if it is the first one.
    pub fn row<T>(&mut self, columns: &[Column<T>], value: &T, look: &Look) -> String {
        let first = !std::mem::replace(&mut self.begun, true) && look.headers;
        if !look.on_terminal() || look.format == Format::Csv {
            let header = if first {
                plain::header(columns, look)
            } else {
                String::new()
            };
            return header + &plain::rows(columns, std::slice::from_ref(value), look);
        }
        let columns = column::of_list(columns, look);
        self.widths.resize(columns.len(), 0);
        let cells: Vec<(String, Tone)> = columns
            .iter()
            .map(|column| {
                let text = (column.cell)(value).show(look);
                let tone = column::tone(column.kind, text.as_deref());
                (column::absent(text, look.format), tone)
            })
            .collect();
        let headings: Vec<(String, Tone)> = columns
            .iter()
            .map(|column| (column.heading.to_owned(), Tone::Heading))
            .collect();
        let lines = if first {
            vec![headings, cells]
        } else {
            vec![cells]
        };
        for line in &lines {
            for (width, (text, _)) in self.widths.iter_mut().zip(line) {
                *width = (*width).max(text.width());
            }
        }
        lines
            .iter()
            .map(|line| self.line(line, look.colour))
            .collect()
    }

    fn line(&self, cells: &[(String, Tone)], colour: bool) -> String {
        let mut line = String::new();
        let last = cells.len().saturating_sub(1);
        for (index, ((text, tone), width)) in cells.iter().zip(&self.widths).enumerate() {
            line.push_str(&tone.paint(text, colour));
            if index < last {
                line.push_str(&" ".repeat(width - text.width() + 2));
            }
        }
        line.push('\n');
        line
    }
}
