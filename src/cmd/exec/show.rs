//! `xeroctl exec show`.

use super::invocation_lookup::{self, Found};
use super::invocations::INVOCATION;
use super::list::EXECUTION;
use crate::api::Id;
use crate::api::executions::Get;
use crate::api::invocations::ending;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::{Context, Session};

/// Show an execution
///
/// For an invocation ID, its execution is shown.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08
  xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 -o json \\
    | jq .exit_code")]
pub struct Args {
    /// Execution ID (or invocation ID)
    #[arg(value_name = "EXECUTION")]
    id: Id,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let Err(error) = show(&session, &self.id).await else {
            return Ok(Exit::Success);
        };
        match invocation_lookup::as_invocation(&session, &self.id, error).await? {
            Found::Execution(id) => show(&session, &id).await?,
            Found::NotRun(reply) => {
                session.ui().note(&format!(
                    "{} is an invocation ID without an execution; showing the invocation",
                    self.id
                ));
                session.show(&reply, INVOCATION)?;
            }
        }
        Ok(Exit::Success)
    }
}

async fn show(session: &Session<'_>, id: &Id) -> Result<(), Error> {
    if let Some(reply) = session.get(&Get(id)).await? {
        session.show(&reply, EXECUTION)?;
        let status = reply.value.status.as_deref();
        if status.and_then(ending).is_some() {
            let raw = format!("exec raw {}", command_line::id(id.as_str()));
            session.ui().next("print its output", &raw);
        }
    }
    Ok(())
}
