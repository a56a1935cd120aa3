//! `xeroctl config add`.

use super::new_key::NewKey;
use super::settings::{self, Options, Settings};
use crate::cmd::report;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::secret::Secret;
use crate::session::Context;

/// Add a deployment
///
/// The first deployment becomes current. Prompts for the key if none is given; if prompts are disabled, no key is
/// stored.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config add prod --base-url https://api.example/proj_1/v1 \\
      --api-key-file prod.key --protected
  xeroctl config add lab --base-url http://127.0.0.1:8080/lab/v1 --use
  pass show xero | xeroctl config add prod \\
      --base-url https://api.example/proj_1/v1 --api-key-file -")]
pub struct Args {
    /// Deployment name
    #[arg(value_name = "NAME", value_parser = values::deployment)]
    name: Option<String>,
    #[command(flatten)]
    options: Options,
}

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let has_base_url = context.globals.base_url.is_some();
        let Some(name) = self.name.clone().filter(|_| has_base_url) else {
            let missing = [("NAME", self.name.is_none()), ("--base-url", !has_base_url)];
            return Err(settings::missing(&missing));
        };
        settings::not_the_sandbox(&name)?;
        let mut settings = Settings::read(&self.options, context)?;
        if settings.key.is_none() && context.is_interactive() && !context.globals.dry_run {
            settings.key = ask_for_key(context)?.map(NewKey::Stored);
        }
        if context.globals.dry_run {
            return report::dry(context, &format!("would add {name}"));
        }
        let sentence = settings::create(context, &name, &settings, self.options.make_current)?;
        report::done(context, &name, "added", &sentence)?;
        settings::remarks(context, &name, &settings, settings.key.is_some());
        context
            .ui
            .hint(&format!("try it: xeroctl --context {name} agents"));
        Ok(Exit::Success)
    }
}

/// Prompts for the key without showing it. An empty line means no key.
///
/// # Errors
/// Exit 2 if the input can't be a key.
pub(super) fn ask_for_key(context: &Context) -> Result<Option<Secret>, Error> {
    let typed = context
        .ui
        .ask_hidden("API key (not shown; Enter for none): ")?;
    typed
        .map(|text| {
            Secret::key(&text).map_err(|why| Error::usage(format!("the key {}", why.reason())))
        })
        .transpose()
}
