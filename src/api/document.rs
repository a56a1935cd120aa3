//! Reads the router's objects leniently: unknown members are skipped, missing ones and nulls are absent, a value of an
//! undocumented type is shown as received, and a member may have more than one name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memchr;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::json::{self, Items, Members};
use crate::time::WireTime;

/// The maximum number of indexed members. Later ones are found by scanning. Documented objects have a few dozen
/// members, and an index of millions would be several times as large as the object.
const INDEXED: usize = 256;

/// Most objects have no more members.
const USUAL_MEMBERS: usize = 24;

/// The maximum number of members. Looking up each column in a larger object would take minutes.
pub(super) const MOST_MEMBERS: usize = 1_000_000;

/// The maximum number of words read from an array. Millions of short strings would take many times the memory of the
/// array.
const MOST_WORDS: usize = 100_000;

/// A JSON object whose members are still text. Of members with the same name the last one counts.
pub struct Document {
    text: Box<str>,
    /// Where the first members are, in their order.
    index: Vec<Member>,
    /// Where the members start that are not indexed.
    rest: usize,
    /// Whether a name or a string may contain an escape.
    has_escapes: bool,
}

/// A member's places in the text.
struct Member {
    /// The name with its quotes.
    name: (u32, u32),
    value: (u32, u32),
}

/// A type that can be read from a list.
pub trait ListItem: Sized {
    /// Reads an item of a response that is valid JSON; `None` if the value has another type.
    fn read(json: &str) -> Option<Self>;
}

impl<T: From<Document>> ListItem for T {
    fn read(json: &str) -> Option<Self> {
        Document::of(json).map(Self::from)
    }
}

impl ListItem for Box<RawValue> {
    fn read(json: &str) -> Option<Self> {
        RawValue::from_string(json.to_owned()).ok()
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        if let Some(document) = Self::of(text.get()) {
            return Ok(document);
        }
        // The parser describes the actual type.
        let object = serde_json::from_str::<BTreeMap<String, bool>>(text.get());
        Err(match object {
            Err(error) if !text.get().starts_with('{') => D::Error::custom(error),
            _ => D::Error::custom("an object with too many members"),
        })
    }
}

/// Whether an object has more members than are read.
pub(super) fn is_too_long(object: &str) -> bool {
    Members::of(object).nth(MOST_MEMBERS).is_some()
}

impl Document {
    /// Reads an object that is valid JSON; `None` if it is not an object, has too many members, or is larger than any
    /// response.
    fn of(object: &str) -> Option<Self> {
        object.starts_with('{').then_some(())?;
        u32::try_from(object.len()).ok()?;
        let place = |part: &str| {
            let start = part.as_ptr().addr() - object.as_ptr().addr();
            let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            (place(start), place(start + part.len()))
        };
        let mut members = Members::of(object);
        let mut index = Vec::with_capacity(USUAL_MEMBERS);
        for (name, value) in members.by_ref().take(INDEXED) {
            index.push(Member {
                name: place(name),
                value: place(value),
            });
        }
        let rest = object.len() - members.rest().len();
        if index.len() == INDEXED && members.nth(MOST_MEMBERS - INDEXED).is_some() {
            return None;
        }
        Some(Self {
            text: object.into(),
            index,
            rest,
            has_escapes: memchr(b'\\', object.as_bytes()).is_some(),
        })
    }

    /// The text of the first of these members that exists and is not null. A number keeps its spelling, an object or
    /// an array becomes compact JSON.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        self.text_in_place(names).map(Cow::into_owned)
    }

    /// As [`Document::text`], without a copy where the document spells the text as it is.
    pub fn text_in_place(&self, names: &[&str]) -> Option<Cow<'_, str>> {
        self.find(names).map(plain_in_place)
    }

    /// The first of these members that is a non-empty string.
    pub fn string(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .filter_map(|name| self.get(name))
            .filter_map(|value| serde_json::from_str::<String>(value).ok())
            .find(|text| !text.is_empty())
    }

    /// The first of these members as a point in time.
    pub fn time(&self, names: &[&str]) -> Option<WireTime> {
        self.text(names).map(WireTime::read)
    }

    /// The first of these members as a list of texts: an array's items, or a lone value.
    pub fn texts(&self, names: &[&str]) -> Vec<String> {
        match self.find(names) {
            None => Vec::new(),
            Some(value) if value.starts_with('[') => words(value, plain),
            Some(value) => vec![plain(value)],
        }
    }

    /// The first of these members as a list of names: of an object in the list, its own member `name`.
    pub fn names(&self, names: &[&str]) -> Vec<String> {
        let name = |item: &str| text_of(item, &["name", "id"]).unwrap_or_else(|| plain(item));
        words(self.find(names).unwrap_or_default(), name)
    }

    /// The JSON text of the first of these members that exists and is not null.
    pub fn json(&self, names: &[&str]) -> Option<String> {
        self.find(names).map(str::to_owned)
    }

    /// The first of these members as an object of its own.
    pub fn inner(&self, names: &[&str]) -> Option<Self> {
        self.find(names)
            .and_then(|value| serde_json::from_str(value).ok())
    }

    /// The members that are objects. Some servers wrap a response in one.
    pub fn objects(&self) -> Vec<Self> {
        Members::of(&self.text)
            .filter(|(_, value)| value.starts_with('{'))
            .take(INDEXED)
            .filter_map(|(_, value)| serde_json::from_str(value).ok())
            .collect()
    }

    fn find(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .filter_map(|name| self.get(name))
            .find(|value| *value != "null")
    }

    fn get(&self, name: &str) -> Option<&str> {
        if self.index.len() == INDEXED {
            let behind = Members::resume(&self.text[self.rest..]);
            let behind = behind.filter(|(spelled, _)| is_name(spelled, name)).last();
            if let Some((_, value)) = behind {
                return Some(value);
            }
        }
        let bytes = self.text.as_bytes();
        let is_it = |member: &&Member| {
            let (begin, end) = (member.name.0 as usize + 1, member.name.1 as usize - 1);
            (end - begin == name.len() && bytes.get(begin..end) == Some(name.as_bytes()))
                || self.has_escapes && is_name(self.part(member.name), name)
        };
        let member = self.index.iter().rev().find(is_it)?;
        Some(self.part(member.value))
    }

    fn part(&self, (begin, end): (u32, u32)) -> &str {
        let part = self.text.get(begin as usize..end as usize);
        part.unwrap_or_default()
    }
}

