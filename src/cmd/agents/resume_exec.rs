//! `xeroctl agents resume-exec`.

use super::control::Targets;
use crate::api::agents::Control;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Resume tool execution on paused agents
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl agents resume-exec agt_abc123
  xeroctl agents resume-exec agt_abc123 --workspace ws_team_a")]
pub struct Args {
    #[command(flatten)]
    targets: Targets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.targets.apply(context, Control::Resume).await
    }
}
