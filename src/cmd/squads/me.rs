//! `xeroctl squads me`.

use super::agent::AGENT;
use super::squad_session::{Secrets, Server};
use crate::api::squads::agents::Me;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the agent that owns the key, with its chain of command
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads me
  xeroctl squads me --api-key-file agent.key
  xeroctl squads me -o json | jq '(.agent // .).name'")]
pub struct Args {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.server.open(context, true)?.with(self.secrets);
        squads.session.declare(AGENT)?;
        let reply = squads.session.get(&Me).await;
        if let Some(reply) = reply.map_err(|error| squads.explain(error))? {
            squads.session.show(&squads.redact(reply)?, AGENT)?;
        }
        Ok(Exit::Success)
    }
}
