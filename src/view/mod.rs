//! How values look: columns, tables, records, JSON text. Makes text and never prints.

pub mod column;
mod record;
pub mod render;
mod table;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::time::TimeFormat;

pub use column::{Cell, Column};
pub use render::{Renderer, Rows, Summary};

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
    /// One JSON object per line.
    Ndjson,
    /// RFC 4180 with a header.
    Csv,
    /// Ids, one a line.
    Name,
}

impl Format {
    /// The word on the command line.
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

    /// Reads the word; none where it is not a format.
    pub fn read(word: &str) -> Option<Self> {
        <Self as clap::ValueEnum>::from_str(word, false).ok()
    }

    /// Made for programs: with one of these on the command line nothing is ever asked.
    pub fn is_machine(self) -> bool {
        !matches!(self, Self::Table | Self::Wide)
    }

    /// IDs, one per line.
    pub fn is_name(self) -> bool {
        self == Self::Name
    }

    /// More columns than the documented ones.
    pub fn is_wide(self) -> bool {
        self == Self::Wide
    }

    /// No secret is shown: its output often ends up in logs and files.
    pub fn omits_secrets(self) -> bool {
        matches!(self, Self::Name | Self::Csv)
    }

    /// Each status of a run is written when it changes; other formats show the run at its end.
    pub fn shows_changes(self) -> bool {
        !matches!(self, Self::Json | Self::Name)
    }

    /// Errors end with a JSON line.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// Everything that the look of a result depends on, besides the result.
#[derive(Clone)]
pub struct RenderOptions {
    /// The output format.
    pub format: Format,
    /// The width of the terminal in columns; none off a terminal.
    pub width: Option<usize>,
    /// Whether color is wanted.
    pub color: bool,
    /// Whether tables start with their headings.
    pub headers: bool,
    /// How times are shown.
    pub time: TimeFormat,
    /// The current time.
    pub now: Timestamp,
    /// How far the server's clock is ahead of ours.
    pub skew: ClockSkew,
    /// The user's time zone.
    pub zone: TimeZone,
}

/// The difference between the server's clock and ours; clones share it, so that it can be measured while a list is
/// written.
#[derive(Clone, Debug, Default)]
pub struct ClockSkew(Arc<AtomicI64>);

impl ClockSkew {
    /// Differences up to this come from the way of a response, and from the whole seconds of its date.
    const SMALLEST_MS: i64 = 5_000;

    /// Remembers what both clocks read at the same moment.
    pub fn measure(&self, server: Timestamp, own: Timestamp) {
        let ahead = server.as_millisecond().saturating_sub(own.as_millisecond());
        let ahead = if ahead.saturating_abs() > Self::SMALLEST_MS {
            ahead
        } else {
            0
        };
        self.0.store(ahead, Ordering::Relaxed);
    }

    fn apply(&self, own: Timestamp) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.0.load(Ordering::Relaxed));
        own.checked_add(ahead).unwrap_or(own)
    }
}

impl RenderOptions {
    /// The current time by the server's clock, which is what its dates are of.
    pub fn server_now(&self) -> Timestamp {
        self.skew.apply(self.now)
    }

    /// Whether the result goes to a terminal.
    pub fn on_terminal(&self) -> bool {
        self.width.is_some()
    }

    /// Whether tables are aligned for a terminal.
    pub fn is_aligned(&self) -> bool {
        self.on_terminal() && !self.format.is_machine()
    }

    /// The same with JSON on one line, on a terminal too.
    pub fn on_one_line(mut self) -> Self {
        if self.format == Format::Json {
            self.format = Format::Ndjson;
        }
        self
    }
}
