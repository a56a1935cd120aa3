//! `xeroctl exec context`: what runs in a workspace are told beforehand.

use crate::api::workspaces::{GetContext, SetContext};
use crate::cmd::{input, values};
use crate::error::{Error, Exit};
use crate::json;
use crate::line;
use crate::session::{Consent, Context, Session};

/// Show and set the context of a workspace
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    arg_required_else_help = false,
    after_help = "\
Examples:
  xeroctl exec context show --workspace ws_a1b2c3d4
  xeroctl exec context set --workspace ws_a1b2c3d4 --file context.json"
)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Show the context of a workspace
    #[command(after_help = "\
Examples:
  xeroctl exec context show --workspace ws_a1b2c3d4
  xeroctl exec context show --workspace ws_a1b2c3d4 -o json | jq .context")]
    Show {
        /// The workspace's external id
        #[arg(long, value_name = "WORKSPACE", value_parser = values::id)]
        workspace: String,
    },
    /// Set the whole context of a workspace; asks before one that is not empty is replaced
    #[command(after_help = "\
Examples:
  xeroctl exec context set --workspace ws_a1b2c3d4 --file context.json
  echo '{\"cluster\": \"blue\"}' \\
    | xeroctl exec context set --workspace ws_team_a --file - --force")]
    Set {
        /// The workspace's external id
        #[arg(long, value_name = "WORKSPACE", value_parser = values::id)]
        workspace: String,
        /// A file that holds a JSON object, or `-` for standard input
        #[arg(long, value_name = "FILE", value_parser = values::text)]
        file: String,
        /// Replace without asking
        #[arg(long, short = 'y', visible_alias = "yes")]
        force: bool,
    },
}

impl Args {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever it fails with.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self.verb {
            Verb::Show { workspace } => {
                let session = context.open()?;
                if let Some(reply) = session.fetch(&GetContext(&workspace)).await? {
                    session.show_object(reply.document.get(), &workspace)?;
                }
            }
            Verb::Set {
                workspace,
                file,
                force,
            } => {
                let text = read(&file, context)?;
                set(&context.open()?, &workspace, &text, force).await?;
            }
        }
        Ok(Exit::Done)
    }
}

/// The object that is to be the context.
fn read(file: &str, context: &Context) -> Result<String, Error> {
    let text = input::file("--file", file, context)?;
    let place = input::told(file);
    if let Err(error) = json::check(&text) {
        return Err(Error::usage(format!("--file: {place} is no JSON: {error}")));
    }
    if json::members(&text).is_none() {
        return Err(Error::usage(format!(
            "--file: {place} is JSON, but no object"
        )));
    }
    match json::doubled(&text) {
        Some(double) => Err(Error::usage(format!(
            "--file: {place} names the member {double:?} twice"
        ))),
        None => Ok(json::compact(&text)),
    }
}

/// Whether there is nothing in a workspace's context that could be lost. Where the answer has another shape than
/// assumed, whatever it holds might be the context.
fn is_empty(document: &str) -> bool {
    const AROUND: [&str; 5] = ["object", "id", "workspace_id", "created_at", "updated_at"];
    let is_nothing = |json: &str| {
        let text = json::compact(json);
        matches!(text.as_str(), "null" | "{}" | "[]" | "\"\"")
    };
    let Some(members) = json::members(document) else {
        return is_nothing(document);
    };
    let members = members.iter();
    members
        .filter(|(name, _)| !AROUND.contains(&name.as_str()))
        .all(|(_, value)| is_nothing(value.get()))
}

async fn set(
    session: &Session<'_>,
    workspace: &str,
    context: &str,
    force: bool,
) -> Result<(), Error> {
    session.check_protection()?;
    let show = format!("exec context show --workspace {}", line::quote(workspace));
    if session.is_dry() {
        if !force {
            session
                .ui()
                .note("skipped: whether there is a context that would be replaced");
        }
    } else if !force {
        let old = match session.fetch(&GetContext(workspace)).await {
            // There is none yet.
            Err(error)
                if error.exit() == Exit::NotFound
                    && error.router().code.as_deref() != Some("workspace_not_found") =>
            {
                None
            }
            old => old?,
        };
        if old.is_some_and(|old| !is_empty(old.document.get())) {
            let question =
                format!("Replace the context of workspace {workspace}? It is not empty.");
            session.confirm(&question, &Consent::Yes, false)?;
        }
    }
    let change = SetContext { workspace, context };
    if let Some(reply) = session.apply(&change, &show).await? {
        let sentence = format!("Set the context of workspace {workspace}.");
        session.done(&reply, workspace, "set", &sentence)?;
        session.ui().next("what it is now", &show);
    }
    Ok(())
}
