//! `xeroctl config remove`.

use super::settings;
use crate::cmd::report;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{Consent, Context};

/// Remove a deployment and its key
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config remove lab
  xeroctl config remove lab --force")]
pub struct Args {
    /// Deployment name
    #[arg(value_name = "NAME", value_parser = values::deployment)]
    name: String,
    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        settings::not_the_sandbox(&self.name)?;
        let config = context.config()?;
        if !config.deployments.contains_key(&self.name) {
            return Err(settings::unknown(&self.name, &config));
        }
        if context.globals.dry_run {
            return report::dry(context, &format!("would remove {}", self.name));
        }
        if !self.force {
            let question = format!(
                "Remove the deployment {} and the key stored with it?",
                self.name
            );
            context.prompt_consent(&question, &Consent::Yes, "--force")?;
        }
        // Read again under the lock: the response may have taken a while.
        let mut edit = context.edit()?;
        let was_current = edit.config.current.as_deref() == Some(self.name.as_str());
        edit.remove(&self.name);
        if was_current {
            edit.set_current(None);
        }
        if edit.config.previous.as_deref() == Some(self.name.as_str()) {
            edit.set_previous(None);
        }
        context.save(edit)?;
        let sentence = format!("Removed {}.", self.name);
        report::done(context, &self.name, "removed", &sentence)?;
        if was_current {
            context
                .ui
                .hint("no deployment is current now; select one: xeroctl config use NAME");
        }
        Ok(Exit::Success)
    }
}
