//! `xeroctl exec show`.

use super::invocations::INVOCATION;
use super::list::EXECUTION;
use super::lookup::{self, Found};
use crate::api::Id;
use crate::api::executions::Get;
use crate::api::invocations::ending;
use crate::error::{Error, Exit};
use crate::line;
use crate::session::{Context, Session};

/// Show an execution
///
/// The id of an invocation is looked up too, and leads to its execution.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08
  xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 -o json \\
    | jq .exit_code")]
pub struct Args {
    /// The execution's id
    #[arg(value_name = "EXECUTION")]
    id: Id,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let Err(error) = show(&session, &self.id).await else {
            return Ok(Exit::Done);
        };
        match lookup::as_invocation(&session, &self.id, error).await? {
            Found::Execution(id) => show(&session, &id).await?,
            Found::Unrun(reply) => {
                session.ui().note(&format!(
                    "{} is an invocation without an execution, so this is the invocation",
                    self.id
                ));
                session.show(&reply, INVOCATION)?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn show(session: &Session<'_>, id: &Id) -> Result<(), Error> {
    if let Some(reply) = session.fetch(&Get(id)).await? {
        session.show(&reply, EXECUTION)?;
        let status = reply.value.status.as_deref();
        if status.and_then(ending).is_some() {
            let raw = format!("exec raw {}", line::id(id.as_str()));
            session.ui().next("what it returned", &raw);
        }
    }
    Ok(())
}
