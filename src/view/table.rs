//! The table on a terminal: aligned, coloured, and cut to the width that there is.

use comfy_table::{Table, presets};
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::column::{self, Column, Kind, Rank};
use crate::tone::Tone;

/// Blanks between two columns.
const GAP: usize = 2;

/// Text is not cut below this many columns; rather a whole column goes.
const LEAST: usize = 8;

/// A table and what did not fit into it.
pub struct Fitted {
    /// The lines of the table.
    pub text: String,
    /// Headings of the columns that the terminal had no room for.
    pub left_out: Vec<&'static str>,
}

impl Fitted {
    /// Text of which nothing had to be left out.
    #[must_use]
    pub fn whole(text: String) -> Self {
        Self {
            text,
            left_out: Vec::new(),
        }
    }
}

/// Lays out the values on a terminal of `look.width` columns.
///
/// Where that is too narrow, the extras of `-o wide` go first; then text other than ids and states is cut; only
/// then do documented columns go, from the right, ids of other things first, text before states, and never the first.
#[must_use]
pub fn table<T>(columns: &[Column<T>], values: &[T], look: &Look) -> Fitted {
    let mut lanes: Vec<Lane> = column::of_list(columns, look)
        .into_iter()
        .map(|column| Lane::new(column, values, look))
        .collect();
    let all: Vec<&'static str> = lanes.iter().map(|lane| lane.heading).collect();
    fit(&mut lanes, look.width.unwrap_or(usize::MAX));
    let is_there = |heading: &&str| lanes.iter().any(|lane| lane.heading == *heading);
    Fitted {
        text: draw(&lanes, values.len(), look),
        left_out: all
            .into_iter()
            .filter(|heading| !is_there(heading))
            .collect(),
    }
}

/// One column with its texts.
struct Lane {
    heading: &'static str,
    kind: Kind,
    rank: Rank,
    cells: Vec<Option<String>>,
    width: usize,
}

impl Lane {
    fn new<T>(column: &Column<T>, values: &[T], look: &Look) -> Self {
        let cells: Vec<_> = values
            .iter()
            .map(|value| (column.cell)(value).show(look))
            .collect();
        let heading = if look.headers {
            column.heading.width()
        } else {
            0
        };
        let widest = cells
            .iter()
            .map(|cell| cell.as_deref().unwrap_or("-").width())
            .max()
            .unwrap_or(0);
        Self {
            heading: column.heading,
            kind: column.kind,
            rank: column.rank,
            cells,
            width: heading.max(widest),
        }
    }

    /// The width below which this column goes rather than being cut.
    fn least(&self) -> usize {
        match self.kind {
            Kind::Text => self.width.min(LEAST),
            Kind::Id | Kind::Reference | Kind::State => self.width,
        }
    }
}

/// Takes columns out and narrows others until all fits.
fn fit(lanes: &mut Vec<Lane>, width: usize) {
    let total = |widths: &mut dyn Iterator<Item = usize>| {
        widths
            .map(|width| width + GAP)
            .sum::<usize>()
            .saturating_sub(GAP)
    };
    while total(&mut lanes.iter().map(|lane| lane.width)) > width {
        let Some(extra) = lanes.iter().rposition(|lane| lane.rank == Rank::Extra) else {
            break;
        };
        lanes.remove(extra);
    }
    while lanes.len() > 1 && total(&mut lanes.iter().map(Lane::least)) > width {
        let last = |kind| {
            lanes
                .iter()
                .skip(1)
                .rposition(|lane: &Lane| lane.kind == kind)
        };
        let victim = last(Kind::Reference)
            .or_else(|| last(Kind::Text))
            .map_or(lanes.len() - 1, |index| index + 1);
        lanes.remove(victim);
    }
    let mut excess = total(&mut lanes.iter().map(|lane| lane.width)).saturating_sub(width);
    while excess > 0 {
        let widest = lanes
            .iter_mut()
            .filter(|lane| lane.width > lane.least())
            .max_by_key(|lane| lane.width);
        let Some(lane) = widest else { break };
        lane.width -= 1;
        excess -= 1;
    }
}

fn draw(columns: &[Lane], rows: usize, look: &Look) -> String {
    let mut lines = Vec::with_capacity(rows + 1);
    if look.headers {
        lines.push(
            columns
                .iter()
                .map(|column| (cut(column.heading, column.width), Tone::Heading))
                .collect::<Vec<_>>(),
        );
    }
    for row in 0..rows {
        lines.push(
            columns
                .iter()
                .map(|column| {
                    let cell = column.cells[row].clone();
                    let tone = column::tone(column.kind, cell.as_deref());
                    let text = column::absent(cell, look.format);
                    (cut(&text, column.width), tone)
                })
                .collect(),
        );
    }
    let widths = widths(&lines);
    let mut out = String::new();
    for (cells, line) in lines.iter().zip(laid_out(&lines)) {
        out.push_str(paint(cells, &widths, &line, look.colour).trim_end());
        out.push('\n');
    }
    out
}

/// The width of each column as drawn.
fn widths(lines: &[Vec<(String, Tone)>]) -> Vec<usize> {
    let mut widths = Vec::new();
    for cells in lines {
        widths.resize(cells.len(), 0);
        for (width, (text, _)) in widths.iter_mut().zip(cells) {
            *width = text.width().max(*width);
        }
    }
    widths
}

/// The lines with every cell padded to the width of its column.
fn laid_out(lines: &[Vec<(String, Tone)>]) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .add_rows(lines.iter().map(|cells| cells.iter().map(|(text, _)| text)));
    for column in table.column_iter_mut() {
        // GAP, in the type that the library takes.
        column.set_padding((0, 2));
    }
    table.lines().collect()
}

/// Colours the cells of a line that is already laid out: the layout counts escapes as width, so colour comes last.
fn paint(cells: &[(String, Tone)], widths: &[usize], line: &str, colour: bool) -> String {
    let mut out = String::with_capacity(line.len() * 2);
    let mut rest = line;
    for ((text, tone), width) in cells.iter().zip(widths) {
        let Some(after) = rest.strip_prefix(text.as_str()) else {
            break;
        };
        out.push_str(&tone.paint(text, colour));
        let padding = (width - text.width() + GAP).min(after.len());
        let (blanks, next) = after.split_at_checked(padding).unwrap_or((after, ""));
        out.push_str(blanks);
        rest = next;
    }
    out.push_str(rest);
    out
}

/// `text` in at most `width` columns, the last of them `…` where something had to go.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    // The width of a text is not the sum of its characters' widths: some change the one before.
    let kept = text
        .char_indices()
        .map(|(at, c)| &text[..at + c.len_utf8()])
        .take_while(|prefix| prefix.width() < width)
        .last()
        .unwrap_or_default();
    format!("{kept}…")
}
