//! `xeroctl exec raw`.

use std::path::PathBuf;

use super::invocation_lookup::{self, Found};
use super::output::{self, OutputFile};
use crate::api::{Id, executions};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{Context, Session};

/// Print a run's output
///
/// The bytes are written to standard output unchanged, regardless of the output format. On a terminal, control
/// characters are escaped.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08
  xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 | less
  xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 --output-file drain.log")]
pub struct Args {
    /// Execution ID (or invocation ID)
    #[arg(value_name = "EXECUTION")]
    id: Id,
    /// Write to FILE atomically
    #[arg(long, value_name = "FILE", value_parser = values::new_file)]
    output_file: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
    /// Disable escaping on a terminal
    #[arg(long)]
    unsafe_raw: bool,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        if session.is_dry() {
            if let Some(path) = &self.output_file {
                output::check(path, self.force)?;
            }
            session.plan(&[executions::raw(&self.id)])?;
            return Ok(Exit::Success);
        }
        let Err(error) = self.get(&session, &self.id).await else {
            return Ok(Exit::Success);
        };
        match invocation_lookup::as_invocation(&session, &self.id, error).await? {
            Found::Execution(id, _) => self.get(&session, &id).await?,
            Found::NotRun(reply) => return Err(invocation_lookup::not_run_error(&self.id, &reply)),
        }
        Ok(Exit::Success)
    }

    async fn get(&self, session: &Session<'_>, id: &Id) -> Result<(), Error> {
        match &self.output_file {
            Some(path) => {
                let target = OutputFile::prepare(session, path, self.force)?;
                target.fill(session, id).await
            }
            None => output::print(session, id, self.unsafe_raw).await,
        }
    }
}
