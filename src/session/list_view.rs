//! Lists as the command line asks for them: filtered, counted, or sorted.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::json;

use super::list::{ListText, matches};
use super::show::PageWriter;
use super::{Scope, Session};
use crate::api::page::{ListEndpoint, ListParams};
use crate::error::{Error, Exit};
use crate::view::Summary;
use crate::view::column::{Cell, Column};

/// A test that the router can't do.
pub type Filter<'v, T> = Option<&'v dyn Fn(&T) -> bool>;

/// What is wanted of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListView {
    /// Only the number of items.
    pub is_count: bool,
    /// The order; the router's if not given.
    pub sort: Option<SortOrder>,
}

/// The order of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortOrder {
    /// The column, as typed.
    pub column: String,
    /// From high to low.
    pub is_descending: bool,
}

/// A cell's value for comparison. Numbers come before texts.
#[derive(Debug, PartialEq, PartialOrd)]
pub(super) enum SortKey {
    Time(Timestamp),
    Number(f64),
    Text(String),
}

impl SortKey {
    pub(super) fn of(cell: &Cell<'_>) -> Option<Self> {
        let text = match cell {
            Cell::Absent => return None,
            Cell::Time(time) => return time.at().map(Self::Time),
            Cell::Left(time) => return time.at().map(Self::Time),
            Cell::Text(text) => text.to_string(),
            Cell::Bytes(count) => count.to_string(),
            Cell::Remarked(word, _) => word.to_string(),
            Cell::List(words) => words.join(","),
            Cell::Lines(words) => words.join(","),
        };
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        Some(number.map_or_else(|| Self::Text(text.to_lowercase()), Self::Number))
    }
}

/// Compares two cells. An absent value comes last in either direction.
pub(super) fn compare(a: Option<&SortKey>, b: Option<&SortKey>, is_descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => {
            let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
            if is_descending {
                order.reverse()
            } else {
                order
            }
        }
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

/// What gives the value to sort by, and whether high values come first.
pub(super) type Order<T> = (fn(&T) -> Cell<'_>, bool);

impl ListView {
    /// Checks that there is a column to sort by.
    ///
    /// # Errors
    /// Exit 2 if there is none.
    pub fn check<T>(&self, columns: &[Column<T>]) -> Result<(), Error> {
        self.order(columns).map(drop)
    }

    /// The order, by one of these columns.
    ///
    /// # Errors
    /// Exit 2 if there is no such column.
    pub(super) fn order<T>(&self, columns: &[Column<T>]) -> Result<Option<Order<T>>, Error> {
        let order = self.sort.as_ref();
        order
            .map(|sort| Ok((sort.column(columns)?.cell, sort.is_descending)))
            .transpose()
    }
}

impl SortOrder {
    /// The column with this heading, in any case and with `-` or `_` for a space.
    ///
    /// # Errors
    /// Exit 2 if there is none.
    fn column<'c, T>(&self, columns: &'c [Column<T>]) -> Result<&'c Column<T>, Error> {
        let plain = |text: &str| text.to_ascii_lowercase().replace(['-', ' '], "_");
        let mut found = columns.iter();
        found
            .find(|column| column.is_named(&self.column))
            .ok_or_else(|| {
                let known: Vec<String> = columns.iter().map(|it| plain(it.heading)).collect();
                Error::usage(format!(
                    "unknown column '{}' for `--sort` (valid: {})",
                    self.column,
                    known.join(", ")
                ))
            })
    }
}

