//! One page of a list, and what is shown of its items.

use crate::api::page::{ListEndpoint, ListParams};
use crate::session::{Scope, Session};

/// The value or the description of a candidate: what is known of these.
pub(super) fn words(words: &[&Option<String>]) -> String {
    let words = words.iter().filter_map(|word| word.as_deref());
    words.collect::<Vec<_>>().join(", ")
}

/// One page of a list; none if it does not come in time.
pub(super) async fn page<L: ListEndpoint>(
    session: &Session<'_>,
    list: L,
    limit: Option<usize>,
) -> Option<Vec<L::Item>> {
    let params = ListParams {
        limit,
        ..ListParams::default()
    };
    let pages = session.pages(list, &params, Scope::Command);
    pages.collect().await.ok()
}
