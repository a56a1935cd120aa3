//! The presentation of values: columns, tables, records, and JSON text. Produces text and never prints.

pub mod column;
pub mod frame;
mod layout;
mod record;
pub mod render;
mod table;

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::jq::Filter;
use crate::time::TimeFormat;

pub use column::{Cell, Column};
pub use render::{Renderer, Rows, Summary};

/// The output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Columns: aligned on a terminal, tab-separated otherwise.
    #[default]
    Table,
    /// Columns, with more details.
    Wide,
    /// The router's JSON response.
    Json,
    /// One JSON object per line.
    Ndjson,
    /// The router's response as YAML.
    Yaml,
    /// Comma-separated values (RFC 4180) with a header.
    Csv,
    /// IDs, one per line.
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
            Self::Yaml => "yaml",
            Self::Csv => "csv",
            Self::Name => "name",
        }
    }

    /// Parses the word. Returns `None` if it is not a format.
    pub fn read(word: &str) -> Option<Self> {
        <Self as clap::ValueEnum>::from_str(word, false).ok()
    }

    /// Whether the format is machine-readable. With such a format on the command line, prompts are disabled.
    pub fn is_machine(self) -> bool {
        !matches!(self, Self::Table | Self::Wide)
    }

    /// Whether the format shows columns.
    pub fn has_columns(self) -> bool {
        matches!(self, Self::Table | Self::Wide | Self::Csv)
    }

    /// Whether only IDs are printed, one per line.
    pub fn is_name(self) -> bool {
        self == Self::Name
    }

    /// Whether more than the documented columns are shown.
    pub fn is_wide(self) -> bool {
        self == Self::Wide
    }

    /// Whether secrets are never shown, because the output often ends up in logs and files.
    pub fn omits_secrets(self) -> bool {
        matches!(self, Self::Name | Self::Csv)
    }

    /// Whether each status change of a run is written. Other formats show only the finished run.
    pub fn shows_changes(self) -> bool {
        !matches!(self, Self::Json | Self::Yaml | Self::Name)
    }

    /// Whether the server's documents are shown, rather than what they say.
    pub fn has_documents(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson | Self::Yaml)
    }

    /// Whether errors end with a JSON line.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// The options for rendering a result.
#[derive(Clone)]
pub struct RenderOptions {
    /// The output format.
    pub format: Format,
    /// The filter of the JSON, if the format is JSON.
    pub filter: Option<Filter>,
    /// The selected columns, if not those of the format.
    pub columns: Option<Rc<[String]>>,
    /// The terminal's width in columns, or `None` without a terminal.
    pub width: Option<usize>,
    /// Whether to use color.
    pub color: bool,
    /// Whether tables start with a header.
    pub headers: bool,
    /// The display format of times.
    pub time: TimeFormat,
    /// The current time.
    pub now: Timestamp,
    /// The offset of the server's clock.
    pub skew: ClockSkew,
    /// The user's time zone.
    pub zone: TimeZone,
    /// Whether the terminal may show no characters outside ASCII.
    pub ascii: bool,
}

/// The offset between the server's clock and ours. Clones share it, so that it can be measured while a list is written.
#[derive(Clone, Debug, Default)]
pub struct ClockSkew(Arc<AtomicI64>);

impl ClockSkew {
    /// Smaller offsets are caused by network delay and by dates in whole seconds.
    const SMALLEST_MS: i64 = 5_000;

    /// Records simultaneous readings of both clocks.
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
    /// The current time by the server's clock, which its timestamps refer to.
    pub fn server_now(&self) -> Timestamp {
        self.skew.apply(self.now)
    }

    /// Whether the result goes to a terminal.
    pub fn on_terminal(&self) -> bool {
        self.width.is_some()
    }

    /// What stands for text that was cut.
    pub fn ellipsis(&self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }

    /// Whether tables are aligned for a terminal.
    pub fn is_aligned(&self) -> bool {
        self.on_terminal() && !self.format.is_machine()
    }

    /// The same with JSON on one line, even on a terminal.
    pub fn on_one_line(mut self) -> Self {
        if self.format == Format::Json {
            self.format = Format::Ndjson;
        }
        self
    }
}
