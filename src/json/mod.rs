//! Formats JSON text without parsing it into values, so that member order, duplicate members, and the spelling of numbers
//! and strings stay as the router wrote them.

mod mask;
mod outline;
mod scan;

use std::borrow::Cow;
use std::collections::HashSet;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use self::scan::{escape_into, space_end, string_end, word_end};

pub use mask::{Rules, mask, mask_by};
pub use outline::{ItemsOutline, Outline};
pub use scan::{Indenter, Items, Members, string};

/// The document on one line, without insignificant whitespace. `text` must be valid JSON.
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    compact_into(&mut out, text);
    out
}

/// Appends what [`compact`] returns.
pub fn compact_into(out: &mut String, text: &str) {
    let bytes = text.as_bytes();
    // What stands between two pieces of white space is copied whole.
    let mut copied = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.push_str(&text[copied..at]);
                at += 1;
                copied = at;
            }
            _ => at += 1,
        }
    }
    out.push_str(&text[copied..]);
}

/// The document indented by two spaces, with the characters that [`crate::sanitize`] shows as escapes as `\u` escapes:
/// the form for a terminal. `text` must be valid JSON.
pub fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut indenter = Indenter::default();
    for token in Tokens(text) {
        indenter.token(token, &mut out);
    }
    out
}

/// Lays `text`, one or more tokens of a document, out with `indenter`, in the form of [`indented`]. `out` is handed to
/// `write` whenever it holds `most` bytes or more, so that it never grows with the document.
pub fn indent<E>(
    text: &str,
    indenter: &mut Indenter,
    out: &mut String,
    most: usize,
    mut write: impl FnMut(&mut String) -> Result<(), E>,
) -> Result<(), E> {
    for token in Tokens(text) {
        indenter.token(token, out);
        if out.len() >= most {
            write(out)?;
        }
    }
    Ok(())
}

/// The tokens of a valid JSON text: punctuation, strings with their quotes, and the bare words between.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.0.as_bytes();
        let begin = space_end(bytes, 0);
        let end = match bytes.get(begin)? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => begin + 1,
            b'"' => string_end(bytes, begin),
            _ => word_end(bytes, begin),
        };
        let (token, rest) = (&self.0[begin..end], &self.0[end..]);
        self.0 = rest;
        Some(token)
    }
}

/// The document with null instead of every text that holds `secret`, and of every text under one of these members.
/// `text` must be valid JSON.
pub fn without(text: &str, members: &[&str], secret: &str) -> String {
    let read = |token: &str| token.starts_with('"').then(|| string(token).into_owned());
    let mut out = String::with_capacity(text.len());
    let mut tokens = Tokens(text).peekable();
    let mut member = String::new();
    let mut before = "";
    while let Some(token) = tokens.next() {
        let is_name = tokens.peek() == Some(&":");
        let value = read(token);
        let named = before == ":" && members.contains(&member.as_str());
        let is_secret = value
            .as_ref()
            .is_some_and(|value| named || value.contains(secret));
        out.push_str(if is_secret && !is_name { "null" } else { token });
        if is_name {
            member = value.unwrap_or_default();
        }
        before = token;
    }
    out
}

/// The same document with the characters that [`crate::sanitize`] shows as escapes as `\u` escapes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}

/// The members of an object in their order, their values still text; a name may come twice. None if `text` is not a
/// JSON object, or a name is not Unicode. Copies everything: for long objects see [`Members`].
pub fn entries(text: &str) -> Option<Vec<(String, Box<RawValue>)>> {
    let text = serde_json::from_str::<&RawValue>(text).ok()?.get();
    text.starts_with('{').then_some(())?;
    Members::of(text)
        .map(|(name, value)| {
            let value = RawValue::from_string(value.to_owned()).ok()?;
            Some((serde_json::from_str(name).ok()?, value))
        })
        .collect()
}

