//! A whole list as text, in every format but JSON.

use super::column::{self, Column};
use super::table::{self, Fitted};
use super::{Format, Look, plain};

/// The values as a table, as tab-separated lines, as CSV or as names.
#[must_use]
pub fn text<T>(columns: &[Column<T>], values: &[T], look: &Look) -> Fitted {
    match look.format {
        Format::Name => Fitted::whole(names(columns, values, look)),
        Format::Table | Format::Wide if look.on_terminal() => table::table(columns, values, look),
        _ => {
            let header = if look.headers {
                plain::header(columns, look)
            } else {
                String::new()
            };
            Fitted::whole(header + &plain::rows(columns, values, look))
        }
    }
}

/// The names of the values, one a line.
#[must_use]
pub fn names<T>(columns: &[Column<T>], values: &[T], look: &Look) -> String {
    values
        .iter()
        .filter_map(|value| column::name_of(columns, value, look))
        .map(|name| name + "\n")
        .collect()
}
