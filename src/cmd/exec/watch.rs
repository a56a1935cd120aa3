//! `xeroctl exec watch`.

use std::time::Duration;

use super::follow::{End, Follower};
use super::invocations;
use super::outcome::{self, Shown};
use super::status_reporter::{StatusReporter, with_outcome};
use crate::api::Id;
use crate::api::invocations::Get;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Watch an invocation until it ends
///
/// Prints one line per status change (on a terminal, one line that is updated). The exit code reports how the run ended: 0
/// completed, 10 failed, 11 rejected, 12 cancelled, or 13 timeout.
///
/// Watching stops after ten minutes or --timeout (exit code 14). Neither this nor Ctrl-C stops the run.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec watch 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10
  xeroctl exec watch 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10 --timeout 1h
  xeroctl exec watch \"$INV_ID\" -o json | jq -r .status")]
pub struct Args {
    /// Invocation ID
    #[arg(value_name = "INVOCATION")]
    id: Id,
    /// Polling interval, from 500ms to 60s [default: 2s; 15s once the event stream reports this run]
    #[arg(long, value_name = "DURATION", value_parser = values::interval)]
    interval: Option<Duration>,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        if StatusReporter::for_watch(&session).uses_notes() {
            session.declare(invocations::INVOCATION)?;
        } else {
            session.declare(super::status_reporter::CHANGE)?;
        }
        if session.is_dry() {
            session.get(&Get(&self.id)).await?;
            return Ok(Exit::Success);
        }
        let reporter = StatusReporter::for_watch(&session);
        let uses_notes = reporter.uses_notes();
        let follow = Follower::watch(&session, &self.id, self.interval, reporter);
        let End { reply, exit } = follow.run(None).await?;
        if let Some(reply) = reply.as_ref().filter(|_| uses_notes) {
            let status = reply.value.status.as_deref().unwrap_or_default();
            let label = format!("invocation {}: {status}", self.id);
            let shown = session.show(reply, invocations::INVOCATION);
            with_outcome(shown, exit, &label)?;
        }
        let shown = if uses_notes {
            Shown::Invocation
        } else {
            Shown::Changes
        };
        let last = reply.as_ref().map(|reply| &reply.value);
        outcome::print_summary(&session, &self.id, last, exit, shown);
        Ok(exit)
    }
}
