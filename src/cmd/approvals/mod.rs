//! `xeroctl approvals`: what waits for a human, and the decision.

pub mod approve;
mod decide;
mod digest;
pub mod list;
pub mod reject;
pub mod show;
pub mod watch;

use super::commands;
use crate::error::{Error, Exit};
use crate::session::Context;

commands! {
    /// The verbs of the group.
    Verb {
        List: list,
        Show: show,
        Approve: approve,
        Reject: reject,
        Watch: watch,
    }
}

/// See what waits for a human, and approve or reject it
///
/// Destructive and irreversible tools do not run before somebody approves. Look at what would run with `show`; its
/// digest, given to `approve --expect`, makes sure that what you approve is what you saw. The key needs the execution
/// scope.
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    arg_required_else_help = false,
    after_help = "\
Examples:
  xeroctl approvals list --status pending
  xeroctl approvals show apr_5a6b7c8d
  xeroctl approvals approve apr_5a6b7c8d --note 'node is cordoned'
  xeroctl approvals reject apr_5a6b7c8d --reason 'not during the release'
  xeroctl approvals watch --interactive"
)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

impl Args {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever it fails with.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        Box::pin(self.verb.run(context)).await
    }
}
