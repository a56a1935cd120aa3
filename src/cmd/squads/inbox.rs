//! `xeroctl squads inbox`.

use super::squad_session::Server;
use crate::api::squads::inbox::{Assignment, List};
use crate::cmd::values::{self, Words};
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};
use crate::view::column::{Cell, Column};

/// List the issues assigned to the agent that owns the key
///
/// Without --status the server gives what is still to be done: `todo`, `in_progress`, `in_review`, `blocked`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads inbox
  xeroctl squads inbox --status todo,in_progress -o name")]
pub struct Args {
    /// Only these statuses (comma-separated)
    #[arg(long, value_name = "STATES", value_parser = values::words)]
    status: Option<Words>,
    #[command(flatten)]
    server: Server,
}

const ASSIGNMENT: &[Column<Assignment>] = &[
    Column::id("ID", |issue| Cell::from(&issue.id)),
    Column::text("IDENTIFIER", |issue| Cell::from(&issue.identifier)),
    Column::text("TITLE", |issue| Cell::from(&issue.title)),
    Column::state("STATUS", |issue| Cell::from(&issue.status)),
    Column::text("PRIORITY", |issue| Cell::from(&issue.priority)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.server.open(context, true)?;
        let states = self.status.map(|Words(states)| states).unwrap_or_default();
        let text = ListText {
            empty: "nothing in the inbox",
            paged: false,
        };
        // The server may pass over the states that it is asked for.
        let keep = |issue: &Assignment| {
            let is_wanted = |status: &String| states.contains(status);
            states.is_empty() || issue.status.as_ref().is_some_and(is_wanted)
        };
        let list = List { states: &states };
        squads
            .session
            .list_unpaged(&list, ASSIGNMENT, &text, keep, str::to_owned)
            .await
    }
}
