//! Masks secrets in text by the names before them: `token=…`, `"password": "…"`, `--api-key …`.

use std::borrow::Cow;

use super::markup::blocks;
use super::pairs::{Source, pairs};
use super::shapes::shapes;
use super::{MASK, decoded, names_secret};
use crate::json::{self, Rules};

/// Characters allowed in a name before `=`, in addition to letters and digits.
const IN_NAMES: &[char] = &['_', '-', '.', '%', '[', ']', '$', '@'];

/// Prose, such as an error message, with the values after names of secrets masked.
pub fn text(text: &str) -> Cow<'_, str> {
    text_from(text, Source::Prose)
}

pub(super) fn text_from(text: &str, source: Source) -> Cow<'_, str> {
    let masked = without_user_info(&blocks(text, source));
    let masked = shapes(pairs(masked, source), source);
    if masked == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(masked)
    }
}

/// A body of any type with its secrets masked: JSON (one document or one per line), a form, or text.
pub fn payload(payload: &str) -> String {
    if is_json(payload) {
        return body(payload);
    }
    let is_form = payload.contains('=') && !payload.trim_end().contains(char::is_whitespace);
    let is_pairs = |payload: &str| {
        payload
            .split('&')
            .all(|pair| !pair.contains([':', '<', '"']))
    };
    if is_form && is_pairs(payload) {
        let shown = url(&format!("?{payload}"));
        return text_from(&shown[1..], Source::Composed).into_owned();
    }
    if !payload.lines().any(is_json) {
        return text_from(payload, Source::Composed).into_owned();
    }
    let lines = payload.split_inclusive('\n').map(|line| {
        if is_json(line) {
            body(line)
        } else {
            text_from(line, Source::Composed).into_owned()
        }
    });
    lines.collect()
}

/// A URL, or a path with its query, with user info and the values of parameters named like secrets masked.
pub fn url(url: &str) -> String {
    let url = without_user_info(url);
    let Some((path, query)) = url.split_once('?') else {
        return values(&url, names_secret, |c| "&#".contains(c));
    };
    let path = values(path, names_secret, |c| "&#".contains(c));
    let mut fragment = query.split('#');
    let query = fragment.next().unwrap_or_default();
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && (names_secret(name) || holds_secret(value)) => {
            format!("{name}={MASK}")
        }
        Some(_) => values(pair, names_secret, |c| c == '&'),
        None => pair.to_owned(),
    });
    let mut shown = format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"));
    for part in fragment {
        shown.push('#');
        shown.push_str(&values(part, names_secret, |c| c == '&'));
    }
    shown
}

/// Whether the value of a parameter itself contains a secret: another URL or JSON, for example.
fn holds_secret(value: &str) -> bool {
    let value = decoded(&value.replace('+', " "));
    is_json(&value) && json::mask_by(&value, &Composed).1 > 0 || text(&value) != value
}

/// A JSON body with the values of members named like secrets masked.
pub fn body(body: &str) -> String {
    json::mask_by(body, &Composed).0
}

/// Composed text, such as an argument, a field, or a body, with its secrets masked.
struct Composed;

impl Rules for Composed {
    fn hides(&self, _above: Option<&str>, name: &str) -> bool {
        names_secret(name)
    }

    fn hides_numbers(&self) -> bool {
        true
    }

    fn text(&self, _name: Option<&str>, _before: Option<&str>, value: &str) -> Option<String> {
        Some(text(value).into_owned())
    }
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && json::check(text).is_ok()
}

/// One word of a command line with its secrets masked: `password=…`, a URL, or JSON.
pub fn word(word: &str) -> String {
    if is_json(word) {
        return body(word);
    }
    match word.split_once('=') {
        Some((name, _))
            if name.contains(|c: char| c.is_whitespace() || "?{\"/<:,;&".contains(c)) => {}
        Some((name, value)) => {
            let name_of_field = field_name(name);
            return if names_secret(name_of_field) && !value.is_empty() {
                format!("{name}={MASK}")
            } else {
                format!("{name}={}", self::word(value))
            };
        }
        None => {}
    }
    if word.contains('?') || word.contains("://") || word.starts_with('/') {
        return text_from(&url(word), Source::Composed).into_owned();
    }
    if let Some((name, value)) = word.split_once(':')
        && !value.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.".contains(c))
        && names_secret(field_name(name))
    {
        return format!("{name}:{MASK}");
    }
    if let Some((user_info, host)) = word.rsplit_once('@')
        && !user_info.is_empty()
        && host.contains('/')
        && !user_info.contains(['/', '{', '"', ' ', '<'])
    {
        // A URL without its scheme.
        let host = text_from(host, Source::Composed);
        return format!("{MASK}@{host}");
    }
    text_from(word, Source::Composed).into_owned()
}

