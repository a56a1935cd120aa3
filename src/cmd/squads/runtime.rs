//! `xeroctl squads runtime`.

use super::squad_session::{AgentTarget, Secrets};
use crate::api::squads::masked;
use crate::api::squads::runtime::Get;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show an agent's session, last run, token usage, and costs
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads runtime Coder
  xeroctl squads runtime Coder -o json | jq .totalCostCents")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = self.target.open(context).await?;
        let squads = squads.with(self.secrets);
        let session = &squads.session;
        if let Some(reply) = squads.get(&Get(agent.as_str())).await? {
            let document = reply.document.get();
            let document = if session.render_options.format.has_documents() {
                squads.redact_document(document)
            } else {
                masked(document).0
            };
            session.show_document(&document, Some(agent.as_str()))?;
        }
        Ok(Exit::Success)
    }
}
