//! The advice for each error code of the router, from its troubleshooting page, as data.

use super::document::Document;
use super::request::Request;
use crate::error::Error;

/// The advice for one code.
#[derive(Debug, PartialEq, Eq)]
pub struct Advice {
    /// `error.code`.
    pub code: &'static str,
    /// The recommended action.
    pub action: &'static str,
    /// How to find out more.
    pub next: Next,
}

/// How to find out more.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// A command of this program. `<agent-id>`, `<id>`, and `<tool>` are filled in from the request.
    Run(&'static str),
    /// The same with a route whose family is documented, but not its exact path.
    Assumed(&'static str),
    /// No command says more: why.
    Instead(&'static str),
}

use Next::{Assumed, Instead, Run};

// Commands of the wider product that the page names. This program sends their requests with `api`.
const KEYS: Next = Run("api GET /management/api-keys");
const MEMBERS: Next = Assumed("api GET /management/project");
const SETTINGS: Next = Assumed("api GET /settings");
const WORKSPACES: Next = Assumed("api GET /workspaces");
const ENDPOINTS: Next = Run("api GET /endpoints");
const MODELS: Next = Run("api GET /models");

/// Every documented code.
pub const TABLE: &[Advice] = &[
    // Scope and authentication.
    row(
        "scope_insufficient",
        "use a key that carries the missing scope, or have this one issued again with it",
        KEYS,
    ),
    row(
        "cross_project_access",
        "the key belongs to another project than the base URL names: compare the segment before /v1 with the project of the key",
        KEYS,
    ),
    row(
        "project_not_found",
        "the project in the base URL does not exist, or this key can't see it: check the segment before /v1 with the issuer",
        MEMBERS,
    ),
    row(
        "signing_public_key_required",
        "the endpoint wants signed requests: have the Ed25519 public key registered with this API key first",
        KEYS,
    ),
    row(
        "insufficient_quota",
        "the project's credit is used up: top it up, or wait for the next billing window",
        SETTINGS,
    ),
    row(
        "billing_delinquent",
        "an invoice is overdue: nothing more is served until it is paid",
        SETTINGS,
    ),
    // Agents.
    row(
        "agent_not_found",
        "check the ID of the agent; one that was decommissioned has to be enrolled again",
        Run("agents"),
    ),
    row(
        "candidate_not_found",
        "the candidate was approved or rejected already, or it expired: decide on one that is still listed",
        Run("agents candidates list <agent-id>"),
    ),
    // Workspaces and models.
    row(
        "workspace_not_found",
        "check the external ID of the workspace (it starts with ws_) and that the workspace was not deleted",
        WORKSPACES,
    ),
    row(
        "model_not_found",
        "the router knows no such model: name one that is in its catalogue",
        MODELS,
    ),
    row(
        "endpoint_inactive",
        "the endpoint exists but serves nothing now: provision it again, or take an active one",
        ENDPOINTS,
    ),
    row(
        "endpoint_restricted",
        "an allow-list or a quota of the endpoint excludes this caller: change it, or take another endpoint",
        ENDPOINTS,
    ),
    row(
        "endpoint_task_mode_mismatch",
        "the endpoint does another task (chat, embedding, reranking, …) than this request wants: take one with the matching task mode",
        ENDPOINTS,
    ),
    row(
        "model_not_scoring",
        "no worker is ready for this model: wait until one is provisioned, or enlarge the fleet",
        ENDPOINTS,
    ),
    row(
        "invalid_tier",
        "the endpoint has no such service tier: name one that it offers",
        ENDPOINTS,
    ),
    // Execution.
    row(
        "exec_tool_not_found",
        "no tool has this name in the workspace: check the spelling, and that an execution agent that publishes it is bound to the workspace",
        Run("exec tools"),
    ),
    row(
        "tool_not_mcp_visible",
        "the tool is hidden from MCP clients in this workspace: change its visibility, or call it through the agentic loop",
        Run("exec tool-show <tool>"),
    ),
    row(
        "tool_executor_unavailable",
        "no execution agent that serves this tool is online: look at their state, then enroll one more or enlarge the fleet",
        Run("agents"),
    ),
    row(
        "capacity_exceeded",
        "the fleet is saturated: wait and try again, or add capacity",
        Run("exec list"),
    ),
    row(
        "rate_limit_exceeded",
        "slow down, and wait as long as Retry-After says",
        SETTINGS,
    ),
    row(
        "context_length_exceeded",
        "the request is larger than the model's context: shorten the conversation, or take a model with a larger one",
        MODELS,
    ),
    // Approvals.
    row(
        "approval_not_found",
        "no such approval, or it was purged: take the ID of one that is still listed",
        Run("approvals list"),
    ),
    row(
        "approval_not_pending",
        "it was approved, rejected or timed out already: look at how it ended, and invoke the tool again if a new decision is needed",
        Run("approvals show <id>"),
    ),
    // Lifecycle.
    row(
        "invocation_not_found",
        "no such invocation, or the retention has removed it: check the ID and how long runs are kept",
        Run("exec list"),
    ),
    row(
        "invocation_terminal",
        "the invocation has ended already, so there is nothing left to do to it",
        Run("exec show <id>"),
    ),
    row(
        "internal_error",
        "report the request ID and the time to the team that runs the router",
        Instead(
            "the request ID is all that links this response to the router's logs: no command says more",
        ),
    ),
];

const fn row(code: &'static str, action: &'static str, next: Next) -> Advice {
    Advice { code, action, next }
}

/// The advice for a code, if the code is documented.
pub fn of(code: &str) -> Option<&'static Advice> {
    TABLE.iter().find(|advice| advice.code == code)
}

impl Advice {
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
            Instead(text) => error.hint(*text),
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
