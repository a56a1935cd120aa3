//! `xeroctl config init`: the wizard.

use dialoguer::theme::{SimpleTheme, Theme as _};

use super::new_key::NewKey;
use super::settings;
use crate::base_url::BaseUrl;
use crate::cmd::report;
use crate::config::{SANDBOX, check_name};
use crate::error::{Error, Exit};
use crate::secret::Secret;
use crate::session::Context;

/// Set up a deployment interactively
///
/// Prompts for a name, the base URL, and the key (not shown), and stores them. If prompts are disabled, use
/// `config add`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config init

The same without prompts:
  xeroctl config add prod --base-url https://api.example/proj_1/v1 \\
      --api-key-file prod.key")]
pub struct Args {}

/// The values that the wizard collects.
struct Answers {
    name: String,
    settings: settings::Settings,
    make_current: bool,
}

impl Args {
    /// Runs the wizard.
    ///
    /// # Errors
    /// Exit 2 if prompts are disabled, exit 16 if the wizard is canceled.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        if !context.is_interactive() {
            return Err(Error::usage("`config init` prompts for its settings, but prompts are disabled")
                .hint("without prompts: xeroctl config add NAME --base-url https://api.example/PROJECT/v1 --api-key-file FILE"));
        }
        let answers = ask(context)?;
        if context.globals.dry_run {
            return report::dry(context, &format!("would add {}", answers.name));
        }
        let sentence = settings::create(
            context,
            &answers.name,
            &answers.settings,
            answers.make_current,
        )?;
        report::done(context, &answers.name, "added", &sentence)?;
        let has_key = answers.settings.key.is_some();
        settings::remarks(context, &answers.name, &answers.settings, has_key);
        context.ui.hint(&format!(
            "try it: xeroctl --context {} agents",
            answers.name
        ));
        Ok(Exit::Success)
    }
}

/// The suggested name.
const USUAL_NAME: &str = "prod";

fn ask(context: &Context) -> Result<Answers, Error> {
    let config = context.config()?;
    let name = until_valid(
        context,
        &format!("Name of the deployment [{USUAL_NAME}]: "),
        |text| {
            let name = if text.is_empty() { USUAL_NAME } else { text };
            check_name(name)?;
            if name == SANDBOX {
                Err("sandbox is built in; choose another name".to_owned())
            } else if config.deployments.contains_key(name) {
                Err(format!("{name} already exists; choose another name"))
            } else {
                Ok(name.to_owned())
            }
        },
    )?;
    let question = "Base URL (https://api.example/PROJECT/v1): ";
    let base_url = until_valid(context, question, BaseUrl::parse)?;
    context
        .ui
        .note(&format!("The project is {}.", base_url.project()));
    let key = ask_for_key(context)?;
    let allow_http = if base_url.is_safe_for_keys() {
        None
    } else {
        let question = "This is not HTTPS: allow sending the key over plain HTTP?";
        Some(yes(context, question, false)?)
    };
    let question = "Protect it, so that changes need --context on the command line?";
    let protected = yes(context, question, false)?;
    let make_current =
        config.current.is_none() || yes(context, "Make it the current deployment?", true)?;
    Ok(Answers {
        name,
        settings: settings::Settings {
            base_url: Some(base_url),
            key: key.map(NewKey::Stored),
            allow_http,
            protected: protected.then_some(true),
            ..settings::Settings::default()
        },
        make_current,
    })
}

/// Prompts until the input is valid. Surrounding blanks are ignored.
fn until_valid<T>(
    context: &Context,
    question: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, Error> {
    loop {
        let Some(answer) = context.ui.ask(question)? else {
            return Err(left());
        };
        match read(answer.trim()) {
            Ok(value) => return Ok(value),
            Err(why) => context.ui.warn_always(&why),
        }
    }
}

/// Prompts for the key until the input is valid.
fn ask_for_key(context: &Context) -> Result<Option<Secret>, Error> {
    loop {
        let typed = match context
            .ui
            .ask_hidden("API key (not shown; Enter for none): ")
        {
            Err(error) if error.exit() == Exit::Usage => {
                context.ui.warn_always(error.message());
                continue;
            }
            typed => typed?,
        };
        match typed.as_deref().map(Secret::key) {
            None => return Ok(None),
            Some(Ok(key)) => return Ok(Some(key)),
            Some(Err(why)) => context.ui.warn_always(&format!("the key {}", why.reason())),
        }
    }
}

fn yes(context: &Context, question: &str, default: bool) -> Result<bool, Error> {
    let mut text = String::new();
    // Writing to a String can't fail.
    let _ = SimpleTheme.format_confirm_prompt(&mut text, question, Some(default));
    until_valid(context, &text, |answer| {
        match answer.to_ascii_lowercase().as_str() {
            "" => Ok(default),
            "y" | "yes" => Ok(true),
            "n" | "no" => Ok(false),
            _ => Err("enter y or n".to_owned()),
        }
    })
}

fn left() -> Error {
    Error::new(Exit::Declined, "canceled; nothing was written")
}
