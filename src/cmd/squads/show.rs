//! `xeroctl squads show`.

use super::agent::AGENT;
use super::squad_session::{AgentTarget, Secrets};
use crate::api::squads::agents::Get;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show an agent
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads show Coder
  xeroctl squads show 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 -o json \\
    | jq '(.agent // .).role'")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = self.target.open_for(context, AGENT).await?;
        let squads = squads.with(self.secrets);
        if let Some(reply) = squads.get(&Get(agent.as_str())).await? {
            squads.session.show(&squads.redact(reply)?, AGENT)?;
        }
        Ok(Exit::Success)
    }
}
