//! `xeroctl exec tools`.

use crate::api::tools::{List, Tool};
use crate::cmd::paging::Paging;
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};
use crate::view::column::{Cell, Column};

/// List the tools that the project's execution agents publish
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec tools
  xeroctl exec tools -o wide        # with risk, domain, and timeout
  xeroctl exec tools -o json | jq -r '.data[] | select(.risk == \"read\").name'")]
pub struct Args {
    #[command(flatten)]
    paging: Paging,
}

/// The columns of a tool. The first two are documented.
pub(crate) const TOOL: &[Column<Tool>] = &[
    Column::id("Name", |tool| Cell::from(&tool.name)),
    Column::text("Description", |tool| Cell::from(&tool.description)),
    Column::extra_state("Risk", |tool| Cell::from(&tool.risk)),
    Column::extra("Domain", |tool| Cell::from(&tool.domain)),
    Column::extra("Timeout", |tool| Cell::from(&tool.timeout)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let text = ListText {
            empty: "no tools in this project",
            paged: true,
        };
        let session = context.open()?;
        session
            .list(&List, TOOL, &self.paging.into(), &text, |_, _| ())
            .await
    }
}
