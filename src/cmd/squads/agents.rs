//! `xeroctl squads agents`.

use super::agent::AGENT;
use super::squad_session::{Secrets, SquadArgs};
use crate::api::squads::agents::List;
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};

/// List the agents of a squad
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads agents
  xeroctl squads agents -o wide
  xeroctl squads agents --squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24 -o name")]
pub struct Args {
    #[command(flatten)]
    place: SquadArgs,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.place.open(context)?.with(self.secrets);
        let text = ListText {
            empty: "no agents in this squad",
            paged: false,
        };
        let list = List {
            squad: squads.squad()?,
        };
        squads
            .session
            .list_unpaged(
                &list,
                AGENT,
                &text,
                |_| true,
                |document| squads.redact_document(document),
            )
            .await
    }
}
