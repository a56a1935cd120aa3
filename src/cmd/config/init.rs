//! `xeroctl config init`: the wizard.

use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, console};

use super::settings;
use crate::base_url::BaseUrl;
use crate::cmd::report;
use crate::config::{SANDBOX, check_name};
use crate::error::{Error, Exit};
use crate::interrupt::SIGINT;
use crate::secret::Secret;
use crate::session::Context;
use crate::ui::stream;

/// Set up a deployment, question by question
///
/// Asks for a name, the base URL and the key (which is not shown), and writes them. Where nobody can be asked, use
/// `config add`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl config init

The same without questions:
  xeroctl config add prod --base-url https://api.example/proj_1/v1 \\
      --api-key-file prod.key")]
pub struct Args {}

/// What the wizard asked.
struct Answers {
    name: String,
    settings: settings::Settings,
    make_current: bool,
}

impl Args {
    /// Runs the wizard.
    ///
    /// # Errors
    /// Exit 2 where nobody can be asked, exit 16 when the wizard is left.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        if !context.may_ask() {
            return Err(Error::usage("`config init` asks questions, and nobody can be asked here")
                .hint("without questions: xeroctl config add NAME --base-url https://api.example/PROJECT/v1 --api-key-file FILE"));
        }
        let colour = context.ui.manner().colour_error;
        console::set_colors_enabled_stderr(colour);
        // The library sets the terminal anew while it asks; a signal must not leave it so.
        let restore = stream::remembered();
        let _undo = context.interrupt.cleanup(restore);
        let theme: Box<dyn Theme> = if colour {
            Box::new(ColorfulTheme::default())
        } else {
            Box::new(SimpleTheme)
        };
        // A question that is left may have hidden the cursor.
        let answers = ask(context, theme.as_ref()).inspect_err(|_| stream::remembered()())?;
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
        Ok(Exit::Done)
    }
}

fn ask(context: &Context, theme: &dyn Theme) -> Result<Answers, Error> {
    let config = context.config()?;
    let name: String = Input::with_theme(theme)
        .with_prompt("Name of the deployment")
        .default("prod".to_owned())
        .validate_with(|name: &String| {
            check_name(name)?;
            if name == SANDBOX {
                Err("sandbox is built in; take another name".to_owned())
            } else if config.deployments.contains_key(name) {
                Err(format!("{name} exists already; take another name"))
            } else {
                Ok(())
            }
        })
        .interact_text()
        .map_err(|error| left(context, error))?;
    let base_url: String = Input::with_theme(theme)
        .with_prompt("Base URL (https://api.example/PROJECT/v1)")
        .validate_with(|text: &String| BaseUrl::parse(text.trim()).map(|_| ()))
        .interact_text()
        .map_err(|error| left(context, error))?;
    let base_url = BaseUrl::parse(base_url.trim()).map_err(Error::usage)?;
    context
        .ui
        .note(&format!("The project is {}.", base_url.project()));
    let key = ask_for_key(context)?;
    let allow_http = if base_url.is_safe_for_keys() {
        None
    } else {
        Some(yes(
            context,
            theme,
            "This is not https: let the key go over plain http?",
            false,
        )?)
    };
    let protected = yes(
        context,
        theme,
        "Protect it, so that changes need --context on the line?",
        false,
    )?;
    let make_current =
        config.current.is_none() || yes(context, theme, "Make it the current deployment?", true)?;
    Ok(Answers {
        name,
        settings: settings::Settings {
            base_url: Some(base_url),
            key,
            allow_http,
            protected: protected.then_some(true),
            ..settings::Settings::default()
        },
        make_current,
    })
}

/// Asks for the key until what is typed can be one. A question of our own: a signal restores the terminal's echo.
fn ask_for_key(context: &Context) -> Result<Option<Secret>, Error> {
    loop {
        let typed = context
            .ui
            .ask_hidden("API key (not shown; Enter for none): ", &context.interrupt)?;
        match typed.as_deref().map(Secret::key) {
            None => return Ok(None),
            Some(Ok(key)) => return Ok(Some(key)),
            Some(Err(why)) => context.ui.warn_always(&format!("the key {}", why.reason())),
        }
    }
}

fn yes(context: &Context, theme: &dyn Theme, question: &str, default: bool) -> Result<bool, Error> {
    Confirm::with_theme(theme)
        .with_prompt(question)
        .default(default)
        .interact()
        .map_err(|error| left(context, error))
}

/// The wizard was left: by Ctrl-C, or at the end of input.
fn left(context: &Context, error: dialoguer::Error) -> Error {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == std::io::ErrorKind::Interrupted {
        // The library takes Ctrl-C as a key and reports it; another thread may be at this already.
        context.interrupt.end(SIGINT);
        return Error::new(Exit::Interrupted, "interrupted");
    }
    Error::new(Exit::Declined, "the wizard was left: nothing was written").cause(error)
}
