//! Makes the invisible visible: text from elsewhere must not steer the terminal or deceive its reader.

use std::borrow::Cow;

/// Whether a character is shown as an escape: C0, DEL, C1, bidirectional controls, zero-width characters,
/// line and paragraph separators, and the other format characters that print nothing (Unicode category Cf).
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Text on one line, for a cell, a name or a message: newline and tab become escapes too.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_hidden(c) => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Text of several lines: newlines and tabs stay, everything else that is hidden becomes an escape.
#[must_use]
pub fn block(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => out.push_str("\\r"),
            c if is_hidden(c) => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

/// Appends `\u001b` and its like: JSON's form, with a surrogate pair beyond the basic plane, so that the same
/// escape is valid inside a JSON string (RFC 8259, section 7).
pub(crate) fn push_escape(out: &mut String, c: char) {
    use std::fmt::Write as _;
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        // Writing to a String can't fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}
