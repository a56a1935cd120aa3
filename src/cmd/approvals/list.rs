//! `xeroctl approvals list`.

use crate::api::approvals::{Approval, List, Risk, STATUSES};
use crate::cmd::list_options::{ViewArgs, is_any, warn_unknown_status};
use crate::cmd::paging::Paging;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{Context, Filter, ListText};
use crate::view::column::{Cell, Column};

/// List approvals
///
/// The router filters by risk only. The other filters therefore read page after page until enough approvals match (--limit,
/// or 20), or the list ends.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals list
  xeroctl approvals list --status pending
  xeroctl approvals list --status pending --agent agt_abc123 --count
  xeroctl approvals list --risk irreversible -o wide")]
pub struct Args {
    /// Only approvals with this risk
    #[arg(long, value_name = "RISK", value_parser = Risk::WORDS)]
    risk: Option<String>,
    /// Only approvals with one of these statuses (comma-separated)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = values::text)]
    status: Vec<String>,
    /// Only approvals in one of these workspaces (comma-separated)
    #[arg(long, value_name = "WORKSPACE", value_delimiter = ',', value_parser = values::text)]
    workspace: Vec<String>,
    /// Only approvals of runs on one of these agents (comma-separated)
    #[arg(long, value_name = "AGENT", value_delimiter = ',', value_parser = values::id)]
    agent: Vec<String>,
    /// Only approvals of one of these tools (comma-separated)
    #[arg(long, value_name = "TOOL", value_delimiter = ',', value_parser = values::tool)]
    tool: Vec<String>,
    #[command(flatten)]
    view: ViewArgs,
    #[command(flatten)]
    paging: Paging,
}

/// The columns of an approval.
pub(super) const APPROVAL: &[Column<Approval>] = &[
    Column::id("ID", |approval| Cell::from(&approval.id)),
    Column::state("Status", |approval| Cell::from(&approval.status)),
    Column::state("Risk", |approval| Cell::from(&approval.risk)),
    Column::text("Tool", |approval| Cell::from(&approval.tool_name)),
    Column::text("Created", |approval| Cell::from(&approval.created_at)),
    Column::terminal("TIME LEFT", |approval| match &approval.expires_at {
        Some(at) if approval.is_pending() => Cell::Left(at),
        _ => Cell::Absent,
    }),
    Column::extra("WORKSPACE", |approval| Cell::from(&approval.workspace_id)),
    Column::extra("AGENT", |approval| Cell::from(&approval.agent_id)),
    Column::extra("REQUESTED_BY", |approval| {
        Cell::from(&approval.requested_by)
    }),
    Column::extra("EXPIRES", |approval| Cell::from(&approval.expires_at)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let list = List {
            risk: self.risk.as_deref(),
        };
        let text = ListText {
            empty: "no approvals",
            paged: true,
        };
        warn_unknown_status(&session, &self.status, STATUSES);
        let keep = |approval: &Approval| self.matches(approval);
        let lists = [&self.status, &self.workspace, &self.agent, &self.tool];
        let has_filters = lists.iter().any(|list| !list.is_empty());
        let keep: Filter<'_, Approval> = has_filters.then_some(&keep);
        let (span, view) = (self.paging.clone().into(), self.view.clone().into());
        session
            .list_view(&list, APPROVAL, &span, &text, &view, keep)
            .await
    }

    fn matches(&self, approval: &Approval) -> bool {
        is_any(&self.status, approval.status.as_ref())
            && is_any(&self.workspace, approval.workspace_id.as_ref())
            && is_any(&self.agent, approval.agent_id.as_ref())
            && is_any(&self.tool, approval.tool_name.as_ref())
    }
}
