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
        lanes.remove(last_documented(lanes));
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lane(heading: &'static str, kind: Kind, rank: Visibility, cells: &[&str]) -> ColumnLayout {
        let heading = Heading {
            text: heading,
            kind,
            rank,
            priority: 0,
            width: 0,
            index: 0,
        };
        let cells = cells.iter().map(|cell| Some((*cell).to_owned()));
        ColumnLayout::new(&heading, cells.collect(), heading.text.width(), true)
    }

    fn fitted(mut lanes: Vec<ColumnLayout>, width: usize) -> Vec<(&'static str, usize)> {
        fit(&mut lanes, width);
        lanes
            .iter()
            .map(|lane| (lane.heading, lane.width))
            .collect()
    }

    #[test]
    fn cuts_names_in_the_middle_and_sentences_at_the_end() {
        for (text, kind, cut_text) in [
            ("gpu-worker-1", Kind::Text, "gpu-worker-1"),
            ("gpu-worker-001", Kind::Text, "gpu-wo…er-001"),
            ("a drained node", Kind::Text, "a drained no…"),
            ("pending_approval", Kind::State, "pending_appr…"),
            ("東京-canary-worker", Kind::Text, "東京-c…worker"),
            ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", Kind::Text, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦…👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦"),
        ] {
            assert_eq!(cut(text, 13, kind, "…"), cut_text);
        }
        assert_eq!(
            cut("gpu-worker-001", 13, Kind::Text, "..."),
            "gpu-w...r-001"
        );
    }

    #[test]
    fn cuts_headers_before_values() {
        let lanes = || {
            vec![
                lane("ID", Kind::Id, Visibility::Documented, &["agt_1"]),
                lane(
                    "NAME",
                    Kind::Text,
                    Visibility::Documented,
                    &["gpu-worker-1-east"],
                ),
                lane(
                    "LAST_HEARTBEAT",
                    Kind::Text,
                    Visibility::Documented,
                    &["8s ago"],
                ),
            ]
        };
        assert_eq!(
            fitted(lanes(), 35),
            [("ID", 5), ("NAME", 17), ("LAST_HEARTBEAT", 9)]
        );
        assert_eq!(
            fitted(lanes(), 30),
            [("ID", 5), ("NAME", 15), ("LAST_HEARTBEAT", 6)]
        );
    }

    #[test]
    fn shrinks_text_before_it_hides_columns_and_extras_before_documented_ones() {
        let lanes = || {
            vec![
                lane("ID", Kind::Id, Visibility::Documented, &["agt_1"]),
                lane(
                    "NAME",
                    Kind::Text,
                    Visibility::Documented,
                    &[&"n".repeat(300)],
                ),
                lane("ROLE", Kind::Text, Visibility::Extra, &["execution"]),
                lane("CREATED", Kind::Text, Visibility::Extra, &["5m ago"]),
            ]
        };
        assert_eq!(
            fitted(lanes(), 60),
            [("ID", 5), ("NAME", 34), ("ROLE", 9), ("CREATED", 6)]
        );
        assert_eq!(fitted(lanes(), 31), [("ID", 5), ("NAME", 13), ("ROLE", 9)]);
        assert_eq!(fitted(lanes(), 20), [("ID", 5), ("NAME", 13)]);
        assert_eq!(fitted(lanes(), 15), [("ID", 5), ("NAME", 8)]);
        assert_eq!(fitted(lanes(), 10), [("ID", 5)]);
    }

    #[test]
    fn hides_the_extra_of_the_lowest_priority() {
        let mut lanes = vec![
            lane("ID", Kind::Id, Visibility::Documented, &["agt_1"]),
            lane("TIERS", Kind::State, Visibility::Extra, &["priority"]),
            lane("ROLE", Kind::State, Visibility::Extra, &["execution"]),
        ];
        lanes[2].priority = 1;
        assert_eq!(fitted(lanes, 16), [("ID", 5), ("ROLE", 9)]);
    }

    proptest! {
        #[test]
        fn one_long_cell_hides_no_column(
            long in 1..400_usize,
            column in 0..4_usize,
            row in 0..12_usize,
        ) {
            let names: Vec<Vec<String>> = ["agt_g0974f2pgyfa8vcq", "gpu-worker-1", "disconnected", "8s ago"]
                .iter()
                .enumerate()
                .map(|(index, usual)| {
                    let cell = |at| if (index, at) == (column, row) { "x".repeat(long) } else { (*usual).to_owned() };
                    (0..12).map(cell).collect()
                })
                .collect();
            let cells = |index: usize| names[index].iter().map(String::as_str).collect::<Vec<_>>();
            let lanes = vec![
                lane("ID", Kind::Id, Visibility::Documented, &cells(0)),
                lane("NAME", Kind::Text, Visibility::Documented, &cells(1)),
                lane("STATUS", Kind::State, Visibility::Documented, &cells(2)),
                lane("LAST_HEARTBEAT", Kind::Text, Visibility::Documented, &cells(3)),
            ];
            let found = fitted(lanes, 60);
            prop_assert_eq!(found.len(), 4);
            let sum: usize = found.iter().map(|(_, width)| width + GAP).sum();
            prop_assert!(sum - GAP <= 60, "{:?}", found);
        }

        #[test]
        fn wrapped_text_keeps_its_words(text in "[a-zé東 ]{0,120}", width in 24..60_usize) {
            let lines = wrap(&text, width);
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&lines.join(" ")), words(&text));
            for line in lines {
                prop_assert!(line.width() <= width || !line.trim().contains(' '), "{:?}", line);
            }
        }

        #[test]
        fn cut_text_is_never_too_wide(text in "\\PC{0,40}", width in 1..30_usize) {
            for kind in [Kind::Text, Kind::State] {
                let shown = cut(&text, width, kind, "…");
                prop_assert!(shown.width() <= width, "{:?} {}", shown, width);
            }
        }
    }
}
