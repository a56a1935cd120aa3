//! A schema as table rows: name, type, required, and description.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The maximum depth of nested objects.
const DEEPEST: usize = 4;
/// The maximum number of rows.
const MOST: usize = 200;

/// One argument of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name. A member of an object is `object.member`.
    pub name: String,
    /// The type and its allowed values: `string (pods|nodes)`.
    pub kind: String,
    /// Whether it is required.
    pub required: bool,
    /// The description.
    pub description: Option<String>,
    /// The value of a given argument, as JSON.
    pub value: Option<String>,
}

/// The arguments that a schema describes, with their values in `args`, a JSON object. Arguments that the schema does
/// not describe come last. `None` if it is not an object's schema.
pub fn parameters(schema: &str, args: Option<&str>) -> Vec<Parameter> {
    let mut rows = Vec::new();
    if schema.len() <= super::LARGEST
        && let Ok(schema) = serde_json::from_str::<Value>(schema)
    {
        let root = Root(&schema);
        root.members(&schema, args, "", DEEPEST, &mut rows);
        let described = root.resolve(&schema).get("properties");
        let given = args.map(members).unwrap_or_default();
        let others = given.into_iter().filter(|(name, _)| {
            described.is_some_and(|described| described.get(name.as_str()).is_none())
        });
        rows.extend(others.map(|(name, value)| Parameter {
            name,
            kind: "not in the schema".to_owned(),
            required: false,
            description: None,
            value: Some(value),
        }));
    }
    rows
}

/// The complete schema, in which references are looked up.
pub(super) struct Root<'a>(pub(super) &'a Value);

impl<'a> Root<'a> {
    /// What a reference inside the document points to; chains of them are followed a few steps.
    pub(super) fn resolve(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..DEEPEST {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
                break;
            };
            let Some(target) = reference
                .strip_prefix('#')
                .and_then(|pointer| self.0.pointer(pointer))
            else {
                break;
            };
            schema = target;
        }
        schema
    }

    fn members(
        &self,
        schema: &'a Value,
        args: Option<&str>,
        prefix: &str,
        depth: usize,
        rows: &mut Vec<Parameter>,
    ) {
        let given = args.map(members).unwrap_or_default();
        let schema = self.resolve(schema);
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return;
        };
        let required = |name: &str| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|known| known == name))
        };
        for (name, property) in properties {
            if rows.len() >= MOST {
                return;
            }
            let property = self.resolve(property);
            let path = format!("{prefix}{name}");
            let value = given.iter().find(|(known, _)| known == name);
            let value = value.map(|(_, value)| value.clone());
            rows.push(Parameter {
                name: path.clone(),
                kind: kind(property),
                required: required(name),
                description: text(property, &["description", "title"]),
                value: value.clone(),
            });
            if depth > 1 {
                let below = property.get("items").filter(|_| is_type(property, "array"));
                // The items of an array have no values of their own here: the array's row shows them.
                let (inner, mark, value) = match below {
                    Some(items) => (items, "[].", None),
                    None => (property, ".", value.as_deref()),
                };
                self.members(inner, value, &format!("{path}{mark}"), depth - 1, rows);
            }
        }
    }
}

/// The value of each member of an object, as it is written; empty if the text is not an object.
fn members(json: &str) -> Vec<(String, String)> {
    let read = serde_json::from_str::<Map<String, Value>>(json);
    let raw = serde_json::from_str::<HashMap<String, Box<RawValue>>>(json);
    let (Ok(read), Ok(raw)) = (read, raw) else {
        return Vec::new();
    };
    let text = |name: String| raw.get(&name).map(|value| (name, value.get().to_owned()));
    read.into_iter()
        .map(|(name, _)| name)
        .filter_map(text)
        .collect()
}

fn is_type(schema: &Value, word: &str) -> bool {
    schema.get("type").is_some_and(|kind| kind == word)
}

fn text(schema: &Value, names: &[&str]) -> Option<String> {
    let found = names.iter().find_map(|name| schema.get(*name)?.as_str());
    found.map(str::to_owned)
}

fn kind(schema: &Value) -> String {
    let Some(object) = schema.as_object() else {
        return match schema {
            Value::Bool(false) => "nothing",
            _ => "any",
        }
        .to_owned();
    };
    let mut kind = match object.get("type") {
        Some(Value::String(word)) => word.clone(),
        Some(Value::Array(words)) => join(words, "|"),
        _ => implied(object),
    };
    if let Some(items) = object.get("items").filter(|_| kind == "array") {
        kind = format!("array of {}", self::kind(items));
    }
    if object.get("nullable") == Some(&Value::Bool(true)) {
        kind.push_str("|null");
    }
    let mut bounds = Vec::new();
    if let Some(Value::Array(words)) = object.get("enum") {
        bounds.push(join(words, "|"));
    }
    if let Some(word) = object.get("const") {
        bounds.push(shown(word));
    }
    for (name, sign) in [
        ("minimum", "≥ "),
        ("exclusiveMinimum", "> "),
        ("maximum", "≤ "),
        ("exclusiveMaximum", "< "),
    ] {
        if let Some(bound) = object.get(name).filter(|bound| bound.is_number()) {
            bounds.push(format!("{sign}{bound}"));
        }
    }
    if let Some(pattern) = object.get("pattern").and_then(Value::as_str) {
        bounds.push(format!("/{pattern}/"));
    }
    if let Some(default) = object.get("default") {
        bounds.push(format!("default {}", shown(default)));
    }
    if bounds.is_empty() {
        kind
    } else {
        format!("{kind} ({})", bounds.join(", "))
    }
}

/// The type that other keywords of a schema imply.
fn implied(object: &Map<String, Value>) -> String {
    if object.contains_key("properties") {
        return "object".to_owned();
    }
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        return reference.to_owned();
    }
    for word in ["anyOf", "oneOf"] {
        if let Some(Value::Array(choices)) = object.get(word) {
            let kinds: Vec<String> = choices.iter().map(kind).collect();
            return kinds.join("|");
        }
    }
    match object.get("enum") {
        Some(Value::Array(words)) if words.iter().all(Value::is_string) => "string".to_owned(),
        _ => "any".to_owned(),
    }
}

fn join(words: &[Value], between: &str) -> String {
    let words: Vec<String> = words.iter().map(shown).collect();
    words.join(between)
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
