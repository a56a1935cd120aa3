//! The tool catalog: `/exec/tools`.

use serde::Deserialize;

use super::document::Document;
use super::page::ListEndpoint;
use super::request::{Endpoint, Method, Request};
use crate::time;

/// A tool that an execution agent publishes.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Document")]
pub struct Tool {
    /// The name as declared in the manifest. It may contain `/`.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The risk; see [`super::approvals::Risk`].
    pub risk: Option<String>,
    /// The domain.
    pub domain: Option<String>,
    /// The time limit of a run, formatted as `30s`, or as received if it is not a number of milliseconds.
    pub timeout: Option<String>,
    /// The JSON Schema of its arguments, as JSON text.
    pub parameters: Option<String>,
}

impl From<Document> for Tool {
    // Documented: the facts. Assumed: the names, and that a timeout is in milliseconds.
    fn from(document: Document) -> Self {
        Self {
            name: document.text(&["name"]),
            description: document.text(&["description"]),
            risk: document.text(&["risk"]),
            domain: document.text(&["domain"]),
            timeout: document.text(&["timeout_ms", "timeout"]).map(|text| {
                text.parse()
                    .map(std::time::Duration::from_millis)
                    .map_or(text, time::show_duration)
            }),
            parameters: document.json(&["parameters", "parameter_schema", "input_schema"]),
        }
    }
}

/// The project's tools. Documented.
pub struct List;

impl ListEndpoint for List {
    type Item = Tool;
    const ID: &'static [&'static str] = &["name"];

    fn request(&self) -> Request {
        Request::new("list tools", Method::Get, ["exec", "tools"])
    }
}

/// One tool by its name. Documented.
pub struct Get<'a>(pub &'a str);

impl Endpoint for Get<'_> {
    type Reply = Tool;

    fn request(&self) -> Request {
        Request::new("show tool", Method::Get, ["exec", "tools", self.0]).returns("tool", self.0)
    }
}
