//! `xeroctl exec list`.

use crate::api::executions::{Execution, List};
use crate::api::invocations::STATUSES;
use crate::cmd::list_options::{ViewArgs, is_any, warn_unknown_status};
use crate::cmd::list_watch::{WatchArgs, Watched};
use crate::cmd::paging::Paging;
use crate::cmd::period::{Period, Span};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{Context, Filter, ListText};
use crate::view::column::{Cell, Column};

/// List executions (records of runs)
///
/// The router can't filter executions. The filters therefore read page after page until enough executions match (--limit,
/// or 20), or the list ends.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec list
  xeroctl exec list --status failed,timeout --since 24h
  xeroctl exec list --since yesterday --until yesterday --count
  xeroctl exec list --status failed,timeout --since 1h --watch
  xeroctl exec list --output json | jq '.data[] | select(.status == \"failed\")'")]
pub struct Args {
    /// Only executions with one of these statuses (comma-separated)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = values::text, help_heading = "Filters")]
    status: Vec<String>,
    /// Only executions of one of these tools (comma-separated)
    #[arg(long, value_name = "TOOL", value_delimiter = ',', value_parser = values::tool, help_heading = "Filters")]
    tool: Vec<String>,
    /// Only executions in one of these workspaces (comma-separated)
    #[arg(long, value_name = "WORKSPACE", value_delimiter = ',', value_parser = values::text, help_heading = "Filters")]
    workspace: Vec<String>,
    /// Only executions of one of these invocations (comma-separated)
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = values::id, help_heading = "Filters")]
    invocation: Vec<String>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    view: ViewArgs,
    #[command(flatten)]
    watch: WatchArgs,
    #[command(flatten)]
    paging: Paging,
}

/// The columns of an execution. The first five, and their spelling, are documented.
pub(crate) const EXECUTION: &[Column<Execution>] = &[
    Column::id("ID", |run| Cell::from(&run.id)),
    Column::reference("Invocation", |run| Cell::from(&run.invocation_id)),
    Column::state("Status", |run| Cell::from(&run.status)),
    Column::text("Exit Code", |run| Cell::from(&run.exit_code)),
    Column::text("Created", |run| Cell::from(&run.created_at)),
    Column::extra("Tool", |run| Cell::from(&run.tool_name)),
    Column::extra("Workspace", |run| Cell::from(&run.workspace_id)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let text = ListText {
            empty: "no executions",
            paged: true,
        };
        warn_unknown_status(&session, &self.status, STATUSES);
        let period = self.period.span(&session)?;
        let keep = |run: &Execution| self.matches(run, period);
        let keep: Filter<'_, Execution> = self.has_filters().then_some(&keep);
        let list = Watched {
            list: &List,
            columns: EXECUTION,
            span: self.paging.clone().into(),
            view: self.view.clone().into(),
            text,
            keep,
        };
        list.show(&session, &self.watch).await
    }

    fn has_filters(&self) -> bool {
        let lists = [&self.status, &self.tool, &self.workspace, &self.invocation];
        self.period.is_given() || lists.iter().any(|list| !list.is_empty())
    }

    fn matches(&self, run: &Execution, period: Span) -> bool {
        is_any(&self.status, run.status.as_ref())
            && is_any(&self.tool, run.tool_name.as_ref())
            && is_any(&self.workspace, run.workspace_id.as_ref())
            && is_any(&self.invocation, run.invocation_id.as_ref())
            && period.holds(run.created_at.as_ref())
    }
}
