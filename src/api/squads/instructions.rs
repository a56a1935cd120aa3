//! An agent's instructions file: its path and its content.

use serde::Deserialize;
use serde_json::json;

use super::page_only::TwoDialects;
use super::{object, of_agent};
use crate::api::document::Document;
use crate::api::request::{Endpoint, Method, Nothing, Request};

/// The file that holds an agent's prompt. *Server*.
pub const FILE: &str = "AGENTS.md";

/// Sets the path of an agent's instructions file.
pub struct SetPath<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The path of the file; `None` clears it.
    pub path: Option<&'a str>,
    /// The member of the adapter's configuration that holds the path. *Server*.
    pub config_key: Option<&'a str>,
}

/// The path of an agent's instructions file. *Server*.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Location {
    /// The agent.
    pub agent: Option<String>,
    /// The path of the file, as the server resolved it.
    pub path: Option<String>,
    /// The member of the adapter's configuration that holds the path.
    pub config_key: Option<String>,
}

impl From<Document> for Location {
    fn from(document: Document) -> Self {
        let document = document.inner(&["agent"]).unwrap_or(document);
        Self {
            agent: document.text(&["agentId", "id"]),
            path: document.text(&["path", "instructionsPath"]),
            config_key: document.text(&["adapterConfigKey"]),
        }
    }
}

impl TwoDialects for SetPath<'_> {
    const PAGE: &'static [&'static str] = &["instructionsPath"];
}

impl Endpoint for SetPath<'_> {
    type Reply = Location;

    fn request(&self) -> Request {
        of_agent(
            "set instructions path of agent",
            Method::Patch,
            self.agent,
            &["instructions-path"],
        )
        .acts_on("agent", self.agent)
        // *Page*, then *server*.
        .body(&object([
            ("instructionsPath", Some(json!(self.path))),
            ("path", Some(json!(self.path))),
            ("adapterConfigKey", self.config_key.map(|key| json!(key))),
        ]))
    }
}

const BUNDLE_FILE: &[&str] = &["instructions-bundle", "file"];

/// Writes an agent's prompt into its instructions file. *Server*, which keeps prompts only this way.
pub struct WriteFile<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The prompt.
    pub content: &'a str,
}

impl Endpoint for WriteFile<'_> {
    type Reply = Nothing;

    fn request(&self) -> Request {
        of_agent(
            "write instructions file of agent",
            Method::Put,
            self.agent,
            BUNDLE_FILE,
        )
        .belongs_to("agent", self.agent)
        .body(&json!({"path": FILE, "content": self.content}))
    }
}

/// Reads an agent's instructions file. *Server*.
pub struct ReadFile<'a>(pub &'a str);

/// The content of an instructions file.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Contents {
    /// The text.
    pub content: Option<String>,
}

impl From<Document> for Contents {
    fn from(document: Document) -> Self {
        Self {
            content: document.text(&["content"]),
        }
    }
}

impl Endpoint for ReadFile<'_> {
    type Reply = Contents;

    fn request(&self) -> Request {
        of_agent(
            "read instructions file of agent",
            Method::Get,
            self.0,
            BUNDLE_FILE,
        )
        .belongs_to("agent", self.0)
        .query("path", FILE)
    }
}
