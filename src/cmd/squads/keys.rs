//! `xeroctl squads keys`.

use super::squad_session::AgentTarget;
use crate::api::squads::keys::{Key, List};
use crate::error::{Error, Exit};
use crate::session::{Context, ListSummary};
use crate::view::column::{Cell, Column};

/// List the keys of an agent
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads keys Coder
  xeroctl squads keys Coder -o json")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
}

const KEY: &[Column<Key>] = &[
    Column::id("ID", |key| Cell::from(&key.id)),
    Column::text("NAME", |key| Cell::from(&key.name)),
    Column::text("CREATED", |key| Cell::from(&key.created_at)),
    Column::text("EXPIRES", |key| Cell::from(&key.expires_at)),
    Column::text("REVOKED", |key| Cell::from(&key.revoked_at)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = self.target.open_for(context, KEY).await?;
        let list = List {
            agent: agent.as_str(),
        };
        let summarize = |summary: ListSummary| {
            if summary.count == 0 {
                squads.session.ui().note("the agent has no keys");
            }
        };
        let listed = squads
            .session
            .list_unpaged(&list, KEY, |_| true, str::to_owned, summarize)
            .await;
        listed.map_err(|error| squads.advise(error))
    }
}
