//! The columns of a value. One table per resource serves its list, its wide list, and its detail view.

use std::borrow::Cow;

use super::RenderOptions;
use crate::error::Error;
use crate::sanitize;
use crate::time::{self, WireTime};
use crate::tone::Tone;

/// The unformatted content of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value.
    Absent,
    /// Text.
    Text(Cow<'a, str>),
    /// Several words: one per line in a detail view on a terminal, otherwise separated by commas.
    List(Cow<'a, [String]>),
    /// Lines of text: kept in a detail view on a terminal, otherwise joined.
    Lines(&'a [String]),
    /// A timestamp.
    Time(Cow<'a, WireTime>),
    /// The time until a timestamp.
    Left(&'a WireTime),
    /// A number of bytes, on a terminal in units (IEC 80000-13).
    Bytes(Cow<'a, str>),
    /// A state word, and on a terminal a remark in parentheses behind it.
    Remarked(Cow<'a, str>, &'static str),
}

impl<'a> Cell<'a> {
    /// The sanitized text of this cell on one line, or `None` if there is no value.
    pub fn show(&self, options: &RenderOptions) -> Option<String> {
        self.shown(options).map(Cow::into_owned)
    }

    /// As [`Cell::show`], without copying text that needs no sanitizing, because it may be long.
    pub(super) fn shown(&self, options: &RenderOptions) -> Option<Cow<'_, str>> {
        let owned = match self {
            Self::Absent | Self::Lines([]) => None,
            Self::Text(text) => return Some(sanitize::cell(text)),
            Self::Bytes(count) if options.is_aligned() => {
                Some(size(count).unwrap_or_else(|| sanitize::cell(count).into_owned()))
            }
            Self::Bytes(count) => return Some(sanitize::cell(count)),
            Self::Remarked(word, remark) if options.is_aligned() => {
                Some(format!("{} ({remark})", sanitize::cell(word)))
            }
            Self::Remarked(word, _) => return Some(sanitize::cell(word)),
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

    /// The lines of this cell in a detail view on a terminal.
    pub fn lines(&self, options: &RenderOptions) -> Vec<String> {
        let shown = |words: &[String]| {
            let words = words.iter().map(|word| sanitize::cell(word).into_owned());
            words.collect()
        };
        match self {
            Self::List(words) => shown(words),
            Self::Lines(words) => shown(words),
            cell => cell.show(options).into_iter().collect(),
        }
    }

    /// A timestamp.
    pub fn time(stamp: &'a WireTime) -> Self {
        Self::Time(Cow::Borrowed(stamp))
    }

    /// Several words in one cell. No words give an absent cell.
    pub fn list(words: impl Into<Cow<'a, [String]>>) -> Self {
        let words = words.into();
        if words.is_empty() {
            Self::Absent
        } else {
            Self::List(words)
        }
    }
}

/// A number of bytes in the largest unit that leaves at least one: `31.2 GiB`. `None` if the text is not such a number.
fn size(count: &str) -> Option<String> {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let count: u64 = count.parse().ok()?;
    let exponent = count.checked_ilog(1024).unwrap_or(0);
    let Some(unit) = exponent.checked_sub(1) else {
        return Some(format!("{count} B"));
    };
    let unit = UNITS.get(unit as usize)?;
    // In tenths, and never more than there are.
    let tenths = u128::from(count) * 10 / (1_u128 << (10 * exponent));
    let (whole, tenth) = (tenths / 10, tenths % 10);
    Some(match tenth {
        0 => format!("{whole} {unit}"),
        _ => format!("{whole}.{tenth} {unit}"),
    })
}

impl<'a> From<&'a Option<String>> for Cell<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_deref()
            .map_or(Self::Absent, |text| Self::Text(text.into()))
    }
}

impl<'a> From<&'a Option<WireTime>> for Cell<'a> {
    fn from(stamp: &'a Option<WireTime>) -> Self {
        let stamp = stamp.as_ref().map(Cow::Borrowed);
        stamp.map_or(Self::Absent, Self::Time)
    }
}

impl<'a> From<Option<Cow<'a, str>>> for Cell<'a> {
    fn from(text: Option<Cow<'a, str>>) -> Self {
        text.map_or(Self::Absent, Self::Text)
    }
}

impl From<Option<WireTime>> for Cell<'_> {
    fn from(stamp: Option<WireTime>) -> Self {
        let stamp = stamp.map(Cow::Owned);
        stamp.map_or(Self::Absent, Self::Time)
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

/// The content type of a column, which determines its color and whether it may be cut on a narrow terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The identifier; never cut.
    Id,
    /// The identifier of another object; never cut, but hidden first on a narrow terminal.
    Reference,
    /// A status word; never cut, colored.
    State,
    /// A URL: useless if it is cut, so it is shown whole, or hidden before anything else.
    Link,
    /// Anything else.
    Text,
}

/// The formats that show a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// In every table: a documented column.
    Documented,
    /// In tables on a terminal and in the detail view: for people, not for programs.
    Terminal,
    /// With `-o wide` and in the detail view.
    Extra,
    /// Only in the detail view.
    Detail,
}

/// A column: its header, spelled as documented, and the function that gets its cell from a value.
pub struct Column<T> {
    /// The header, or the field's name in the detail view.
    pub heading: &'static str,
    /// Returns the cell of a value.
    pub cell: fn(&T) -> Cell<'_>,
    /// The content type.
    pub kind: Kind,
    /// The formats that show it.
    pub rank: Visibility,
    /// Of the columns that `-o wide` adds, those of a lower priority are hidden first on a narrow terminal.
    pub priority: u8,
    /// The usual width of its cells, by which rows that are shown one by one line up.
    pub width: usize,
}

impl<T> Column<T> {
    /// The identifier column. `-o name` prints the first one.
    pub const fn id(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::Id, cell)
    }

    /// A column with identifiers of other objects.
    pub const fn reference(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::Reference, cell)
    }

    /// A column of status words.
    pub const fn state(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::State, cell)
    }

    /// A column of URLs.
    pub const fn link(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::Link, cell)
    }

    /// A column of anything else.
    pub const fn text(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        Self::new(heading, Kind::Text, cell)
    }

    /// A column of text that is shown with `-o wide` and in the detail view.
    pub const fn extra(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::text(heading, cell);
        column.rank = Visibility::Extra;
        column
    }

    /// A column of status words that is shown with `-o wide` and in the detail view.
    pub const fn extra_state(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::state(heading, cell);
        column.rank = Visibility::Extra;
        column
    }

    /// A column of text that is shown on a terminal and in the detail view.
    pub const fn terminal(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::text(heading, cell);
        column.rank = Visibility::Terminal;
        column
    }

    /// A column of text that is shown only in the detail view.
    pub const fn detail(heading: &'static str, cell: fn(&T) -> Cell<'_>) -> Self {
        let mut column = Self::text(heading, cell);
        column.rank = Visibility::Detail;
        column
    }

    /// Whether this is the column's heading, in any case. Words may be joined as in other headings: `exit_code`.
    pub fn is_named(&self, name: &str) -> bool {
        let spelled = |text: &str| text.replace(['_', '-'], " ");
        spelled(self.heading).eq_ignore_ascii_case(&spelled(name))
    }

    const fn new(heading: &'static str, kind: Kind, cell: fn(&T) -> Cell<'_>) -> Self {
        Self {
            heading,
            cell,
            kind,
            rank: Visibility::Documented,
            priority: 0,
            width: 0,
        }
    }

    /// This column with the usual width of its cells.
    #[must_use]
    pub const fn width(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    /// This column with a priority.
    #[must_use]
    pub const fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }
}

