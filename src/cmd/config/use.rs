//! `xeroctl config use`.

use serde_json::json;

use super::settings;
use crate::cmd::report;
use crate::cmd::values;
use crate::config::SANDBOX;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Set the current deployment
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config use prod
  xeroctl config use sandbox")]
pub struct Args {
    /// Deployment name
    #[arg(value_name = "NAME", value_parser = values::deployment)]
    name: String,
}

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let mut edit = context.edit()?;
        if self.name != SANDBOX && !edit.config.deployments.contains_key(&self.name) {
            return Err(settings::unknown(&self.name, &edit.config));
        }
        if context.globals.dry_run {
            return report::dry(context, &format!("would use {}", self.name));
        }
        let old = edit
            .config
            .current
            .clone()
            .unwrap_or_else(|| "-".to_owned());
        edit.set_current(Some(&self.name));
        context.save(edit)?;
        let fields = [
            ("old", json!((old != "-").then_some(&old))),
            ("new", json!(self.name)),
        ];
        let text = format!("{old} → {}", self.name);
        let summary = report::summary(&self.name, &text, &fields);
        context.renderer()?.done(&summary)?;
        Ok(Exit::Success)
    }
}
