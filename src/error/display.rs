//! The text of an error: lines of limited length, without URLs from libraries.

use std::borrow::Cow;

use crate::sanitize::capped;

/// The maximum number of characters of a message, a line below it, or a cause.
pub(super) const LONGEST_LINE: usize = 2_000;
/// The maximum number of characters of a server's code, field, or request ID.
pub(super) const LONGEST_WORD: usize = 200;
/// The maximum number of lines below a message.
pub(super) const MOST_LINES: usize = 50;
/// The maximum length of a hint. Terminals don't accept longer commands.
pub(super) const LONGEST_HINT: usize = 16 * 1024;

/// Cuts a text to `most` characters and adds the size of the rest.
pub(super) fn bounded(text: impl Into<String>, most: usize) -> String {
    let text = text.into();
    match capped(&text, most) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => text,
    }
}

/// Adds an instruction to a hint whose command contains a masked secret.
pub fn to_fill_in(hint: String) -> String {
    match hint.split_once(": xeroctl ") {
        Some((text, command)) if command.contains("***") => {
            format!("{text} (fill in ***): xeroctl {command}")
        }
        _ => hint,
    }
}

/// A library's message without the URLs of its documentation, together with surrounding parentheses and phrases that
/// only refer to the URL.
pub(super) fn without_links(cause: &str) -> String {
    let mut text = cause.to_owned();
    while let Some(at) = text.find("https://").or_else(|| text.find("http://")) {
        let length = text[at..]
            .find(|c: char| c.is_whitespace() || "()<>\"'`,;".contains(c))
            .unwrap_or(text.len() - at);
        let (begin, end) = around(&text, at, at + length);
        text.replace_range(begin..end, "");
    }
    let shown = text.trim().trim_end_matches([' ', ';', ':', ',', '(']);
    if shown.is_empty() {
        "(no reason is given)".to_owned()
    } else {
        shown.to_owned()
    }
}

/// The range to remove with the URL at `begin..end`.
fn around(text: &str, begin: usize, end: usize) -> (usize, usize) {
    if let Some(open) = text[..begin].rfind('(')
        && !text[open..begin].contains(')')
        && let Some(close) = text[end..].find(')')
    {
        return (open, end + close + 1);
    }
    let Some(clause) = reference(&text[..begin]) else {
        return (begin, end);
    };
    let rest = &text[end..];
    let next = rest.find(['.', ';', '\n']).unwrap_or(rest.len());
    // The preceding sentence keeps its period.
    let before = text[..clause].trim_end_matches([';', ':', ',']).len();
    (before, end + next)
}

/// The start of the phrase at the end of the text, if it only refers to the URL.
fn reference(text: &str) -> Option<usize> {
    const WORDS: [&str; 7] = [
        "see",
        "for more",
        "for further",
        "visit",
        "read",
        "refer",
        "more ",
    ];
    let begins = |ends: &[char]| text.rfind(ends).map_or(0, |at| at + 1);
    let refers = |begin: &usize| {
        let words = text[*begin..].trim().to_ascii_lowercase();
        WORDS.iter().any(|word| words.starts_with(word))
    };
    // `For more information, see`
    let sentence = begins(&['.', ';', ':', '\n']);
    let clause = begins(&['.', ';', ':', ',', '\n']);
    [sentence, clause].into_iter().find(refers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_library_urls_from_causes() {
        for (cause, shown) in [
            ("bad certificate", "bad certificate"),
            (
                "bad certificate; see https://docs.rs/x for help",
                "bad certificate",
            ),
            (
                "bad certificate (see https://docs.rs/x?a=b#c).",
                "bad certificate .",
            ),
            ("bad. For more information, see https://docs.rs/x.", "bad."),
            (
                "error sending request for url (http://h/?token=x)",
                "error sending request for url",
            ),
            ("the page http://a/b is gone", "the page  is gone"),
            ("https://docs.rs/x", "(no reason is given)"),
        ] {
            assert_eq!(without_links(cause), shown, "{cause}");
        }
    }

    #[test]
    fn marks_hints_with_masked_commands() {
        let hint = |text: &str| to_fill_in(text.to_owned());
        assert_eq!(
            hint("there is more: xeroctl api GET '/a?token=***'"),
            "there is more (fill in ***): xeroctl api GET '/a?token=***'"
        );
        assert_eq!(
            hint("there is more: xeroctl agents"),
            "there is more: xeroctl agents"
        );
        assert_eq!(hint("*** is masked"), "*** is masked");
    }
}
