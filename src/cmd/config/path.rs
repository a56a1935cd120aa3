//! `xeroctl config path`.

use crate::cmd::report;
use crate::config::file;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Print the path of the configuration file
///
/// Works even if the file is invalid.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config path
  $EDITOR \"$(xeroctl config path)\"")]
pub struct Args {}

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let path = file::path(&context.env).ok_or_else(|| {
            Error::config("there is no home directory to keep the configuration in")
                .hint("name a file: XEROCTL_CONFIG=FILE")
        })?;
        report::path(context, &path)
    }
}
