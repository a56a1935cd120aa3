//! Lists: `{"object": "list", "data", "first_id", "last_id", "has_more"}`, cut by `limit` and `after`.

use serde_json::{Value, json};

use super::call::Query;
use super::reply::Refusal;

/// The router's page size where none is asked for, and the most that may be asked for.
pub(super) const DEFAULT: usize = 20;
const MOST: usize = 100;

/// The query names of every list that comes in pages.
pub(super) const QUERY: &[&str] = &["limit", "after"];

/// How long pages are, from [`Options::page_size`](super::Options::page_size).
#[derive(Clone, Copy)]
pub(super) struct Pages {
    unasked: usize,
    most: usize,
}

impl Pages {
    pub(super) fn new(size: usize) -> Self {
        let unasked = size.clamp(1, MOST);
        let most = if unasked == DEFAULT { MOST } else { unasked };
        Self { unasked, most }
    }

    /// The page of `rows` that the query asks for. `name` gives a row's cursor, `show` its document.
    pub(super) fn cut<T>(
        self,
        query: &Query,
        rows: &[T],
        name: impl Fn(&T) -> &str,
        show: impl Fn(&T) -> Value,
    ) -> Result<Value, Refusal> {
        let asked = query.integer("limit", 1..=MOST)?;
        let size = asked.unwrap_or(self.unasked).min(self.most);
        let start = match query.get("after") {
            None => 0,
            Some(cursor) => {
                let found = rows.iter().position(|row| name(row) == cursor);
                found.ok_or_else(|| {
                    Refusal::request("after", format!("'{cursor}' is no id of this list."))
                })? + 1
            }
        };
        let rest = &rows[start..];
        let page = &rest[..size.min(rest.len())];
        Ok(list(page, name, show, page.len() < rest.len()))
    }
}

/// The envelope around rows that are all there is.
pub(super) fn whole<T>(rows: &[T], name: impl Fn(&T) -> &str, show: impl Fn(&T) -> Value) -> Value {
    list(rows, name, show, false)
}

fn list<T>(
    rows: &[T],
    name: impl Fn(&T) -> &str,
    show: impl Fn(&T) -> Value,
    has_more: bool,
) -> Value {
    json!({
        "object": "list",
        "data": rows.iter().map(show).collect::<Vec<_>>(),
        "first_id": rows.first().map(&name),
        "last_id": rows.last().map(&name),
        "has_more": has_more,
    })
}
