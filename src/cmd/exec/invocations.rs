//! `xeroctl exec invocations`.

use crate::api::invocations::{Invocation, List, STATUSES};
use crate::cmd::list_options::{ViewArgs, is_any, warn_unknown_status};
use crate::cmd::list_watch::{WatchArgs, Watched};
use crate::cmd::paging::Paging;
use crate::cmd::period::{Period, Span};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{Context, Filter, ListText, Session};
use crate::view::column::{Cell, Column};

/// List invocations (tool calls, whether they ran or not)
///
/// The router can't filter invocations. The filters therefore read page after page until enough invocations match (--limit,
/// or 20), or the list ends.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec invocations
  xeroctl exec invocations --status pending_approval --since today
  xeroctl exec invocations --since 1h --watch
  xeroctl exec invocations -o json \\
    | jq -r '.data[] | select(.status == \"pending_approval\").id'")]
pub struct Args {
    #[command(flatten)]
    filter: InvocationFilter,
    #[command(flatten)]
    view: ViewArgs,
    #[command(flatten)]
    watch: WatchArgs,
    #[command(flatten)]
    paging: Paging,
}

/// Which invocations are wanted. Of the values of one option any may match; all options must.
#[derive(clap::Args, Clone, Debug, Default)]
#[group(skip)]
pub(super) struct InvocationFilter {
    /// Only invocations with one of these statuses (comma-separated)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = values::text, help_heading = "Filters")]
    status: Vec<String>,
    /// Only invocations of one of these tools (comma-separated)
    #[arg(long, value_name = "TOOL", value_delimiter = ',', value_parser = values::tool, help_heading = "Filters")]
    tool: Vec<String>,
    /// Only invocations in one of these workspaces (comma-separated)
    #[arg(long, value_name = "WORKSPACE", value_delimiter = ',', value_parser = values::text, help_heading = "Filters")]
    workspace: Vec<String>,
    #[command(flatten)]
    period: Period,
}

/// The columns of an invocation.
pub(crate) const INVOCATION: &[Column<Invocation>] = &[
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
        let period = self.filter.check(&session)?;
        let keep = |call: &Invocation| self.filter.matches(call, period);
        let keep: Filter<'_, Invocation> = self.filter.is_given().then_some(&keep);
        let list = Watched {
            list: &List,
            columns: INVOCATION,
            span: self.paging.clone().into(),
            view: self.view.clone().into(),
            text,
            keep,
        };
        list.show(&session, &self.watch).await
    }
}

impl InvocationFilter {
    /// Whether it picks anything out.
    pub(super) fn is_given(&self) -> bool {
        let lists = [&self.status, &self.tool, &self.workspace];
        self.period.is_given() || lists.iter().any(|list| !list.is_empty())
    }

    /// Warns of unknown words, and returns the period.
    ///
    /// # Errors
    /// As [`Period::span`].
    pub(super) fn check(&self, session: &Session<'_>) -> Result<Span, Error> {
        warn_unknown_status(session, &self.status, STATUSES);
        self.period.span(session)
    }

    /// Whether an invocation is wanted.
    pub(super) fn matches(&self, call: &Invocation, period: Span) -> bool {
        is_any(&self.status, call.status.as_ref())
            && is_any(&self.tool, call.tool_name.as_ref())
            && is_any(&self.workspace, call.workspace_id.as_ref())
            && period.holds(call.created_at.as_ref())
    }
}
