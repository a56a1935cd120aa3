//! `xeroctl exec environment`.

use super::introspect::Asked;
use crate::api::workspaces::Aspect;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the environment of an execution agent: what it runs on
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec environment agt_abc123
  xeroctl exec environment agt_abc123 -o json | jq .")]
pub struct Args {
    #[command(flatten)]
    asked: Asked,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// As [`Asked::show`].
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.asked.show(context, Aspect::Environment).await
    }
}
