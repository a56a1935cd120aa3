//! Explains syntax errors in the configuration file without quoting its text, which may contain a key.

use std::path::Path;

use crate::error::Error;

/// The parser's descriptions and what they mean. Only these are shown: another description might quote the file.
const MEANINGS: &[(&str, &str)] = &[
    (
        "`_` may only go between digits",
        "in a number, `_` is only allowed between digits",
    ),
    (
        "cannot recurse further; max recursion depth met",
        "the nesting is too deep",
    ),
    (
        "carriage return must be followed by newline",
        "a carriage return without a line feed",
    ),
    ("duplicate key", "this name is already defined above"),
    ("extra `=`", "there is an extra `=`"),
    (
        "extra assignment between key-value pairs",
        "there is an extra `=`",
    ),
    ("extra comma in array", "there is an extra comma"),
    ("extra comma in inline table", "there is an extra comma"),
    (
        "floating-point number overflowed",
        "the number is too large",
    ),
    ("integer number overflowed", "the number is too large"),
    (
        "invalid basic string",
        "the string contains a character that is not allowed there",
    ),
    (
        "invalid comment character",
        "a comment contains a control character",
    ),
    (
        "invalid inline table element",
        "expected a setting of the form `name = value`",
    ),
    (
        "invalid key-value pair",
        "expected a setting of the form `name = value`",
    ),
    (
        "invalid literal string",
        "the string contains a character that is not allowed there",
    ),
    (
        "invalid multi-line basic string",
        "the string contains a character that is not allowed there",
    ),
    (
        "invalid multi-line literal string",
        "the string contains a character that is not allowed there",
    ),
    (
        "invalid unquoted key",
        "a name with these characters must be quoted",
    ),
    (
        "key with no value",
        "`=` and a value are missing after the name",
    ),
    (
        "missing assignment between key-value pairs",
        "`=` is missing between the name and the value",
    ),
    (
        "missing comma between array elements",
        "a comma is missing between two elements",
    ),
    (
        "missing comma between key-value pairs",
        "a comma is missing between two settings",
    ),
    (
        "missing escaped value",
        "after the backslash, a character is missing or is not a known escape",
    ),
    (
        "missing key for inline table element",
        "the name is missing before `=`",
    ),
    ("missing opening quote", "the opening quote is missing"),
    ("missing value", "the value is missing"),
    ("missing value for key", "the value is missing after `=`"),
    ("recursion limit", "the nesting is too deep"),
    (
        "string values must be quoted",
        "string values must be quoted",
    ),
    (
        "too few unicode value digits",
        "a Unicode escape has too few digits",
    ),
    ("unclosed array", "the closing `]` is missing"),
    ("unclosed array table", "the closing `]]` is missing"),
    ("unclosed inline table", "the closing `}` is missing"),
    ("unclosed table", "the closing `]` is missing"),
    ("unexpected `=` in array", "an array can't contain `=`"),
    (
        "unexpected content",
        "there is unexpected text after the value",
    ),
    (
        "unexpected content between comment and newline",
        "a comment contains a control character",
    ),
    (
        "unexpected key or value",
        "there is unexpected text after the value",
    ),
    ("unexpected leading zero", "a number can't start with 0"),
    ("unquoted keys cannot be empty", "the name is missing"),
];

const UNQUOTED: &str = "string values must be quoted";
const NOTHING: &str = "the value is missing after `=`";

/// The parser's type names, and their names in messages.
const TYPES: &[(&str, &str)] = &[("a map", "a table"), ("a boolean", "true or false")];

/// The error for a malformed file, with its location.
pub(super) fn broken(error: &toml::de::Error, text: &str, path: &Path) -> Error {
    let start = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..start).unwrap_or_default();
    // The parser reports a missing value as text without quotes.
    let rest = text[before.len()..].lines().next().unwrap_or_default();
    let is_blank = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default();
    let column = column.trim_start_matches('\u{feff}').chars().count() + 1;
    Error::config(format!(
        "{}, line {line}, column {column}: {}",
        path.display(),
        if is_blank && error.message().starts_with(UNQUOTED) {
            NOTHING.to_owned()
        } else {
            meaning(error.message())
        }
    ))
    .hint(format!("edit {}", path.display()))
}

