//! The widths of a table's columns on a terminal: which columns fit, and where cells are cut.
//!
//! On a narrow terminal, headers are cut first, down to their values. Then text shrinks, and IDs of other objects. Then the
//! additional columns of `-o wide` are hidden by priority, and last, documented columns from the right, but never the
//! first.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr as _};

use super::column::{self, Heading, Kind, Visibility};

/// Spaces between two columns.
pub(super) const GAP: usize = 2;

/// Headers are not cut below this width.
const LEAST_HEADER: usize = 5;

/// Names and other text are not cut below this width, and for columns of `-o wide` not below the second,
const LEAST_TEXT: usize = 8;
const READABLE_TEXT: usize = 12;
/// nor IDs of other objects below this one.
const LEAST_REFERENCE: usize = 13;

/// Longer IDs and status words count as this long when columns are chosen. UUIDs have 36 characters.
const LONGEST_ID: usize = 40;
/// They are not cut below this width, and only if nothing but a status would be shown beside them.
const LEAST_ID: usize = 20;

/// The number of characters examined per terminal column when cutting text, more than a letter with combining marks
/// has.
const LONGEST_CLUSTER: usize = 16;

/// One column with its cells.
pub(super) struct ColumnLayout {
    pub(super) heading: &'static str,
    pub(super) kind: Kind,
    rank: Visibility,
    priority: u8,
    pub(super) cells: Vec<Option<String>>,
    /// The width of the header, or of the column in earlier blocks.
    before: usize,
    /// Whether the header counts, which may be cut.
    has_header: bool,
    /// The width of the widest cell.
    widest: usize,
    /// The width that nine of ten cells need, or of fewer cells all: a single long cell must not hide other columns.
    usual: usize,
    /// The width that cells of later blocks are expected to need.
    pub(super) expected: usize,
    /// The width of the column.
    pub(super) width: usize,
}

impl ColumnLayout {
    /// A column of the first block with its header, or of a later one with the width so far.
    pub(super) fn new(
        heading: &Heading,
        cells: Vec<Option<String>>,
        before: usize,
        is_first: bool,
    ) -> Self {
        let shown = |cell: &Option<String>| cell.as_deref().unwrap_or(column::ABSENT).width();
        let mut widths: Vec<usize> = cells.iter().map(shown).collect();
        widths.sort_unstable();
        let widest = widths.last().copied().unwrap_or_default();
        let usual = match widths.len() {
            0..10 => widest,
            count => widths[(count - 1) * 9 / 10],
        };
        Self {
            heading: heading.text,
            kind: heading.kind,
            rank: heading.rank,
            priority: heading.priority,
            cells,
            before,
            has_header: is_first,
            widest,
            usual: usual.min(LONGEST_ID),
            expected: 0,
            width: before.max(widest),
        }
    }

    /// The same, with room for cells of this width in later blocks.
    pub(super) fn expecting(mut self, width: usize) -> Self {
        self.expected = width;
        self.widest = self.widest.max(width);
        self.usual = self.usual.max(width);
        self.width = self.width.max(width);
        self
    }

    /// The width that the header needs at least.
    fn header_width(&self) -> usize {
        if self.has_header {
            self.before.min(LEAST_HEADER)
        } else {
            0
        }
    }

    /// The width at which only the header is cut.
    fn values_width(&self) -> usize {
        self.widest.max(self.header_width())
    }

    /// The width below which other documented columns are hidden instead.
    fn min_width(&self) -> usize {
        let least = match self.kind {
            Kind::Text => self.usual.min(LEAST_TEXT),
            Kind::Reference => self.usual.min(LEAST_REFERENCE),
            Kind::Id | Kind::State => self.usual,
            Kind::Link => self.widest,
        };
        least.max(self.header_width())
    }

    /// The width below which columns of `-o wide` are hidden instead: for them, no ID is cut.
    fn wide_width(&self) -> usize {
        let least = match self.kind {
            Kind::Text => self.usual.min(READABLE_TEXT),
            Kind::Reference => self.usual.min(LEAST_REFERENCE),
            Kind::Id | Kind::State => self.widest.min(LONGEST_ID),
            Kind::Link => self.widest,
        };
        least.max(self.header_width())
    }
}

/// Hides and narrows columns until the table fits. Columns are hidden only in the first block.
pub(super) fn fit(lanes: &mut Vec<ColumnLayout>, width: usize) {
    let may_hide = lanes.iter().all(|lane| lane.has_header);
    while may_hide
        && total(lanes, ColumnLayout::wide_width) > width
        && let Some(extra) = last_extra(lanes)
    {
        lanes.remove(extra);
    }
    while may_hide && lanes.len() > 1 && total(lanes, ColumnLayout::min_width) > width {
        if !cut_id(lanes, width) {
            lanes.remove(last_documented(lanes));
        }
    }
    if !may_hide {
        // Rows line up with those before.
        shrink(
            lanes,
            width,
            |lane| lane.before,
            |kind| !matches!(kind, Kind::Id | Kind::State),
        );
    }
    // No column needs more than the terminal's width, which limits the steps below.
    for lane in lanes.iter_mut() {
        lane.width = lane.width.min(width.max(lane.min_width()));
    }
    shrink(lanes, width, ColumnLayout::values_width, |_| true);
    shrink(lanes, width, ColumnLayout::min_width, |kind| {
        matches!(kind, Kind::Text | Kind::Reference)
    });
    shrink(lanes, width, ColumnLayout::min_width, |_| true);
}

