//! `xeroctl squads runtime`.

use super::place::{Secrets, Target};
use crate::api::squads::masked;
use crate::api::squads::runtime::Get;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the runtime state of an agent: its session, its last run, its tokens and costs
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads runtime Coder
  xeroctl squads runtime Coder -o json | jq .totalCostCents")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the server or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = self.target.open(context).await?;
        let squads = squads.with(self.secrets);
        let session = &squads.session;
        if let Some(reply) = squads.fetch(&Get(agent.as_str())).await? {
            let document = reply.document.get();
            let document = if session.look.format.is_json() {
                squads.hide(document)
            } else {
                masked(document).0
            };
            session.show_object(&document, agent.as_str())?;
        }
        Ok(Exit::Done)
    }
}
