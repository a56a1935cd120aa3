//! `xeroctl agents revoke-credentials`.

use super::control::Targets;
use crate::api::agents::Control;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Revoke the credentials of agents, which then have to enroll again; asks first
///
/// The agent loses its authenticated session. It serves nothing until it enrolls with a new join key.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl agents revoke-credentials agt_abc123
  xeroctl agents revoke-credentials agt_abc123 --workspace ws_team_a --force
  xeroctl agents revoke-credentials agt_abc123 --dry-run")]
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
