//! `xeroctl sandbox path`.

use crate::cmd::report;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Print the sandbox's state directory
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl sandbox path")]
pub struct Args {}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 3 without a home directory.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let state = super::state(&context.env).ok_or_else(|| {
            Error::config("the sandbox has no state directory without a home directory")
                .hint("set the location: XDG_STATE_HOME=DIRECTORY")
        })?;
        report::path(context, &state)
    }
}
