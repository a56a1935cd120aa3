//! Iterates over the items and members of valid JSON text. They are slices of the text, so that memory does not grow with
//! their number.

use std::borrow::Cow;

use memchr::memchr;

use crate::sanitize;

/// The items of an array as JSON text, in their order. The text must be valid JSON; one that is not an array has none.
#[derive(Clone, Debug)]
pub struct Items<'a>(Rest<'a>);

impl<'a> Items<'a> {
    /// The items of this array.
    pub fn of(array: &'a str) -> Self {
        Self(Rest::inside(array, b'['))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.0.skip(b',');
        self.0.value()
    }
}

/// The members of an object in their order, each as the spelling of its name, quotes included (see [`string`]), and
/// the JSON text of its value. A name may come twice. The text must be valid JSON; one that is not an object has none.
#[derive(Clone, Debug)]
pub struct Members<'a>(Rest<'a>);

impl<'a> Members<'a> {
    /// The members of this object.
    pub fn of(object: &'a str) -> Self {
        Self(Rest::inside(object, b'{'))
    }

    /// What was not looked at yet.
    pub fn rest(&self) -> &'a str {
        self.0.text.get(self.0.at..).unwrap_or_default()
    }

    /// Continues with what [`Members::rest`] returned.
    pub fn resume(rest: &'a str) -> Self {
        Self(Rest { text: rest, at: 0 })
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        self.0.skip(b',');
        let name = self.0.value()?;
        self.0.skip(b':');
        Some((name, self.0.value()?))
    }
}

/// A text of which the part from `at` on is still to come.
#[derive(Clone, Debug)]
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    /// What follows the opening bracket; nothing where the text starts with another character.
    fn inside(text: &'a str, open: u8) -> Self {
        let begin = space_end(text.as_bytes(), 0);
        let at = match text.as_bytes().get(begin) {
            Some(first) if *first == open => begin + 1,
            _ => text.len(),
        };
        Self { text, at }
    }

    fn skip(&mut self, mark: u8) {
        let at = space_end(self.text.as_bytes(), self.at);
        self.at = at + usize::from(self.text.as_bytes().get(at) == Some(&mark));
    }

    /// The next value; none at the end of the array or the object.
    fn value(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        let begin = space_end(bytes, self.at);
        self.at = match bytes.get(begin)? {
            b']' | b'}' => return None,
            b'"' => string_end(bytes, begin),
            b'[' | b'{' => nested_end(bytes, begin),
            _ => word_end(bytes, begin),
        };
        self.text
            .get(begin..self.at)
            .filter(|value| !value.is_empty())
    }
}

/// The first place from `at` on that is not white space. Most JSON has none between its tokens.
pub(super) fn space_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Where the number or the word ends that starts at `at`.
pub(super) fn word_end(bytes: &[u8], mut at: usize) -> usize {
    let is_end = |byte: &u8| {
        matches!(
            byte,
            b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"' | b' ' | b'\t' | b'\r' | b'\n'
        )
    };
    while bytes.get(at).is_some_and(|byte| !is_end(byte)) {
        at += 1;
    }
    at
}

/// Where the string ends whose quote stands at `at`.
pub(super) fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(found) = special::<false>(bytes, at) {
        if bytes[found] == b'"' {
            return found + 1;
        }
        at = found + 2;
    }
    bytes.len()
}

