//! `xeroctl exec learnings`: facts collected from a workspace's runs and chats.

use crate::api::Id;
use crate::api::learnings::{Delete, Get, Learning, List};
use crate::cmd::paging::Paging;
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::{Consent, Context, ListText};
use crate::view::column::{Cell, Column};

/// List, show, and delete a workspace's learnings
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "SUBCOMMAND",
    subcommand_help_heading = "Subcommands",
    arg_required_else_help = false,
    after_help = "\
Examples:
  xeroctl exec learnings list --workspace ws_a1b2c3d4
  xeroctl exec learnings show lrn_4f8a2c
  xeroctl exec learnings delete lrn_4f8a2c --force"
)]
pub struct Args {
    #[command(subcommand)]
    subcommand: Subcommand,
}

#[derive(clap::Subcommand)]
enum Subcommand {
    /// List a workspace's learnings
    #[command(after_help = "\
Examples:
  xeroctl exec learnings list --workspace ws_a1b2c3d4
  xeroctl exec learnings list --workspace ws_a1b2c3d4 --all -o name")]
    List {
        /// Workspace ID or name
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
        /// Learning ID
        #[arg(value_name = "LEARNING")]
        id: Id,
    },
    /// Delete a learning (prompts for confirmation)
    #[command(after_help = "\
Examples:
  xeroctl exec learnings delete lrn_4f8a2c
  xeroctl exec learnings delete lrn_4f8a2c --force")]
    Delete {
        /// Learning ID
        #[arg(value_name = "LEARNING")]
        id: Id,
        /// Skip the confirmation prompt
        #[arg(long, short = 'y', visible_alias = "yes")]
        force: bool,
    },
}

/// The columns of a learning.
pub(crate) const LEARNING: &[Column<Learning>] = &[
    Column::id("ID", |learning| Cell::from(&learning.id)),
    Column::text("CONTENT", |learning| Cell::from(&learning.content)),
    Column::text("SCORE", |learning| Cell::from(&learning.score)),
    Column::text("SOURCE", |learning| Cell::from(&learning.source_type)),
    Column::text("CREATED", |learning| Cell::from(&learning.created_at)),
    Column::extra("WORKSPACE", |learning| Cell::from(&learning.workspace_id)),
];

impl Args {
    /// Runs the subcommand.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        match self.subcommand {
            Subcommand::List { workspace, paging } => {
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
            Subcommand::Show { id } => {
                session.declare(LEARNING)?;
                let reply = session.get(&Get(&id)).await;
                if let Some(reply) = reply.map_err(with_list_hint)? {
                    session.show(&reply, LEARNING)?;
                }
            }
            Subcommand::Delete { id, force } => {
                let question = format!("Delete learning {id} from {}?", session.place());
                session.confirm(&question, &Consent::Yes, force)?;
                let check = format!("exec learnings show {}", command_line::id(id.as_str()));
                let reply = session.change(&Delete(&id), &check).await;
                if let Some(reply) = reply.map_err(with_list_hint)? {
                    let sentence = format!("Deleted learning {id}.");
                    session.done(&reply, id.as_str(), "deleted", &sentence)?;
                    session.ui().next(LIST_HINT.0, LIST_HINT.1);
                }
            }
        }
        Ok(Exit::Success)
    }
}

/// The hint that lists the learnings.
const LIST_HINT: (&str, &str) = (
    "list the learnings",
    "exec learnings list --workspace WORKSPACE",
);

fn with_list_hint(error: Error) -> Error {
    if error.exit() == Exit::NotFound {
        error.next(LIST_HINT.0, LIST_HINT.1)
    } else {
        error
    }
}
