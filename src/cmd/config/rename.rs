//! `xeroctl config rename`.

use super::settings;
use crate::cmd::report;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Rename a deployment
///
/// The current deployment stays current.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config rename lab staging")]
pub struct Args {
    /// Current name
    #[arg(value_name = "OLD", value_parser = values::deployment)]
    old: String,
    /// New name
    #[arg(value_name = "NEW", value_parser = values::deployment)]
    new: String,
}

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        settings::not_the_sandbox(&self.old)?;
        settings::not_the_sandbox(&self.new)?;
        let mut edit = context.edit()?;
        if !edit.config.deployments.contains_key(&self.old) {
            return Err(settings::unknown(&self.old, &edit.config));
        }
        if edit.config.deployments.contains_key(&self.new) {
            return Err(Error::usage(format!(
                "the deployment {} already exists",
                self.new
            )));
        }
        if context.globals.dry_run {
            return report::dry(
                context,
                &format!("would rename {} to {}", self.old, self.new),
            );
        }
        edit.rename(&self.old, &self.new);
        if edit.config.current.as_deref() == Some(self.old.as_str()) {
            edit.set_current(Some(&self.new));
        }
        if edit.config.previous.as_deref() == Some(self.old.as_str()) {
            edit.set_previous(Some(&self.new));
        }
        context.save(edit)?;
        let sentence = format!("Renamed {} to {}.", self.old, self.new);
        report::done(context, &self.new, "renamed", &sentence)?;
        Ok(Exit::Success)
    }
}
