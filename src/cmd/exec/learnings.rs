//! `xeroctl exec learnings`: what the mesh has learned in a workspace.

use crate::api::Id;
use crate::api::learnings::{Delete, Get, Learning, List};
use crate::cmd::paging::Paging;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::line;
use crate::session::{Consent, Context, ListText};
use crate::view::column::{Cell, Column};

/// List, show and delete what the mesh has learned in a workspace
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    arg_required_else_help = false,
    after_help = "\
Examples:
  xeroctl exec learnings list --workspace ws_a1b2c3d4
  xeroctl exec learnings show lrn_4f8a2c
  xeroctl exec learnings delete lrn_4f8a2c --force"
)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// List the learnings of a workspace
    #[command(after_help = "\
Examples:
  xeroctl exec learnings list --workspace ws_a1b2c3d4
  xeroctl exec learnings list --workspace ws_a1b2c3d4 --all -o name")]
    List {
        /// The workspace's external id
        #[arg(long, value_name = "WORKSPACE", value_parser = values::id)]
        workspace: String,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a learning
    #[command(after_help = "\
Examples:
  xeroctl exec learnings show lrn_4f8a2c")]
    Show {
        /// The learning's id
        #[arg(value_name = "LEARNING")]
        id: Id,
    },
    /// Delete a learning; asks first
    #[command(after_help = "\
Examples:
  xeroctl exec learnings delete lrn_4f8a2c
  xeroctl exec learnings delete lrn_4f8a2c --force")]
    Delete {
        /// The learning's id
        #[arg(value_name = "LEARNING")]
        id: Id,
        /// Delete without asking
        #[arg(long, short = 'y', visible_alias = "yes")]
        force: bool,
    },
}

/// What is shown of a learning.
const LEARNING: &[Column<Learning>] = &[
    Column::id("ID", |learning| Cell::from(&learning.id)),
    Column::text("CONTENT", |learning| Cell::from(&learning.content)),
    Column::text("SCORE", |learning| Cell::from(&learning.score)),
    Column::text("SOURCE", |learning| Cell::from(&learning.source_type)),
    Column::text("CREATED", |learning| Cell::from(&learning.created_at)),
    Column::extra("WORKSPACE", |learning| Cell::from(&learning.workspace_id)),
];

impl Args {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever it fails with.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        match self.verb {
            Verb::List { workspace, paging } => {
                let text = ListText {
                    empty: "no learnings in this workspace",
                    paged: true,
                };
                let list = List {
                    workspace: &workspace,
                };
                return session
                    .list(&list, LEARNING, &paging.into(), &text, |_, _| ())
                    .await;
            }
            Verb::Show { id } => {
                let reply = session.fetch(&Get(&id)).await;
                if let Some(reply) = reply.map_err(all_of_them)? {
                    session.show(&reply, LEARNING)?;
                }
            }
            Verb::Delete { id, force } => {
                session.confirm(&format!("Delete learning {id}?"), &Consent::Yes, force)?;
                let check = format!("exec learnings show {}", line::id(id.as_str()));
                let reply = session.apply(&Delete(&id), &check).await;
                if let Some(reply) = reply.map_err(all_of_them)? {
                    let sentence = format!("Deleted learning {id}.");
                    session.done(&reply, id.as_str(), "deleted", &sentence)?;
                    session.ui().next(LISTED.0, LISTED.1);
                }
            }
        }
        Ok(Exit::Done)
    }
}

/// Where the learnings are listed.
const LISTED: (&str, &str) = (
    "those that there are",
    "exec learnings list --workspace WORKSPACE",
);

fn all_of_them(error: Error) -> Error {
    if error.exit() == Exit::NotFound {
        error.next(LISTED.0, LISTED.1)
    } else {
        error
    }
}
