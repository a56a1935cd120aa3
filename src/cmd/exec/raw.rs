//! `xeroctl exec raw`.

use std::path::PathBuf;

use super::lookup::{self, Found};
use super::output::{self, Target};
use crate::api::{Id, executions};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{Context, Session};

/// Get what a run returned: its bytes, as the agent sent them
///
/// The bytes go to standard output unchanged, whatever `-o` says. On a terminal, characters that could steer it are
/// shown as escapes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08
  xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 | less
  xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 --output-file drain.log")]
pub struct Args {
    /// The execution's id; that of an invocation is looked up
    #[arg(value_name = "EXECUTION")]
    id: Id,
    /// Write into this new file, which is there in whole or not at all
    #[arg(long, value_name = "FILE", value_parser = values::path)]
    output_file: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
    /// Do not escape anything on a terminal
    #[arg(long)]
    unsafe_raw: bool,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the router, the network or the file made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        if session.is_dry() {
            if let Some(path) = &self.output_file {
                output::check(path, self.force)?;
            }
            session.plan(&[executions::raw(&self.id)])?;
            return Ok(Exit::Done);
        }
        let Err(error) = self.get(&session, &self.id).await else {
            return Ok(Exit::Done);
        };
        match lookup::as_invocation(&session, &self.id, error).await? {
            Found::Execution(id) => self.get(&session, &id).await?,
            Found::Unrun(reply) => return Err(lookup::unrun(&self.id, &reply)),
        }
        Ok(Exit::Done)
    }

    async fn get(&self, session: &Session<'_>, id: &Id) -> Result<(), Error> {
        match &self.output_file {
            Some(path) => {
                let target = Target::prepare(session, path, self.force)?;
                target.fill(session, id).await
            }
            None => output::print(session, id, self.unsafe_raw).await,
        }
    }
}
