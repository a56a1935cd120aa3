//! `xeroctl exec`: governed execution. Tools, calls of tools, the records of their runs, and what surrounds them.

mod args;
pub mod cancel;
mod clock;
pub mod connectivity;
pub mod context;
pub mod environment;
mod follow;
mod introspect;
pub mod invocations;
pub mod invoke;
pub mod learnings;
pub mod list;
mod lookup;
pub mod manifest;
mod outcome;
mod output;
pub mod raw;
pub mod rerun;
pub mod show;
pub mod stream;
mod telling;
pub mod tool_show;
pub mod tools;
pub mod watch;

use super::commands;
use crate::error::{Error, Exit};
use crate::session::Context;

commands! {
    /// The verbs of the group.
    Verb {
        Tools: tools,
        ToolShow: tool_show,
        Invoke: invoke,
        Watch: watch,
        Cancel: cancel,
        List: list,
        Show: show,
        Raw: raw,
        Rerun: rerun,
        Invocations: invocations,
        Stream: stream,
        Manifest: manifest,
        Environment: environment,
        Connectivity: connectivity,
        Learnings: learnings,
        Context: context,
    }
}

/// Invoke governed tools, watch their runs, and read what they returned
///
/// A call of a tool is an invocation. Once it runs there is an execution: the record of the run, with what the agent
/// returned. Tools that can do harm wait for a human first; see `xeroctl approvals`. The key needs the execution scope.
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    arg_required_else_help = false,
    after_help = "\
Examples:
  xeroctl exec tools
  xeroctl exec tool-show kubectl_get
  xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get \\
      --arg resource=pods --arg namespace=default --wait --raw
  xeroctl exec list --status failed
  xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08"
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
