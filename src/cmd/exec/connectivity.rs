//! `xeroctl exec connectivity`.

use super::introspect::AgentArg;
use crate::api::workspaces::Aspect;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show which services an execution agent can reach
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec connectivity agt_abc123
  xeroctl exec connectivity agt_abc123 -o json | jq .")]
pub struct Args {
    #[command(flatten)]
    agent: AgentArg,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.agent.run(context, Aspect::Connectivity).await
    }
}
