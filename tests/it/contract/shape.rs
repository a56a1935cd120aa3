//! Whether a response has the form of a documented one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What is missing or of another type. Members that the documents do not have are no fault; each item of a list is
/// compared with the first documented one, and where that is an object, there must be an item.
pub(crate) fn faults(
    documented: &Value,
    given: &Value,
    may_be: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    let mut found = Vec::new();
    compare("", documented, given, may_be, &mut found);
    found
}

fn compare(
    path: &str,
    documented: &Value,
    given: &Value,
    may_be: &BTreeMap<String, Vec<String>>,
    found: &mut Vec<String>,
) {
    let member = path.rsplit('.').next().unwrap_or_default();
    if kind(documented) != kind(given) {
        let others = may_be.get(member).map_or(&[][..], Vec::as_slice);
        if !others.iter().any(|other| other == kind(given)) {
            let (documented, given) = (kind(documented), kind(given));
            found.push(format!("{path}: {given} instead of {documented}"));
        }
        return;
    }
    match (documented, given) {
        (Value::Object(documented), Value::Object(given)) => {
            for (name, value) in documented {
                let path = format!("{path}.{name}");
                match given.get(name) {
                    Some(given) => compare(&path, value, given, may_be, found),
                    None => found.push(format!("{path}: absent")),
                }
            }
        }
        (Value::Array(documented), Value::Array(given)) => {
            let Some(first) = documented.first() else {
                return;
            };
            if first.is_object() && given.is_empty() {
                found.push(format!("{path}: no items"));
            }
            for (place, item) in given.iter().enumerate() {
                compare(&format!("{path}[{place}]"), first, item, may_be, found);
            }
        }
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn finds_missing_and_mistyped_members() {
    let documented = json!({ "a": [{ "b": 1, "c": null }], "d": { "e": "" } });
    let may_be = BTreeMap::from([("c".to_owned(), vec!["string".to_owned()])]);
    let of = |given: Value| faults(&documented, &given, &may_be);
    assert_eq!(
        of(json!({ "a": [{ "b": 2, "c": "", "x": 0 }, { "b": 3, "c": null }], "d": { "e": "x" } })),
        [""; 0]
    );
    assert_eq!(
        of(json!({ "a": [{ "b": 2, "c": 1 }, { "b": "3" }], "d": {} })),
        [
            ".a[0].c: number instead of null",
            ".a[1].b: string instead of number",
            ".a[1].c: absent",
            ".d.e: absent",
        ]
    );
    assert_eq!(
        of(json!({ "a": [], "d": [] })),
        [".a: no items", ".d: array instead of object"]
    );
}
