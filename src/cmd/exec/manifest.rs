//! `xeroctl exec manifest`.

use super::introspect::Asked;
use crate::api::workspaces::Aspect;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the manifest of an execution agent: the tools that it publishes
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec manifest agt_abc123
  xeroctl exec manifest agt_abc123 -o json | jq '.tools[].name'")]
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
        self.asked.show(context, Aspect::Manifest).await
    }
}
