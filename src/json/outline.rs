//! Checks JSON and finds its parts in one pass, several times as fast as a parser: most of a large response is only passed
//! through.

use std::ops::Range;

use super::scan::{space_end, special};

/// So many members of an object are remembered; one with more has no outline of them, so that memory does not grow with
/// their number.
const MOST_MEMBERS: usize = 64;

/// The same for the items of an array: half a megabyte of places.
const MOST_ITEMS: usize = 64 * 1024;

/// The parts of a JSON text, as places in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The first value of the text.
    pub value: Range<usize>,
    /// The members of the value, if it is an object; none if they are too many.
    pub members: Option<Vec<Member>>,
    /// The items of the value, if it is an array.
    pub items: Option<ItemsOutline>,
    /// Whether no white space stands between its tokens.
    pub is_compact: bool,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name as it is spelled, with its quotes.
    pub name: Range<usize>,
    /// Its value.
    pub value: Range<usize>,
    /// The items of the value, if it is an array.
    pub items: Option<ItemsOutline>,
}

/// What is known of an array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemsOutline {
    /// How many items it has.
    pub count: usize,
    /// The last one.
    pub last: Option<Range<usize>>,
    /// Where each item starts and ends; none if they are too many, or too far from the start of the text.
    pub places: Option<Vec<(u32, u32)>>,
}

impl ItemsOutline {
    fn push(&mut self, item: Range<usize>) {
        let place = u32::try_from(item.start)
            .ok()
            .zip(u32::try_from(item.end).ok());
        match (&mut self.places, place) {
            (Some(places), Some(place)) if places.len() < MOST_ITEMS => places.push(place),
            _ => self.places = None,
        }
        self.count += 1;
        self.last = Some(item);
    }
}

impl Outline {
    /// The outline of the first value of a text, whatever follows it; none if what stands there is not JSON (RFC 8259).
    /// Halves of surrogate pairs may stand alone.
    pub fn of(text: &str) -> Option<Self> {
        let begin = space_end(text.as_bytes(), 0);
        let mut scan = Scan {
            bytes: text.as_bytes(),
            is_compact: true,
        };
        let mut outline = Self {
            value: begin..begin,
            members: None,
            items: None,
            is_compact: true,
        };
        outline.value.end = match scan.bytes.get(begin)? {
            b'{' => scan.members(begin, &mut outline.members)?,
            b'[' => {
                let (end, items) = scan.items(begin)?;
                outline.items = Some(items);
                end
            }
            _ => scan.value_end(begin)?,
        };
        outline.is_compact = scan.is_compact;
        Some(outline)
    }

    /// Whether nothing but white space follows the value.
    pub fn is_whole(&self, text: &str) -> bool {
        space_end(text.as_bytes(), self.value.end) == text.len()
    }
}

/// A text that is read.
struct Scan<'a> {
    bytes: &'a [u8],
    is_compact: bool,
}

