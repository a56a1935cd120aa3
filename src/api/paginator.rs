//! Pagination without I/O: which page to request next, and whether the list ever ends.

use std::borrow::Cow;
use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use super::page::{Cursor, LARGEST_PAGE, ListParams, Page};
use super::request::Request;
use crate::error::Error;

/// The next step after a page.
#[derive(Debug, PartialEq, Eq)]
pub enum PageStep {
    /// Request another page.
    Next,
    /// Stop. The cursor leads to the rest of the list, if there is more.
    Last(Option<Cursor>),
}

/// Reads a list page by page. Pure: it determines the next request and checks each page.
pub struct Paginator {
    span: ListParams,
    delivered: usize,
    after: Option<String>,
    last_id: Option<Cursor>,
    /// The cursors used so far.
    cursors: SeenItems,
    /// The IDs of the items received, or the text of an item without an ID.
    items: SeenItems,
    /// The number of consecutive pages without a new item.
    barren: u32,
    /// Whether the router's cursors lead nowhere, so that the list can't be continued.
    lost: bool,
}

/// The maximum number of consecutive pages without a new item. A server that filters may return a few.
const MOST_BARREN: u32 = 10;

impl Paginator {
    /// Starts at the position in the parameters.
    pub fn new(span: &ListParams) -> Self {
        let mut cursors = SeenItems::default();
        if let Some(after) = &span.after {
            cursors.insert(after);
        }
        Self {
            span: span.clone(),
            delivered: 0,
            after: span.after.clone(),
            last_id: None,
            cursors,
            items: SeenItems::default(),
            barren: 0,
            lost: false,
        }
    }

    /// The `limit` to send; `None` lets the router decide.
    pub fn page_size(&self) -> Option<usize> {
        match self.span.limit {
            Some(total) => Some((total - self.delivered).min(LARGEST_PAGE)),
            None => self.span.all.then_some(LARGEST_PAGE),
        }
    }

    /// The request for the next page.
    pub fn request(&self, list: Request) -> Request {
        let list = match self.page_size() {
            Some(size) => list.query("limit", size.to_string()),
            None => list,
        };
        match &self.after {
            Some(after) => list.query("after", after),
            None => list,
        }
    }

    /// How many items were delivered so far.
    pub fn delivered(&self) -> usize {
        self.delivered
    }

    /// How many items are still wanted; `None` without a total.
    pub fn wanted(&self) -> Option<usize> {
        self.span.limit.map(|total| total - self.delivered)
    }

    /// Where an interrupted list can be continued.
    pub fn position(&self) -> Option<&str> {
        self.after.as_deref().filter(|_| !self.lost)
    }

    /// The cursor of the last item that was taken.
    pub fn last_id(&self) -> Option<&Cursor> {
        self.last_id.as_ref()
    }

    /// Processes a page: cuts it to the items still wanted, and returns the next step.
    ///
    /// # Errors
    /// Exit 17 if the router's cursors form a cycle, or if it reports more items but returns no cursor or no new items.
    pub fn take(&mut self, page: &mut Page<'_>) -> Result<PageStep, Error> {
        let full = self.page_size().is_some_and(|asked| page.count() >= asked);
        let is_empty = page.count() == 0;
        let said_more = page.has_more == Some(true) && !(is_empty && page.last_id.is_none());
        let cut = self.wanted().filter(|wanted| page.count() > *wanted);
        if let Some(wanted) = cut {
            page.cut(wanted);
        }
        let cursor = page.cursor();
        let returns = cursor
            .as_ref()
            .is_some_and(|cursor| self.cursors.contains(&cursor.text));
        // Most lists are a single page, and need no memory.
        let new_items = if page.has_more == Some(false) || self.delivered == 0 {
            NewItems::Some
        } else {
            self.new_items(page)
        };
        if page.has_more.is_none() && (returns || new_items != NewItems::Some) {
            // It does not support `after`, and would return the same page forever.
            page.cut(0);
            page.cut = false;
            return Ok(PageStep::Last(None));
        }
        if said_more {
            self.check(cursor.as_ref().filter(|_| returns), new_items, is_empty)?;
        }
        self.delivered += page.count();
        self.last_id = cursor.clone().or(self.last_id.take());
        let known = said_more || cut.is_some();
        let done = match self.span.limit {
            Some(total) => self.delivered >= total,
            None => !self.span.all,
        };
        if done {
            return Ok(PageStep::Last(cursor.filter(|_| known)));
        }
        // If the envelope does not say whether there is more, another page may follow a full one.
        if !(known || page.has_more.is_none() && full && cursor.is_some()) {
            return Ok(PageStep::Last(None));
        }
        let Some(cursor) = cursor else {
            return Err(Error::unavailable(
                "the router reports more items, but neither `last_id` nor the last item's `id` is a cursor to them",
            ));
        };
        if !cursor.is_usable() {
            self.lost = true;
            return Err(Error::unavailable(
                "the router's cursor to more items is too long to be sent back",
            ));
        }
        self.cursors.insert(&cursor.text);
        for item in page.items() {
            self.items.insert(&key(page, item));
        }
        self.after = Some(cursor.text);
        Ok(PageStep::Next)
    }

