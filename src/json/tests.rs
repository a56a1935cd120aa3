use proptest::prelude::*;
use serde_json::Value;

use super::{canonical, doubled, indented, members, object};

#[test]
fn doubled_names_are_found_at_any_depth() {
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
        assert_eq!(doubled(text).as_deref(), found, "{text}");
    }
}

#[test]
fn the_canonical_text_sorts_and_keeps_numbers() {
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
fn a_document_too_deep_for_recursion_is_refused() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    assert_eq!(canonical(&deep), None);
    assert!(indented(&"[".repeat(5_000)).len() < 2_000_000);
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
    fn the_canonical_text_means_the_same_and_does_not_depend_on_the_layout(value in json()) {
        let compact = canonical(&value.to_string()).expect("not deep");
        let pretty = serde_json::to_string_pretty(&value).expect("has a text");
        prop_assert_eq!(&canonical(&pretty).expect("not deep"), &compact);
        prop_assert_eq!(serde_json::from_str::<Value>(&compact).expect("valid"), value);
        prop_assert!(doubled(&compact).is_none());
    }

    #[test]
    fn members_make_the_object_again(value in proptest::collection::hash_map(any::<String>(), json(), 0..6)) {
        let value = Value::Object(value.into_iter().collect());
        let all = members(&value.to_string()).expect("an object");
        let again = object(all.iter().map(|(name, value)| (name.as_str(), value.get())));
        prop_assert_eq!(serde_json::from_str::<Value>(&again).expect("valid"), value);
    }
}
