//! Lists: how one page is read, and how the next one is asked for.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::answer::Answer;
use super::document::Document;
use super::request::Request;
use crate::error::Error;
use crate::json;

/// The most that the router gives on one page. Documented for other lists, assumed for these.
pub const LARGEST_PAGE: usize = 100;

/// How many items are shown where nothing else is said and the router is not the one to choose. Documented for other
/// lists as its own choice.
pub const USUAL_PAGE: usize = 20;

/// A list that the router gives a page at a time.
pub trait Listing {
    /// What it lists.
    type Item: DeserializeOwned;
    /// The member of the envelope that holds the items.
    const MEMBER: &'static str = "data";
    /// The members of an item of which the first that is there is its id, and so the cursor behind it.
    const ID: &'static [&'static str] = &["id"];

    /// The request without `limit` and `after`.
    fn request(&self) -> Request;
}

/// How much of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// How many items in all; none: one page of the router's own size, or everything with `all`.
    pub limit: Option<usize>,
    /// Everything.
    pub all: bool,
    /// Begin after this id.
    pub after: Option<String>,
}

/// One page as it came, its items still text.
pub struct Page {
    /// The router's document.
    pub document: Box<RawValue>,
    /// The items.
    pub items: Vec<Box<RawValue>>,
    /// Whether the document is a bare array without an envelope.
    pub bare: bool,
    cut: bool,
    /// The members of an item that may be its id.
    id: &'static [&'static str],
    /// Whether the router says that there is more; none where it does not say.
    has_more: Option<bool>,
    /// The router's own cursor to the next page.
    last_id: Option<String>,
}

/// The envelope of a list, besides its items. Assumed.
#[derive(Deserialize)]
struct Envelope {
    // Read leniently: a value of a wrong type counts as absent.
    has_more: Option<Box<RawValue>>,
    last_id: Option<Box<RawValue>>,
}

impl Page {
    /// Reads a page of a list: the envelope with the list's member, or a bare array.
    ///
    /// # Errors
    /// Exit 17 when it is neither.
    pub fn read<L: Listing>(answer: &Answer) -> Result<Self, Error> {
        let page = Self::parse::<L>(answer.text()?).map_err(|e| answer.misshapen(&e))?;
        page.ok_or_else(|| {
            answer.garbled(format_args!(
                "no list: neither an object with the list `{}` nor an array",
                L::MEMBER
            ))
        })
    }

    /// The page that a document is; none where it is no list.
    #[must_use]
    pub fn of<L: Listing>(document: &str) -> Option<Self> {
        Self::parse::<L>(document).ok().flatten()
    }

    fn parse<L: Listing>(text: &str) -> Result<Option<Self>, serde_json::Error> {
        let document: Box<RawValue> = serde_json::from_str(text)?;
        let text = document.get();
        if text.starts_with('[') {
            let items = serde_json::from_str(text)?;
            return Ok(Some(Self {
                document,
                items,
                bare: true,
                cut: false,
                id: L::ID,
                has_more: None,
                last_id: None,
            }));
        }
        let envelope: Envelope = serde_json::from_str(text)?;
        let mut members = json::members(text).unwrap_or_default().into_iter();
        let items = members.find(|(name, _)| name == L::MEMBER);
        let items = items.and_then(|(_, items)| serde_json::from_str(items.get()).ok());
        Ok(items.map(|items| Self {
            items,
            bare: false,
            cut: false,
            id: L::ID,
            has_more: envelope
                .has_more
                .and_then(|raw| serde_json::from_str(raw.get()).ok()),
            last_id: envelope
                .last_id
                .and_then(|raw| serde_json::from_str(raw.get()).ok())
                .filter(|id: &String| !id.is_empty()),
            document,
        }))
    }

