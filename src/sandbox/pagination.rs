//! List responses, `{"object": "list", "data", "first_id", "last_id", "has_more"}`, paginated by `limit` and `after`.

use serde_json::{Value, json};

use super::request::Query;
use super::response::ApiError;

/// Default and maximum page size.
pub(super) const DEFAULT: usize = 20;
const MAX: usize = 100;

/// Query parameters of every paginated list.
pub(super) const QUERY: &[&str] = &["limit", "after"];

/// Page sizes, set by [`Options::page_size`](super::Options::page_size).
#[derive(Clone, Copy)]
pub(super) struct PageLimits {
    default: usize,
    max: usize,
}

impl PageLimits {
    pub(super) fn new(size: usize) -> Self {
        let default = size.clamp(1, MAX);
        let max = if default == DEFAULT { MAX } else { default };
        Self { default, max }
    }

    /// Returns the requested page. `name` returns a item's cursor, `show` its document.
    pub(super) fn paginate<T>(
        self,
        query: &Query,
        items: &[T],
        id_of: impl Fn(&T) -> &str,
        show: impl Fn(&T) -> Value,
    ) -> Result<Value, ApiError> {
        let limit = query.integer("limit", 1..=MAX)?;
        let size = limit.unwrap_or(self.default).min(self.max);
        let start = match query.get("after") {
            None => 0,
            Some(cursor) => {
                let found = items.iter().position(|item| id_of(item) == cursor);
                found.ok_or_else(|| {
                    ApiError::invalid_request(
                        "after",
                        format!("'{cursor}' is not an ID in this list."),
                    )
                })? + 1
            }
        };
        let rest = &items[start..];
        let page = &rest[..size.min(rest.len())];
        Ok(list(page, id_of, show, page.len() < rest.len()))
    }
}

/// Returns a complete list.
pub(super) fn unpaged<T>(
    items: &[T],
    id_of: impl Fn(&T) -> &str,
    show: impl Fn(&T) -> Value,
) -> Value {
    list(items, id_of, show, false)
}

fn list<T>(
    items: &[T],
    id_of: impl Fn(&T) -> &str,
    show: impl Fn(&T) -> Value,
    has_more: bool,
) -> Value {
    json!({
        "object": "list",
        "data": items.iter().map(show).collect::<Vec<_>>(),
        "first_id": items.first().map(&id_of),
        "last_id": items.last().map(&id_of),
        "has_more": has_more,
    })
}
