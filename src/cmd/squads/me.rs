//! `xeroctl squads me`.

use super::agent::AGENT;
use super::place::{Secrets, Server};
use crate::api::squads::agents::Me;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the agent whose key is used, with its chain of command
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
    ///
    /// # Errors
    /// Whatever the server or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.server.open(context, true)?.with(self.secrets);
        if let Some(reply) = squads.session.fetch(&Me).await? {
            squads.session.show(&squads.veil(reply)?, AGENT)?;
        }
        Ok(Exit::Done)
    }
}
