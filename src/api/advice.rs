//! The advice for each error code of the router, from its troubleshooting page, as data.

mod table;

use super::error_response::exit_code;
use super::request::{Method, Request};
use super::retry::{self, AttemptOutcome};
use super::{document::Document, error_code};
use crate::error::{Error, Exit};

pub use table::{Advice, GENERAL, Next, TABLE};

/// The advice for a code, if the code is documented.
pub fn of(code: &str) -> Option<&'static Advice> {
    TABLE.iter().find(|advice| advice.code == code)
}

use Next::{Assumed, Instead, Run};

impl Advice {
    /// The HTTP status that the code comes with.
    pub fn status(&self) -> Option<u16> {
        error_code::status_of(self.code)
    }

    /// The exit code of a command that fails with this code.
    pub fn exit(&self) -> Exit {
        exit_code(Some(self.code), self.status().unwrap_or(500), true)
    }

    /// Whether a request with this method is sent again after this code.
    pub fn is_retried(&self, method: Method) -> bool {
        let outcome = AttemptOutcome::Answered {
            status: self.status().unwrap_or(500),
            code: Some(self.code),
            wait: None,
        };
        retry::may_repeat(method, outcome)
    }

    /// Adds the advice to the error of a request, given the router's message.
    pub fn add_to(&self, error: Error, request: &Request, message: &str) -> Error {
        let scope = surface(message).filter(|_| self.code == "scope_insufficient");
        let error = match scope {
            Some(surface) => error.hint(format!("the {surface} scope is missing: {}", self.action)),
            None => error.hint(self.action),
        };
        match &self.next {
            Run(command) => error.next("next", filled(command, request)),
            Assumed(command) => error.next("next (assumed path)", *command),
            Instead(text) => error.next(format!("{text}; check the router"), "status"),
        }
    }
}

/// The command that shows what a request was about, with what it shows; none for a request without an object.
pub fn check(request: &Request) -> Option<(&'static str, String)> {
    let segments: Vec<&str> = request.path.iter().map(String::as_str).collect();
    let id = |word: &str| crate::command_line::id(word);
    Some(match segments[..] {
        ["management", "agents", agent, "candidates", ..] => (
            "list the candidates",
            format!("agents candidates list {}", id(agent)),
        ),
        ["management", "agents", agent, "curve-rotate"] => (
            "show the agent's history",
            format!("agents --events {}", id(agent)),
        ),
        ["management", "agents", agent, ..] => ("show the agent", format!("agents {}", id(agent))),
        ["management", "agents"] => ("list the agents", "agents --all".to_owned()),
        ["management", "join-keys", ..] => (
            "list the join keys",
            "agents join-keys --include-terminal --all".to_owned(),
        ),
        ["exec", "approvals", approval, ..] => (
            "show the approval",
            format!("approvals show {}", id(approval)),
        ),
        ["exec", "invocations" | "executions", run, ..] => {
            ("show the run", format!("exec show {}", id(run)))
        }
        ["exec", "learnings", learning, ..] => (
            "show the learning",
            format!("exec learnings show {}", id(learning)),
        ),
        ["exec", "invocations"] => ("list the invocations", "exec invocations".to_owned()),
        ["exec", "context"] => (
            "show the context",
            "exec context show --workspace <workspace>".to_owned(),
        ),
        _ => return None,
    })
}

/// The command that lists the objects like the one that does not exist, where its own command does not name it.
pub fn siblings(request: &Request) -> Option<(&'static str, &'static str)> {
    let segments: Vec<&str> = request.path.iter().map(String::as_str).collect();
    match segments[..] {
        ["exec", "learnings", ..] => Some((
            "list the learnings of a workspace",
            "exec learnings list --workspace <workspace>",
        )),
        _ => None,
    }
}

/// The surface that rejected the key. One code covers all three, so only the message names it. Documented.
pub fn surface(message: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 3] = [
        ("management", "management"),
        ("inference", "inference"),
        ("exec", "execution"),
    ];
    let message = message.to_ascii_lowercase();
    // The first scope in the message is the missing one: "requires management scope, key has inference".
    WORDS
        .iter()
        .filter_map(|(word, surface)| Some((message.find(word)?, *surface)))
        .min()
        .map(|(_, surface)| surface)
}

/// The command with `<…>` replaced by values from the request. A placeholder without a value stays.
fn filled(command: &str, request: &Request) -> String {
    let segments: Vec<&str> = request.path.iter().map(String::as_str).collect();
    let quoted = |word: &str| crate::command_line::id(word);
    let (place, word) = match segments[..] {
        ["management", "agents", id, ..] => ("<agent-id>", quoted(id)),
        ["exec", "tools", tool] => ("<tool>", quoted(tool)),
        ["exec", "invocations"] => {
            let body = request.body.as_deref().unwrap_or_default();
            let tool = serde_json::from_str::<Document>(body)
                .ok()
                .and_then(|body| body.string(&["tool_name"]));
            let Some(tool) = tool else {
                return command.to_owned();
            };
            ("<tool>", quoted(&tool))
        }
        ["exec", _, id, ..] => ("<id>", quoted(id)),
        _ => return command.to_owned(),
    };
    command.replace(place, &word)
}
