//! `xeroctl squads agents`.

use super::agent::AGENT;
use super::squad_session::{Secrets, SquadArgs};
use crate::api::squads::agents::List;
use crate::error::{Error, Exit};
use crate::session::{Context, ListSummary};

/// List the agents of a squad
///
/// Some servers leave out terminated agents, which can only be found by ID.
#[derive(clap::Args)]
#[command(
    visible_alias = "list",
    after_help = "\
Examples:
  xeroctl squads agents
  xeroctl squads agents -o wide
  xeroctl squads agents --squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24 -o name"
)]
pub struct Args {
    #[command(flatten)]
    squad: SquadArgs,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.squad.open(context)?.with(self.secrets);
        let list = List {
            squad: squads.squad()?,
        };
        let summarize = |summary: ListSummary| {
            if summary.count == 0 {
                squads.session.ui().note(&format!(
                    "no agents: the squad {} is empty, or the server does not know it",
                    list.squad
                ));
            }
        };
        let hide = |document: &str| squads.redact_document(document);
        let listed = squads
            .session
            .list_unpaged(&list, AGENT, |_| true, hide, summarize)
            .await;
        listed.map_err(|error| squads.explain(error))
    }
}
