//! `xeroctl squads inbox`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::squad_session::Server;
use crate::api::squads::inbox::{Assignment, List};
use crate::cmd::values::{self, Words};
use crate::error::{Error, Exit};
use crate::session::{Context, ListSummary};
use crate::view::column::{Cell, Column};

/// List the issues assigned to the agent that owns the key
///
/// Without --status, the server lists open issues: `todo`, `in_progress`, `in_review`, and `blocked`. Some servers list
/// no issues in review.
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

/// The statuses that a server with bare responses lists, regardless of the request.
const LISTED: [&str; 3] = ["todo", "in_progress", "blocked"];

fn words<'a>(statuses: &[&'a String]) -> Vec<&'a str> {
    statuses.iter().map(|status| status.as_str()).collect()
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.server.open(context, true)?;
        let states = self.status.map(|Words(states)| states).unwrap_or_default();
        let seen = RefCell::new(BTreeSet::new());
        // The server may ignore the requested statuses.
        let keep = |issue: &Assignment| {
            let is_wanted = |status: &String| states.contains(status);
            let is_kept = states.is_empty() || issue.status.as_ref().is_some_and(is_wanted);
            seen.borrow_mut().extend(issue.status.clone());
            is_kept
        };
        let list = List { states: &states };
        let ui = squads.session.ui();
        let summarize = |summary: ListSummary| {
            let is_listed = |status: &&String| {
                !summary.is_bare
                    || LISTED.contains(&status.as_str())
                    || seen.borrow().contains(*status)
            };
            let (known, unknown): (Vec<&String>, Vec<&String>) = states.iter().partition(is_listed);
            if !unknown.is_empty() {
                ui.warn(&format!(
                    "this server lists only issues that are todo, in_progress, or blocked; whether any are {} is unknown",
                    words(&unknown).join(" or ")
                ));
            }
            if summary.count == 0 && unknown.is_empty() {
                ui.note("the inbox is empty");
            } else if summary.count == 0 && !known.is_empty() {
                ui.note(&format!(
                    "no issues with status {}",
                    words(&known).join(" or ")
                ));
            }
        };
        let listed = squads
            .session
            .list_unpaged(&list, ASSIGNMENT, keep, str::to_owned, summarize)
            .await;
        listed.map_err(|error| squads.explain(error))
    }
}
