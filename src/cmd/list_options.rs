//! What the filters and views of all lists have in common.

use super::values;
use crate::error::Error;
use crate::redact::Typed;
use crate::session::{ListView, Session, SortOrder};

/// Options of a list that ends.
#[derive(clap::Args, Clone, Debug, Default)]
#[group(skip)]
pub struct ViewArgs {
    /// Print only the number of items (of the whole list)
    #[arg(long, conflicts_with_all = ["limit", "sort"], help_heading = "Lists")]
    pub count: bool,
    /// Read the whole list and sort it by a column ('name' or 'created:desc')
    #[arg(long, value_name = "COLUMN[:desc]", value_parser = sort_order, help_heading = "Lists")]
    pub sort: Option<SortOrder>,
}

impl From<ViewArgs> for ListView {
    fn from(args: ViewArgs) -> Self {
        Self {
            is_count: args.count,
            sort: args.sort,
        }
    }
}

fn sort_order(text: &str) -> Result<SortOrder, String> {
    let (column, direction) = text.split_once(':').unwrap_or((text, "asc"));
    let is_descending = match direction {
        "desc" => true,
        "asc" => false,
        _ => return Err("write COLUMN, COLUMN:asc, or COLUMN:desc".to_owned()),
    };
    Ok(SortOrder {
        column: values::text(column)?,
        is_descending,
    })
}

/// Whether a value is one of the wanted ones. Without any, every value is.
pub(super) fn is_any(wanted: &[String], value: Option<impl AsRef<str>>) -> bool {
    let is_wanted = |value: &str| wanted.iter().any(|word| word == value);
    wanted.is_empty() || value.is_some_and(|value| is_wanted(value.as_ref()))
}

/// The values of an option that was given more than once or with commas between them, which its value may hold itself in
/// another action.
///
/// # Errors
/// Exit 2 if there is nothing before, between, or after commas.
pub(super) fn split(option: &str, values: &[String]) -> Result<Vec<String>, Error> {
    let parts = values.iter().flat_map(|value| value.split(','));
    let parts: Vec<String> = parts.map(|part| part.trim().to_owned()).collect();
    if parts.iter().any(String::is_empty) {
        let message = format!("`{option}`: a value between commas is empty");
        return Err(Error::usage(message));
    }
    Ok(parts)
}

/// The same for patterns.
///
/// # Errors
/// Exit 2 also if one is not a pattern.
pub(super) fn split_patterns(option: &str, values: &[String]) -> Result<Vec<String>, Error> {
    let patterns = split(option, values)?;
    for text in &patterns {
        pattern(text).map_err(|error| Error::usage(format!("`{option}`: {error}")))?;
    }
    Ok(patterns)
}

/// A pattern for [`glob`]. Those of shells have more, which would silently match nothing here.
///
/// # Errors
/// If it is empty or has brackets or braces.
pub(super) fn pattern(text: &str) -> Result<String, String> {
    if text.contains(['[', ']', '{', '}']) {
        return Err("only * (any text) and ? (any character) are special in a pattern; brackets and braces are not supported".to_owned());
    }
    values::text(text)
}

/// Warns of status words that are not documented. The set is open, so they are used nevertheless.
pub(super) fn warn_unknown_status(session: &Session<'_>, words: &[String], known: &[&str]) {
    for word in words.iter().filter(|word| !known.contains(&word.as_str())) {
        let (word, valid) = (Typed::new([word]).redact(word), known.join(", "));
        session
            .ui()
            .warn(&format!("unknown status '{word}' (valid: {valid})"));
    }
}

/// Whether a text matches a pattern, in which `*` stands for any text and `?` for any one character.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut in_text) = (0, 0);
    // Where to continue if what follows the last `*` does not match: the `*` then stands for one character more.
    let mut retry = None;
    while in_text < text.len() {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at, in_text));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    at = star + 1;
                    in_text = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_the_whole_text() {
        for (pattern, text) in [
            ("gpu-1", "gpu-1"),
            ("gpu-*", "gpu-"),
            ("*", ""),
            ("*-1", "gpu-1-1"),
            ("g?u*", "gpu-1"),
            ("*a*b*", "xaxxbx"),
            ("?", "ü"),
        ] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("gpu", "gpu-1"),
            ("GPU-1", "gpu-1"),
            ("?", ""),
            ("*-1", "gpu-12"),
            ("*a*b", "xbxa"),
            ("", "a"),
        ] {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_direction_other_than_asc_and_desc_is_refused() {
        assert!(sort_order("name:down").is_err());
        assert!(sort_order(":desc").is_err());
        assert!(sort_order("name:desc").is_ok_and(|order| order.is_descending));
        assert!(sort_order("name").is_ok_and(|order| !order.is_descending));
    }
}
