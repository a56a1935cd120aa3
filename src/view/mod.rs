//! How values look: columns, tables, records, JSON text. Makes text and never prints.

pub mod column;
pub mod growing;
pub mod plain;
pub mod record;
pub mod rows;
pub mod table;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::time::Style;

pub use column::{Cell, Column};

/// The output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// The documented columns: aligned on a terminal, tab-separated elsewhere.
    #[default]
    Table,
    /// The documented columns and some more.
    Wide,
    /// The router's own document.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// RFC 4180 with a header.
    Csv,
    /// Ids, one a line.
    Name,
}

impl Format {
    /// The word on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Wide => "wide",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Name => "name",
        }
    }

    /// Reads the word; none where it is no format.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        <Self as clap::ValueEnum>::from_str(word, false).ok()
    }

    /// Made for programs: with one of these on the line nothing is ever asked.
    #[must_use]
    pub fn is_machine(self) -> bool {
        !matches!(self, Self::Table | Self::Wide)
    }

    /// Errors end with a JSON line.
    #[must_use]
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// Everything that the look of a result depends on, besides the result.
#[derive(Clone)]
pub struct Look {
    /// The output format.
    pub format: Format,
    /// The width of the terminal in columns; none off a terminal.
    pub width: Option<usize>,
    /// Whether colour is wanted.
    pub colour: bool,
    /// Whether tables begin with their headings.
    pub headers: bool,
    /// How times are shown.
    pub time: Style,
    /// The current time.
    pub now: Timestamp,
    /// The user's time zone.
    pub zone: TimeZone,
}

impl Look {
    /// Whether the result goes to a terminal.
    #[must_use]
    pub fn on_terminal(&self) -> bool {
        self.width.is_some()
    }
}
