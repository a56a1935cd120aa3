//! `xeroctl agents revoke-credentials`.

use super::control::Targets;
use crate::api::agents::Control;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Revoke agents' credentials (prompts for confirmation)
///
/// The agent loses its authenticated session and must enroll with a new join key before it can serve again.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl agents revoke-credentials agt_abc123
  xeroctl agents revoke-credentials agt_abc123 --workspace ws_team_a --force
  xeroctl agents revoke-credentials agt_abc123 --dry-run
  xeroctl agents revoke-credentials --status dead --older-than 30d")]
pub struct Args {
    #[command(flatten)]
    targets: Targets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.targets.apply(context, Control::Revoke).await
    }
}
