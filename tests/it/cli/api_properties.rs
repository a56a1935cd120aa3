//! `xeroctl api`: properties of every field.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::support::Home;
use crate::support::router::{Answer, Router};
use crate::support::words;

/// Any text that a process can be given as an argument.
fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{202e}', '\u{feff}', '\'', '"', '\\',
        '&', '=', '?', '#', '%', '+', ' ', '-', '@', '/', ';', '[', ']', '日', '👩',
    ]);
    let any = any::<char>().prop_filter("an argument holds no NUL", |c| *c != '\0');
    prop::collection::vec(
        prop_oneof![special, any, prop::char::range('a', 'z')],
        0..12,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

/// Fields of which no two have the same name.
fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = text().prop_filter("a name ends at the first `=`", |name| {
        !name.is_empty() && !name.contains('=')
    });
    prop::collection::vec((name, text()), 1..5).prop_map(|mut fields| {
        let mut names = HashSet::new();
        fields.retain(|(name, _)| names.insert(name.clone()));
        fields
    })
}

/// The words of a line with these fields.
fn typed(method: &str, option: &str, fields: &[(String, String)]) -> Vec<String> {
    let mut line: Vec<String> = ["api", method, "/a"].map(str::to_owned).to_vec();
    for (name, value) in fields {
        line.extend([option.to_owned(), format!("{name}={value}")]);
    }
    line
}

/// Decodes one part of a query (RFC 3986, section 2.1).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(&rest[..2]).expect("two digits");
        bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
        rest = &rest[2..];
    }
    String::from_utf8(bytes).expect("text")
}

/// Runs these words against a router; the target and the body that it was asked.
fn sent(line: &[String]) -> (String, String) {
    let router = Router::rules(|_| Answer::empty(204));
    let output = words(&router.home(), line);
    assert_eq!(output.code, 0, "{line:?}: {}", output.stderr);
    let asked = router.asked().remove(0);
    (asked.target, asked.body)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn text_reaches_the_body_unchanged(fields in fields()) {
        let (target, body) = sent(&typed("POST", "-f", &fields));
        prop_assert_eq!(target, "/proj_1/v1/a");
        let wanted = fields.iter().map(|(name, value)| (name.clone(), Value::from(value.clone())));
        let wanted = Value::Object(wanted.collect::<Map<_, _>>()).to_string();
        prop_assert_eq!(body, wanted);
    }

    #[test]
    fn text_reaches_the_query_unchanged(fields in fields()) {
        let (target, body) = sent(&typed("GET", "-f", &fields));
        prop_assert_eq!(body, "");
        prop_assert!(target.bytes().all(|byte| byte.is_ascii_graphic()), "{}", target);
        let (_, query) = target.split_once('?').expect("a query");
        let read = query.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').expect("name and value");
            (decoded(name), decoded(value))
        });
        prop_assert_eq!(read.collect::<Vec<_>>(), fields);
    }

    #[test]
    fn numbers_keep_their_spelling(number in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,4})?") {
        let field = vec![("n".to_owned(), number.clone())];
        prop_assert_eq!(sent(&typed("POST", "-F", &field)).1, format!("{{\"n\":{number}}}"));
        prop_assert_eq!(sent(&typed("POST", "-f", &field)).1, format!("{{\"n\":\"{number}\"}}"));
        let (target, _) = sent(&typed("GET", "-F", &field));
        prop_assert_eq!(decoded(&target), format!("/proj_1/v1/a?n={number}"));
    }

    #[test]
    fn typed_field_is_always_json(value in "[-+0-9.eE \t\n\"\\[\\]{}a-z]{0,8}") {
        let (_, body) = sent(&typed("POST", "-F", &[("v".to_owned(), value.clone())]));
        let read: Value = serde_json::from_str(&body).expect("JSON");
        match &read["v"] {
            Value::String(text) => prop_assert_eq!(text, &value),
            other => prop_assert!(!other.is_object() && !other.is_array(), "{}", body),
        }
    }

    #[test]
    fn dry_run_matches_the_sent_request(fields in fields()) {
        // What is named as a secret is masked: that is another test's.
        prop_assume!(fields.iter().all(|(name, value)| {
            let field = format!("{name}={value}");
            xeroctl::redact::word(&field) == field && !xeroctl::redact::names_secret(name)
        }));
        for method in ["GET", "POST"] {
            let line = typed(method, "-f", &fields);
            let (target, body) = sent(&line);
            let mut dry = line;
            dry.extend(["--dry-run", "-o", "json"].map(str::to_owned));
            let home = Home::new().with("XEROCTL_BASE_URL", "http://127.0.0.1:1/proj_1/v1");
            let output = words(&home, &dry);
            let plan: Value = serde_json::from_str(&output.stdout).expect("JSON");
            prop_assert_eq!(plan["url"].as_str(), Some(&*format!("http://127.0.0.1:1{target}")));
            prop_assert_eq!(&plan["body"], &serde_json::from_str::<Value>(&body).unwrap_or_default());
        }
    }
}
