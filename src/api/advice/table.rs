//! The error codes of the router: what they mean, and what to do.

/// The advice for one code.
#[derive(Debug, PartialEq, Eq)]
pub struct Advice {
    /// `error.code`.
    pub code: &'static str,
    /// What the code reports.
    pub meaning: &'static str,
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

// Commands of the wider product that the troubleshooting page names. This program sends their requests with `api`.
const KEYS: Next = Run("api GET /management/api-keys");
const MEMBERS: Next = Assumed("api GET /management/project");
const SETTINGS: Next = Assumed("api GET /settings");
const WORKSPACES: Next = Assumed("api GET /workspaces");
const ENDPOINTS: Next = Run("api GET /endpoints");
const MODELS: Next = Run("api GET /models");

/// Every code on the router's troubleshooting page.
pub const TABLE: &[Advice] = &[
    // Scope and authentication.
    row(
        "scope_insufficient",
        "the key lacks a scope: management for agents and join keys, execution for exec and approvals (the message names it)",
        "use a key with the missing scope, or have this key reissued with it",
        KEYS,
    ),
    row(
        "cross_project_access",
        "the key belongs to another project than the one in the base URL",
        "the key belongs to a different project than the base URL: compare the segment before /v1 with the key's project",
        KEYS,
    ),
    row(
        "project_not_found",
        "the router does not know the project in the base URL, or hides it from this key",
        "the project in the base URL doesn't exist or isn't visible to this key: check the segment before /v1 with the key's issuer",
        MEMBERS,
    ),
    row(
        "signing_public_key_required",
        "the endpoint only accepts signed requests, and no public key is registered with this API key",
        "the endpoint requires signed requests: have the Ed25519 public key registered with this API key",
        KEYS,
    ),
    row(
        "insufficient_quota",
        "the project has no credit left",
        "the project's credit is exhausted: add credit, or wait for the next billing period",
        SETTINGS,
    ),
    row(
        "billing_delinquent",
        "the project's billing is past due",
        "an invoice is overdue: service resumes after it is paid",
        SETTINGS,
    ),
    // Agents.
    row(
        "agent_not_found",
        "the project has no agent with this ID",
        "check the agent ID; a decommissioned agent must be enrolled again",
        Run("agents"),
    ),
    row(
        "candidate_not_found",
        "the agent has no undecided candidate with this ID",
        "the candidate was approved or rejected, or it expired: choose one that is still listed",
        Run("agents candidates list <agent-id>"),
    ),
    // Workspaces and models.
    row(
        "workspace_not_found",
        "the project has no workspace with this ID or name",
        "check the workspace's external ID (it starts with ws_), and that the workspace wasn't deleted",
        WORKSPACES,
    ),
    row(
        "model_not_found",
        "the router does not know the model",
        "the router has no such model: choose one from its catalog",
        MODELS,
    ),
    row(
        "endpoint_inactive",
        "the endpoint is provisioned but not serving",
        "the endpoint exists but is not serving: provision it again, or use an active endpoint",
        ENDPOINTS,
    ),
    row(
        "endpoint_restricted",
        "the endpoint is limited to certain callers or by a quota",
        "the endpoint's allowlist or quota excludes this caller: change it, or use another endpoint",
        ENDPOINTS,
    ),
    row(
        "endpoint_task_mode_mismatch",
        "the endpoint serves another kind of task than the request asks for",
        "the endpoint's task mode (chat, embedding, reranking, …) doesn't match the request: use an endpoint with the matching task mode",
        ENDPOINTS,
    ),
    row(
        "model_not_scoring",
        "no worker for the model is ready",
        "no worker is ready for this model: wait until one is provisioned, or enlarge the fleet",
        ENDPOINTS,
    ),
    row(
        "invalid_tier",
        "the endpoint does not have the requested service tier",
        "the endpoint doesn't offer this service tier: choose one that it offers",
        ENDPOINTS,
    ),
    // Execution.
    row(
        "exec_tool_not_found",
        "no agent in the workspace offers a tool with this name",
        "the workspace has no tool with this name: check the spelling, and that an execution agent that publishes the tool is bound to the workspace",
        Run("exec tools"),
    ),
    row(
        "tool_not_mcp_visible",
        "the tool exists, but the workspace hides it from MCP clients",
        "the tool is hidden from MCP clients in this workspace: change its visibility, or call it through the agentic loop",
        Run("exec tool-show <tool>"),
    ),
    row(
        "tool_executor_unavailable",
        "no execution agent that offers the tool is online; nothing was run",
        "no execution agent that serves this tool is online: check the agents' status, then enroll another or enlarge the fleet",
        Run("agents"),
    ),
    row(
        "capacity_exceeded",
        "all workers are busy; nothing was run",
        "the fleet is saturated: try again later, or add capacity",
        Run("exec list"),
    ),
    row(
        "rate_limit_exceeded",
        "too many requests in a short time; nothing was done",
        "slow down, and wait as long as Retry-After says",
        SETTINGS,
    ),
    row(
        "context_length_exceeded",
        "the request is longer than the model's context window",
        "the request exceeds the model's context: shorten the conversation, or use a model with a larger context",
        MODELS,
    ),
    // Approvals.
    row(
        "approval_not_found",
        "the router has no approval with this ID",
        "the approval doesn't exist or was purged: choose one that is still listed",
        Run("approvals list"),
    ),
    row(
        "approval_not_pending",
        "the approval was decided before, or it timed out",
        "the approval was already approved, rejected, or timed out: check the result, and invoke the tool again if you need a new decision",
        Run("approvals show <id>"),
    ),
    // Lifecycle.
    row(
        "invocation_not_found",
        "the router has no invocation with this ID",
        "the invocation doesn't exist or has passed its retention period: check the ID and the retention period",
        Run("exec list"),
    ),
    row(
        "invocation_terminal",
        "the invocation has ended, so its status no longer changes",
        "the invocation has already ended; no action is needed",
        Run("exec show <id>"),
    ),
    row(
        "internal_error",
        "the router failed; a change may have been made",
        "report the request ID and the time to the router's operators",
        Instead("only the request ID links this response to the router's logs"),
    ),
];

/// Further documented codes. Their errors get hints that depend on the request instead of this advice.
pub const GENERAL: &[Advice] = &[
    row(
        "authentication_error",
        "the router does not accept the key, or the request has none",
        "check which key is used and where it comes from; ask the key's issuer whether it was revoked",
        Run("config show"),
    ),
    row(
        "quota_exceeded",
        "a quota of the project or the key is used up",
        "wait until the quota is renewed, or have it raised; a retry does not help before that",
        SETTINGS,
    ),
    row(
        "invalid_request",
        "a value in the request is not valid (the message or `field` names it)",
        "correct the value that the message names",
        Run("--help"),
    ),
    row(
        "invalid_body",
        "the request body does not have the members that the route expects",
        "correct the member that the message names; with xeroctl api, check the body that you send",
        Run("api --help"),
    ),
    row(
        "json_parse_error",
        "the request body is not valid JSON",
        "correct the JSON; with xeroctl api --input, check the file that you send",
        Run("api --help"),
    ),
];

const fn row(
    code: &'static str,
    meaning: &'static str,
    action: &'static str,
    next: Next,
) -> Advice {
    Advice {
        code,
        meaning,
        action,
        next,
    }
}