/// Where the array or the object ends that starts at `at`.
fn nested_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The first place from `at` on of a quote, a backslash, or, if `CONTROLS`, a control character below the space. Looks at
/// eight bytes at once: most strings are so short that calling the library for them takes longer than the search.
pub(super) fn special<const CONTROLS: bool>(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(word) = bytes.get(at..)?.first_chunk() {
        let word = u64::from_le_bytes(*word);
        let mut found = zero_bytes(word ^ (ONES * 0x22)) | zero_bytes(word ^ (ONES * 0x5c));
        if CONTROLS {
            found |= word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        }
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\') || CONTROLS && *byte < b' ';
    Some(at + bytes[at..].iter().position(is_special)?)
}

/// A one in each byte.
const ONES: u64 = u64::from_ne_bytes([1; 8]);
/// The highest bit of each byte.
const HIGH: u64 = ONES * 0x80;

/// The highest bit of each byte that is zero. Higher bytes than the first such byte may be marked wrongly.
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// The text of a JSON string, given with its quotes. Half of a surrogate pair, which no text can hold, stays the escape
/// that it is; what is not a string stays as it is spelled.
pub fn string(token: &str) -> Cow<'_, str> {
    let Some(inner) = token
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Cow::Borrowed(token);
    };
    if memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    if let Ok(text) = serde_json::from_str::<String>(token) {
        return Cow::Owned(text);
    }
    Cow::Owned(replace_lone_surrogates(inner))
}

/// Decodes a string that holds halves of surrogate pairs.
fn replace_lone_surrogates(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // A pair of halves is one character, and any other escape stands for itself.
        let length = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(_), _) => 6,
            (None, _) => 2,
        };
        let (escape, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        match serde_json::from_str::<String>(&format!("\"{escape}\"")) {
            Ok(text) => out.push_str(&text),
            Err(_) => out.push_str(escape),
        }
        rest = after;
    }
    out + rest
}

/// The UTF-16 unit of the `\u` escape with which a text starts.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// Lays JSON out over several lines, token by token: indented by two spaces, with the characters that
/// [`sanitize::is_hidden`] names as `\u` escapes.
#[derive(Debug, Default)]
pub struct Indenter {
    depth: usize,
    /// The last token opened an array or an object.
    opened: bool,
}

impl Indenter {
    /// Appends one more token of a valid JSON text.
    pub(super) fn token(&mut self, token: &str, out: &mut String) {
        let opened = std::mem::take(&mut self.opened);
        match token {
            "}" | "]" => {
                let is_laid_out = self.depth <= super::DEEPEST;
                self.depth = self.depth.saturating_sub(1);
                if !opened && is_laid_out {
                    self.new_line(out);
                }
                out.push_str(token);
                return;
            }
            _ if opened => self.new_line(out),
            _ => {}
        }
        match token {
            "{" | "[" => {
                out.push_str(token);
                self.depth += 1;
                self.opened = true;
            }
            "," => {
                out.push_str(token);
                self.new_line(out);
            }
            ":" => out.push_str(": "),
            other => escape_into(out, other),
        }
    }

    /// Starts a new line, unless the nesting is too deep: then a megabyte of brackets would become hundreds of megabytes
    /// of spaces.
    fn new_line(&self, out: &mut String) {
        if self.depth > super::DEEPEST {
            return;
        }
        out.push('\n');
        for _ in 0..self.depth {
            out.push_str("  ");
        }
    }
}

/// Inside JSON, hidden characters can only stand in strings, where an escape means the same.
pub(super) fn escape_into(out: &mut String, token: &str) {
    if sanitize::is_plain(token) {
        out.push_str(token);
        return;
    }
    sanitize::walk(token, |c, escapes| {
        if escapes {
            sanitize::push_escape(out, c);
        } else {
            out.push(c);
        }
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_the_first_special_byte(bytes in proptest::collection::vec(
            prop_oneof![
                8 => any::<u8>(), 1 => Just(b'"'), 1 => Just(b'\\'), 1 => Just(0xdc), 1 => Just(0xa2), 1 => Just(0x1f)
            ],
            0..80,
        ), at in 0_usize..8) {
            let behind = |is_special: &dyn Fn(&u8) -> bool| {
                let found = bytes.get(at..)?.iter().position(is_special)?;
                Some(at + found)
            };
            let is_mark = |byte: &u8| matches!(byte, b'"' | b'\\');
            prop_assert_eq!(special::<false>(&bytes, at), behind(&is_mark));
            let is_special = |byte: &u8| is_mark(byte) || *byte < b' ';
            prop_assert_eq!(special::<true>(&bytes, at), behind(&is_special));
        }
    }
}
