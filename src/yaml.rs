//! JSON as YAML, without being read into values: members keep their order, and numbers their spelling. Every reader of
//! YAML, of version 1.1 or 1.2, reads the same values.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::json::{self, Items, Members};
use crate::sanitize;

/// Words that some reader takes for something other than a string.
const WORDS: [&str; 12] = [
    "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity",
];

/// Characters that may stand in a string without quotes, besides letters and digits.
const PLAIN: &str = "_./@+-()=,;?&%~' ";

/// A longer key must be marked as one.
const LONGEST_KEY: usize = 1_000;

/// Appends a document, which ends with a newline. `json` must be valid JSON.
pub fn push_document(out: &mut String, json: &str) {
    let json = json.trim_ascii();
    if json::is_too_deep(json) {
        // What follows is recursive, and JSON is YAML.
        json::compact_into(out, json);
        out.push('\n');
        return;
    }
    push_node(out, json, 0);
}

/// Appends the members of an object.
pub fn push_members<'a>(out: &mut String, members: impl Iterator<Item = (&'a str, &'a str)>) {
    push_entries(out, members, 0, false);
}

/// Appends the key of a list; its items follow.
pub fn push_list_key(out: &mut String, name: &str) {
    push_key(out, name, 0);
    out.push('\n');
}

/// Appends one item of a list that is a member of the document, or the document.
pub fn push_item(out: &mut String, json: &str) {
    out.push_str("- ");
    if json::is_too_deep(json) {
        json::compact_into(out, json);
        out.push('\n');
    } else {
        push_node(out, json.trim_ascii(), 2);
    }
}

/// Appends a node whose first line has begun; its other lines are indented by `indent`.
fn push_node(out: &mut String, json: &str, indent: usize) {
    match kind(json) {
        Kind::Object => push_entries(out, Members::of(json), indent, true),
        Kind::Array => push_items(out, json, indent, true),
        Kind::Scalar => push_scalar(out, json, indent),
    }
}

enum Kind {
    /// An object with members.
    Object,
    /// An array with items.
    Array,
    /// Anything on one line, or text.
    Scalar,
}

fn kind(json: &str) -> Kind {
    match json.as_bytes().first() {
        Some(b'{') if Members::of(json).next().is_some() => Kind::Object,
        Some(b'[') if Items::of(json).next().is_some() => Kind::Array,
        _ => Kind::Scalar,
    }
}

