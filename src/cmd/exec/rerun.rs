//! `xeroctl exec rerun`.

use super::invocation_lookup::{self, Found};
use super::outcome::{self, WaitArgs};
use crate::api::Id;
use crate::api::executions::Rerun;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Repeat a call with the same tool, workspace, and arguments
///
/// The new call may need an approval too. The exit codes are those of `exec invoke`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec rerun cb8fd3bf-6d8c-4181-bafb-0691ea1f5550
  xeroctl exec rerun cb8fd3bf-6d8c-4181-bafb-0691ea1f5550 --wait --raw")]
pub struct Args {
    /// Execution ID (or invocation ID)
    #[arg(value_name = "EXECUTION")]
    id: Id,
    #[command(flatten)]
    wait_args: WaitArgs,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.wait_args.check()?;
        let session = context.open()?;
        session.declare(super::invocations::INVOCATION)?;
        // An interrupt must not hide what was accepted.
        let _guard = context.interrupt.hold(None);
        let reply = match session.change(&Rerun(&self.id), outcome::CHECK).await {
            Err(error) => {
                match invocation_lookup::as_invocation(&session, &self.id, error).await? {
                    Found::Execution(id, _) => session.change(&Rerun(&id), outcome::CHECK).await?,
                    Found::NotRun(reply) => {
                        return Err(invocation_lookup::not_run_error(&self.id, &reply));
                    }
                }
            }
            Ok(reply) => reply,
        };
        match reply {
            Some(reply) => outcome::finish(&session, reply, &self.wait_args).await,
            None => Ok(Exit::Success),
        }
    }
}
