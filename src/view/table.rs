//! Tables on a terminal: aligned, colored, and cut to its width.

use comfy_table::{ColumnConstraint, Table, Width, presets};
use unicode_width::UnicodeWidthStr;

use super::RenderOptions;
use super::column::{self, Heading, Kind};
use super::layout::{self, ColumnLayout, GAP};
use crate::tone::Tone;

/// [`GAP`] as the library's left and right padding.
const PADDING: (u16, u16) = (0, 2);

/// A table that is laid out in blocks, so that a long one need not be kept in memory. The first block has the headers and
/// determines which columns fit. Later blocks can only widen columns.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// The visible columns with their widths, or `None` before the first block.
    kept: Option<Vec<(&'static str, usize)>>,
}

impl Blocks {
    /// Lays out one more block. Each row has the cells of all columns, which are the same for every block. In a table that
    /// `streams`, the first block leaves room for later ones.
    pub(super) fn block(
        &mut self,
        headings: &[Heading],
        mut rows: Vec<Vec<Option<String>>>,
        options: &RenderOptions,
        streams: bool,
    ) -> String {
        let before = self.kept.take();
        let width_of = |heading: &Heading| match &before {
            None if options.headers => Some(heading.text.width()),
            None => Some(0),
            Some(kept) => kept
                .iter()
                .find(|(text, _)| *text == heading.text)
                .map(|(_, width)| *width),
        };
        let mut lanes = Vec::new();
        for (index, heading) in headings.iter().enumerate() {
            if let Some(min_width) = width_of(heading) {
                let cells = rows.iter_mut().map(|row| row[index].take());
                let is_first = before.is_none();
                let lane = ColumnLayout::new(heading, cells.collect(), min_width, is_first);
                lanes.push(if streams && is_first {
                    lane.expecting(heading.width)
                } else {
                    lane
                });
            }
        }
        let width = options.width.unwrap_or(usize::MAX);
        let width = width.saturating_sub(layout::uncertainty(&lanes));
        layout::fit(&mut lanes, width);
        let (text, widths) = draw(&lanes, rows.len(), before.as_deref(), options);
        let kept = lanes.iter().zip(widths);
        self.kept = Some(kept.map(|(lane, width)| (lane.heading, width)).collect());
        text
    }

    /// The headers of the hidden columns.
    pub(super) fn hidden_columns(&self, headings: &[Heading]) -> Vec<&'static str> {
        let is_there = |heading: &str| {
            let mut kept = self.kept.iter().flatten();
            kept.any(|(known, _)| *known == heading)
        };
        let headings = headings.iter().map(|heading| heading.text);
        headings.filter(|heading| !is_there(heading)).collect()
    }
}

/// The text of a block, and the widths of its columns: those `before`, or wider.
fn draw(
    lanes: &[ColumnLayout],
    rows: usize,
    before: Option<&[(&'static str, usize)]>,
    options: &RenderOptions,
) -> (String, Vec<usize>) {
    let ellipsis = options.ellipsis();
    let mut lines = Vec::with_capacity(rows + 1);
    if options.headers && before.is_none() {
        let header =
            |lane: &ColumnLayout| layout::cut(lane.heading, lane.width, Kind::State, ellipsis);
        let headers = lanes.iter().map(|lane| (header(lane), Tone::Heading));
        lines.push(headers.collect::<Vec<_>>());
    }
    for row in 0..rows {
        let cells = lanes.iter().map(|lane| {
            let cell = lane.cells[row].as_deref();
            let text = cell.unwrap_or(column::ABSENT);
            let tone = column::tone(lane.kind, cell);
            (layout::cut(text, lane.width, lane.kind, ellipsis), tone)
        });
        lines.push(cells.collect());
    }
    let width_before = |lane: &ColumnLayout| {
        let mut known = before.into_iter().flatten();
        let known = known.find(|(heading, _)| *heading == lane.heading);
        known
            .map_or(lane.expected, |(_, width)| *width)
            .min(lane.width)
    };
    let mut widths: Vec<usize> = lanes.iter().map(width_before).collect();
    for line in &lines {
        for (width, (text, _)) in widths.iter_mut().zip(line) {
            *width = text.width().max(*width);
        }
    }
    let mut out = String::new();
    push_lines(&mut out, &lines, &widths, options.color);
    (out, widths)
}

/// Appends lines of cells, each cell at least as wide as its column.
fn push_lines(out: &mut String, lines: &[Vec<(String, Tone)>], widths: &[usize], color: bool) {
    // A cell that can't be cut widens its column in these lines.
    let mut widths = widths.to_vec();
    for line in lines {
        for (width, (text, _)) in widths.iter_mut().zip(line) {
            *width = text.width().max(*width);
        }
    }
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .add_rows(lines.iter().map(|cells| cells.iter().map(|(text, _)| text)));
    for (column, width) in table.column_iter_mut().zip(&widths) {
        let width = u16::try_from(width + GAP).unwrap_or(u16::MAX);
        column
            .set_padding(PADDING)
            .set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
    }
    for (cells, line) in lines.iter().zip(table.lines()) {
        let start = out.len();
        paint(out, cells, &widths, &line, color);
        out.truncate(start + out[start..].trim_end_matches(' ').len());
        out.push('\n');
    }
}

/// Appends a laid-out line in color. Color comes last, because the layout would count escapes as width.
fn paint(out: &mut String, cells: &[(String, Tone)], widths: &[usize], line: &str, color: bool) {
    let mut rest = line;
    for ((text, tone), width) in cells.iter().zip(widths) {
        let Some(after) = rest.strip_prefix(text.as_str()) else {
            break;
        };
        out.push_str(&tone.paint(text, color));
        let padding = (width - text.width() + GAP).min(after.len());
        let (blanks, next) = after.split_at_checked(padding).unwrap_or((after, ""));
        out.push_str(blanks);
        rest = next;
    }
    out.push_str(rest);
}
