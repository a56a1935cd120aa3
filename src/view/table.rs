//! Tables on a terminal: aligned, colored, and cut to its width.

use comfy_table::{ColumnConstraint, Table, Width, presets};
use unicode_width::UnicodeWidthStr;

use super::RenderOptions;
use super::column::{self, Heading, Kind, Visibility};
use crate::tone::Tone;

/// Spaces between two columns.
const GAP: usize = 2;
/// [`GAP`] as the library's left and right padding.
const PADDING: (u16, u16) = (0, 2);

/// Text is not cut below this width; the table column is hidden instead.
const LEAST: usize = 8;

/// The number of characters examined per terminal column when cutting text, more than a letter with combining marks
/// has.
const LONGEST_CLUSTER: usize = 16;

/// The maximum width of cells that are otherwise never cut, because every line is padded to the longest one.
const LONGEST: usize = 512;

/// A table that is laid out in blocks, so that a long one need not be kept in memory. The first block has the headers and
/// determines which columns fit. Later blocks can only widen columns.
///
/// On a narrow terminal, the additional columns of `-o wide` are hidden first. Then text is cut, but not IDs and
/// statuses. Only then are documented columns hidden, from the right: first IDs of other objects, then text, then
/// statuses, and never the first column.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// The visible columns with their widths, or `None` before the first block.
    kept: Option<Vec<(&'static str, usize)>>,
}

impl Blocks {
    /// Lays out one more block. Each row has the cells of all columns, which are the same for every block.
    pub(super) fn block(
        &mut self,
        headings: &[Heading],
        mut rows: Vec<Vec<Option<String>>>,
        options: &RenderOptions,
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
                lanes.push(ColumnLayout::new(heading, cells.collect(), min_width));
            }
        }
        fit(&mut lanes, options.width.unwrap_or(usize::MAX));
        let text = draw(&mut lanes, rows.len(), before.is_none(), options);
        let kept = lanes.iter().map(|lane| (lane.heading, lane.drawn));
        self.kept = Some(kept.collect());
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

/// One column with its cells.
struct ColumnLayout {
    heading: &'static str,
    kind: Kind,
    rank: Visibility,
    cells: Vec<Option<String>>,
    /// The maximum width.
    width: usize,
    /// The current width.
    drawn: usize,
}

impl ColumnLayout {
    fn new(heading: &Heading, cells: Vec<Option<String>>, min_width: usize) -> Self {
        let widest = cells
            .iter()
            .map(|cell| cell.as_deref().unwrap_or(column::ABSENT).width())
            .max()
            .unwrap_or(0);
        Self {
            heading: heading.text,
            kind: heading.kind,
            rank: heading.rank,
            cells,
            width: min_width.max(widest),
            drawn: min_width,
        }
    }

    /// The width below which this column is hidden instead of being cut.
    fn min_width(&self) -> usize {
        match self.kind {
            Kind::Text => self.width.min(LEAST),
            Kind::Id | Kind::Reference | Kind::State => self.width.min(LONGEST),
        }
    }
}

/// Hides and narrows columns until the table fits.
fn fit(lanes: &mut Vec<ColumnLayout>, width: usize) {
    let total = |widths: &mut dyn Iterator<Item = usize>| {
        widths
            .map(|width| width + GAP)
            .sum::<usize>()
            .saturating_sub(GAP)
    };
    while total(&mut lanes.iter().map(|lane| lane.width)) > width {
        let Some(extra) = lanes
            .iter()
            .rposition(|lane| lane.rank == Visibility::Extra)
        else {
            break;
        };
        lanes.remove(extra);
    }
    while lanes.len() > 1 && total(&mut lanes.iter().map(ColumnLayout::min_width)) > width {
        let last = |kind| {
            lanes
                .iter()
                .skip(1)
                .rposition(|lane: &ColumnLayout| lane.kind == kind)
        };
        let victim = last(Kind::Reference)
            .or_else(|| last(Kind::Text))
            .map_or(lanes.len() - 1, |index| index + 1);
        lanes.remove(victim);
    }
    // No column needs more than the terminal's width, which limits the steps below.
    for lane in lanes.iter_mut() {
        lane.width = lane.width.min(width.max(lane.min_width()));
    }
    let mut excess = total(&mut lanes.iter().map(|lane| lane.width)).saturating_sub(width);
    while excess > 0 {
        let widest = lanes
            .iter_mut()
            .filter(|lane| lane.width > lane.min_width())
            .max_by_key(|lane| lane.width);
        let Some(lane) = widest else { break };
        lane.width -= 1;
        excess -= 1;
    }
}

fn draw(lanes: &mut [ColumnLayout], rows: usize, first: bool, options: &RenderOptions) -> String {
    let mut lines = Vec::with_capacity(rows + 1);
    if options.headers && first {
        lines.push(
            lanes
                .iter()
                .map(|column| (cut(column.heading, column.width), Tone::Heading))
                .collect::<Vec<_>>(),
        );
    }
    for row in 0..rows {
        lines.push(
            lanes
                .iter()
                .map(|lane| {
                    let cell = lane.cells[row].as_deref();
                    let tone = column::tone(lane.kind, cell);
                    (cut(cell.unwrap_or(column::ABSENT), lane.width), tone)
                })
                .collect(),
        );
    }
    for lane in lanes.iter_mut() {
        lane.drawn = lane.drawn.min(lane.width);
    }
    for line in &lines {
        for (lane, (text, _)) in lanes.iter_mut().zip(line) {
            lane.drawn = lane.drawn.max(text.width());
        }
    }
    let widths: Vec<usize> = lanes.iter().map(|lane| lane.drawn).collect();
    let mut out = String::new();
    push_lines(&mut out, &lines, &widths, options.color);
    out
}

/// The header line, uncut.
pub(super) fn header(headings: &[Heading]) -> Vec<(String, Tone)> {
    let headings = headings.iter();
    headings
        .map(|heading| (heading.text.to_owned(), Tone::Heading))
        .collect()
}

/// Appends lines of cells, each cell at least as wide as its column.
pub(super) fn push_lines(
    out: &mut String,
    lines: &[Vec<(String, Tone)>],
    widths: &[usize],
    color: bool,
) {
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

/// Cuts `text` to `width` columns, with `…` in the last one.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    // The width of a text is not the sum of its characters' widths: some modify the preceding one. A text may also
    // contain any number of zero-width characters.
    let kept = text
        .char_indices()
        .take(width * LONGEST_CLUSTER)
        .map(|(at, c)| &text[..at + c.len_utf8()])
        .take_while(|prefix| prefix.width() < width)
        .last()
        .unwrap_or_default();
    format!("{kept}…")
}
