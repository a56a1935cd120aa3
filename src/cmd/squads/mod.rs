//! `xeroctl squads`: the second server, with agents of its own, grouped in squads.

mod agent;
pub mod agents;
mod asked;
pub mod create;
pub mod create_key;
pub mod delete;
pub mod health;
pub mod hire;
pub mod inbox;
pub mod instructions_path;
pub mod keys;
mod lifecycle;
pub mod me;
pub mod pause;
pub mod permissions;
mod place;
pub mod reset_session;
pub mod resume;
pub mod revoke_key;
pub mod runtime;
pub mod show;
pub mod terminate;
pub mod update;

use super::commands;
use crate::error::{Error, Exit};
use crate::session::Context;

commands! {
    /// The verbs of the group.
    Verb {
        Me: me,
        Inbox: inbox,
        Agents: agents,
        Show: show,
        Create: create,
        Hire: hire,
        Update: update,
        Permissions: permissions,
        InstructionsPath: instructions_path,
        Pause: pause,
        Resume: resume,
        Terminate: terminate,
        Delete: delete,
        Keys: keys,
        CreateKey: create_key,
        RevokeKey: revoke_key,
        Runtime: runtime,
        ResetSession: reset_session,
        Health: health,
    }
}

/// Manage the agents of squads: a second server, with keys and agents of its own
///
/// The server is named with --squads-url, `SLAW_API_URL` or `squads_url` of a deployment, and is localhost:3100
/// otherwise; the key with --api-key-file, `SLAW_API_KEY` or `squads_api_key`. The router's key is never sent there.
/// Most changes need an operator's key; `me` and `inbox` need an agent's own.
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    arg_required_else_help = false,
    after_help = "\
Examples:
  xeroctl --context sandbox squads agents
  xeroctl squads --help
  xeroctl squads health --squads-url http://localhost:3100
  xeroctl squads agents --squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24 -o json"
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
