//! What is shown of a value: one table of columns a resource serves its list, its wide list and its detail.

use std::borrow::Cow;

use super::RenderOptions;
use crate::sanitize;
use crate::time::{self, WireTime};
use crate::tone::Tone;

/// What stands in one cell, before it has a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The value does not exist.
    Absent,
    /// Text.
    Text(Cow<'a, str>),
    /// Several words: in a detail on a terminal one a line, elsewhere with commas between.
    List(&'a [String]),
    /// Lines of text: in a detail on a terminal as they are, elsewhere one after the other.
    Lines(&'a [String]),
    /// A point in time.
    Time(&'a WireTime),
    /// How long it is until a point in time.
    Left(&'a WireTime),
}

impl<'a> Cell<'a> {
    /// The text of this cell, sanitized, on one line; none where the value is absent.
    pub fn show(&self, options: &RenderOptions) -> Option<String> {
        self.shown(options).map(Cow::into_owned)
    }

    /// As [`Cell::show`], without a copy of text that can be shown as it is: it may be long.
    pub(super) fn shown(&self, options: &RenderOptions) -> Option<Cow<'_, str>> {
        let owned = match self {
            Self::Absent | Self::Lines([]) => None,
            Self::Text(text) => return Some(sanitize::cell(text)),
            Self::List(words) => Some(sanitize::cell(&words.join(",")).into_owned()),
            Self::Lines(lines) => Some(sanitize::cell(&lines.join(" ")).into_owned()),
            Self::Left(stamp) => stamp.at().map(|at| {
                let left = time::until(at, options.server_now());
                if left.is_zero() {
                    "over".to_owned()
                } else {
                    time::show_duration(left)
                }
            }),
            Self::Time(stamp) => Some(
                sanitize::cell(&stamp.show(options.time, options.server_now(), &options.zone))
                    .into_owned(),
            ),
        };
        owned.map(Cow::Owned)
    }

    /// The lines of this cell in a detail on a terminal.
    pub fn lines(&self, options: &RenderOptions) -> Vec<String> {
        match self {
            Self::List(words) | Self::Lines(words) => words
                .iter()
                .map(|word| sanitize::cell(word).into_owned())
                .collect(),
            cell => cell.show(options).into_iter().collect(),
        }
    }

    /// Several words in one cell; none makes it absent.
    pub fn list(words: &'a [String]) -> Self {
        if words.is_empty() {
            Self::Absent
        } else {
            Self::List(words)
        }
    }
}

impl<'a> From<&'a Option<String>> for Cell<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_deref()
            .map_or(Self::Absent, |text| Self::Text(text.into()))
    }
}

impl<'a> From<&'a Option<WireTime>> for Cell<'a> {
    fn from(stamp: &'a Option<WireTime>) -> Self {
        stamp.as_ref().map_or(Self::Absent, Self::Time)
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

/// What a column holds: decides its color and whether it may be cut where the terminal is narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The identifier: never cut.
    Id,
    /// The identifier of something else: never cut, but the first to go where the terminal is narrow.
    Reference,
    /// A state word: never cut, colored.
    State,
    /// Anything else.
    Text,
}

/// Where a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// In every table: the documents name it.
    Documented,
    /// In the tables of a terminal, and in the detail: it helps whoever looks, and is nothing for a program.
    Terminal,
    /// With `-o wide`, and in the detail.
    Extra,
    /// In the detail alone.
    Detail,
}

/// A column: its heading, spelled as documented, and how to get its cell from a value.
pub struct Column<T> {
    /// The heading, or the name of the field in a detail.
    pub heading: &'static str,
    /// The cell of a value.
    pub cell: fn(&T) -> Cell<'_>,
    /// What it holds.
    pub kind: Kind,
    /// Where it is shown.
    pub rank: Visibility,
}

impl<T> Column<T> {
    /// The column of the identifier; the first one is what `-o name` prints.
    pub const fn id(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::Id, cell)
    }

    /// A column of the identifiers of other things.
    pub const fn reference(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::Reference, cell)
    }

    /// A column of state words.
    pub const fn state(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::State, cell)
    }

    /// A column of anything else.
    pub const fn text(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::Text, cell)
    }

    /// A column of text that is shown with `-o wide` and in the detail.
    pub const fn extra(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::text(heading, cell);
        column.rank = Visibility::Extra;
        column
    }

    /// A column of state words that is shown with `-o wide` and in the detail.
    pub const fn extra_state(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::state(heading, cell);
        column.rank = Visibility::Extra;
        column
    }

    /// A column of text that is shown on a terminal, and in the detail.
    pub const fn terminal(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::text(heading, cell);
        column.rank = Visibility::Terminal;
        column
    }

    /// A column of text that is shown in the detail alone.
    pub const fn detail(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::text(heading, cell);
        column.rank = Visibility::Detail;
        column
    }

    const fn new(heading: &'static str, kind: Kind, cell: fn(&T) -> Cell<'_>) -> Self {
        Self {
            heading,
            cell,
            kind,
            rank: Visibility::Documented,
        }
    }
}

/// A column without the type of its values: what a layout needs to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    /// The text above the column.
    pub text: &'static str,
    /// What the column holds.
    pub kind: Kind,
    /// Where it is shown.
    pub rank: Visibility,
    /// Its place among all columns of the value.
    pub index: usize,
}

impl Heading {
    /// The text as it is shown without alignment.
    pub(super) fn shown(&self, options: &RenderOptions) -> String {
        Tone::Heading.paint(self.text, options.color)
    }
}

/// A value without its type: cells by the place of their column.
pub(super) trait Row {
    /// Its JSON.
    fn json(&self) -> &str;

    /// The cell in the column at this place.
    fn cell(&self, index: usize) -> Cell<'_>;
}

/// A value with its columns.
pub(super) struct Typed<'a, T> {
    pub(super) columns: &'a [Column<T>],
    pub(super) value: &'a T,
    pub(super) json: &'a str,
}

impl<T> Row for Typed<'_, T> {
    fn json(&self) -> &str {
        self.json
    }

    fn cell(&self, index: usize) -> Cell<'_> {
        let column = self.columns.get(index);
        column.map_or(Cell::Absent, |column| (column.cell)(self.value))
    }
}

/// The columns of a list in this format. With [`of_record`], the one place that selects columns.
pub(super) fn of_list<T>(columns: &[Column<T>], options: &RenderOptions) -> Vec<Heading> {
    let is_shown = |rank| match rank {
        Visibility::Documented => true,
        Visibility::Terminal => options.is_aligned(),
        Visibility::Extra => options.format.is_wide(),
        Visibility::Detail => false,
    };
    let mut headings = of_record(columns, options);
    headings.retain(|heading| options.format.is_name() || is_shown(heading.rank));
    headings
}

/// The columns of a single object in this format; of a name, the first that holds an identifier.
pub(super) fn of_record<T>(columns: &[Column<T>], options: &RenderOptions) -> Vec<Heading> {
    let headings = columns.iter().enumerate().map(|(index, column)| Heading {
        text: column.heading,
        kind: column.kind,
        rank: column.rank,
        index,
    });
    if options.format.is_name() {
        let mut ids = headings.filter(|heading| heading.kind == Kind::Id);
        return ids.next().into_iter().collect();
    }
    headings.collect()
}

/// The meaning of a cell's text.
pub(super) fn tone(kind: Kind, text: Option<&str>) -> Tone {
    match (kind, text) {
        (_, None) => Tone::Faint,
        (Kind::State, Some(word)) => Tone::of_state(word),
        _ => Tone::Plain,
    }
}

/// How text shows that a value does not exist.
pub(super) const ABSENT: &str = "-";
