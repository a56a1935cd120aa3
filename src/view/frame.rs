//! A table that is drawn again and again: laid out as a whole each time, with marks at what has changed.

use unicode_width::UnicodeWidthStr as _;

use super::RenderOptions;
use super::column::{self, Cell, Column, Heading, Kind};
use super::layout::{self, ColumnLayout, GAP};
use crate::sanitize;
use crate::time::TimeFormat;
use crate::tone::{self, Tone};

/// What marks a changed cell if there is no color.
const MARK: &str = "*";

/// The columns of a list, and how they are shown.
pub struct Grid<'c, T> {
    columns: &'c [Column<T>],
    headings: Vec<Heading>,
}

/// A row: the cells, and which of them are marked.
pub struct GridRow {
    /// The text of each column.
    pub cells: Vec<Option<String>>,
    /// Whether it has changed.
    pub marks: Vec<bool>,
}

/// A table as it is drawn.
pub struct Frame {
    /// Its lines; the first one has the headings, if there are any.
    pub lines: Vec<String>,
    /// The headings of the columns that did not fit.
    pub hidden: Vec<&'static str>,
}

impl<'c, T> Grid<'c, T> {
    /// The columns that a list has with these options.
    pub fn new(columns: &'c [Column<T>], options: &RenderOptions) -> Self {
        Self {
            columns,
            headings: column::of_list(columns, options),
        }
    }

    /// The headings.
    pub fn headings(&self) -> impl Iterator<Item = &'static str> {
        self.headings.iter().map(|heading| heading.text)
    }

    /// The first column of status words.
    pub fn state(&self) -> Option<usize> {
        let mut kinds = self.headings.iter().map(|heading| heading.kind);
        kinds.position(|kind| kind == Kind::State)
    }

    fn cell<'t>(&self, heading: &Heading, value: &'t T) -> Cell<'t> {
        let column = self.columns.get(heading.index);
        column.map_or(Cell::Absent, |column| (column.cell)(value))
    }

    /// The cells of an item.
    pub fn cells(&self, value: &T, options: &RenderOptions) -> Vec<Option<String>> {
        let cells = self.headings.iter();
        cells
            .map(|heading| self.cell(heading, value).show(options))
            .collect()
    }

    /// What of an item is compared, by column. Times pass by themselves, so they count only if their column was selected,
    /// and what is left until a time never does.
    pub fn compared(&self, value: &T, options: &RenderOptions) -> Vec<Option<String>> {
        let is_selected = options.columns.is_some();
        let mut options = options.clone();
        if options.time == TimeFormat::Relative {
            options.time = TimeFormat::Utc;
        }
        let cells = self.headings.iter();
        cells
            .map(|heading| match self.cell(heading, value) {
                Cell::Left(_) => None,
                Cell::Time(_) if !is_selected => None,
                cell => cell.show(&options),
            })
            .collect()
    }

    /// The ID of an item.
    pub fn id(&self, value: &T, options: &RenderOptions) -> Option<String> {
        let mut columns = self.columns.iter();
        let column = columns.find(|column| column.kind == Kind::Id)?;
        (column.cell)(value).show(options)
    }

    /// Lays out a table for a terminal.
    pub fn frame(&self, rows: &[GridRow], options: &RenderOptions) -> Frame {
        let mark = if options.color { "" } else { MARK };
        let lanes = self.headings.iter().enumerate().map(|(index, heading)| {
            let cell = |row: &GridRow| {
                let text = row.cells[index].clone();
                if !row.marks[index] || mark.is_empty() {
                    return text;
                }
                Some(text.unwrap_or_else(|| column::ABSENT.to_owned()) + mark)
            };
            let least = if options.headers {
                heading.text.width()
            } else {
                0
            };
            ColumnLayout::new(heading, rows.iter().map(cell).collect(), least, true)
        });
        let mut lanes: Vec<ColumnLayout> = lanes.collect();
        let width = options.width.unwrap_or(usize::MAX);
        let width = width.saturating_sub(layout::uncertainty(&lanes));
        layout::fit(&mut lanes, width);
        let shown: Vec<(&ColumnLayout, usize)> = lanes
            .iter()
            .filter_map(|lane| Some((lane, self.headings().position(|it| it == lane.heading)?)))
            .collect();
        let ellipsis = options.ellipsis();
        let mut lines = Vec::with_capacity(rows.len() + 1);
        if options.headers {
            let headings = shown.iter().map(|(lane, _)| {
                let text = layout::cut(lane.heading, lane.width, Kind::State, ellipsis);
                let painted = Tone::Heading.paint(&text, options.color);
                (painted, text.width(), lane.width)
            });
            lines.push(line(headings));
        }
        for row in rows {
            let cells = shown.iter().map(|(lane, index)| {
                let text = row.cells[*index].as_deref();
                let tone = column::tone(lane.kind, text);
                let text = text.unwrap_or(column::ABSENT);
                let is_marked = row.marks[*index];
                let mark = if is_marked { mark } else { "" };
                let room = lane.width.saturating_sub(mark.width());
                let text = layout::cut(text, room, lane.kind, ellipsis);
                let painted = if is_marked && options.color {
                    tone.paint_marked(&text)
                } else {
                    tone.paint(&text, options.color)
                };
                let width = text.width() + mark.width();
                (painted + mark, width, lane.width)
            });
            lines.push(line(cells));
        }
        let is_hidden = |text: &&'static str| !shown.iter().any(|(lane, _)| lane.heading == *text);
        Frame {
            lines,
            hidden: self.headings().filter(is_hidden).collect(),
        }
    }
}

/// A line of cells: each with its width and that of its column.
fn line(cells: impl Iterator<Item = (String, usize, usize)>) -> String {
    let mut line = String::new();
    let mut padding = 0;
    for (text, width, column) in cells {
        line.push_str(&" ".repeat(padding));
        line.push_str(&text);
        padding = column.saturating_sub(width) + GAP;
    }
    line
}

/// What a line beside the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// About the reading.
    Status,
    /// A problem.
    Warning,
    /// About the table.
    Note,
}

/// A line beside the table, cut to the width of the terminal.
pub fn line_beside(text: &str, line: Line, options: &RenderOptions) -> String {
    let width = options.width.unwrap_or(usize::MAX);
    let text = sanitize::cell(text);
    let text = if options.ascii {
        tone::in_ascii(&text).into()
    } else {
        text
    };
    let text = layout::cut(&text, width, Kind::State, options.ellipsis());
    let tone = match line {
        Line::Status => Tone::Faint,
        Line::Warning => Tone::Warning,
        Line::Note => Tone::Plain,
    };
    tone.paint(&text, options.color)
}
