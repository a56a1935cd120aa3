//! `xeroctl exec context`: the context object that a workspace passes to its runs.

use crate::api::workspaces::{GetContext, SetContext};
use crate::cmd::{input, values};
use crate::command_line;
use crate::error::{Error, Exit};
use crate::json::{self, Members};
use crate::session::{Consent, Context, Session};

/// Show or set a workspace's context
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "SUBCOMMAND",
    subcommand_help_heading = "Subcommands",
    arg_required_else_help = false,
    after_help = "\
Examples:
  xeroctl exec context show --workspace ws_a1b2c3d4
  xeroctl exec context set --workspace ws_a1b2c3d4 --file context.json"
)]
pub struct Args {
    #[command(subcommand)]
    subcommand: Subcommand,
}

#[derive(clap::Subcommand)]
enum Subcommand {
    /// Show a workspace's context
    #[command(after_help = "\
Examples:
  xeroctl exec context show --workspace ws_a1b2c3d4
  xeroctl exec context show --workspace ws_a1b2c3d4 -o json | jq .context")]
    Show {
        /// Workspace ID or name
        #[arg(long, value_name = "WORKSPACE", value_parser = values::id)]
        workspace: String,
    },
    /// Replace a workspace's context (prompts for confirmation if it is not empty)
    #[command(after_help = "\
Examples:
  xeroctl exec context set --workspace ws_a1b2c3d4 --file context.json
  echo '{\"cluster\": \"blue\"}' \\
    | xeroctl exec context set --workspace ws_team_a --file - --force")]
    Set {
        /// Workspace ID or name
        #[arg(long, value_name = "WORKSPACE", value_parser = values::id)]
        workspace: String,
        /// File with a JSON object, or `-` for standard input
        #[arg(long, value_name = "FILE", value_parser = values::text)]
        file: String,
        /// Skip the confirmation prompt
        #[arg(long, short = 'y', visible_alias = "yes")]
        force: bool,
    },
}

impl Args {
    /// Runs the subcommand.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self.subcommand {
            Subcommand::Show { workspace } => {
                let session = context.open()?;
                if let Some(reply) = session.get(&GetContext(&workspace)).await? {
                    session.show_document(reply.document.get(), Some(&workspace))?;
                }
            }
            Subcommand::Set {
                workspace,
                file,
                force,
            } => {
                let text = read(&file, context)?;
                set(&context.open()?, &workspace, &text, force).await?;
            }
        }
        Ok(Exit::Success)
    }
}

/// Reads the new context.
fn read(file: &str, context: &Context) -> Result<String, Error> {
    let text = input::file("--file", file, context)?;
    let label = input::label(file);
    if let Err(error) = json::check(&text) {
        return Err(Error::usage(format!(
            "--file: {label} is not valid JSON: {error}"
        )));
    }
    if json::entries(&text).is_none() {
        return Err(Error::usage(format!(
            "--file: {label} is not a JSON object"
        )));
    }
    match json::duplicate_key(&text) {
        Some(duplicate) => Err(Error::usage(format!(
            "--file: {label} has the duplicate member {duplicate:?}"
        ))),
        None => Ok(json::compact(&text)),
    }
}

/// Whether a workspace's context is empty. The form of the response is assumed, so any unknown member with a value
/// counts as context.
fn is_empty(document: &str) -> bool {
    const METADATA: [&str; 5] = ["object", "id", "workspace_id", "created_at", "updated_at"];
    let is_blank = |json: &str| {
        let text = json::compact(json);
        matches!(text.as_str(), "null" | "{}" | "[]" | "\"\"")
    };
    if !document.starts_with('{') {
        return is_blank(document);
    }
    Members::of(document)
        .filter(|(name, _)| !METADATA.contains(&json::string(name).as_ref()))
        .all(|(_, value)| is_blank(value))
}

async fn set(
    session: &Session<'_>,
    workspace: &str,
    context: &str,
    force: bool,
) -> Result<(), Error> {
    session.check_protection()?;
    let show = format!(
        "exec context show --workspace {}",
        command_line::quote(workspace)
    );
    if session.is_dry() {
        if !force {
            session
                .ui()
                .note("not checked in a dry run: whether a context would be replaced");
        }
    } else if !force {
        let old = match session.get(&GetContext(workspace)).await {
            // The workspace has no context yet.
            Err(error)
                if error.exit() == Exit::NotFound
                    && error.api_error().code.as_deref() != Some("workspace_not_found") =>
            {
                None
            }
            old => old?,
        };
        if old.is_some_and(|old| !is_empty(old.document.get())) {
            let question = format!(
                "Replace the context of workspace {workspace} in {}? It is not empty.",
                session.place()
            );
            session.confirm(&question, &Consent::Yes, false)?;
        }
    }
    let change = SetContext { workspace, context };
    if let Some(reply) = session.change(&change, &show).await? {
        let sentence = format!("Set the context of workspace {workspace}.");
        session.done(&reply, workspace, "set", &sentence)?;
        session.ui().next("show it", &show);
    }
    Ok(())
}