fn meaning(message: &str) -> String {
    let (description, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let word = |table: &[(&str, &'static str)], word: &str| {
        let entry = table.iter().find(|(name, _)| *name == word);
        entry.map(|(_, meaning)| *meaning)
    };
    // For a wrong type, the description quotes the value, but the expected type is defined by this program.
    if description.starts_with("invalid type: ") || description.starts_with("invalid value: ") {
        let expected = word(TYPES, expected).unwrap_or(expected);
        return format!("the value has the wrong type: it must be {expected}");
    }
    if description.starts_with("invalid ")
        && description.ends_with(" string")
        && expected.trim_matches(['`', '"', '\'']).is_empty()
        && !expected.is_empty()
    {
        return format!("the closing {expected} is missing");
    }
    let description = description.lines().next().unwrap_or_default().trim();
    word(MEANINGS, description)
        .map_or_else(|| "this is not valid TOML".to_owned(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::broken;
    use crate::config::Config;
    use std::path::Path;

    fn explanation(text: &str) -> String {
        match Config::parse(text, Path::new("c.toml")) {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.message().to_owned(),
        }
    }

    #[test]
    fn explains_and_locates_every_mistake() {
        let mut wrong = Vec::new();
        for (text, expected) in [
            (
                "current \"x\"",
                "1, column 9: `=` and a value are missing after the name",
            ),
            ("[deployment.a", "1, column 14: the closing `]` is missing"),
            ("current = x", "1, column 11: string values must be quoted"),
            (
                "[deployment.a]\nbase_url = https://h/p/v1",
                "2, column 12: string values must be quoted",
            ),
            ("current = \"a", "1, column 13: the closing `\"` is missing"),
            (
                "[deployment.a]\napi_key = 'SECRET",
                "2, column 18: the closing `'` is missing",
            ),
            ("current =", "1, column 10: the value is missing after `=`"),
            (
                "current = \"a\" \"b\"",
                "1, column 15: there is unexpected text after the value",
            ),
            (
                "é = \"b\"",
                "1, column 1: a name with these characters must be quoted",
            ),
            (
                "current = \"a\"\ncurrent = \"b\"",
                "2, column 1: this name is already defined above",
            ),
            (
                "current = [1, 2",
                "1, column 16: the closing `]` is missing",
            ),
            (
                "current = \"a\\q\"",
                "1, column 14: after the backslash, a character is missing or is not a known escape",
            ),
            (
                "deployment = { a = { base_url = \"x\" }",
                "1, column 38: the closing `}` is missing",
            ),
            (
                "current = 1",
                "1, column 11: the value has the wrong type: it must be a string",
            ),
            (
                "[deployment.a]\nprotected = \"SECRET\"",
                "2, column 13: the value has the wrong type: it must be true or false",
            ),
            (
                "[[deployment]]\nx = 1",
                "1, column 1: the value has the wrong type: it must be a table",
            ),
            (
                "[deployment]\na = 3",
                "2, column 5: the value has the wrong type: it must be a table of settings",
            ),
            (
                "\u{feff}current = x",
                "1, column 11: string values must be quoted",
            ),
        ] {
            let expected = format!("c.toml, line {expected}");
            if explanation(text) != expected {
                wrong.push(format!(
                    "{text}\n  is: {}\n  should be: {expected}",
                    explanation(text)
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn replaces_every_parser_description() {
        let error = toml::from_str::<toml::Table>("a = 01x").expect_err("it is broken");
        let shown = broken(&error, "a = 01x", Path::new("c.toml"));
        assert!(!shown.message().contains("01x"), "{}", shown.message());
    }
}
