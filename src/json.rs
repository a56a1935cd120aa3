//! JSON text, laid out anew without being read into values: member order, duplicate members and the spelling of
//! numbers and strings stay as the router wrote them.

use crate::sanitise;

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
    for _ in 0..depth {
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
