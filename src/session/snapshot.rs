//! A list as it is at one time: for commands that compare it with an earlier reading.

use super::list_view::{Filter, ListView, SortKey, compare, whole};
use super::{Scope, Session};
use crate::api::page::{self, ListEndpoint, ListParams};
use crate::error::Error;
use crate::view::column::Column;

/// After so many items, signals and the deadline get a chance.
const YIELD: usize = 1000;

/// The items of a list that a list command would show.
pub struct Snapshot<T> {
    /// The items with their JSON.
    pub items: Vec<(String, T)>,
    /// How many were compared with the filters.
    pub checked: usize,
    /// The list continues behind them.
    pub is_cut: bool,
}

impl Session<'_> {
    /// Reads the items that [`Session::list_view`] would show. The caller handles the deadline and signals.
    ///
    /// # Errors
    /// Whatever the router or the network made of it; exit 2 if there is no column to sort by.
    pub async fn snapshot<L: ListEndpoint>(
        &self,
        listing: &L,
        columns: &[Column<L::Item>],
        span: &ListParams,
        view: &ListView,
        keep: Filter<'_, L::Item>,
    ) -> Result<Snapshot<L::Item>, Error> {
        let sort = view.order(columns)?;
        let reads_all = view.is_count || sort.is_some() || span.all;
        let most = match span.limit {
            _ if reads_all => usize::MAX,
            Some(limit) => limit,
            None if keep.is_some() => page::USUAL_PAGE,
            None => usize::MAX,
        };
        let span_here = if reads_all || keep.is_some() {
            whole(span)
        } else {
            span.clone()
        };
        let mut pages = self.pages(listing, &span_here, Scope::Caller);
        let mut snapshot = Snapshot {
            items: Vec::new(),
            checked: 0,
            is_cut: false,
        };
        while let Some(fetched) = pages.next().await? {
            for raw in fetched.page.items() {
                if snapshot.items.len() == most {
                    snapshot.is_cut = true;
                    return Ok(snapshot);
                }
                let item: L::Item = fetched.read(raw)?;
                snapshot.checked += 1;
                if snapshot.checked % YIELD == 0 {
                    tokio::task::yield_now().await;
                }
                if keep.is_none_or(|keep| keep(&item)) {
                    snapshot.items.push((raw.to_owned(), item));
                }
            }
            if snapshot.items.len() == most && !fetched.is_last {
                snapshot.is_cut = true;
                return Ok(snapshot);
            }
        }
        snapshot.is_cut = pages.more.is_some();
        if let Some((cell, is_descending)) = sort {
            let items = std::mem::take(&mut snapshot.items);
            let mut keyed: Vec<_> = items
                .into_iter()
                .map(|(raw, item)| (SortKey::of(&cell(&item)), raw, item))
                .collect();
            keyed.sort_by(|(a, ..), (b, ..)| compare(a.as_ref(), b.as_ref(), is_descending));
            let limit = span.limit.unwrap_or(usize::MAX);
            snapshot.is_cut |= keyed.len() > limit;
            let kept = keyed.into_iter().take(limit);
            snapshot.items = kept.map(|(_, raw, item)| (raw, item)).collect();
        }
        Ok(snapshot)
    }
}
