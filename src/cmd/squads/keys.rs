//! `xeroctl squads keys`.

use super::squad_session::AgentTarget;
use crate::api::squads::keys::{Key, List};
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};
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
        let (squads, agent) = self.target.open(context).await?;
        let text = ListText {
            empty: "the agent has no keys",
            paged: false,
        };
        let list = List {
            agent: agent.as_str(),
        };
        squads
            .session
            .list_unpaged(&list, KEY, &text, |_| true, str::to_owned)
            .await
    }
}
