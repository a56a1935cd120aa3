//! Masks secrets from the command line and the environment in usage errors.

use super::{MASK, names_secret, word};

/// A shorter secret may occur in any message, so it is masked only inside the complete word that contained it.
const SHORTEST_PIECE: usize = 4;

/// The same limit for a secret of letters only, which may occur in a message as a word.
const SHORTEST_WORD: usize = 6;

/// Words as typed, and the secrets in them.
pub struct Typed {
    /// Texts that contain a secret, each with its replacement; the longest first.
    replacements: Vec<(String, String)>,
}

impl Typed {
    /// Finds secrets in the words of a command line or in the values of variables.
    pub fn new(words: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut replacements = Vec::new();
        let mut add = |text: &str, shown: &str| {
            if text != shown {
                replacements.push((text.to_owned(), shown.to_owned()));
            }
        };
        let mut follows_secret = false;
        for text in words {
            let text = text.as_ref();
            if follows_secret && is_specific(text) && !text.starts_with('-') {
                add(text, MASK);
            }
            follows_secret = text.starts_with("--") && !text.contains('=') && names_secret(text);
            let shown = word(text);
            add(text, &shown);
            for piece in hidden(text, &shown) {
                if is_specific(piece) {
                    add(piece, MASK);
                }
            }
        }
        replacements.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        Self { replacements }
    }

    /// A message with those secrets masked.
    pub fn redact(&self, message: &str) -> String {
        let mut shown = message.to_owned();
        for (text, replacement) in &self.replacements {
            if shown.contains(text.as_str()) {
                shown = shown.replace(text.as_str(), replacement);
            }
        }
        shown
    }
}

/// Whether a piece is unlikely to occur in a message by chance.
fn is_specific(piece: &str) -> bool {
    let is_word = piece.chars().all(char::is_lowercase);
    piece.len()
        >= if is_word {
            SHORTEST_WORD
        } else {
            SHORTEST_PIECE
        }
}

/// The parts of a text that `shown` masks.
fn hidden<'t>(text: &'t str, shown: &str) -> Vec<&'t str> {
    let mut kept = shown.split(MASK);
    let Some(mut rest) = kept.next().and_then(|kept| text.strip_prefix(kept)) else {
        return Vec::new();
    };
    let mut pieces = Vec::new();
    for kept in kept {
        let end = if kept.is_empty() {
            rest.len()
        } else {
            rest.find(kept).unwrap_or(rest.len())
        };
        let (piece, next) = rest.split_at(end);
        pieces.push(piece);
        rest = next.get(kept.len()..).unwrap_or_default();
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_repeats_no_part_of_a_typed_secret() {
        let words = [
            "--arg=password=s3cret",
            "token:other1",
            "--api-key",
            "third3",
            "https://u:fourth@h/p",
            r#"{"pin":"fifth5","n":1}"#,
            "pin=1",
            "https://user@h/p",
        ];
        let typed = Typed::new(words);
        for (message, shown) in [
            ("bad s3cret", "bad ***"),
            ("bad 'password=s3cret'", "bad 'password=***'"),
            ("bad other1 and third3", "bad *** and ***"),
            ("u:fourth is bad", "*** is bad"),
            ("at fifth5, line 1", "at ***, line 1"),
            ("pin=1 in line 1", "pin=*** in line 1"),
            ("a user is bad", "a user is bad"),
            ("--arg is bad", "--arg is bad"),
        ] {
            assert_eq!(typed.redact(message), shown);
        }
    }

    #[test]
    fn finds_masked_parts() {
        let parts = |text, shown| hidden(text, shown).join("|");
        assert_eq!(parts("a=b&c=d&e=f", "a=***&c=***&e=f"), "b|d");
        assert_eq!(parts("abc", "***"), "abc");
        assert_eq!(parts("abc", "abc"), "");
        assert_eq!(parts("abc", "x***"), "");
    }
}
