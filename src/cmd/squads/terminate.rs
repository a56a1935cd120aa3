//! `xeroctl squads terminate`.

use super::squad_session::{AgentTarget, Secrets};
use super::{destructive_target, lifecycle};
use crate::api::squads::agents::LifecycleAction;
use crate::error::{Error, Exit};
use crate::session::{Consent, Context};

/// Terminate an agent permanently, keeping its records
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads terminate Coder
  xeroctl squads terminate 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 --force")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 16 without consent; otherwise as the request.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = destructive_target::open(&self.target, context, self.force).await?;
        let question = format!(
            "Terminate agent {} in {}? It never runs again.",
            agent.label,
            squads.session.place()
        );
        squads
            .session
            .confirm(&question, &Consent::Yes, self.force)?;
        lifecycle::apply(
            squads,
            self.secrets,
            &agent.id,
            None,
            LifecycleAction::Terminate,
        )
        .await
    }
}
