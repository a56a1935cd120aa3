//! Compiles regular expressions, and masks their groups.

use regex::{Captures, Regex};

use super::MASK;

/// Compiles a constant pattern. The tests compile all of them.
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant")
}

/// The characters of a word, for a bracket of a pattern: of those that are not ASCII all, because the table of
/// Unicode's letters takes milliseconds to compile.
macro_rules! word {
    () => {
        r"0-9A-Za-z_\x{80}-\x{10FFFF}"
    };
}
pub(super) use word;

/// Masks a group of each match that passes a check.
pub(super) fn mask_group(
    text: String,
    pattern: &Regex,
    group: usize,
    counts: impl Fn(&Captures<'_>) -> bool,
) -> String {
    let mut out = String::new();
    let mut written = 0;
    for found in pattern.captures_iter(&text) {
        let Some(hidden) = found
            .get(group)
            .filter(|hidden| !is_masked(hidden.as_str()))
        else {
            continue;
        };
        if counts(&found) {
            out.push_str(&text[written..hidden.start()]);
            out.push_str(MASK);
            written = hidden.end();
        }
    }
    if written == 0 {
        return text;
    }
    out + &text[written..]
}

/// Whether the text is already masked or empty.
pub(super) fn is_masked(value: &str) -> bool {
    let value = value.trim();
    value.is_empty() || value.starts_with(MASK)
}
