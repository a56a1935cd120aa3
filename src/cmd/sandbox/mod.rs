//! `xeroctl sandbox`: the router embedded in this program. Only this folder names it.

pub mod local;
pub mod path;
pub mod reset;
pub mod serve;

use std::path::PathBuf;

use super::commands;
use crate::env::Env;
use crate::error::{Error, Exit};
use crate::session::Context;

commands! {
    /// The verbs of the group.
    Verb {
        Serve: serve,
        Reset: reset,
        Path: path,
    }
}

/// A router to try everything on: serve it, reset it, find its state
///
/// With `--context sandbox` it runs inside this program for the time of one command; its state is kept, so that one
/// command sees what the last one did.
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    after_help = "\
Examples:
  xeroctl --context sandbox agents
  xeroctl config use sandbox
  xeroctl sandbox serve --port 8080
  xeroctl sandbox reset"
)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

impl Args {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever it fails with.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        Box::pin(self.verb.run(context)).await
    }
}

/// Where the sandbox keeps its state; none without a home.
pub(super) fn state(env: &Env) -> Option<PathBuf> {
    env.state_dir().map(|dir| dir.join("sandbox"))
}