/// Whether the objects of a document have more than `most` members in all, at whatever depth. `text` must be valid JSON.
pub fn has_more_members(text: &str, most: usize) -> bool {
    Tokens(text)
        .filter(|token| *token == ":")
        .nth(most)
        .is_some()
}

/// An object out of members whose values are JSON text, without insignificant whitespace around them.
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let members: Vec<String> = members
        .into_iter()
        .map(|(name, value)| format!("{}:{value}", serde_json::Value::from(name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The first member name that an object of the document holds twice, at whatever depth. `text` must be valid JSON.
pub fn duplicate_key(text: &str) -> Option<String> {
    let mut objects: Vec<HashSet<Cow<'_, str>>> = Vec::new();
    let mut tokens = Tokens(text).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" => objects.push(HashSet::new()),
            "}" => drop(objects.pop()),
            _ if tokens.peek() == Some(&":") => {
                // One that is not Unicode can only be compared as it is spelled.
                let name = unicode(token).unwrap_or(Cow::Borrowed(token));
                let names = objects.last_mut()?;
                if names.contains(&name) {
                    return Some(name.into_owned());
                }
                names.insert(name);
            }
            _ => {}
        }
    }
    None
}

/// Deeper than this, a document is not a document but an attack on whoever reads it by recursion.
const DEEPEST: usize = 128;

/// Whether a document is nested deeper than any real one. `text` may be any text.
pub fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    Tokens(text).any(|token| {
        match token {
            "{" | "[" => depth += 1,
            "}" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}

/// The one text of a value: members sorted by the code points of their names, no insignificant whitespace, strings
/// with the fewest escapes, numbers as they are spelled. `text` must be valid JSON without doubled names. None where
/// it is nested more than 128 deep, or holds a string that is not Unicode (half of a surrogate pair).
pub fn canonical(text: &str) -> Option<String> {
    if is_too_deep(text) {
        return None;
    }
    let mut out = String::new();
    push_sorted(&mut out, text)?;
    Some(out)
}

/// Appends the canonical text of a value; none if a string in it is not Unicode.
fn push_sorted(out: &mut String, text: &str) -> Option<()> {
    match text.trim_ascii().as_bytes().first() {
        Some(b'{') => {
            let mut entries: Vec<(Cow<'_, str>, &str)> = Members::of(text)
                .map(|(name, value)| Some((unicode(name)?, value)))
                .collect::<Option<_>>()?;
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            let mut before = '{';
            for (name, value) in &entries {
                out.push(before);
                push_string(out, name);
                out.push(':');
                push_sorted(out, value)?;
                before = ',';
            }
            out.push_str(if entries.is_empty() { "{}" } else { "}" });
        }
        Some(b'[') => {
            out.push('[');
            let start = out.len();
            for item in Items::of(text) {
                if out.len() > start {
                    out.push(',');
                }
                push_sorted(out, item)?;
            }
            out.push(']');
        }
        Some(b'"') => push_string(out, &unicode(text.trim_ascii())?),
        _ => compact_into(out, text),
    }
    Some(())
}

/// Appends a string with the fewest escapes.
fn push_string(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// The same document with the escapes of halves of surrogate pairs as text, because no text can hold such a half. `text`
/// must be valid JSON.
pub fn unicode_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for token in Tokens(text) {
        if token.starts_with('"') && unicode(token).is_none() {
            push_string(&mut out, &string(token));
        } else {
            out.push_str(token);
        }
    }
    out
}

/// The text of a JSON string, given with its quotes; none if it is not Unicode.
fn unicode(token: &str) -> Option<Cow<'_, str>> {
    match token.strip_prefix('"')?.strip_suffix('"')? {
        inner if inner.contains('\\') => serde_json::from_str(token).ok().map(Cow::Owned),
        inner => Some(Cow::Borrowed(inner)),
    }
}

/// Whether the text is JSON; else where and why not.
///
/// # Errors
/// The parser's own words.
pub fn check(text: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ())
}

#[cfg(test)]
mod tests;
