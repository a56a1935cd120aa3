//! What is shown of a value: one table of columns a resource serves its list, its wide list and its detail.

use std::borrow::Cow;

use super::{Format, Look};
use crate::sanitise;
use crate::time::{self, Stamp};
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
    Time(&'a Stamp),
    /// How long it is until a point in time.
    Left(&'a Stamp),
}

impl<'a> Cell<'a> {
    /// The text of this cell, sanitised, on one line; none where the value is absent.
    #[must_use]
    pub fn show(&self, look: &Look) -> Option<String> {
        match self {
            Self::Absent | Self::Lines([]) => None,
            Self::Text(text) => Some(sanitise::cell(text).into_owned()),
            Self::List(words) => Some(sanitise::cell(&words.join(",")).into_owned()),
            Self::Lines(lines) => Some(sanitise::cell(&lines.join(" ")).into_owned()),
            Self::Left(stamp) => stamp.at().map(|at| {
                let left = time::until(at, look.now);
                if left.is_zero() {
                    "over".to_owned()
                } else {
                    time::show_duration(left)
                }
            }),
            Self::Time(stamp) => {
                Some(sanitise::cell(&stamp.show(look.time, look.now, &look.zone)).into_owned())
            }
        }
    }

    /// The lines of this cell in a detail on a terminal.
    #[must_use]
    pub fn lines(&self, look: &Look) -> Vec<String> {
        match self {
            Self::List(words) | Self::Lines(words) => words
                .iter()
                .map(|word| sanitise::cell(word).into_owned())
                .collect(),
            cell => cell.show(look).into_iter().collect(),
        }
    }

    /// Several words in one cell; none makes it absent.
    #[must_use]
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

impl<'a> From<&'a Option<Stamp>> for Cell<'a> {
    fn from(stamp: &'a Option<Stamp>) -> Self {
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

/// What a column holds: decides its colour and whether it may be cut where the terminal is narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The identifier: never cut.
    Id,
    /// The identifier of something else: never cut, but the first to go where the terminal is narrow.
    Reference,
    /// A state word: never cut, coloured.
    State,
    /// Anything else.
    Text,
}

/// Where a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
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
    pub rank: Rank,
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
        column.rank = Rank::Extra;
        column
    }

    /// A column of state words that is shown with `-o wide` and in the detail.
    pub const fn extra_state(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::state(heading, cell);
        column.rank = Rank::Extra;
        column
    }

    /// A column of text that is shown on a terminal, and in the detail.
    pub const fn terminal(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::text(heading, cell);
        column.rank = Rank::Terminal;
        column
    }

    /// A column of text that is shown in the detail alone.
    pub const fn detail(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::text(heading, cell);
        column.rank = Rank::Detail;
        column
    }

    const fn new(heading: &'static str, kind: Kind, cell: fn(&T) -> Cell<'_>) -> Self {
        Self {
            heading,
            cell,
            kind,
            rank: Rank::Documented,
        }
    }
}

/// The columns of a list in this format. The one place where columns are chosen.
#[must_use]
pub fn of_list<'c, T>(columns: &'c [Column<T>], look: &Look) -> Vec<&'c Column<T>> {
    let shown = |rank| match rank {
        Rank::Documented => true,
        Rank::Terminal => look.on_terminal() && look.format != Format::Csv,
        Rank::Extra => look.format == Format::Wide,
        Rank::Detail => false,
    };
    columns.iter().filter(|column| shown(column.rank)).collect()
}

/// The value of the first identifier column: what `-o name` prints.
pub fn name_of<T>(columns: &[Column<T>], value: &T, look: &Look) -> Option<String> {
    columns
        .iter()
        .find(|column| column.kind == Kind::Id)
        .and_then(|column| (column.cell)(value).show(look))
}

/// The meaning of a cell's text.
pub(super) fn tone(kind: Kind, text: Option<&str>) -> Tone {
    match (kind, text) {
        (_, None) => Tone::Faint,
        (Kind::State, Some(word)) => Tone::of_state(word),
        _ => Tone::Plain,
    }
}

/// How an absent value is written: `-`, and nothing in CSV.
pub(super) fn absent(text: Option<String>, format: Format) -> String {
    text.unwrap_or_else(|| if format == Format::Csv { "" } else { "-" }.to_owned())
}
