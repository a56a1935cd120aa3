//! A schema as table rows: name, type, required, and description.

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
}

/// The arguments that a schema describes. Empty if it is not the schema of an object.
pub fn parameters(schema: &str) -> Vec<Parameter> {
    let mut rows = Vec::new();
    if schema.len() <= super::LARGEST
        && let Ok(schema) = serde_json::from_str::<Value>(schema)
    {
        let root = Root(&schema);
        root.members(&schema, "", DEEPEST, &mut rows);
    }
    rows
}

/// The complete schema, in which references are resolved.
struct Root<'a>(&'a Value);

impl<'a> Root<'a> {
    /// Resolves a reference inside the document. Chains of references are followed for a few steps.
    fn resolve(&self, mut schema: &'a Value) -> &'a Value {
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

    fn members(&self, schema: &'a Value, prefix: &str, depth: usize, rows: &mut Vec<Parameter>) {
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
            rows.push(Parameter {
                name: path.clone(),
                kind: kind(property),
                required: required(name),
                description: text(property, &["description", "title"]),
            });
            if depth > 1 {
                let below = property.get("items").filter(|_| is_type(property, "array"));
                let (inner, mark) = match below {
                    Some(items) => (items, "[]."),
                    None => (property, "."),
                };
                self.members(inner, &format!("{path}{mark}"), depth - 1, rows);
            }
        }
    }
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
