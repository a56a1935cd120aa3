//! `xeroctl squads pause`.

use super::lifecycle;
use super::squad_session::{AgentTarget, Secrets};
use crate::api::squads::agents::LifecycleAction;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Pause an agent so that it starts no runs until it is resumed
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads pause Coder
  xeroctl squads pause 3fcb87f5-40bf-4e11-b004-a986b1c8cef0")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, found) = self.target.open_found(context).await?;
        let status = found.agent.and_then(|agent| agent.status);
        let status = status.as_deref();
        lifecycle::apply(
            squads,
            self.secrets,
            &found.id,
            status,
            LifecycleAction::Pause,
        )
        .await
    }
}
