//! The runtime state of an agent: any object, whose members the server adds to.

use serde::Deserialize;
use serde_json::json;

use super::{object, of_agent};
use crate::api::document::Document;
use crate::api::request::{Endpoint, Method, Request};

/// What an agent's runs have come to.
pub struct Get<'a>(pub &'a str);

impl Endpoint for Get<'_> {
    type Reply = Document;

    fn request(&self) -> Request {
        let below = ["runtime-state"];
        of_agent("show runtime state of agent", Method::Get, self.0, &below)
            .belongs_to("agent", self.0)
    }
}

/// Forgets the session of an agent, or of one of its tasks.
pub struct Reset<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The task; none for all.
    pub task: Option<&'a str>,
}

/// What was forgotten.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Cleared {
    /// How many sessions of tasks. *Server*.
    pub task_sessions: Option<String>,
}

impl From<Document> for Cleared {
    fn from(document: Document) -> Self {
        Self {
            task_sessions: document.text(&["clearedTaskSessions"]),
        }
    }
}

impl Endpoint for Reset<'_> {
    type Reply = Cleared;

    fn request(&self) -> Request {
        let below = ["runtime-state", "reset-session"];
        // The server wants an object, an empty one too.
        of_agent("reset session of agent", Method::Post, self.agent, &below)
            .belongs_to("agent", self.agent)
            .body(&object([("taskKey", self.task.map(|task| json!(task)))]))
    }
}
