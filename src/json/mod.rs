//! JSON text, laid out anew without being read into values: member order, duplicate members and the spelling of
//! numbers and strings stay as the router wrote them.

mod mask;

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::sanitise;

pub use mask::mask;

/// The document on one line, without insignificant whitespace. `text` must be valid JSON.
#[must_use]
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for token in Tokens(text) {
        out.push_str(token);
    }
    out
}

/// The document indented by two spaces, with the characters that [`sanitise::is_hidden`] names as `\u` escapes:
/// the form for a terminal. `text` must be valid JSON.
#[must_use]
pub fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut tokens = Tokens(text).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                out.push_str(token);
                if matches!(tokens.peek(), Some(&("}" | "]"))) {
                    out.push_str(tokens.next().unwrap_or_default());
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push_str(token);
            }
            "," => {
                out.push_str(token);
                new_line(&mut out, depth);
            }
            ":" => out.push_str(": "),
            other => escape_into(&mut out, other),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    // Without an end to it, a few megabytes of brackets would become terabytes of blanks.
    for _ in 0..depth.min(DEEPEST) {
        out.push_str("  ");
    }
}

/// Inside JSON, hidden characters can only stand in strings, where an escape means the same.
fn escape_into(out: &mut String, token: &str) {
    for c in token.chars() {
        if sanitise::is_hidden(c) {
            sanitise::push_escape(out, c);
        } else {
            out.push(c);
        }
    }
}

/// The tokens of a valid JSON text: punctuation, strings with their quotes, and the bare words between.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.0 = self.0.trim_ascii_start();
        let bytes = self.0.as_bytes();
        let length = match bytes.first()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => string_length(bytes),
            _ => bytes
                .iter()
                .position(|byte| b"{}[],:\" \t\r\n".contains(byte))
                .unwrap_or(bytes.len()),
        };
        let (token, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(token)
    }
}

fn string_length(bytes: &[u8]) -> usize {
    let mut escaped = false;
    for (index, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    bytes.len()
}

/// The document with null in the place of every text that holds `secret`, and of every text under one of these members.
/// `text` must be valid JSON.
#[must_use]
pub fn without(text: &str, members: &[&str], secret: &str) -> String {
    let read = |token: &str| match token.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(token).ok(),
        _ => None,
    };
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

/// The same document with the characters that [`sanitise::is_hidden`] names as `\u` escapes.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}

/// The members of an object in their order, their values still text; a name may come twice. None where `text` is no
/// JSON object.
#[must_use]
pub fn members(text: &str) -> Option<Vec<(String, Box<RawValue>)>> {
    struct Members(Vec<(String, Box<RawValue>)>);
    impl<'de> Deserialize<'de> for Members {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Collect;
            impl<'de> Visitor<'de> for Collect {
                type Value = Members;
                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                    let mut members = Vec::new();
                    while let Some(member) = map.next_entry()? {
                        members.push(member);
                    }
                    Ok(Members(members))
                }
            }
            deserializer.deserialize_map(Collect)
        }
    }
    serde_json::from_str(text).ok().map(|Members(all)| all)
}

/// An object out of members whose values are JSON text, without insignificant whitespace around them.
#[must_use]
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let members: Vec<String> = members
        .into_iter()
        .map(|(name, value)| format!("{}:{value}", serde_json::Value::from(name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The first member name that an object of the document holds twice, at whatever depth. `text` must be valid JSON.
#[must_use]
pub fn doubled(text: &str) -> Option<String> {
    let mut objects: Vec<HashSet<String>> = Vec::new();
    let mut tokens = Tokens(text).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" => objects.push(HashSet::new()),
            "}" => drop(objects.pop()),
            _ if tokens.peek() == Some(&":") => {
                // One that is no Unicode can only be compared as it is spelled.
                let name: String = serde_json::from_str(token).unwrap_or_else(|_| token.to_owned());
                let names = objects.last_mut()?;
                if names.contains(&name) {
                    return Some(name);
                }
                names.insert(name);
            }
            _ => {}
        }
    }
    None
}

/// Deeper than this, a document is no document but an attack on whoever reads it by recursion.
const DEEPEST: usize = 128;

fn is_too_deep(text: &str) -> bool {
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
/// it is nested more than 128 deep, or holds a string that is no Unicode (half of a surrogate pair).
#[must_use]
pub fn canonical(text: &str) -> Option<String> {
    if is_too_deep(text) {
        return None;
    }
    sorted(text)
}

fn sorted(text: &str) -> Option<String> {
    Some(match text.trim_ascii().as_bytes().first() {
        Some(b'{') => {
            let members = members(text)?.into_iter();
            let members: BTreeMap<String, String> = members
                .map(|(name, value)| Some((name, sorted(value.get())?)))
                .collect::<Option<_>>()?;
            object(members.iter().map(|(name, value)| (&**name, &**value)))
        }
        Some(b'[') => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(text).ok()?;
            let items: Vec<String> = items
                .iter()
                .map(|item| sorted(item.get()))
                .collect::<Option<_>>()?;
            format!("[{}]", items.join(","))
        }
        Some(b'"') => {
            serde_json::Value::from(serde_json::from_str::<String>(text).ok()?).to_string()
        }
        _ => compact(text),
    })
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