impl Scan<'_> {
    /// Where the object ends that starts at `at`.
    fn members(&mut self, at: usize, members: &mut Option<Vec<Member>>) -> Option<usize> {
        let mut found = Vec::new();
        let mut at = self.space_end(at + 1);
        if self.bytes.get(at) == Some(&b'}') {
            *members = Some(found);
            return Some(at + 1);
        }
        loop {
            let name = at..self.string_end(at)?;
            let colon = self.colon_end(name.end)?;
            let begin = self.space_end(colon);
            let (end, items) = match self.bytes.get(begin)? {
                b'[' => self.items(begin).map(|(end, items)| (end, Some(items)))?,
                _ => (self.value_end(begin)?, None),
            };
            if found.len() <= MOST_MEMBERS {
                found.push(Member {
                    name,
                    value: begin..end,
                    items,
                });
            }
            at = self.space_end(end);
            match self.bytes.get(at)? {
                b',' => at = self.space_end(at + 1),
                b'}' => {
                    *members = (found.len() <= MOST_MEMBERS).then_some(found);
                    return Some(at + 1);
                }
                _ => return None,
            }
        }
    }

    /// Where the array ends that starts at `at`, and what it holds.
    fn items(&mut self, at: usize) -> Option<(usize, ItemsOutline)> {
        let mut items = ItemsOutline {
            places: Some(Vec::new()),
            ..ItemsOutline::default()
        };
        let mut at = self.space_end(at + 1);
        if self.bytes.get(at) == Some(&b']') {
            return Some((at + 1, items));
        }
        loop {
            let begin = self.space_end(at);
            let end = self.value_end(begin)?;
            items.push(begin..end);
            at = self.space_end(end);
            match self.bytes.get(at)? {
                b',' => at += 1,
                b']' => return Some((at + 1, items)),
                _ => return None,
            }
        }
    }

    /// Where the value ends that starts at `at`.
    fn value_end(&mut self, mut at: usize) -> Option<usize> {
        let bytes = self.bytes;
        // What is open: true for an object.
        let mut open: Vec<bool> = Vec::new();
        loop {
            at = self.space_end(at);
            match bytes.get(at)? {
                b'"' => at = self.string_end(at)?,
                b'{' => {
                    at = self.space_end(at + 1);
                    if bytes.get(at) != Some(&b'}') {
                        open.push(true);
                        at = self.colon_end(self.string_end(at)?)?;
                        continue;
                    }
                    at += 1;
                }
                b'[' => {
                    at = self.space_end(at + 1);
                    if bytes.get(at) != Some(&b']') {
                        open.push(false);
                        continue;
                    }
                    at += 1;
                }
                b't' => at = self.word_end(at, b"true")?,
                b'f' => at = self.word_end(at, b"false")?,
                b'n' => at = self.word_end(at, b"null")?,
                _ => at = self.number_end(at)?,
            }
            // A value has ended, and with it perhaps what is around it.
            loop {
                let Some(in_object) = open.last() else {
                    return Some(at);
                };
                at = self.space_end(at);
                match (bytes.get(at)?, in_object) {
                    (b',', true) => {
                        at = self.space_end(at + 1);
                        at = self.colon_end(self.string_end(at)?)?;
                        break;
                    }
                    (b',', false) => {
                        at += 1;
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        at += 1;
                        open.pop();
                    }
                    _ => return None,
                }
            }
        }
    }

    fn space_end(&mut self, at: usize) -> usize {
        let end = space_end(self.bytes, at);
        self.is_compact &= end == at;
        end
    }

    /// Where the colon ends that follows a name.
    fn colon_end(&mut self, at: usize) -> Option<usize> {
        let at = self.space_end(at);
        (self.bytes.get(at)? == &b':').then_some(at + 1)
    }

    /// Where the string ends whose quote stands at `at`.
    fn string_end(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes;
        (bytes.get(at)? == &b'"').then_some(())?;
        let mut at = at + 1;
        loop {
            at = special::<true>(bytes, at)?;
            at += match bytes[at] {
                b'"' => return Some(at + 1),
                b'\\' => escape_length(&bytes[at..])?,
                _ => return None,
            };
        }
    }

    fn word_end(&self, at: usize, word: &[u8]) -> Option<usize> {
        let is_it = self.bytes.get(at..)?.starts_with(word);
        is_it.then_some(at + word.len())
    }

    fn number_end(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes;
        let digits = |mut at: usize| {
            let begin = at;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            (at > begin).then_some(at)
        };
        let begin = at + usize::from(bytes.get(at) == Some(&b'-'));
        let mut at = match bytes.get(begin)? {
            b'0' => begin + 1,
            _ => digits(begin)?,
        };
        if bytes.get(at) == Some(&b'.') {
            at = digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = bytes.get(at) {
            at += 1;
            at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
            at = digits(at)?;
        }
        Some(at)
    }
}