impl Session<'_> {
    /// Shows a list as `view` asks for it.
    ///
    /// # Errors
    /// As [`Session::list`]; exit 2 if there is no column to sort by.
    pub async fn list_view<L: ListEndpoint>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        span: &ListParams,
        text: &ListText,
        view: &ListView,
        keep: Filter<'_, L::Item>,
    ) -> Result<Exit, Error> {
        let sort = view.order(columns)?;
        if view.is_count {
            return self.count(listing, span, keep).await;
        }
        self.declare(columns)?;
        match (sort, keep) {
            (Some(order), keep) => {
                self.list_sorted(listing, columns, span, text, order, keep)
                    .await
            }
            (None, Some(keep)) => self.list_filtered(listing, columns, span, text, keep).await,
            (None, None) => self.list(listing, columns, span, text, |_, _| ()).await,
        }
    }

    /// Prints the number of items, of the whole list if there is no limit.
    async fn count<L: ListEndpoint>(
        &self,
        listing: &L,
        span: &ListParams,
        keep: Filter<'_, L::Item>,
    ) -> Result<Exit, Error> {
        let mut pages = self.pages(listing, &whole(span), Scope::Command).ahead();
        if self.is_dry() {
            self.plan(&[pages.request()])?;
            return Ok(Exit::Success);
        }
        let (mut count, mut checked) = (0, 0);
        while let Some(fetched) = pages.next().await? {
            self.check_time()?;
            for raw in fetched.page.items() {
                let is_kept = match keep {
                    Some(keep) => keep(&fetched.read(raw)?),
                    None => true,
                };
                count += usize::from(is_kept);
                checked += 1;
            }
        }
        if keep.is_some() {
            self.ui().note(&format!("{checked} checked"));
        }
        let text = count.to_string();
        self.renderer().done(&Summary {
            name: &text,
            line: &text,
            sentence: &text,
            fields: &[("count", json!(count))],
            json: Some(&json!({ "count": count, "checked": checked }).to_string()),
        })?;
        Ok(Exit::Success)
    }

    /// Shows a whole list, or the first items of it, in another order than the router's.
    async fn list_sorted<L: ListEndpoint>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        span: &ListParams,
        text: &ListText,
        (cell, is_descending): Order<L::Item>,
        keep: Filter<'_, L::Item>,
    ) -> Result<Exit, Error> {
        let mut pages = self.pages(listing, &whole(span), Scope::Command).ahead();
        if self.is_dry() {
            self.plan(&[pages.request()])?;
            return Ok(Exit::Success);
        }
        let mut writer = PageWriter::of_selection(self, columns);
        let mut rows = Vec::new();
        let mut checked = 0;
        while let Some(fetched) = pages.next().await? {
            self.check_time()?;
            writer.begin(&fetched.page, fetched.is_last)?;
            for raw in fetched.page.items() {
                let item: L::Item = fetched.read(raw)?;
                checked += 1;
                if keep.is_none_or(|keep| keep(&item)) {
                    rows.push((SortKey::of(&cell(&item)), raw.to_owned(), item));
                }
            }
        }
        rows.sort_by(|(a, ..), (b, ..)| compare(a.as_ref(), b.as_ref(), is_descending));
        let count = rows.len();
        let limit = span.limit.unwrap_or(count);
        for (_, raw, item) in rows.iter().take(limit) {
            writer.rows.row(raw, || Ok(item))?;
        }
        writer.finish(None, limit < count)?;
        if keep.is_some() {
            self.ui().note(&matches(count, checked, text.empty));
        } else if count == 0 {
            self.ui().note(text.empty);
        }
        if limit < count {
            self.ui().note(&format!("{limit} of {count} shown"));
        }
        Ok(Exit::Success)
    }
}

/// All that follows the start of a list.
pub(super) fn whole(span: &ListParams) -> ListParams {
    ListParams {
        limit: None,
        all: true,
        after: span.after.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(texts: &[Option<&str>], is_descending: bool) -> Vec<Option<String>> {
        let texts: Vec<Option<String>> = texts.iter().map(|it| it.map(str::to_owned)).collect();
        let key = |text: &Option<String>| SortKey::of(&Cell::from(text));
        let mut sorted = texts.clone();
        sorted.sort_by(|a, b| compare(key(a).as_ref(), key(b).as_ref(), is_descending));
        sorted
    }

    #[test]
    fn numbers_sort_as_numbers_and_absent_values_come_last_either_way() {
        let texts = [Some("10"), None, Some("9"), Some("a"), Some("-1")];
        let words = |texts: Vec<Option<String>>| {
            let words = texts.into_iter().map(|it| it.unwrap_or("-".to_owned()));
            words.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(sorted(&texts, false)), "-1 9 10 a -");
        assert_eq!(words(sorted(&texts, true)), "a 10 9 -1 -");
    }
}
