//! `xeroctl exec connectivity`.

use super::introspect::Asked;
use crate::api::workspaces::Aspect;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the connectivity of an execution agent: what it reaches
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec connectivity agt_abc123
  xeroctl exec connectivity agt_abc123 -o json | jq .")]
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
        self.asked.show(context, Aspect::Connectivity).await
    }
}
