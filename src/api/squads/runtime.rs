//! An agent's runtime state: an object with any members.

use serde::Deserialize;
use serde_json::json;

use super::{object, of_agent};
use crate::api::document::Document;
use crate::api::request::{Endpoint, Method, Request};

/// The state of an agent's runs.
pub struct Get<'a>(pub &'a str);

impl Endpoint for Get<'_> {
    type Reply = Document;

    fn request(&self) -> Request {
        let below = ["runtime-state"];
        of_agent("show runtime state of agent", Method::Get, self.0, &below)
            .belongs_to("agent", self.0)
    }
}

/// Clears the session of an agent, or of one of its tasks.
pub struct Reset<'a> {
    /// The agent.
    pub agent: &'a str,
    /// The task; `None` for all.
    pub task: Option<&'a str>,
}

/// The result of clearing sessions.
#[derive(Debug, Deserialize)]
#[serde(from = "Document")]
pub struct Cleared {
    /// The number of cleared task sessions. *Server*.
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
        // The server requires an object, even an empty one.
        of_agent("reset session of agent", Method::Post, self.agent, &below)
            .belongs_to("agent", self.agent)
            .body(&object([("taskKey", self.task.map(|task| json!(task)))]))
    }
}