    /// The current position, for [`Paginator::abort`].
    pub fn snapshot(&self) -> Position {
        Position {
            delivered: self.delivered,
            after: self.after.clone(),
            last_id: self.last_id.clone(),
        }
    }

    /// Records that only some items of the last page were delivered. `before` is the position before that page, and
    /// `cursor` leads to the items after those delivered.
    pub fn abort(&mut self, before: Position, delivered: usize, cursor: Option<Cursor>) {
        self.delivered = before.delivered + delivered;
        self.after = before.after;
        self.last_id = before.last_id;
        match cursor {
            Some(cursor) if delivered > 0 => {
                self.after = Some(cursor.text.clone());
                self.last_id = Some(cursor);
            }
            // The position has no cursor.
            _ if delivered > 0 => self.lost = true,
            _ => {}
        }
    }

    /// Whether a page has new items.
    fn new_items(&self, page: &Page<'_>) -> NewItems {
        let mut new_items = NewItems::None;
        for item in page.items() {
            if !self.items.contains(&key(page, item)) {
                return NewItems::Some;
            }
            if page.id_of(item).is_none() {
                new_items = NewItems::Unclear;
            }
        }
        if page.count() == 0 {
            NewItems::Unclear
        } else {
            new_items
        }
    }

    /// Checks that requesting another page makes progress.
    fn check(
        &mut self,
        returning: Option<&Cursor>,
        new_items: NewItems,
        is_empty: bool,
    ) -> Result<(), Error> {
        if let Some(Cursor { text, .. }) = returning {
            self.lost = true;
            return Err(Error::unavailable(format!(
                "the router returned the cursor {text} again while reporting more items: the list does not end"
            )));
        }
        if new_items == NewItems::None {
            self.lost = true;
            return Err(Error::unavailable(
                "the router returned only items that it had returned before while reporting more: the list does not end",
            ));
        }
        if new_items == NewItems::Some && !is_empty {
            self.barren = 0;
            return Ok(());
        }
        self.barren += 1;
        if self.barren < MOST_BARREN {
            return Ok(());
        }
        Err(Error::unavailable(format!(
            "the router returned {MOST_BARREN} pages in a row without a new item while reporting more"
        )))
    }
}

/// A position in a list.
#[derive(Clone)]
pub struct Position {
    delivered: usize,
    after: Option<String>,
    last_id: Option<Cursor>,
}

/// Whether a page has new items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NewItems {
    Some,
    None,
    /// Unknown: the page is empty, or equal items without an ID may be different objects.
    Unclear,
}

/// The key by which an item is remembered: its ID, or else its text.
fn key<'a>(page: &Page<'a>, item: &'a str) -> Cow<'a, str> {
    page.id_of(item).unwrap_or(Cow::Borrowed(item))
}

/// The hashes of previous texts, up to a limit. Beyond that, it starts over, so that every shorter cycle is still
/// detected.
#[derive(Default)]
struct SeenItems {
    hashes: HashSet<u64>,
    state: RandomState,
}

impl SeenItems {
    /// A few hundred kilobytes of hashes, so that memory does not grow with a list. A longer cycle is still detected by its
    /// cursors, of which there is one per page.
    const MOST: usize = 1 << 14;

    fn contains(&self, text: &str) -> bool {
        self.hashes.contains(&self.state.hash_one(text))
    }

    fn insert(&mut self, text: &str) {
        if self.hashes.len() >= Self::MOST {
            self.hashes.clear();
        }
        self.hashes.insert(self.state.hash_one(text));
    }
}
