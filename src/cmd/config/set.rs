//! `xeroctl config set`.

use serde_json::json;

use super::settings::{self, Change, Options, Settings};
use crate::base_url::BaseUrl;
use crate::cmd::report;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Change a deployment's settings
///
/// Comments and unknown settings in the file are kept.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config set prod --api-key-file new.key
  xeroctl config set prod --api-key-command 'pass show xero'
  xeroctl config set prod --default-output wide --protected
  xeroctl config set prod --protected=false")]
pub struct Args {
    /// Deployment name
    #[arg(value_name = "NAME", value_parser = values::deployment)]
    name: String,
    #[command(flatten)]
    options: Options,
}

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        settings::not_the_sandbox(&self.name)?;
        let settings = Settings::read(&self.options, context)?;
        if settings.is_empty() && !self.options.make_current {
            let error = Error::usage("`config set` needs at least one setting");
            let error = match context.globals.output {
                Some(format) => error.hint(format!(
                    "-o is the format of this command; to store a default: --default-output {}",
                    format.word()
                )),
                None => error,
            };
            return Err(error.hint(
                "settings: --base-url, --api-key-file, --api-key, --api-key-command, --api-key-keychain, --default-output, --ca-cert, --protected, --allow-http, --squads-url, --squads-api-key-file, --squad, --use",
            ));
        }
        let mut edit = context.edit()?;
        let Some(old) = edit.config.deployments.get(&self.name) else {
            return Err(settings::unknown(&self.name, &edit.config));
        };
        let had_key = !old.key_settings().is_empty();
        let takes_along = [
            (
                "",
                had_key && settings.key.is_none(),
                old.base_url.as_deref().map(BaseUrl::parse),
                &settings.base_url,
            ),
            (
                " of its squads API",
                old.squads_api_key.is_some() && settings.squads_key.is_none(),
                old.squads_url.as_deref().map(BaseUrl::parse_root),
                &settings.squads_url,
            ),
        ];
        for (of, keeps_key, from, to) in takes_along {
            if let (true, Some(Ok(from)), Some(to)) = (keeps_key, from, to)
                && from.origin() != to.origin()
            {
                context.ui.warn(&format!(
                    "{} now points to another host, and its stored key{of} is sent there",
                    self.name
                ));
            }
        }
        let mut changes = settings.changes(old);
        let current = edit.config.current.clone();
        if self.options.make_current && current.as_deref() != Some(&self.name) {
            changes.push(Change {
                setting: "current",
                old: current,
                new: self.name.clone(),
            });
        }
        let list: Vec<String> = changes.iter().map(Change::to_string).collect();
        let list = if list.is_empty() {
            "nothing changed".to_owned()
        } else {
            list.join(", ")
        };
        if context.globals.dry_run {
            return report::dry(context, &format!("would change {}: {list}", self.name));
        }
        settings.store_key(context)?;
        settings.write(&mut edit, &self.name);
        if self.options.make_current {
            edit.make_current(&self.name);
        }
        context.save(edit)?;
        let sentence = format!("Changed {}: {list}", self.name);
        let fields = [("changes", json!(changes))];
        report::done_with(context, &self.name, "changed", &sentence, &fields)?;
        settings::remarks(
            context,
            &self.name,
            &settings,
            had_key || settings.key.is_some(),
        );
        Ok(Exit::Success)
    }
}
