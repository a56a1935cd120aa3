//! `xeroctl exec invocations`.

use crate::api::invocations::{Invocation, List};
use crate::cmd::paging::Paging;
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};
use crate::view::column::{Cell, Column};

/// List invocations (tool calls, whether they ran or not)
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec invocations
  xeroctl exec invocations -o json \\
    | jq -r '.data[] | select(.status == \"pending_approval\").id'")]
pub struct Args {
    #[command(flatten)]
    paging: Paging,
}

/// The columns of an invocation.
pub(super) const INVOCATION: &[Column<Invocation>] = &[
    Column::id("ID", |call| Cell::from(&call.id)),
    Column::text("TOOL", |call| Cell::from(&call.tool_name)),
    Column::state("STATUS", |call| Cell::from(&call.status)),
    Column::text("WORKSPACE", |call| Cell::from(&call.workspace_id)),
    Column::text("CREATED", |call| Cell::from(&call.created_at)),
    Column::extra_state("RISK", |call| Cell::from(&call.risk)),
    Column::extra("APPROVAL", |call| Cell::from(&call.approval_id)),
    Column::extra("EXECUTION", |call| Cell::from(&call.execution_id)),
    Column::detail("APPROVAL_URL", |call| Cell::from(&call.approval_url)),
    Column::detail("COMPLETED", |call| Cell::from(&call.completed_at)),
    Column::detail("ERROR", |call| Cell::from(&call.error)),
    Column::detail("ARGUMENTS", |call| Cell::from(&call.args)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let text = ListText {
            empty: "no invocations in this project",
            paged: true,
        };
        let session = context.open()?;
        session
            .list(&List, INVOCATION, &self.paging.into(), &text, |_, _| ())
            .await
    }
}
