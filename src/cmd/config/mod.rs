//! `xeroctl config`: the deployments that this machine knows.

pub mod add;
pub mod init;
pub mod list;
pub mod path;
pub mod remove;
pub mod rename;
pub mod set;
pub mod settings;
pub mod show;
#[path = "use.rs"]
pub mod use_;

use super::commands;
use crate::error::{Error, Exit};
use crate::session::Context;

commands! {
    /// The verbs of the group.
    Verb {
        Init: init,
        Add: add,
        Set: set,
        Use: use_,
        List: list,
        Show: show,
        Remove: remove,
        Rename: rename,
        Path: path,
    }
}

/// Set up deployments: which routers there are, with which keys
///
/// A deployment is a name for a base URL with its key and settings. One of them is current; --context names another for
/// one command. The deployment `sandbox`, a router inside this program, always exists.
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    after_help = "\
Examples:
  xeroctl config init
  xeroctl config add prod --base-url https://api.example/proj_1/v1 \\
      --api-key-file prod.key --protected
  xeroctl config use prod
  xeroctl config show"
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
