//! `xeroctl exec list`.

use jiff::Timestamp;

use crate::api::Id;
use crate::api::executions::{Execution, List};
use crate::api::invocations::STATUSES;
use crate::cmd::paging::Paging;
use crate::cmd::values::{self, Since};
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};
use crate::time::Stamp;
use crate::view::column::{Cell, Column};

/// List executions: the records of runs
///
/// The router can't search them. So the filters look at one page after another until as many are found as are wanted
/// (--limit, else 20), or the list ends.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec list
  xeroctl exec list --status failed,timeout --since 24h
  xeroctl exec list --output json | jq '.data[] | select(.status == \"failed\")'")]
pub struct Args {
    /// Only those with one of these states, separated by commas
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = values::text, help_heading = "Filters")]
    status: Vec<String>,
    /// Only those that began since then: RFC 3339, or how long ago (24h)
    #[arg(long, value_name = "TIME", value_parser = values::since, help_heading = "Filters")]
    since: Option<Since>,
    /// Only those of this tool
    #[arg(long, value_name = "TOOL", value_parser = values::tool, help_heading = "Filters")]
    tool: Option<String>,
    /// Only those of this invocation
    #[arg(long, value_name = "ID", help_heading = "Filters")]
    invocation: Option<Id>,
    #[command(flatten)]
    paging: Paging,
}

/// What is shown of an execution. The first five are documented as the columns of the list, spelled so.
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
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let text = ListText {
            empty: "no executions",
            paged: true,
        };
        let span = self.paging.clone().into();
        if !self.filters() {
            return session
                .list(&List, EXECUTION, &span, &text, |_, _| ())
                .await;
        }
        for word in &self.status {
            if !STATUSES.contains(&word.as_str()) {
                let known = STATUSES.join(", ");
                session
                    .ui()
                    .warn(&format!("{word} is no known state; known are {known}"));
            }
        }
        let since = self.since.map(|since| since.before(session.ui().now()));
        let keep = |run: &Execution| self.keeps(run, since);
        session.pick(&List, EXECUTION, &span, &text, keep).await
    }

    fn filters(&self) -> bool {
        !self.status.is_empty()
            || self.since.is_some()
            || self.tool.is_some()
            || self.invocation.is_some()
    }

    fn keeps(&self, run: &Execution, since: Option<Timestamp>) -> bool {
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
                let began = run.created_at.as_ref().and_then(Stamp::at);
                began.is_some_and(|began| began >= since)
            })
    }
}