    /// The members of the envelope but those that a merged list writes itself, as `"name":value` texts in their
    /// order.
    #[must_use]
    pub fn members(&self) -> Vec<String> {
        json::members(self.document.get())
            .unwrap_or_default()
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "data" | "has_more" | "last_id"))
            .map(|(name, value)| format!("{}:{}", serde_json::Value::from(name), value.get()))
            .collect()
    }

    /// The id of an item.
    #[must_use]
    pub fn id_of(&self, item: &RawValue) -> Option<String> {
        let document: Document = serde_json::from_str(item.get()).ok()?;
        document.text(self.id).filter(|id| !id.is_empty())
    }

    /// Whether items were taken off because more came than were asked for.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The cursor to more of the list, where the router says that there is more.
    #[must_use]
    pub fn more(&self) -> Option<String> {
        self.cursor().filter(|_| self.has_more == Some(true))
    }

    /// The cursor to what follows: `last_id`, else the id of the last item.
    fn cursor(&self) -> Option<String> {
        self.last_id
            .clone()
            .or_else(|| self.items.last().and_then(|item| self.id_of(item)))
    }
}

/// What a page means for the walk.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// There is another page to ask for.
    Next,
    /// The walk is over. The cursor leads to more of the list, where there is known to be more.
    Last(Option<String>),
}

/// A walk through a list, page by page. Pure: it says what to ask and judges what came.
pub struct Walk {
    span: Span,
    delivered: usize,
    after: Option<String>,
    last_id: Option<String>,
    seen: HashSet<String>,
    /// The router leads in a circle: nothing is gained by going on.
    lost: bool,
}

impl Walk {
    /// Begins where the span says.
    #[must_use]
    pub fn new(span: &Span) -> Self {
        Self {
            span: span.clone(),
            delivered: 0,
            after: span.after.clone(),
            last_id: None,
            seen: span.after.iter().cloned().collect(),
            lost: false,
        }
    }

    /// The `limit` to send; none leaves it to the router.
    #[must_use]
    pub fn page_size(&self) -> Option<usize> {
        match self.span.limit {
            Some(total) => Some((total - self.delivered).min(LARGEST_PAGE)),
            None => self.span.all.then_some(LARGEST_PAGE),
        }
    }

    /// The request for the next page.
    #[must_use]
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
    #[must_use]
    pub fn delivered(&self) -> usize {
        self.delivered
    }

    /// How many are still wanted; none where there is no total.
    #[must_use]
    pub fn wanted(&self) -> Option<usize> {
        self.span.limit.map(|total| total - self.delivered)
    }

    /// Where a walk that broke off can be taken up again.
    #[must_use]
    pub fn position(&self) -> Option<&str> {
        self.after.as_deref().filter(|_| !self.lost)
    }

    /// The cursor of the last item that was taken.
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// Takes a page: cuts it to what is still wanted, and says what follows.
    ///
    /// # Errors
    /// Exit 17 when the router's cursors lead in a circle, or when it says that there is more but gives no cursor.
    pub fn take(&mut self, page: &mut Page) -> Result<Step, Error> {
        let full = self
            .page_size()
            .is_some_and(|asked| page.items.len() >= asked);
        let said_more =
            page.has_more == Some(true) && !(page.items.is_empty() && page.last_id.is_none());
        let cut = self.wanted().filter(|wanted| page.items.len() > *wanted);
        if let Some(wanted) = cut {
            page.items.truncate(wanted);
            page.cut = true;
            page.last_id = None;
        }
        let cursor = page.cursor();
        if let Some(id) = cursor.as_ref().filter(|id| self.seen.contains(*id)) {
            if said_more {
                self.lost = true;
                return Err(Error::unavailable(format!(
                    "the router gives the cursor {id} again while it says that there is more: its list has no end"
                )));
            }
            if page.has_more.is_none() {
                // It does not know `after`, and would give the same page for ever.
                page.items.clear();
                return Ok(Step::Last(None));
            }
        }
        self.delivered += page.items.len();
        self.last_id = cursor.clone().or(self.last_id.take());
        let known = said_more || cut.is_some();
        let done = match self.span.limit {
            Some(total) => self.delivered >= total,
            None => !self.span.all,
        };
        if done {
            return Ok(Step::Last(cursor.filter(|_| known)));
        }
        // An envelope that does not say whether there is more: a page as full as was asked for may have a successor.
        if !(known || page.has_more.is_none() && full) {
            return Ok(Step::Last(None));
        }
        let Some(cursor) = cursor else {
            return Err(Error::unavailable(
                "the router says that the list goes on, but neither `last_id` nor the last item's `id` tells where",
            ));
        };
        self.seen.insert(cursor.clone());
        self.after = Some(cursor);
        Ok(Step::Next)
    }
}
