//! `xeroctl sandbox reset`.

use crate::cmd::report;
use crate::error::{Error, Exit};
use crate::sandbox;
use crate::session::Context;

/// Throw the sandbox's state away; the next command finds a fresh one
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl sandbox reset")]
pub struct Args {}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 1 when the state can't be removed.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let Some(state) = super::state(&context.env) else {
            context
                .ui
                .note("without a home directory the sandbox keeps no state");
            return Ok(Exit::Done);
        };
        if context.globals.dry_run {
            return report::dry(context, &format!("would remove {}", state.display()));
        }
        let existed = sandbox::reset(&state).map_err(|error| {
            Error::new(
                Exit::Other,
                format!(
                    "the sandbox's state in {} can't be removed",
                    state.display()
                ),
            )
            .cause(error)
        })?;
        let sentence = if existed {
            "The sandbox is fresh again."
        } else {
            "The sandbox was fresh already."
        };
        report::done(context, "sandbox", "reset", sentence)?;
        Ok(Exit::Done)
    }
}
