//! `xeroctl exec manifest`.

use super::introspect::AgentArg;
use crate::api::workspaces::Aspect;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the tools that an execution agent publishes
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec manifest agt_abc123
  xeroctl exec manifest agt_abc123 -o json | jq '.tools[].name'")]
pub struct Args {
    #[command(flatten)]
    agent: AgentArg,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.agent.show(context, Aspect::Manifest).await
    }
}
