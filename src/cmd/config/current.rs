//! `xeroctl config current`.

use crate::cmd::report;
use crate::config::Sources;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Print the name of the deployment in use
///
/// This is the one that --context or `XEROCTL_CONTEXT` selects, or the current deployment of the configuration file.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config current
  xeroctl config current -o json")]
pub struct Args {}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 3 if no deployment is in use.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let config = context.config()?;
        let sources = Sources::of_router(&context.globals, &context.env, &config)?;
        let name = sources.deployment().ok_or_else(|| {
            Error::config("no deployment is in use")
                .hint("select one: xeroctl config use NAME")
                .hint("list them: xeroctl config list")
        })?;
        let fields = [("name", name.into())];
        context
            .renderer()?
            .done(&report::summary(name, name, &fields))?;
        Ok(Exit::Success)
    }
}
