//! Lists: how one page is read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::document::{self, ListItem};
use super::request::Request;
use super::response::Response;
use crate::error::Error;
use crate::json::{self, Items, ItemsOutline, Members, Outline};

/// The most that the router gives on one page. Documented for other lists, assumed for these.
pub const LARGEST_PAGE: usize = 100;

/// How many items are shown where nothing else is said and the router is not the one to choose. Documented for other
/// lists as its own choice.
pub const USUAL_PAGE: usize = 20;

/// A list that the router gives a page at a time.
pub trait ListEndpoint {
    /// What it lists.
    type Item: ListItem;
    /// The member of the envelope that holds the items.
    const MEMBER: &'static str = "data";
    /// The members of an item of which the first that is there is its ID, and so the cursor behind it.
    const ID: &'static [&'static str] = &["id"];
    /// Whether the items may be under any name, if there is only one array of objects.
    const ANY_MEMBER: bool = true;

    /// The request without `limit` and `after`.
    fn request(&self) -> Request;
}

impl<L: ListEndpoint> ListEndpoint for &L {
    type Item = L::Item;
    const MEMBER: &'static str = L::MEMBER;
    const ID: &'static [&'static str] = L::ID;
    const ANY_MEMBER: bool = L::ANY_MEMBER;

    fn request(&self) -> Request {
        (*self).request()
    }
}

/// How much of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListParams {
    /// How many items in all; none: one page of the router's own size, or everything with `all`.
    pub limit: Option<usize>,
    /// Everything.
    pub all: bool,
    /// Start after this id.
    pub after: Option<String>,
}

/// A place in a list: what is sent as `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// As it is sent: of a JSON string the text, of anything else the spelling.
    pub text: String,
    /// As it stands in JSON.
    pub json: String,
}

/// A longer cursor is not sent back or offered: no server is known to take a URL that holds it.
const LONGEST_CURSOR: usize = 8 * 1024;

impl Cursor {
    /// Whether it is short enough to be sent.
    pub fn is_usable(&self) -> bool {
        self.text.len() <= LONGEST_CURSOR
    }

    /// The cursor that a text is.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            json: serde_json::Value::from(text).to_string(),
        }
    }

    /// The cursor that a JSON value is; none if it is null or an empty string.
    fn read(json: &str) -> Option<Self> {
        let text = document::plain(json);
        let is_one = json != "null" && !text.is_empty();
        is_one.then(|| Self {
            text,
            json: json.to_owned(),
        })
    }
}

/// One page as it came. Its items are slices of the document: a page takes no more memory than its text.
pub struct Page<'a> {
    /// The router's document.
    pub document: &'a str,
    /// Whether the document is a bare array without an envelope.
    pub bare: bool,
    /// Whether no white space stands between the tokens of the document.
    pub is_compact: bool,
    /// The text around the document.
    text: &'a str,
    /// The array of the items.
    array: &'a str,
    /// Where they stand in the text, if that is known.
    places: Option<&'a [(u32, u32)]>,
    /// The name of its member as it is spelled; none for a bare array, and where it is `data`.
    member: Option<&'a str>,
    count: usize,
    last: Option<&'a str>,
    pub(super) cut: bool,
    /// The members of an item that may be its id.
    id: &'static [&'static str],
    /// Whether the router says that there is more; none where it does not say.
    pub(super) has_more: Option<bool>,
    /// The router's own cursor to the next page.
    pub(super) last_id: Option<Cursor>,
}

impl<'a> Page<'a> {
    /// Reads a page of a list: the envelope with the list's member, or a bare array.
    ///
    /// # Errors
    /// Exit 17 when it is neither.
    pub fn read<L: ListEndpoint>(response: &'a Response) -> Result<Self, Error> {
        let text = response.text()?;
        let page = match response.outline() {
            Some((text, outline)) if outline.is_whole(text) => {
                Self::parse::<L>(text, outline).map(|found| {
                    found.map(|(page, items)| Self {
                        places: items.and_then(|items| items.places.as_deref()),
                        ..page
                    })
                })
            }
            // The parser knows where and why a text is not JSON.
            _ => json::check(text).map(|()| None),
        };
        page.map_err(|e| response.is_malformed(&e))?.ok_or_else(|| {
            response.undecodable(format_args!(
                "not a list: expected an array, or an object with the array `{}`",
                L::MEMBER
            ))
        })
    }

    /// The page that a document is; none where it is not a list.
    pub fn of<L: ListEndpoint>(document: &'a str) -> Option<Self> {
        let outline = Outline::of(document)?;
        let outline = outline.is_whole(document).then_some(outline)?;
        let (page, _) = Self::parse::<L>(document, &outline).ok().flatten()?;
        Some(page)
    }