/// Appends members, each on lines of its own. `is_begun` is whether the first line has its indentation already.
fn push_entries<'a>(
    out: &mut String,
    members: impl Iterator<Item = (&'a str, &'a str)>,
    indent: usize,
    is_begun: bool,
) {
    let mut entries: Vec<(Cow<'_, str>, &str)> = Vec::new();
    // YAML has no doubled keys: as in most readers of JSON, the last one counts.
    let mut places = HashMap::new();
    for (name, value) in members {
        let name = json::string(name);
        if let Some(place) = places.get(&name) {
            let (_, known): &mut (_, _) = &mut entries[*place];
            *known = value;
        } else {
            places.insert(name.clone(), entries.len());
            entries.push((name, value));
        }
    }
    for (index, (name, value)) in entries.iter().enumerate() {
        if index > 0 || !is_begun {
            push_spaces(out, indent);
        }
        push_key(out, name, indent);
        match kind(value) {
            Kind::Object => {
                out.push('\n');
                push_entries(out, Members::of(value), indent + 2, false);
            }
            Kind::Array => {
                out.push('\n');
                push_items(out, value, indent, false);
            }
            Kind::Scalar => {
                out.push(' ');
                push_scalar(out, value, indent + 2);
            }
        }
    }
}

fn push_key(out: &mut String, name: &str, indent: usize) {
    let start = out.len();
    push_line(out, name);
    if out.len() - start > LONGEST_KEY {
        out.insert_str(start, "? ");
        out.push('\n');
        push_spaces(out, indent);
    }
    out.push(':');
}

fn push_items(out: &mut String, json: &str, indent: usize, is_begun: bool) {
    for (index, item) in Items::of(json).enumerate() {
        if index > 0 || !is_begun {
            push_spaces(out, indent);
        }
        out.push_str("- ");
        push_node(out, item, indent + 2);
    }
}

fn push_spaces(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}

/// Appends a scalar and a newline. Lines of text are indented by `indent`, or more.
fn push_scalar(out: &mut String, json: &str, indent: usize) {
    if !json.starts_with('"') {
        json::compact_into(out, json);
        out.push('\n');
        return;
    }
    let text = json::string(json);
    if is_block(&text) {
        push_block(out, &text, indent.max(2));
    } else {
        push_line(out, &text);
        out.push('\n');
    }
}

/// Whether a text is shown line by line.
fn is_block(text: &str) -> bool {
    let is_printed = |c: char| c == '\n' || !is_escaped(c);
    let starts = text.chars().next();
    text.contains('\n')
        // Its indentation would have to be given.
        && !matches!(starts, Some(' ' | '\n'))
        && text.chars().all(is_printed)
}

fn push_block(out: &mut String, text: &str, indent: usize) {
    let body = text.trim_end_matches('\n');
    let ends = text.len() - body.len();
    out.push_str(match ends {
        0 => "|-\n",
        1 => "|\n",
        _ => "|+\n",
    });
    for line in body.split('\n') {
        if !line.is_empty() {
            push_spaces(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
    for _ in 1..ends {
        out.push('\n');
    }
}

/// Appends a string on one line, in quotes if it needs some.
fn push_line(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if !is_escaped(c) => out.push(c),
            c => match u32::from(c) {
                code @ ..=0xff => out.push_str(&format!("\\x{code:02x}")),
                code @ ..=0xffff => out.push_str(&format!("\\u{code:04x}")),
                code => out.push_str(&format!("\\U{code:08x}")),
            },
        }
    }
    out.push('"');
}

/// Whether a character is written as an escape: those that YAML does not print, and those that nobody sees.
fn is_escaped(c: char) -> bool {
    sanitize::is_hidden(c) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Whether a string needs no quotes for any reader. Whatever does not begin with a letter may be a number, a date, or
/// punctuation.
fn is_plain(text: &str) -> bool {
    let is_inside = |c: char| {
        c.is_ascii_alphanumeric()
            || PLAIN.contains(c)
            || (!c.is_ascii() && c.is_alphanumeric() && !is_escaped(c))
    };
    let starts = text.chars().next();
    let is_word = |word: &&str| text.eq_ignore_ascii_case(word);
    starts.is_some_and(|c| c.is_alphabetic() || matches!(c, '/' | '_'))
        && !text.ends_with(' ')
        && text.split(':').enumerate().all(|(index, part)| {
            // A colon is only part of the text if something follows it.
            (index == 0 || !matches!(part.chars().next(), None | Some(' ')))
                && part.chars().all(is_inside)
        })
        && !WORDS.iter().any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(json: &str) -> String {
        let mut out = String::new();
        push_document(&mut out, json);
        out
    }

    #[test]
    fn documents_are_laid_out_as_people_write_them() {
        let document = r#"{"object":"list","data":[{"id":"agt_1","tiers":["a","b"],"tools":[],"x":{"w":{},"z":null}},
            {"id":"agt_2","tiers":[["p"],[{"q":1,"r":[2]}]]}],"has_more":false,"d":1.50,"e":1E5}"#;
        assert_eq!(
            yaml(document),
            "\
object: list
data:
- id: agt_1
  tiers:
  - a
  - b
  tools: []
  x:
    w: {}
    z: null
- id: agt_2
  tiers:
  - - p
  - - q: 1
      r:
      - 2
has_more: false
d: 1.50
e: 1E5
"
        );
        assert_eq!(yaml("[]"), "[]\n");
        assert_eq!(yaml("[1,\"a\"]"), "- 1\n- a\n");
        assert_eq!(yaml(" \"a\\nb\" "), "|-\n  a\n  b\n");
    }

    #[test]
    fn strings_are_quoted_if_any_reader_takes_them_for_something_else() {
        for plain in [
            "agt_1",
            "us-east",
            "a b",
            "https://x.example/p?q=1",
            "/bin/sh",
            "a:b",
            "a, b",
            "it's",
            "Ü",
            "翻訳者",
            "it+x",
        ] {
            assert_eq!(
                yaml(&serde_json::json!(plain).to_string()),
                format!("{plain}\n")
            );
        }
        for quoted in [
            "",
            " ",
            "1",
            "-1",
            "1.5",
            "0x1F",
            "0o7",
            "017",
            "1e3",
            "1_000",
            ".5",
            ".inf",
            "-.INF",
            ".NaN",
            "~",
            "null",
            "Null",
            "TRUE",
            "no",
            "Off",
            "y",
            "N",
            "2026-01-31",
            "2026-01-31T12:00:00Z",
            "12:30:45",
            "=",
            "<<",
            "-",
            "- a",
            "? a",
            "a: b",
            "a:",
            ":a",
            "a #b",
            "#a",
            "[a]",
            "{a}",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "'a'",
            "%a",
            "@a",
            "`a`",
            "a ",
            " a",
            "---",
            "...",
            "a\tb",
            "a\u{1b}b",
            "a\u{202e}b",
            "é\u{301}",
        ] {
            let shown = yaml(&serde_json::json!(quoted).to_string());
            assert!(
                shown.starts_with('"') && shown.ends_with("\"\n"),
                "{quoted:?}: {shown}"
            );
        }
        assert_eq!(
            yaml(r#""a\"\\\u001b\u2028\ufffe\ud800""#),
            "\"a\\\"\\\\\\x1b\\u2028\\ufffe\\\\ud800\"\n"
        );
    }

    #[test]
    fn text_of_several_lines_is_a_block() {
        assert_eq!(
            yaml(
                r#"{"a":"x\n  y\n\nz","b":"x\n","c":"x\n\n\n","d":" x\ny","e":"\nx","f":["x\ny"],"g":"x\r\ny"}"#
            ),
            "\
a: |-
  x
    y

  z
b: |
  x
c: |+
  x


d: \" x\\ny\"
e: \"\\nx\"
f:
- |-
  x
  y
g: \"x\\r\\ny\"
"
        );
    }

    #[test]
    fn doubled_members_are_one_and_keys_are_quoted() {
        assert_eq!(
            yaml(r#"{"a":1,"b":2,"a":{"no":3,"1":4,"x y":5,"":6}}"#),
            "a:\n  \"no\": 3\n  \"1\": 4\n  x y: 5\n  \"\": 6\nb: 2\n"
        );
        let long = "k".repeat(2_000);
        assert_eq!(
            yaml(&format!("{{\"a\":{{\"{long}\":[1]}}}}")),
            format!("a:\n  ? {long}\n  :\n  - 1\n")
        );
    }

    #[test]
    fn what_is_nested_too_deeply_stays_json() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(yaml(&deep), format!("{deep}\n"));
        let mut out = String::new();
        push_item(&mut out, &deep);
        assert_eq!(out, format!("- {deep}\n"));
    }
}