/// By how many columns a row may be wider than it is measured: terminals disagree on emoji that consist of several.
pub(super) fn uncertainty(lanes: &[ColumnLayout]) -> usize {
    let rows = lanes.iter().map(|lane| lane.cells.len()).max();
    let cell = |lane: &ColumnLayout, row: usize| {
        let text = lane.cells.get(row).and_then(Option::as_deref);
        let text = text.filter(|text| !text.is_ascii()).unwrap_or_default();
        let apart: usize = text.chars().filter_map(UnicodeWidthChar::width).sum();
        apart.saturating_sub(text.width())
    };
    let rows = 0..rows.unwrap_or_default();
    let rows = rows.map(|row| lanes.iter().map(|lane| cell(lane, row)).sum::<usize>());
    rows.max().unwrap_or_default()
}

fn total(lanes: &[ColumnLayout], width: impl Fn(&ColumnLayout) -> usize) -> usize {
    let widths = lanes.iter().map(|lane| width(lane) + GAP);
    widths.sum::<usize>().saturating_sub(GAP)
}

/// Cuts the IDs if only they and a status are left, because IDs alone say little. Returns whether both fit then.
fn cut_id(lanes: &mut [ColumnLayout], width: usize) -> bool {
    let [id, state] = lanes else { return false };
    if (id.kind, state.kind) != (Kind::Id, Kind::State) {
        return false;
    }
    let room = width.saturating_sub(state.min_width() + GAP);
    if room < LEAST_ID {
        return false;
    }
    id.usual = id.usual.min(room);
    true
}

/// Of the columns of `-o wide`, the one with the lowest priority, and of several, the last.
fn last_extra(lanes: &[ColumnLayout]) -> Option<usize> {
    let extras = lanes.iter().enumerate().skip(1).rev();
    let extras = extras.filter(|(_, lane)| lane.rank == Visibility::Extra);
    let least = extras.min_by_key(|(_, lane)| lane.priority);
    least.map(|(index, _)| index)
}

/// The documented column to hide next.
fn last_documented(lanes: &[ColumnLayout]) -> usize {
    let last = |kind| {
        let mut kinds = lanes.iter().skip(1).map(|lane| lane.kind);
        kinds
            .rposition(|other| other == kind)
            .map(|index| index + 1)
    };
    let kinds = [Kind::Link, Kind::Reference, Kind::Text];
    let column = kinds.into_iter().find_map(last);
    column.unwrap_or(lanes.len() - 1)
}

/// Narrows the widest of some columns, down to `least`, until the table fits.
fn shrink(
    lanes: &mut [ColumnLayout],
    width: usize,
    least: impl Fn(&ColumnLayout) -> usize,
    is_cut: impl Fn(Kind) -> bool,
) {
    let mut excess = total(lanes, |lane| lane.width).saturating_sub(width);
    while excess > 0 {
        let lanes = lanes.iter_mut();
        let widest = lanes
            .filter(|lane| is_cut(lane.kind) && lane.width > least(lane))
            .max_by_key(|lane| lane.width);
        let Some(lane) = widest else { return };
        lane.width -= 1;
        excess -= 1;
    }
}

/// Cuts `text` to `width` columns. A name or an ID is cut in the middle, because its end often tells it apart; sentences
/// and status words are cut at the end.
pub(super) fn cut(text: &str, width: usize, kind: Kind, ellipsis: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(ellipsis.width());
    // A time, too, is known by its start.
    let is_sentence = kind == Kind::State || text.contains([' ', ':']);
    let tail = if is_sentence || kept < 4 {
        ""
    } else {
        end(text, kept / 2)
    };
    let head = start(text, kept.saturating_sub(tail.width()));
    let shown = format!("{head}{ellipsis}{tail}");
    if tail.is_empty() || shown.width() <= width {
        return shown;
    }
    // Characters at the seam may combine.
    format!("{}{ellipsis}", start(text, kept))
}

/// Below this width, text is not wrapped but left to the terminal.
const LEAST_WRAPPED: usize = 24;

/// The lines of a text at most this wide, broken at spaces. A longer word stays in one piece, so that it can be copied.
pub(super) fn wrap(text: &str, width: usize) -> Vec<&str> {
    if width < LEAST_WRAPPED || text.width() <= width {
        return vec![text];
    }
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.width() > width {
        let fits = start(rest, width);
        let behind = &rest[fits.len()..];
        let inside = fits.rfind(' ').filter(|at| *at > 0);
        let at = match inside {
            _ if behind.starts_with(' ') => Some(fits.len()),
            Some(at) => Some(at),
            None => behind.find(' ').map(|at| fits.len() + at),
        };
        let Some(at) = at else { break };
        lines.push(rest[..at].trim_end_matches(' '));
        rest = rest[at..].trim_start_matches(' ');
    }
    lines.push(rest);
    lines
}

/// The longest start of a text of at most this width.
///
/// The width of a text is not the sum of its characters' widths: some modify the preceding one. A text may also contain any
/// number of zero-width characters.
fn start(text: &str, width: usize) -> &str {
    text.char_indices()
        .take((width + 1) * LONGEST_CLUSTER)
        .map(|(at, c)| &text[..at + c.len_utf8()])
        .take_while(|prefix| prefix.width() <= width)
        .last()
        .unwrap_or_default()
}

/// The longest end of a text of at most this width that starts with a character of its own.
fn end(text: &str, width: usize) -> &str {
    let ends = text
        .char_indices()
        .rev()
        .take((width + 1) * LONGEST_CLUSTER);
    let ends = ends.map(|(at, c)| (&text[at..], text[at..at + c.len_utf8()].width() > 0));
    let ends = ends.take_while(|(end, _)| end.width() <= width);
    let whole = ends.filter(|(_, is_own)| *is_own).map(|(end, _)| end);
    whole.last().unwrap_or_default()
}

#[cfg(test)]
mod tests;