    /// The page that a text is, and the outline of its items.
    fn parse<'o, L: ListEndpoint>(
        text: &'a str,
        outline: &'o Outline,
    ) -> Result<Option<(Self, Option<&'o ItemsOutline>)>, serde_json::Error> {
        let document = &text[outline.value.clone()];
        let mut page = Self {
            document,
            bare: document.starts_with('['),
            is_compact: outline.is_compact,
            text,
            array: document,
            places: None,
            member: None,
            count: 0,
            last: None,
            cut: false,
            id: L::ID,
            has_more: None,
            last_id: None,
        };
        let mut items = outline.items.as_ref();
        if !page.bare {
            if !document.starts_with('{') {
                // The parser knows how to say what it is instead.
                return serde_json::from_str::<BTreeMap<String, bool>>(text).map(|_| None);
            }
            let mut array = None;
            // As most parsers see it, the last of several members with the same name counts.
            let mut member = |name: &'a str, value: &'a str, of: Option<&'o ItemsOutline>| {
                match &*json::string(name) {
                    name if name == L::MEMBER => {
                        array = Some(value);
                        items = of;
                    }
                    // Read leniently: a value of a wrong type counts as absent.
                    "has_more" => page.has_more = json::string(value).parse().ok(),
                    "last_id" => page.last_id = Cursor::read(value),
                    _ => {}
                }
            };
            match &outline.members {
                Some(members) => members.iter().for_each(|it| {
                    let (name, value) = (&text[it.name.clone()], &text[it.value.clone()]);
                    member(name, value, it.items.as_ref());
                }),
                None => Members::of(document).for_each(|(name, value)| member(name, value, None)),
            }
            if array.is_none()
                && L::ANY_MEMBER
                && let Some((name, value)) = only_list(document)
            {
                (page.member, array) = (Some(name), Some(value));
            }
            page.array = match array {
                // What some servers write for a list without items.
                Some("null") => "[]",
                Some(array) if array.starts_with('[') => array,
                _ => return Ok(None),
            };
        }
        match items {
            Some(items) => {
                page.count = items.count;
                page.last = items.last.clone().map(|last| &text[last]);
            }
            None => {
                for item in Items::of(page.array) {
                    page.count += 1;
                    page.last = Some(item);
                }
            }
        }
        Ok(Some((page, items)))
    }

    /// The items, as JSON text.
    pub fn items(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let text = self.text;
        let known = self.places.unwrap_or_default().iter();
        let known = known.filter_map(|(begin, end)| text.get(*begin as usize..*end as usize));
        let found = Items::of(if self.places.is_some() {
            ""
        } else {
            self.array
        });
        known.chain(found).take(self.count)
    }

    /// How many items there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The members of the envelope but those that a merged list writes itself: their names as they are spelled, with
    /// their values.
    pub fn members(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let list = self.member;
        Members::of(self.document)
            .filter(move |(name, _)| list != Some(*name))
            .filter(|(name, _)| !matches!(&*json::string(name), "data" | "has_more" | "last_id"))
    }

    /// The place behind an item.
    pub fn cursor_of(&self, item: &str) -> Option<Cursor> {
        Cursor::read(document::value_of(item, self.id)?)
    }

    /// The ID of an item, for comparison with that of another; none if it has none.
    pub(super) fn id_of(&self, item: &'a str) -> Option<Cow<'a, str>> {
        let is_id = |name: &str| self.id.iter().any(|id| document::is_name(name, id));
        let is_id = |(name, value): &(&str, &str)| *value != "null" && is_id(name);
        let (_, id) = Members::of(item).find(is_id)?;
        Some(json::string(id)).filter(|id| !id.is_empty())
    }

    /// Whether items were taken off because more came than were asked for.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The cursor to more of the list, where the router says that there is more.
    pub fn more(&self) -> Option<Cursor> {
        self.cursor().filter(|_| self.has_more == Some(true))
    }

    /// The cursor to what follows: `last_id`, else the ID of the last item.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        self.last_id
            .clone()
            .or_else(|| self.last.and_then(|item| self.cursor_of(item)))
    }

    /// Takes off all items but the first ones.
    pub(super) fn cut(&mut self, count: usize) {
        self.count = count;
        self.last = count.checked_sub(1).and_then(|last| self.items().nth(last));
        self.cut = true;
        self.last_id = None;
    }
}

/// The one member of an envelope that is an array of objects, whatever its name; of several, the one that is not empty. An
/// object with an ID of its own is not an envelope: its arrays are details of it.
fn only_list(document: &str) -> Option<(&str, &str)> {
    let is_id = |name: &str| json::string(name) == "id";
    if Members::of(document).any(|(name, _)| is_id(name)) {
        return None;
    }
    let is_list =
        |value: &str| value.starts_with('[') && Items::of(value).all(|item| item.starts_with('{'));
    let lists = || Members::of(document).filter(|(_, value)| is_list(value));
    let mut full = lists().filter(|(_, value)| Items::of(value).next().is_some());
    match (full.next(), full.next()) {
        (Some(list), None) => Some(list),
        (None, _) => lists().next().filter(|_| lists().nth(1).is_none()),
        _ => None,
    }
}