/// The name without a short option in the same word: `-fpassword`.
fn field_name(name: &str) -> &str {
    let Some(flags) = name.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
        return name;
    };
    // Only flags without a value can precede it in the same word.
    match flags.find(['f', 'F']) {
        Some(at) if flags[..at].chars().all(|flag| "iqvy".contains(flag)) => &flags[at + 1..],
        _ => name,
    }
}

/// A command line as one text, with the value after `--name=` or `--name ` masked if the name is that of a secret.
pub(super) fn command_line(text: &str, is_secret: fn(&str) -> bool) -> String {
    let masked = values(text, is_secret, char::is_whitespace);
    let mut out = String::with_capacity(masked.len());
    let mut hides = false;
    // The quote behind which a masked value ends.
    let mut quote: Option<char> = None;
    for piece in masked.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if let Some(end) = quote {
            if word.ends_with(end) {
                quote = None;
                out.push_str(&piece[word.len()..]);
            }
            continue;
        }
        if hides && !word.is_empty() && !word.starts_with('-') {
            out.push_str(MASK);
            hides = false;
            let start = word.chars().next().filter(|c| matches!(c, '"' | '\''));
            quote = start.filter(|quote| word.len() == 1 || !word.ends_with(*quote));
            if quote.is_none() {
                out.push_str(&piece[word.len()..]);
            }
            continue;
        }
        if !word.is_empty() {
            hides = word.starts_with('-') && !word.contains('=') && is_secret(word);
        }
        out.push_str(piece);
    }
    out
}

/// The text with user info and all query values of its URLs masked.
pub(super) fn all_queries(text: &str) -> String {
    let text = without_user_info(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "\"'`<>".contains(c));
        let (url, next) = after.split_at(end.unwrap_or(after.len()));
        match url.split_once('?') {
            Some((path, query)) => {
                let pairs = query.split('&').map(|pair| match pair.split_once('=') {
                    Some((name, _)) => format!("{name}={MASK}"),
                    None => pair.to_owned(),
                });
                out.push_str(path);
                out.push('?');
                out.push_str(&pairs.collect::<Vec<_>>().join("&"));
            }
            None => out.push_str(url),
        }
        rest = next;
    }
    out + rest
}

/// The text with the user info between `://` and `@` of its URLs masked.
fn without_user_info(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = |ends: &str| {
            let is_end = |c: char| c.is_whitespace() || ends.contains(c);
            after.find(is_end).unwrap_or(after.len())
        };
        let mut authority = &after[..end("/?#\"'`<>")];
        // Not a port, but a password with an unencoded slash.
        if !authority.contains(['@', '['])
            && let Some((_, port)) = authority.split_once(':')
            && port.contains(|c: char| !c.is_ascii_digit())
        {
            authority = &after[..end("\"'`<>")];
        }
        rest = match authority.rfind('@') {
            Some(at) if at > 0 && &after[..at] != MASK => {
                out.push_str(MASK);
                &after[at..]
            }
            _ => after,
        };
    }
    out + rest
}

/// Masks the value after `name=`, up to the end given by `is_end`.
fn values(text: &str, is_secret: fn(&str) -> bool, is_end: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let is_of_name = |c: char| c.is_alphanumeric() || IN_NAMES.contains(&c);
        let name = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_of_name(*c))
            .last()
            .map_or("", |(at, _)| &before[at..]);
        out.push_str(&rest[..=at]);
        rest = after;
        let (quote, value) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => (Some(quote), &after[1..]),
            _ => (None, after),
        };
        let end = match quote {
            Some(quote) => value.find(quote),
            None => value.find(&is_end),
        };
        let end = end.unwrap_or(value.len());
        if is_secret(name) && end > 0 && !value.starts_with(MASK) {
            out.extend(quote);
            out.push_str(MASK);
            rest = &value[end..];
        }
    }
    out + rest
}
