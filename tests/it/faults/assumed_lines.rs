//! The commands that use assumed routes, and those that use only documented ones.

/// A line of this program, and the one assumed request that it makes.
pub(crate) struct Leaf {
    pub line: &'static str,
    /// Method, path and query.
    pub asks: &'static str,
    /// Whether the body fits on a line.
    pub fits: bool,
}

const fn leaf(line: &'static str, asks: &'static str) -> Leaf {
    Leaf {
        line,
        asks,
        fits: true,
    }
}

const fn large(line: &'static str, asks: &'static str) -> Leaf {
    Leaf {
        line,
        asks,
        fits: false,
    }
}

/// Every assumed route of `docs/router-contract.md`, by each command that asks it.
pub(crate) const LEAVES: &[Leaf] = &[
    leaf(
        "agents agt_1 --update --status active --region eu-west --max-concurrent 16",
        "PATCH /management/agents/agt_1",
    ),
    leaf(
        r#"agents agt_1 --update --description '$HOME `id` "x" \ a=b & true'"#,
        "PATCH /management/agents/agt_1",
    ),
    leaf(
        "agents agt_1 --update --description ''",
        "PATCH /management/agents/agt_1",
    ),
    large(
        "agents agt_1 --update --name n --supported-tiers a,b",
        "PATCH /management/agents/agt_1",
    ),
    // A line of a message shows no line break, and nothing hidden.
    large(
        "agents agt_1 --update --description 'one\ntwo'",
        "PATCH /management/agents/agt_1",
    ),
    large(
        "agents agt_1 --update --description 'a\u{202e}b'",
        "PATCH /management/agents/agt_1",
    ),
    leaf(
        "agents agt_1 --delete --force",
        "DELETE /management/agents/agt_1",
    ),
    leaf(
        "agents --delete --force -- '-a b?#%é&'",
        "DELETE /management/agents/-a%20b%3F%23%25%C3%A9%26",
    ),
    leaf(
        "agents agt_1 --events",
        "GET /management/agents/agt_1/events",
    ),
    leaf(
        "agents agt_1 --events --limit 5 --after 'e 1&x'",
        "GET /management/agents/agt_1/events?limit=5&after=e%201%26x",
    ),
    large(
        "agents pause-exec agt_1",
        "POST /management/agents/agt_1/pause-exec",
    ),
    leaf(
        "agents pause-exec agt_1 --workspace ws_team_a",
        "POST /management/agents/agt_1/pause-exec",
    ),
    large(
        "agents resume-exec agt_1",
        "POST /management/agents/agt_1/resume-exec",
    ),
    leaf(
        "agents resume-exec agt_1 --workspace true",
        "POST /management/agents/agt_1/resume-exec",
    ),
    large(
        "agents revoke-credentials agt_1 --force",
        "POST /management/agents/agt_1/revoke-credentials",
    ),
    leaf(
        "agents revoke-credentials agt_1 --force --workspace @ws",
        "POST /management/agents/agt_1/revoke-credentials",
    ),
    leaf(
        "agents curve-rotate agt_1 --reason 'post-incident'",
        "POST /management/agents/agt_1/curve-rotate",
    ),
    leaf(
        "agents candidates list agt_1",
        "GET /management/agents/agt_1/candidates",
    ),
    leaf(
        "agents candidates approve agt_1 cand_1",
        "POST /management/agents/agt_1/candidates/cand_1/approve",
    ),
    leaf(
        "agents candidates reject agt_1 cand_1",
        "POST /management/agents/agt_1/candidates/cand_1/reject",
    ),
    leaf(
        "join-keys jk_1 --revoke --force",
        "DELETE /management/join-keys/jk_1",
    ),
    leaf("exec cancel inv_1", "POST /exec/invocations/inv_1/cancel"),
    leaf("exec raw ex_1", "GET /exec/executions/ex_1/raw"),
    leaf(
        "exec learnings list --workspace ws_1",
        "GET /exec/learnings?workspace_id=ws_1",
    ),
    leaf(
        "exec learnings list --workspace ws_1 --all",
        "GET /exec/learnings?workspace_id=ws_1&limit=100",
    ),
    leaf("exec learnings show lrn_1", "GET /exec/learnings/lrn_1"),
    leaf(
        "exec learnings delete lrn_1 --force",
        "DELETE /exec/learnings/lrn_1",
    ),
    leaf(
        "exec context show --workspace 'ws 1'",
        "GET /exec/context?workspace_id=ws%201",
    ),
    large(
        "exec context set --workspace ws_1 --file context.json --force",
        "PUT /exec/context",
    ),
];

/// Command lines that ask only documented routes.
pub(crate) const DOCUMENTED: &[&str] = &[
    "agents",
    "agents --create --name n --worker-id w --public-key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= --region r",
    "agents agt_1",
    "join-keys",
    "join-keys jk_1",
    "join-keys --create --name n --region r --router-addr tcp://a:1",
    "exec tools",
    "exec tool-show t",
    "exec invocations",
    "exec invoke --no-validate --workspace ws_1 --tool t --args '{}'",
    "exec watch inv_1",
    "exec list",
    "exec stream",
    "exec show ex_1",
    "exec rerun ex_1",
    "exec manifest agt_1",
    "exec environment agt_1",
    "exec connectivity agt_1",
    "approvals list",
    "approvals show apr_1",
    "approvals approve apr_1 --confirm t",
    "approvals reject apr_1",
    "api GET /anything",
    "api DELETE /management/agents/agt_1 --force",
];

/// Documented codes that are not tried again.
pub(crate) const CODES: &[&str] = &[
    "scope_insufficient",
    "cross_project_access",
    "project_not_found",
    "signing_public_key_required",
    "insufficient_quota",
    "billing_delinquent",
    "agent_not_found",
    "candidate_not_found",
    "workspace_not_found",
    "model_not_found",
    "endpoint_inactive",
    "endpoint_restricted",
    "endpoint_task_mode_mismatch",
    "model_not_scoring",
    "invalid_tier",
    "exec_tool_not_found",
    "tool_not_mcp_visible",
    "context_length_exceeded",
    "approval_not_found",
    "approval_not_pending",
    "invocation_not_found",
    "invocation_terminal",
];
