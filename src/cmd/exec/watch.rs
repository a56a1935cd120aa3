//! `xeroctl exec watch`.

use std::time::Duration;

use super::follow::{End, Follow};
use super::invocations;
use super::outcome::{self, Shown};
use super::telling::Telling;
use crate::api::Id;
use crate::api::invocations::Get;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Watch an invocation until it ends
///
/// On a terminal one line shows where it stands; elsewhere there is a line for each change, and a JSON object for each
/// with `-o ndjson`. The exit code tells the end: 0 completed, 10 failed, 11 rejected, 12 cancelled, 13 timeout. After
/// ten minutes (or --timeout) watching ends with 14 and the run goes on. So it does after Ctrl-C.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec watch 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10
  xeroctl exec watch 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10 --timeout 1h
  xeroctl exec watch \"$INV_ID\" -o json | jq -r .status")]
pub struct Args {
    /// The invocation's id
    #[arg(value_name = "INVOCATION")]
    id: Id,
    /// How often to ask where the router has no live feed: 500ms to 60s
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = values::interval)]
    interval: Duration,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        if session.is_dry() {
            session.fetch(&Get(&self.id)).await?;
            return Ok(Exit::Done);
        }
        let telling = Telling::of_watch(&session);
        let is_note = telling.is_note();
        let follow = Follow::watch(&session, &self.id, self.interval, telling);
        let End { reply, exit } = follow.run(None).await?;
        if let Some(reply) = reply.as_ref().filter(|_| is_note) {
            let status = reply.value.status.as_deref().unwrap_or_default();
            let told = format!("invocation {}: {status}", self.id);
            let shown = session.show(reply, invocations::INVOCATION);
            outcome::with_outcome(shown, exit, &told)?;
        }
        let shown = if is_note {
            Shown::Invocation
        } else {
            Shown::Changes
        };
        let last = reply.as_ref().map(|reply| &reply.value);
        outcome::tell_end(&session, &self.id, last, exit, shown);
        Ok(exit)
    }
}
