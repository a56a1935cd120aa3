//! `xeroctl exec cancel`.

use crate::api::Id;
use crate::api::invocations::{Cancel, ending};
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::Context;

use super::invocations::INVOCATION;

/// Cancel an invocation that is queued, running, or pending approval
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec cancel 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10")]
pub struct Args {
    /// Invocation ID
    #[arg(value_name = "INVOCATION")]
    id: Id,
    /// No effect; accepted for script compatibility
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let id = &self.id;
        let watch = format!("exec watch {}", command_line::id(id.as_str()));
        let show = format!("exec show {}", command_line::id(id.as_str()));
        let Some(reply) = session.change(&Cancel(id), &watch).await? else {
            return Ok(Exit::Success);
        };
        if reply.value.id.is_some() {
            session.show(&reply, INVOCATION)?;
        } else {
            let sentence = format!("Canceled invocation {id}.");
            session.done(&reply, id.as_str(), "cancelled", &sentence)?;
        }
        // The cancellation can still be in progress.
        if reply.value.status.as_deref().and_then(ending).is_none() {
            session.ui().next("follow it", &watch);
        } else {
            session.ui().next("show it", &show);
        }
        Ok(Exit::Success)
    }
}