/// The text of the first of these members that exists and is not null, of an object that is valid JSON: what
/// [`Document::text`] returns, for a single look. None if it is not an object.
pub fn text_of(object: &str, names: &[&str]) -> Option<String> {
    value_of(object, names).map(plain)
}

/// The JSON text of the first of these members that exists and is not null, of an object that is valid JSON.
pub fn value_of<'a>(object: &'a str, names: &[&str]) -> Option<&'a str> {
    let value = |name: &str| {
        let members = Members::of(object).filter(|(spelled, _)| is_name(spelled, name));
        members.last().map(|(_, value)| value)
    };
    names
        .iter()
        .filter_map(|name| value(name))
        .find(|value| *value != "null")
}

/// The items of an array as texts. An ellipsis stands for those that are too many.
fn words(array: &str, word: impl Fn(&str) -> String) -> Vec<String> {
    let mut items = Items::of(array);
    let mut words: Vec<String> = items.by_ref().take(MOST_WORDS).map(word).collect();
    if items.next().is_some() {
        words.push("…".to_owned());
    }
    words
}

/// Whether a name, given as it is spelled, is this one.
pub(super) fn is_name(spelled: &str, name: &str) -> bool {
    let inner = spelled.get(1..spelled.len().saturating_sub(1));
    // Names are constant, and contain no escapes.
    inner == Some(name) || spelled.contains('\\') && json::string(spelled) == name
}

/// A value as text: a string without its quotes, anything else as the router spelled it.
pub fn plain(value: &str) -> String {
    plain_in_place(value).into_owned()
}

/// As [`plain`], without a copy where the value spells the text as it is.
fn plain_in_place(value: &str) -> Cow<'_, str> {
    match value.as_bytes().first() {
        Some(b'{' | b'[') => json::compact(value).into(),
        _ => json::string(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        serde_json::from_str(text).expect("an object")
    }

    #[test]
    fn last_duplicate_member_wins() {
        for count in [
            0,
            1,
            INDEXED - 2,
            INDEXED - 1,
            INDEXED,
            INDEXED + 1,
            2 * INDEXED,
        ] {
            let between: String =
                (0..count).fold(String::new(), |all, n| all + &format!("\"m{n}\":{n},"));
            let text = format!("{{\"a\":1,{between} \"a\" : 2 }}");
            let document = document(&text);
            assert_eq!(document.text(&["b", "a"]).as_deref(), Some("2"), "{count}");
            assert_eq!(text_of(&text, &["b", "a"]).as_deref(), Some("2"), "{count}");
            let last = count.checked_sub(1).map(|n| n.to_string());
            let name = format!("m{}", count.saturating_sub(1));
            assert_eq!(document.text(&[&name]), last, "{count}");
        }
    }

    #[test]
    fn skips_null_and_rejects_other_types() {
        let found = document(r#"{"a":null,"b":[1,"x",{"name":"n"}]}"#);
        assert_eq!(
            found.text(&["a", "b"]).as_deref(),
            Some(r#"[1,"x",{"name":"n"}]"#)
        );
        assert_eq!(found.texts(&["b"]), ["1", "x", r#"{"name":"n"}"#]);
        assert_eq!(found.names(&["b"]), ["1", "x", "n"]);
        assert!(found.names(&["a"]).is_empty());
        for text in ["null", "[]", "[{}]", "\"x\"", "17"] {
            let error = serde_json::from_str::<Document>(text).err().expect(text);
            assert!(error.is_data(), "{text}: {error}");
        }
    }

    #[test]
    fn cuts_long_arrays() {
        let items = vec!["1"; MOST_WORDS + 1].join(",");
        let words = document(&format!("{{\"a\":[{items}]}}")).texts(&["a"]);
        assert_eq!(words.len(), MOST_WORDS + 1);
        assert_eq!(words.last().map(String::as_str), Some("…"));
    }
}
