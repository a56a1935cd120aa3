//! `xeroctl exec rerun`.

use super::lookup::{self, Found};
use super::outcome::{self, Until};
use crate::api::Id;
use crate::api::executions::Rerun;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Make the same call again: the tool, workspace and arguments of an execution
///
/// It passes the same gate as the first time. The exit codes are those of `exec invoke`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec rerun cb8fd3bf-6d8c-4181-bafb-0691ea1f5550
  xeroctl exec rerun cb8fd3bf-6d8c-4181-bafb-0691ea1f5550 --wait --raw")]
pub struct Args {
    /// The execution's id; that of an invocation is looked up
    #[arg(value_name = "EXECUTION")]
    id: Id,
    #[command(flatten)]
    until: Until,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.until.check()?;
        let session = context.open()?;
        let reply = match session.apply(&Rerun(&self.id), outcome::CHECK).await {
            Err(error) => match lookup::as_invocation(&session, &self.id, error).await? {
                Found::Execution(id) => session.apply(&Rerun(&id), outcome::CHECK).await?,
                Found::Unrun(reply) => return Err(lookup::unrun(&self.id, &reply)),
            },
            Ok(reply) => reply,
        };
        match reply {
            Some(reply) => outcome::finish(&session, reply, &self.until).await,
            None => Ok(Exit::Done),
        }
    }
}
