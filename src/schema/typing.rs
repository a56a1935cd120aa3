//! Values given as text, typed by a schema: `5` is an integer if the schema says so.

use serde_json::Value;

use super::parameters::Root;

/// A schema, to type the members of an object.
pub struct Types(Value);

impl Types {
    /// Reads a schema; none if it can't be read.
    pub fn read(schema: &str) -> Option<Self> {
        if schema.len() > super::LARGEST {
            return None;
        }
        serde_json::from_str(schema).ok().map(Self)
    }

    fn property(&self, name: &str) -> Option<&Value> {
        let root = Root(&self.0);
        let properties = root.resolve(&self.0).get("properties")?;
        properties.get(name).map(|property| root.resolve(property))
    }

    /// The type words that a member may have; empty if anything goes.
    fn of(&self, name: &str) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(property) = self.property(name) {
            self.collect(property, 0, &mut words);
        }
        words
    }

    fn collect(&self, schema: &Value, depth: usize, words: &mut Vec<String>) {
        const DEEPEST: usize = 4;
        let schema = Root(&self.0).resolve(schema);
        match schema.get("type") {
            Some(Value::String(word)) => words.push(word.clone()),
            Some(Value::Array(all)) => {
                words.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ => {
                let all = schema.get("enum").and_then(Value::as_array);
                let values = all.into_iter().flatten().chain(schema.get("const"));
                words.extend(values.map(|value| type_of(value).to_owned()));
                for choice in ["anyOf", "oneOf"] {
                    let choices = schema.get(choice).and_then(Value::as_array);
                    for choice in choices.into_iter().flatten().filter(|_| depth < DEEPEST) {
                        self.collect(choice, depth + 1, words);
                    }
                }
            }
        }
    }

    /// The JSON that a member's text stands for. None if it is a string: the schema allows one, says nothing, or the text
    /// is not of its type.
    pub fn typed(&self, name: &str, text: &str) -> Option<String> {
        let types = self.of(name);
        if types.is_empty() || types.iter().any(|word| word == "string") {
            return None;
        }
        let value: Value = serde_json::from_str(text).ok()?;
        let found = type_of(&value);
        let fits = |word: &String| word == found || (word == "integer" && found == "number");
        types.iter().any(fits).then(|| text.trim().to_owned())
    }

    /// The word that gives a member this JSON value: `tail=5`, `name:=JSON`. A value of a wrong type is converted if there
    /// is only one way to do so.
    pub fn word(&self, name: &str, json: &str) -> String {
        let value = serde_json::from_str::<Value>(json).unwrap_or_default();
        let types = self.of(name);
        let has = |word: &str| types.is_empty() || types.iter().any(|known| known == word);
        match &value {
            Value::String(text) if has("string") || self.typed(name, text).is_some() => {
                format!("{name}={text}")
            }
            Value::String(_) if has("array") => format!("{name}:=[{json}]"),
            Value::String(_) => self.placeholder(name),
            Value::Number(_) | Value::Bool(_) if !types.is_empty() && has("string") => {
                let found = type_of(&value);
                let fits =
                    |word: &String| word == found || (word == "integer" && found == "number");
                let is_right = types.iter().any(fits);
                let sign = if is_right { ":=" } else { "=" };
                format!("{name}{sign}{json}")
            }
            _ if self.typed(name, json).is_some() => format!("{name}={json}"),
            _ => format!("{name}:={json}"),
        }
    }

    /// The word for a member whose value is still to be filled in: `pod=POD`, or `resource=pods` for the first of a set.
    pub fn placeholder(&self, name: &str) -> String {
        let values = self.property(name).and_then(|found| found.get("enum"));
        let first = values.and_then(Value::as_array).and_then(|all| all.first());
        match first {
            Some(Value::String(first)) => return format!("{name}={first}"),
            Some(first) => return format!("{name}:={first}"),
            None => {}
        }
        let types = self.of(name);
        if types.iter().any(|word| word == "array" || word == "object") {
            return format!("{name}:=JSON");
        }
        let letters = name.chars().map(|letter| match letter {
            letter if letter.is_ascii_alphanumeric() => letter.to_ascii_uppercase(),
            _ => '_',
        });
        format!("{name}={}", letters.collect::<String>())
    }

    /// The names of the members that must be given.
    pub fn required(&self) -> Vec<String> {
        let names = Root(&self.0).resolve(&self.0).get("required");
        let names = names.and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
