//! Support for `nullable: true` from `OpenAPI` 3.0, which JSON Schema doesn't define. The schema is rewritten to accept null.

use serde_json::{Map, Value, json};

/// Keywords whose value is a schema, or an array of schemas.
const SCHEMAS: [&str; 16] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];

/// Keywords whose value maps names to schemas. A property named `nullable` is not the keyword.
const MAPS: [&str; 6] = [
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
    "schemas",
];

/// Rewrites a schema and all schemas in it.
pub(super) fn accept_null(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    for (keyword, value) in object.iter_mut() {
        match value {
            Value::Array(schemas) if SCHEMAS.contains(&keyword.as_str()) => {
                schemas.iter_mut().for_each(accept_null);
            }
            value if SCHEMAS.contains(&keyword.as_str()) => accept_null(value),
            Value::Object(schemas) if MAPS.contains(&keyword.as_str()) => {
                schemas.values_mut().for_each(accept_null);
            }
            // `OpenAPI` keeps referenced schemas here.
            value if keyword == "components" => accept_null(value),
            _ => {}
        }
    }
    if object.get("nullable") == Some(&Value::Bool(true)) {
        relax(object);
    }
}

/// Adds null to all keywords of a schema that exclude it. Keywords for strings, numbers, arrays, and objects don't
/// apply to null.
fn relax(schema: &mut Map<String, Value>) {
    let nothing = || json!({"type": "null"});
    match schema.get_mut("type") {
        Some(Value::Array(words)) if words.iter().any(|word| word == "null") => {}
        Some(Value::Array(words)) => words.push("null".into()),
        Some(word) if word != "null" => *word = json!([word.take(), "null"]),
        _ => {}
    }
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.push(nothing());
    }
    if let Some(Value::Array(choices)) = schema.get_mut("oneOf") {
        // If one of them already accepts null, no other may.
        let accepted = json!({"type": "null", "not": {"anyOf": choices}});
        choices.push(accepted);
    }
    for keyword in ["allOf", "$ref"] {
        if let Some(value) = schema.remove(keyword) {
            let choice = json!({"anyOf": [nothing(), {keyword: value}]});
            let all = schema.entry("allOf").or_insert_with(|| json!([]));
            if let Value::Array(all) = all {
                all.push(choice);
            }
        }
    }
}