/// A column without the type of its values, for layout.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    /// The header.
    pub text: &'static str,
    /// The content type.
    pub kind: Kind,
    /// The formats that show it.
    pub rank: Visibility,
    /// As [`Column::priority`].
    pub priority: u8,
    /// As [`Column::width`].
    pub width: usize,
    /// Its index among all columns of the value.
    pub index: usize,
}

impl Heading {
    fn of<T>(columns: &[Column<T>], index: usize) -> Self {
        let column = &columns[index];
        Self {
            text: column.heading,
            kind: column.kind,
            rank: column.rank,
            priority: column.priority,
            width: column.width,
            index,
        }
    }

    /// The text without alignment.
    pub(super) fn shown(&self, options: &RenderOptions) -> String {
        Tone::Heading.paint(self.text, options.color)
    }
}

/// A value without its type, with cells by column index.
pub(super) trait Row {
    /// Its JSON.
    fn json(&self) -> &str;

    /// The cell in the column with this index.
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

/// Checks that each selected column exists.
///
/// # Errors
/// Exit 2 with the columns that exist.
pub fn check<T>(columns: &[Column<T>], names: &[String]) -> Result<(), Error> {
    let is_known = |name: &&String| columns.iter().any(|column| column.is_named(name));
    let Some(unknown) = names.iter().find(|name| !is_known(name)) else {
        return Ok(());
    };
    let known: Vec<&str> = columns.iter().map(|column| column.heading).collect();
    Err(Error::usage(format!(
        "unknown column '{}' for `--columns` (valid: {})",
        sanitize::cell(unknown),
        known.join(", ")
    )))
}

/// The columns of a list in this format. Columns are selected only here and in [`of_record`].
pub(super) fn of_list<T>(columns: &[Column<T>], options: &RenderOptions) -> Vec<Heading> {
    if let Some(names) = &options.columns {
        return selected(columns, names);
    }
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

/// The columns with these names, in their order.
fn selected<T>(columns: &[Column<T>], names: &[String]) -> Vec<Heading> {
    let find = |name: &String| columns.iter().position(|column| column.is_named(name));
    let found = names.iter().filter_map(find);
    let headings = found.map(|index| Heading {
        // Each was asked for, so that none is hidden before the others.
        rank: Visibility::Documented,
        ..Heading::of(columns, index)
    });
    headings.collect()
}

/// The columns of a single object in this format. For `name`, the first identifier column.
pub(super) fn of_record<T>(columns: &[Column<T>], options: &RenderOptions) -> Vec<Heading> {
    if let Some(names) = &options.columns {
        return selected(columns, names);
    }
    let mut headings = (0..columns.len()).map(|index| Heading::of(columns, index));
    if options.format.is_name() {
        let id = headings.find(|heading| heading.kind == Kind::Id);
        return id.into_iter().collect();
    }
    headings.collect()
}

/// The meaning of a cell's text.
pub(super) fn tone(kind: Kind, text: Option<&str>) -> Tone {
    match (kind, text) {
        (_, None) => Tone::Faint,
        (Kind::State, Some(text)) => {
            // A remark counts for more than the word before it.
            let remark = text
                .rsplit_once('(')
                .and_then(|(_, rest)| rest.strip_suffix(')'));
            let word = remark.and_then(|remark| remark.rsplit(' ').next());
            Tone::of_state(word.unwrap_or(text))
        }
        _ => Tone::Plain,
    }
}

/// The text for an absent value.
pub(super) const ABSENT: &str = "-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_largest_unit_that_leaves_at_least_one() {
        for (count, shown) in [
            ("0", "0 B"),
            ("1023", "1023 B"),
            ("1024", "1 KiB"),
            ("1535", "1.4 KiB"),
            ("1048575", "1023.9 KiB"),
            ("33500000000", "31.1 GiB"),
            ("2000000000000", "1.8 TiB"),
            ("18446744073709551615", "15.9 EiB"),
        ] {
            assert_eq!(size(count).as_deref(), Some(shown));
        }
        for other in ["", "-1", "1.5", "18446744073709551616", "many"] {
            assert_eq!(size(other), None, "{other}");
        }
    }
}
