//! `xeroctl agents pause-exec`.

use super::control::Targets;
use crate::api::agents::Control;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Pause tool execution on agents
///
/// The agent stays connected and keeps reporting its health, but the router sends it no tool work.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl agents pause-exec agt_abc123
  xeroctl agents pause-exec agt_abc123 agt_wsyochq960t11jwn
  xeroctl agents pause-exec agt_abc123 --workspace ws_team_a
  xeroctl agents pause-exec --region us-east --role execution")]
pub struct Args {
    #[command(flatten)]
    targets: Targets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.targets.apply(context, Control::Pause).await
    }
}
