//! `xeroctl approvals list`.

use crate::api::approvals::{Approval, List, Risk};
use crate::cmd::paging::Paging;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};
use crate::view::column::{Cell, Column};

/// List approvals
///
/// The router filters by risk, but not by status. --status therefore reads page after page until enough approvals match
/// (--limit, or 20), or the list ends.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals list
  xeroctl approvals list --status pending
  xeroctl approvals list --risk irreversible -o wide")]
pub struct Args {
    /// Only approvals with this risk
    #[arg(long, value_name = "RISK", value_parser = Risk::WORDS)]
    risk: Option<String>,
    /// Only approvals with one of these statuses (comma-separated)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = values::text)]
    status: Vec<String>,
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
        let span = self.paging.into();
        if self.status.is_empty() {
            return session.list(&list, APPROVAL, &span, &text, |_, _| ()).await;
        }
        let keep = |approval: &Approval| {
            let status = approval.status.as_deref();
            self.status.iter().any(|word| Some(word.as_str()) == status)
        };
        session
            .list_filtered(&list, APPROVAL, &span, &text, keep)
            .await
    }
}
