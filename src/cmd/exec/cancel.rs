//! `xeroctl exec cancel`.

use crate::api::Id;
use crate::api::invocations::{Cancel, ending};
use crate::error::{Error, Exit};
use crate::line;
use crate::session::Context;

use super::invocations::INVOCATION;

/// End an invocation that has not ended: queued, running, or waiting for approval
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec cancel 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10")]
pub struct Args {
    /// The invocation's id
    #[arg(value_name = "INVOCATION")]
    id: Id,
    /// Accepted for scripts; nothing is asked here
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let id = &self.id;
        let watch = format!("exec watch {}", line::id(id.as_str()));
        let show = format!("exec show {}", line::id(id.as_str()));
        let Some(reply) = session.apply(&Cancel(id), &watch).await? else {
            return Ok(Exit::Done);
        };
        if reply.value.id.is_some() {
            session.show(&reply, INVOCATION)?;
        } else {
            let sentence = format!("Cancelled invocation {id}.");
            session.done(&reply, id.as_str(), "cancelled", &sentence)?;
        }
        // One that is being cancelled is not yet cancelled.
        if reply.value.status.as_deref().and_then(ending).is_none() {
            session.ui().next("follow it", &watch);
        } else {
            session.ui().next("what is left to see", &show);
        }
        Ok(Exit::Done)
    }
}
