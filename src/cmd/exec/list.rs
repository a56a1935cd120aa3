//! `xeroctl exec list`.

use jiff::Timestamp;

use crate::api::Id;
use crate::api::executions::{Execution, List};
use crate::api::invocations::STATUSES;
use crate::cmd::paging::Paging;
use crate::cmd::values::{self, Since};
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};
use crate::time::WireTime;
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
  xeroctl exec list --output json | jq '.data[] | select(.status == \"failed\")'")]
pub struct Args {
    /// Only executions with one of these statuses (comma-separated)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = values::text, help_heading = "Filters")]
    status: Vec<String>,
    /// Only executions started since this time (RFC 3339, or a duration such as 24h)
    #[arg(long, value_name = "TIME", value_parser = values::since, help_heading = "Filters")]
    since: Option<Since>,
    /// Only executions of this tool
    #[arg(long, value_name = "TOOL", value_parser = values::tool, help_heading = "Filters")]
    tool: Option<String>,
    /// Only executions of this invocation
    #[arg(long, value_name = "ID", help_heading = "Filters")]
    invocation: Option<Id>,
    #[command(flatten)]
    paging: Paging,
}

/// The columns of an execution. The first five, and their spelling, are documented.
pub(super) const EXECUTION: &[Column<Execution>] = &[
    Column::id("ID", |run| Cell::from(&run.id)),
    Column::reference("Invocation", |run| Cell::from(&run.invocation_id)),
    Column::state("Status", |run| Cell::from(&run.status)),
    Column::text("Exit Code", |run| Cell::from(&run.exit_code)),
    Column::text("Created", |run| Cell::from(&run.created_at)),
    Column::extra("TOOL", |run| Cell::from(&run.tool_name)),
    Column::extra("WORKSPACE", |run| Cell::from(&run.workspace_id)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let text = ListText {
            empty: "no executions",
            paged: true,
        };
        let span = self.paging.clone().into();
        if !self.has_filters() {
            return session
                .list(&List, EXECUTION, &span, &text, |_, _| ())
                .await;
        }
        for word in &self.status {
            if !STATUSES.contains(&word.as_str()) {
                let valid = STATUSES.join(", ");
                session
                    .ui()
                    .warn(&format!("unknown status '{word}' (valid: {valid})"));
            }
        }
        let since = self.since.map(|since| since.before(session.ui().now()));
        let keep = |run: &Execution| self.matches(run, since);
        session
            .list_filtered(&List, EXECUTION, &span, &text, keep)
            .await
    }

    fn has_filters(&self) -> bool {
        !self.status.is_empty()
            || self.since.is_some()
            || self.tool.is_some()
            || self.invocation.is_some()
    }

    fn matches(&self, run: &Execution, since: Option<Timestamp>) -> bool {
        let is = |value: &Option<String>, wanted: &str| value.as_deref() == Some(wanted);
        let status = &self.status;
        (status.is_empty() || status.iter().any(|word| is(&run.status, word)))
            && self
                .tool
                .as_ref()
                .is_none_or(|tool| is(&run.tool_name, tool))
            && self
                .invocation
                .as_ref()
                .is_none_or(|id| is(&run.invocation_id, id.as_str()))
            && since.is_none_or(|since| {
                let start = run.created_at.as_ref().and_then(WireTime::at);
                start.is_some_and(|start| start >= since)
            })
    }
}
