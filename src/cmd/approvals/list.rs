//! `xeroctl approvals list`.

use super::select::ApprovalFilter;
use crate::api::approvals::{Approval, List};
use crate::cmd::list_options::ViewArgs;
use crate::cmd::list_watch::{WatchArgs, Watched};
use crate::cmd::paging::Paging;
use crate::error::{Error, Exit};
use crate::session::{Context, Filter, ListText};
use crate::view::column::{Cell, Column};

/// List approvals
///
/// The router filters by risk only. The other filters therefore read page after page until enough approvals match (--limit,
/// or 20), or the list ends.
///
/// --watch shows every change of the list, decided approvals included. To print or decide on new pending approvals, use
/// `approvals watch`: it reads less, and learns of them by the event stream.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals list
  xeroctl approvals list --status pending
  xeroctl approvals list --status pending --agent agt_abc123 --count
  xeroctl approvals list --status pending --watch
  xeroctl approvals list --risk irreversible -o wide")]
pub struct Args {
    #[command(flatten)]
    filter: ApprovalFilter,
    #[command(flatten)]
    view: ViewArgs,
    #[command(flatten)]
    watch: WatchArgs,
    #[command(flatten)]
    paging: Paging,
}

/// The columns of an approval.
pub(crate) const APPROVAL: &[Column<Approval>] = &[
    Column::id("ID", |approval| Cell::from(&approval.id)),
    Column::state("Status", |approval| Cell::from(&approval.status)),
    Column::state("Risk", |approval| Cell::from(&approval.risk)),
    Column::text("Tool", |approval| Cell::from(&approval.tool_name)),
    Column::text("Created", |approval| Cell::from(&approval.created_at)),
    Column::terminal("Time Left", |approval: &Approval| {
        match &approval.expires_at {
            Some(at) if approval.is_pending() => Cell::Left(at),
            _ => Cell::Absent,
        }
    })
    .width(6),
    Column::extra("Workspace", |approval| Cell::from(&approval.workspace_id)),
    Column::extra("Agent", |approval| Cell::from(&approval.agent_id)),
    Column::extra("Requested By", |approval| {
        Cell::from(&approval.requested_by)
    }),
    Column::extra("Expires", |approval| Cell::from(&approval.expires_at)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let list = List {
            risk: self.filter.risk.as_deref(),
        };
        let text = ListText {
            empty: "no approvals",
            paged: true,
        };
        self.filter.check(&session);
        let keep = |approval: &Approval| self.filter.matches(approval);
        let keep: Filter<'_, Approval> = self.filter.filters_here().then_some(&keep);
        let list = Watched {
            list: &list,
            columns: APPROVAL,
            span: self.paging.clone().into(),
            view: self.view.clone().into(),
            text,
            keep,
        };
        list.show(&session, &self.watch).await
    }
}
