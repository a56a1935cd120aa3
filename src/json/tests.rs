use proptest::prelude::*;
use serde_json::Value;

use super::{
    Items, Members, canonical, compact, duplicate_key, entries, has_more_members, indented, object,
    string, without,
};

#[test]
fn finds_duplicate_names_at_any_depth() {
    for (text, found) in [
        (r#"{"a":1,"b":{"a":1}}"#, None),
        (r#"{"a":1,"a":2}"#, Some("a")),
        (r#"{"a":[{"b":1e400,"c":1,"c":2}]}"#, Some("c")),
        (r#"{"a":1,"\u0061":2}"#, Some("a")),
        (r#"{"a":"a","b":"a"}"#, None),
        (r#"[{"a":1},{"a":1}]"#, None),
        (r#"{"":{},"x":{"":1,"":2}}"#, Some("")),
        ("3", None),
    ] {
        assert_eq!(duplicate_key(text).as_deref(), found, "{text}");
    }
}

#[test]
fn canonical_text_sorts_members_and_keeps_numbers() {
    for (text, expected) in [
        (
            r#" { "b" : 1.50 , "a" : [ 1e2, -0, "\u00e9\n" ] } "#,
            "{\"a\":[1e2,-0,\"é\\n\"],\"b\":1.50}",
        ),
        (
            r#"{"\ud83d\ude00":1,"\uff61":2}"#,
            "{\"\u{ff61}\":2,\"\u{1f600}\":1}",
        ),
        ("null", "null"),
        (r#"{"a":{}}"#, r#"{"a":{}}"#),
        ("12345678901234567890.10", "12345678901234567890.10"),
    ] {
        assert_eq!(canonical(text).as_deref(), Some(expected));
    }
}

#[test]
fn rejects_documents_too_deep_for_recursion() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    assert_eq!(canonical(&deep), None);
}

#[test]
fn does_not_indent_deep_nesting() {
    let nested = |depth: usize| "[".repeat(depth) + "1,{}" + &"]".repeat(depth);
    for (depth, lines) in [(1, 4), (128, 258), (129, 257), (1_000_000, 257)] {
        let text = nested(depth);
        let shown = indented(&text);
        assert_eq!(shown.lines().count(), lines, "{depth}");
        assert!(shown.len() < text.len() + 40_000, "{depth}");
        assert_eq!(compact(&shown), text);
    }
    let shown = indented(&format!(
        "{}{}",
        "[".repeat(127),
        nested(2) + &"]".repeat(127)
    ));
    let blanks = "  ".repeat(128);
    assert!(shown.contains(&format!("\n{blanks}[1,{{}}]\n")), "{shown}");
}

#[test]
fn counts_members_at_any_depth() {
    for (text, count) in [
        ("1", 0),
        ("[[]]", 0),
        (r#"{":":":"}"#, 1),
        (r#"[{"a":{"b":1}},{"c":2}]"#, 3),
    ] {
        assert!(!has_more_members(text, count), "{text}");
        assert!(count == 0 || has_more_members(text, count - 1), "{text}");
    }
}

#[test]
fn decodes_invalid_unicode_partially() {
    for (token, text) in [
        (r#""""#, ""),
        (r#""a\u0062\n""#, "ab\n"),
        (r#""\ud83d\ude00""#, "😀"),
        (r#""\ud83d""#, r"\ud83d"),
        (r#""\ude00\ud83d""#, r"\ude00\ud83d"),
        (r#""é\ud83d\u0041\"\\u0042""#, "é\\ud83dA\"\\u0042"),
        (r#""\ud83d\ud83d\ude00x""#, "\\ud83d😀x"),
        (r#""\ud83d\\udc00""#, r"\ud83d\udc00"),
        ("17", "17"),
        ("null", "null"),
    ] {
        assert_eq!(string(token), text, "{token}");
    }
}

#[test]
fn masks_secrets_beside_lone_surrogates() {
    let text = r#"{"a":"my-secret\ud800","b":1}"#;
    assert_eq!(without(text, &[], "my-secret"), r#"{"a":null,"b":1}"#);
}

#[test]
fn iterators_survive_invalid_text() {
    for text in [
        "", "[", "{", "[1", "[,", "{\"a\"", "{\"a\":", "{:", "[\"", "[[", "{\"\\", "é", "[é",
    ] {
        assert!(Items::of(text).count() <= 2, "{text}");
        assert!(Members::of(text).count() <= 2, "{text}");
    }
}

#[test]
fn canonical_text_has_at_most_128_levels() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(canonical(&nested(128)), Some(nested(128)));
    assert_eq!(canonical(&nested(129)), None);
    let object = |depth: usize| "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
    assert_eq!(canonical(&object(128)), Some(object(128)));
    assert_eq!(canonical(&object(129)), None);
    // Brackets in a string are not levels.
    assert!(canonical(&format!("[\"{}\"]", "[".repeat(200))).is_some());
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_text_keeps_meaning_and_ignores_layout(value in json()) {
        let compact = canonical(&value.to_string()).expect("not deep");
        let pretty = serde_json::to_string_pretty(&value).expect("has a text");
        prop_assert_eq!(&canonical(&pretty).expect("not deep"), &compact);
        prop_assert_eq!(serde_json::from_str::<Value>(&compact).expect("valid"), value);
        prop_assert!(duplicate_key(&compact).is_none());
    }

    #[test]
    fn members_rebuild_the_object(value in proptest::collection::hash_map(any::<String>(), json(), 0..6)) {
        let value = Value::Object(value.into_iter().collect());
        let all = entries(&value.to_string()).expect("an object");
        let again = object(all.iter().map(|(name, value)| (name.as_str(), value.get())));
        prop_assert_eq!(serde_json::from_str::<Value>(&again).expect("valid"), value);
    }

    #[test]
    fn items_and_members_match_the_parser(value in json(), pretty in any::<bool>()) {
        let text = if pretty {
            serde_json::to_string_pretty(&value).expect("has a text")
        } else {
            value.to_string()
        };
        let read = |text: &str| serde_json::from_str::<Value>(text).expect("valid");
        let items: Vec<Value> = Items::of(&text).map(read).collect();
        prop_assert_eq!(items, value.as_array().cloned().unwrap_or_default());
        let entries = Members::of(&text).map(|(name, value)| (string(name).into_owned(), read(value)));
        let entries: serde_json::Map<String, Value> = entries.collect();
        prop_assert_eq!(entries, value.as_object().cloned().unwrap_or_default());
        let laid_out = indented(&text);
        prop_assert_eq!(read(&laid_out), value);
    }
}
