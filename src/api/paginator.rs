//! Lists: which page is asked for next, and whether there is a point in asking.

use std::borrow::Cow;
use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use super::page::{Cursor, LARGEST_PAGE, ListParams, Page};
use super::request::Request;
use crate::error::Error;

/// What a page means for the walk.
#[derive(Debug, PartialEq, Eq)]
pub enum PageStep {
    /// There is another page to ask for.
    Next,
    /// The walk is over. The cursor leads to more of the list, where there is known to be more.
    Last(Option<Cursor>),
}

/// A walk through a list, page by page. Pure: it says what to ask and judges what came.
pub struct Paginator {
    span: ListParams,
    delivered: usize,
    after: Option<String>,
    last_id: Option<Cursor>,
    /// The cursors that were followed.
    cursors: SeenItems,
    /// The IDs of the items that came; of an item without one, its text.
    items: SeenItems,
    /// How many pages in a row brought nothing new.
    barren: u32,
    /// The router leads in a circle: nothing is gained by continuing.
    lost: bool,
}

/// So many pages in a row may bring nothing new: a server that filters may well have to skip a few.
const MOST_BARREN: u32 = 10;

impl Paginator {
    /// Starts where the span says.
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

    /// The `limit` to send; none leaves it to the router.
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

    /// How many are still wanted; none where there is not a total.
    pub fn wanted(&self) -> Option<usize> {
        self.span.limit.map(|total| total - self.delivered)
    }

    /// Where a walk that broke off can be resumed.
    pub fn position(&self) -> Option<&str> {
        self.after.as_deref().filter(|_| !self.lost)
    }

    /// The cursor of the last item that was taken.
    pub fn last_id(&self) -> Option<&Cursor> {
        self.last_id.as_ref()
    }

    /// Takes a page: cuts it to what is still wanted, and says what follows.
    ///
    /// # Errors
    /// Exit 17 when the router's cursors lead in a circle, when it says that there is more but gives no cursor or
    /// nothing that has not come before.
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
        let news = if page.has_more == Some(false) || self.delivered == 0 {
            News::Some
        } else {
            self.news(page)
        };
        if page.has_more.is_none() && (returns || news != News::Some) {
            // It does not know `after`, and would give the same page for ever.
            page.cut(0);
            page.cut = false;
            return Ok(PageStep::Last(None));
        }
        if said_more {
            self.check(cursor.as_ref().filter(|_| returns), news, is_empty)?;
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
        // An envelope that does not say whether there is more: a page as full as was asked for may have a successor.
        if !(known || page.has_more.is_none() && full && cursor.is_some()) {
            return Ok(PageStep::Last(None));
        }
        let Some(cursor) = cursor else {
            return Err(Error::unavailable(
                "the router reports more items, but neither `last_id` nor the last item's `id` says where they start",
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

    /// Where the walk stands now, for [`Paginator::abort`].
    pub fn place(&self) -> Place {
        Place {
            delivered: self.delivered,
            after: self.after.clone(),
            last_id: self.last_id.clone(),
        }
    }

    /// Of the page that was taken last, only so many items were delivered. `before` is the place before that page, and
    /// `cursor` the place behind the last of those items.
    pub fn abort(&mut self, before: Place, delivered: usize, cursor: Option<Cursor>) {
        self.delivered = before.delivered + delivered;
        self.after = before.after;
        self.last_id = before.last_id;
        match cursor {
            Some(cursor) if delivered > 0 => {
                self.after = Some(cursor.text.clone());
                self.last_id = Some(cursor);
            }
            // There is a place, but no word for it.
            _ if delivered > 0 => self.lost = true,
            _ => {}
        }
    }

    /// What of a page has not come before.
    fn news(&self, page: &Page<'_>) -> News {
        let mut news = News::None;
        for item in page.items() {
            if !self.items.contains(&key(page, item)) {
                return News::Some;
            }
            if page.id_of(item).is_none() {
                news = News::Unclear;
            }
        }
        if page.count() == 0 {
            News::Unclear
        } else {
            news
        }
    }

    /// Whether there is a point in asking for another page.
    fn check(
        &mut self,
        returning: Option<&Cursor>,
        news: News,
        is_empty: bool,
    ) -> Result<(), Error> {
        if let Some(Cursor { text, .. }) = returning {
            self.lost = true;
            return Err(Error::unavailable(format!(
                "the router returned the cursor {text} again while reporting more items: the list does not end"
            )));
        }
        if news == News::None {
            self.lost = true;
            return Err(Error::unavailable(
                "the router returned only items that it had returned before while reporting more: the list does not end",
            ));
        }
        if news == News::Some && !is_empty {
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

/// A place in a walk.
#[derive(Clone)]
pub struct Place {
    delivered: usize,
    after: Option<String>,
    last_id: Option<Cursor>,
}

/// What a page holds that has not come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    Some,
    None,
    /// Nothing, or items without an ID, which may be alike without being the same.
    Unclear,
}

/// What an item is remembered by: its ID, of one without an ID its text.
fn key<'a>(page: &Page<'a>, item: &'a str) -> Cow<'a, str> {
    page.id_of(item).unwrap_or(Cow::Borrowed(item))
}

/// Texts that came before, as far as memory goes: their hashes, and only so many. When those are used up it starts
/// again, so that every circle shorter than that is still found.
#[derive(Default)]
struct SeenItems {
    hashes: HashSet<u64>,
    state: RandomState,
}

impl SeenItems {
    /// Some 20 MB of hashes.
    const MOST: usize = 1 << 20;

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
