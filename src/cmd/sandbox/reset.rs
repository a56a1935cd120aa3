//! `xeroctl sandbox reset`.

use super::local;
use crate::cmd::report;
use crate::error::{Error, Exit};
use crate::sandbox;
use crate::session::{Consent, Context};

/// Delete the sandbox's state and start over
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl sandbox reset
  xeroctl sandbox reset --force")]
pub struct Args {
    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 16 without consent, 1 if the state cannot be removed, 17 if another process holds the lock.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let Some(state) = super::state(&context.env) else {
            context
                .ui
                .note("the sandbox has no state directory without a home directory");
            return Ok(Exit::Success);
        };
        if context.globals.dry_run {
            return report::dry(context, &format!("would remove {}", state.display()));
        }
        if !self.force {
            let question = format!("Delete the sandbox's state in {}?", state.display());
            context.prompt_consent(&question, &Consent::Yes, "--force")?;
        }
        let existed = sandbox::reset(&local::options(context)).map_err(|error| {
            let exit = match error.kind() {
                std::io::ErrorKind::TimedOut => Exit::Unavailable,
                _ => Exit::Failure,
            };
            let what = format!("cannot remove the sandbox's state in {}", state.display());
            Error::new(exit, what).cause(error)
        })?;
        let sentence = if existed {
            "The sandbox's state was deleted."
        } else {
            "The sandbox had no state to delete."
        };
        report::done(context, "sandbox", "reset", sentence)?;
        Ok(Exit::Success)
    }
}
