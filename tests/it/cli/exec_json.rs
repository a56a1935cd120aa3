//! JSON for property tests: documents whose numbers keep their spelling, written in many ways and read back. Shares no
//! code with the client.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::value::RawValue;

/// A JSON value; numbers as they are spelled, members sorted by code point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// `null`, `true`, `false` or a number.
    Word(String),
    Text(String),
    List(Vec<Tree>),
    Object(BTreeMap<String, Tree>),
}

/// Text with what matters to JSON, terminals and shells.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        '\u{1}', '\t', '\r', '\u{8}', '\u{c}', '\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}',
        '\u{2028}', '\u{fb33}', '\'', '"', '\\', '/', '$', '`', ' ', '-', '=', ',', '{', ':', '日',
        '😀', 'é', '\u{301}', 'A', 'a',
    ]);
    let chars = prop_oneof![special, any::<char>(), prop::char::range('a', 'z')];
    // A newline behind a backslash joins lines, here as in a shell.
    let chars = chars.prop_filter("no newline and no end of text", |c| !"\n\0".contains(*c));
    prop::collection::vec(chars, 0..8).prop_map(|chars| chars.into_iter().collect())
}

/// Any value, of a limited depth.
pub(crate) fn value() -> impl Strategy<Value = Tree> {
    let word = prop_oneof![
        prop::sample::select(vec!["null", "true", "false", "-0", "1E+2", "1e2", "100"])
            .prop_map(str::to_owned),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?",
    ];
    let leaf = prop_oneof![word.prop_map(Tree::Word), text().prop_map(Tree::Text)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::List),
            members(inner).prop_map(Tree::Object),
        ]
    })
}

/// The members of an object.
pub(crate) fn members(
    value: impl Strategy<Value = Tree>,
) -> impl Strategy<Value = BTreeMap<String, Tree>> {
    prop::collection::btree_map(text(), value, 0..5)
}

impl Tree {
    /// The one canonical text: sorted members, no blanks, the shortest escapes, numbers as spelled.
    pub(crate) fn canonical(&self) -> String {
        let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
        match self {
            Self::Word(word) => word.clone(),
            Self::Text(text) => quoted(text),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::canonical).collect();
                format!("[{}]", items.join(","))
            }
            Self::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| format!("{}:{}", quoted(name), value.canonical()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        }
    }

    /// The same document as somebody else could write it: another order, blanks, needless escapes. `seed` decides.
    pub(crate) fn written(&self, seed: u64) -> String {
        let mut chance = Chance(seed | 1);
        let mut out = String::new();
        self.write(&mut out, &mut chance);
        out
    }

    fn write(&self, out: &mut String, chance: &mut Chance) {
        chance.blank(out);
        match self {
            Self::Word(word) => out.push_str(word),
            Self::Text(text) => chance.quote(out, text),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out, chance);
                }
                chance.blank(out);
                out.push(']');
            }
            Self::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                for index in (1..members.len()).rev() {
                    members.swap(index, chance.below(index + 1));
                }
                out.push('{');
                for (index, (name, value)) in members.into_iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    chance.blank(out);
                    chance.quote(out, name);
                    chance.blank(out);
                    out.push(':');
                    value.write(out, chance);
                }
                out.push('}');
            }
        }
        chance.blank(out);
    }

    /// Reads a document.
    pub(crate) fn read(text: &str) -> Self {
        match text.trim_start().as_bytes().first() {
            Some(b'{') => {
                let members: BTreeMap<String, Box<RawValue>> =
                    serde_json::from_str(text).expect("an object");
                let members = members.into_iter();
                Self::Object(
                    members
                        .map(|(name, value)| (name, Self::read(value.get())))
                        .collect(),
                )
            }
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(text).expect("a list");
                Self::List(items.iter().map(|item| Self::read(item.get())).collect())
            }
            Some(b'"') => Self::Text(serde_json::from_str(text).expect("a text")),
            _ => Self::Word(text.trim().to_owned()),
        }
    }
}

/// A small source of choices that depend on nothing but the seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % 4096).expect("a small number") % end
    }

    fn blank(&mut self, out: &mut String) {
        let blanks = ["", "", "", " ", "\t", "  "];
        out.push_str(blanks[self.below(blanks.len())]);
    }

    fn quote(&mut self, out: &mut String, text: &str) {
        out.push('"');
        for c in text.chars() {
            if c == '/' && self.below(2) == 0 {
                out.push_str("\\/");
            } else if c < ' ' || c == '"' || c == '\\' || self.below(8) == 0 {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let digits = format!("\\u{unit:04x}");
                    out.push_str(&if self.below(2) == 0 {
                        digits.to_uppercase().replace("\\U", "\\u")
                    } else {
                        digits
                    });
                }
            } else {
                out.push(c);
            }
        }
        out.push('"');
    }
}

#[test]
fn written_json_reads_back() {
    let text = r#" {"b": [1.50, "\u00e9\/", null], "a" : {}} "#;
    let tree = Tree::read(text);
    assert_eq!(tree.canonical(), r#"{"a":{},"b":[1.50,"é/",null]}"#);
    for seed in 0..50 {
        assert_eq!(Tree::read(&tree.written(seed)), tree, "{seed}");
    }
}