/// The length of the escape with which the bytes start; none if it is not one (RFC 8259, section 7).
fn escape_length(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'u' => {
            let digits = bytes.get(2..6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)
        }
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::{Items, Members, check};

    fn is_value(text: &str) -> bool {
        Outline::of(text).is_some_and(|outline| outline.is_whole(text))
    }

    proptest! {
        #[test]
        fn accepts_what_the_parser_accepts(text in "[\\[\\]{}:,\"\\\\ \n0-9.eE+au/ntrlfs\u{1}é-]{0,40}") {
            prop_assert_eq!(is_value(&text), check(&text).is_ok(), "{}", text);
        }

        #[test]
        fn rejects_damaged_documents_like_the_parser(
            at in 0_usize..200,
            byte in proptest::option::of("[\\[\\]{}:,\"\\\\ 0e.x\n-]"),
        ) {
            let text = r#"{"a":[1,-2.5e+3,{"b\u00e9":null,"c":"x \" y \\"},[],{}],"long text":"0123456789 0123456789","t":true,"f":false} "#;
            let at = at % text.len();
            let text = format!("{}{}{}", &text[..at], byte.unwrap_or_default(), &text[at + 1..]);
            prop_assert_eq!(is_value(&text), check(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn finds_the_same_parts_as_the_iterators() {
        for text in [
            r#" {"a":[1,{"b":[2]} , "x"],"b" : {"c":1},"d":[],"\u0061":null} "#,
            "{}",
            r#"{"a":1, "a":2}, and more"#,
        ] {
            let outline = Outline::of(text).expect(text);
            let value = &text[outline.value.clone()];
            let members = outline.members.expect(text);
            let places =
                |member: &Member| (&text[member.name.clone()], &text[member.value.clone()]);
            let found: Vec<_> = members.iter().map(places).collect();
            assert_eq!(found, Members::of(value).collect::<Vec<_>>(), "{text}");
            for member in &members {
                let walked: Vec<_> = Items::of(&text[member.value.clone()]).collect();
                let items = member.items.clone().unwrap_or_default();
                assert_eq!(items.count, walked.len(), "{text}");
                let last = items.last.map(|last| &text[last]);
                assert_eq!(last, walked.last().copied(), "{text}");
                let places = items.places.unwrap_or_default();
                let found = places
                    .iter()
                    .map(|(begin, end)| &text[*begin as usize..*end as usize]);
                assert_eq!(found.collect::<Vec<_>>(), walked, "{text}");
            }
        }
        let list = Outline::of(" [1, 2]").expect("a list");
        assert_eq!(list.value, 1..7);
        assert_eq!(
            list.items,
            Some(ItemsOutline {
                count: 2,
                last: Some(5..6),
                places: Some(vec![(2, 3), (5, 6)]),
            })
        );
    }

    #[test]
    fn white_space_in_strings_is_not_between_tokens() {
        for (text, is_compact) in [
            (r#"{"a b":[1,{"c":" "}]}"#, true),
            (" [1] ", true),
            ("[1, 2]", false),
            ("[ ]", false),
            ("{\"a\" :1}", false),
            ("[[1\n]]", false),
        ] {
            let outline = Outline::of(text).expect(text);
            assert_eq!(outline.is_compact, is_compact, "{text}");
            let value = &text[outline.value];
            assert_eq!(crate::json::compact(value) == value, is_compact, "{text}");
        }
    }

    #[test]
    fn limits_the_number_of_items() {
        for (count, is_known) in [(MOST_ITEMS, true), (MOST_ITEMS + 1, false)] {
            let text = format!("[{}]", vec!["1"; count].join(","));
            let items = Outline::of(&text).and_then(|outline| outline.items);
            let items = items.expect("an array");
            assert_eq!((items.count, items.places.is_some()), (count, is_known));
        }
    }

    #[test]
    fn limits_the_number_of_members() {
        let object = |count: usize| {
            let members: Vec<_> = (0..count).map(|n| format!("\"m{n}\":{n}")).collect();
            format!("{{{}}}", members.join(","))
        };
        for (count, is_known) in [(MOST_MEMBERS, true), (MOST_MEMBERS + 1, false)] {
            let text = object(count);
            let outline = Outline::of(&text).expect("an object");
            assert_eq!(outline.members.is_some(), is_known, "{count}");
            assert_eq!(outline.value, 0..text.len());
        }
    }
}
