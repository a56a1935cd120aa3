//! Masking secrets in any JSON document.

use proptest::prelude::*;
use serde_json::Value;
use xeroctl::api::squads::masked;
use xeroctl::json;

/// Names of members, those that matter among them.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "adapterConfig",
            "env",
            "runtimeConfig",
            "apiKey",
            "TOKEN",
            "secrets",
            "Password",
            "credential_x",
            "headers",
            "type",
            "urlKey",
            "githubPat",
            "GH_PAT",
            "path",
            "compat",
            "basicAuth",
            "connection_string",
            "setCookie",
            "name",
            "id",
            "k\"ey",
            "***",
            "",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("***")),
    ];
    leaf.prop_recursive(5, 48, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Whether a name is a secret's by the contract.
fn names_secret(name: &str) -> bool {
    let words = [
        "key",
        "token",
        "secret",
        "password",
        "passwd",
        "credential",
        "auth",
        "bearer",
        "jwt",
        "cookie",
        "connectionstring",
    ];
    let lower = name.to_ascii_lowercase();
    let shown = ["urlKey", "permissionKey", "adapterConfigKey", "issueKey"];
    // What `any::<String>()` makes of `pat` is left to the tests of the names.
    let is_pat = ["githubPat", "GH_PAT"].contains(&name);
    !shown.contains(&name)
        && (is_pat || lower == "connection_string" || words.iter().any(|word| lower.contains(word)))
}

/// The contract, said once more over the parsed document: which texts are secret.
fn model(value: &Value, own: Option<&str>, secret: bool) -> (Value, usize) {
    match value {
        Value::String(text) if secret && text != "***" => (Value::from("***"), 1),
        Value::Array(items) => {
            let (items, counts): (Vec<_>, Vec<_>) =
                items.iter().map(|item| model(item, own, secret)).unzip();
            (Value::from(items), counts.iter().sum())
        }
        Value::Object(members) => {
            let mut count = 0;
            let members = members.iter().map(|(name, value)| {
                let is_secret = secret
                    || name == "runtimeConfig"
                    || matches!(name.as_str(), "env" | "headers") && own == Some("adapterConfig")
                    || names_secret(name);
                let is_shown = name == "type" && own != Some("env") && value.is_string();
                let (value, more) = model(value, Some(name), is_secret && !is_shown);
                count += more;
                (name.clone(), value)
            });
            let members = Value::Object(members.collect());
            (members, count)
        }
        other => (other.clone(), 0),
    }
}

/// The strings of a document that are no names of members, in their order, as they are spelled.
fn pieces<'a>(text: &'a str, masked: &str) -> Option<Vec<(&'a str, &'static str)>> {
    // Walks both: whatever differs must be one whole string here and `"***"` there.
    let (mut here, mut there) = (text, masked);
    let mut changed = Vec::new();
    while !here.is_empty() || !there.is_empty() {
        let same = here
            .bytes()
            .zip(there.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        if same == here.len() && same == there.len() {
            break;
        }
        // Back to the quote that begins the string.
        let start = here.get(..same)?.rfind('"')?;
        let mut escaped = false;
        let end = here[start + 1..].bytes().position(|byte| {
            let is_end = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            is_end
        })?;
        let string = &here[start..start + end + 2];
        let rest = there[start..].strip_prefix("\"***\"")?;
        changed.push((string, "\"***\""));
        here = &here[start + string.len()..];
        there = rest;
    }
    Some(changed)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn masks_only_secrets(document in document()) {
        for text in [document.to_string(), serde_json::to_string_pretty(&document).expect("JSON")] {
            let (masked, count) = masked(&text);
            let (expected, expected_count) = model(&document, None, false);
            let read: Value = serde_json::from_str(&masked).expect("JSON");
            prop_assert_eq!(&read, &expected);
            prop_assert_eq!(count, expected_count);
        }
    }

    #[test]
    fn keeps_every_other_byte(document in document()) {
        let text = serde_json::to_string_pretty(&document).expect("JSON").replace(": ", " :\t");
        let (masked, count) = masked(&text);
        let changed = pieces(&text, &masked);
        prop_assert!(changed.is_some(), "{} became {}", text, masked);
        prop_assert_eq!(changed.map(|changed| changed.len()), Some(count));
    }

    #[test]
    fn masking_is_idempotent(document in document()) {
        let (once, _) = masked(&document.to_string());
        prop_assert_eq!(masked(&once), (once.clone(), 0));
    }

    #[test]
    fn without_secrets_nothing_changes(document in document()) {
        let text = serde_json::to_string_pretty(&document).expect("JSON");
        prop_assert_eq!(json::mask(&text, |_, _| false), (text.clone(), 0));
    }

    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = masked(&text);
    }
}
