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
  xeroctl config use sandbox
  xeroctl config use -         return to the previous deployment")]
pub struct Args {
    /// Deployment name, or `-` for the previous one
    #[arg(value_name = "NAME", allow_hyphen_values = true, value_parser = name)]
    name: String,
}

/// The argument for the previous deployment.
const PREVIOUS: &str = "-";

fn name(text: &str) -> Result<String, String> {
    if text == PREVIOUS {
        Ok(text.to_owned())
    } else {
        values::deployment(text)
    }
}

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let mut edit = context.edit()?;
        let name = if self.name == PREVIOUS {
            edit.config.previous.clone().ok_or_else(|| {
                Error::config("there is no previous deployment to return to")
                    .hint("list deployments: xeroctl config list")
            })?
        } else {
            self.name
        };
        if name != SANDBOX && !edit.config.deployments.contains_key(&name) {
            return Err(settings::unknown(&name, &edit.config));
        }
        if context.globals.dry_run {
            return report::dry(context, &format!("would use {name}"));
        }
        let old = edit.config.current.clone();
        edit.make_current(&name);
        context.save(edit)?;
        let fields = [("old", json!(old)), ("new", json!(name))];
        let text = format!(
            "current deployment: {name} (was: {})",
            old.as_deref().unwrap_or("none")
        );
        let summary = report::summary(&name, &text, &fields);
        context.renderer()?.done(&summary)?;
        Ok(Exit::Success)
    }
}
