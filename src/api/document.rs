//! Reads the router's objects leniently: unknown members are passed over, missing ones and nulls are absent, a value
//! of another type than documented is shown as it came, and a member may have more than one name.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::time::Stamp;

/// A JSON object whose members are still text.
#[derive(Deserialize)]
pub struct Document(HashMap<String, Box<RawValue>>);

impl Document {
    /// The text of the first of these members that exists and is not null. A number keeps its spelling, an object or
    /// an array becomes compact JSON.
    #[must_use]
    pub fn text(&self, names: &[&str]) -> Option<String> {
        self.find(names).map(plain)
    }

    /// The first of these members that is a text and not empty: for what is of use only as a text.
    #[must_use]
    pub fn string(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .filter_map(|name| self.0.get(*name))
            .filter_map(|raw| serde_json::from_str::<String>(raw.get()).ok())
            .find(|text| !text.is_empty())
    }

    /// The first of these members as a point in time.
    #[must_use]
    pub fn time(&self, names: &[&str]) -> Option<Stamp> {
        self.text(names).map(|text| Stamp::read(&text))
    }

    /// The first of these members as a list of texts: an array's items, or a lone value.
    #[must_use]
    pub fn texts(&self, names: &[&str]) -> Vec<String> {
        let Some(raw) = self.find(names) else {
            return Vec::new();
        };
        match serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()) {
            Ok(items) => items.iter().map(|item| plain(item)).collect(),
            Err(_) => vec![plain(raw)],
        }
    }

    /// The first of these members as a list of names: of an object in the list, its own member `name`.
    #[must_use]
    pub fn names(&self, names: &[&str]) -> Vec<String> {
        let Some(raw) = self.find(names) else {
            return Vec::new();
        };
        let items: Vec<Box<RawValue>> = serde_json::from_str(raw.get()).unwrap_or_default();
        items
            .iter()
            .map(|item| {
                serde_json::from_str::<Self>(item.get())
                    .ok()
                    .and_then(|object| object.text(&["name", "id"]))
                    .unwrap_or_else(|| plain(item))
            })
            .collect()
    }

    /// The JSON text of the first of these members that exists and is not null.
    #[must_use]
    pub fn json(&self, names: &[&str]) -> Option<String> {
        self.find(names).map(|raw| raw.get().to_owned())
    }

    /// The first of these members as an object of its own.
    #[must_use]
    pub fn inner(&self, names: &[&str]) -> Option<Self> {
        self.find(names)
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    fn find(&self, names: &[&str]) -> Option<&RawValue> {
        names
            .iter()
            .filter_map(|name| self.0.get(*name))
            .map(AsRef::as_ref)
            .find(|raw| raw.get() != "null")
    }
}

/// A value as text: a string without its quotes, anything else as the router spelled it.
fn plain(raw: &RawValue) -> String {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()),
        Some(b'{' | b'[') => crate::json::compact(text),
        _ => text.to_owned(),
    }
}
