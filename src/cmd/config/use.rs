//! `xeroctl config use`.

use serde_json::json;

use super::settings;
use crate::cmd::report::{self, Report};
use crate::cmd::values;
use crate::config::SANDBOX;
use crate::config::edit::Edit;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Make a deployment the current one
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config use prod
  xeroctl config use sandbox")]
pub struct Args {
    /// The deployment's name
    #[arg(value_name = "NAME", value_parser = values::deployment)]
    name: String,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// When the configuration can't be read or written, or the name is wrong.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let mut edit = Edit::begin(&context.env)?;
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
        edit.write()?;
        let fields = [
            ("old", json!((old != "-").then_some(&old))),
            ("new", json!(self.name)),
        ];
        let said = Report {
            name: &self.name,
            text: format!("{old} → {}", self.name),
            fields: &fields,
        };
        report::show(context, &said)?;
        Ok(Exit::Done)
    }
}
