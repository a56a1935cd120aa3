//! `xeroctl exec invoke`.

use super::args::ToolArgs;
use super::outcome::{self, WaitArgs};
use crate::api::invocations::Invoke;
use crate::api::tools;
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::schema::{self, Violation};
use crate::session::{Context, Session};

/// Call a tool in a workspace
///
/// The arguments are checked against the tool's schema before anything is sent. The result is an invocation. If it needs
/// an approval, the exit code is 8, and the command that approves it is printed.
///
/// With --wait, the exit code reports how the run ended: 0 completed, 10 failed, 11 rejected, 12 cancelled, 13 timeout, or
/// 14 if waiting took too long. If the response already has a final status, its code is used without --wait too.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get \\
      --args '{\"resource\": \"pods\", \"namespace\": \"default\"}'
  xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get \\
      --arg resource=pods --arg namespace=default --wait --raw
  xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_scale \\
      --arg deployment=api --arg namespace=default --arg-json replicas=3
  xeroctl exec invoke --workspace ws_team_a --tool openstack_server_list \\
      --args '{}' -o json | jq -r .id")]
pub struct Args {
    /// Workspace ID or name
    #[arg(long, value_name = "WORKSPACE", value_parser = values::id)]
    workspace: String,
    /// Tool name
    #[arg(long, value_name = "TOOL", value_parser = values::tool)]
    tool: String,
    #[command(flatten)]
    given: ToolArgs,
    /// Skip the check against the tool's schema
    #[arg(long)]
    no_validate: bool,
    #[command(flatten)]
    waiting: WaitArgs,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 if the arguments are invalid.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.waiting.check()?;
        let args = self.given.assemble(context)?;
        let session = context.open()?;
        let (workspace, tool) = (&self.workspace, &self.tool);
        let invoke = Invoke {
            workspace,
            tool,
            args: &args,
        };
        session.check_protection()?;
        if session.is_dry() {
            session.change(&invoke, outcome::CHECK).await?;
            if !self.no_validate {
                session
                    .ui()
                    .note("not checked in a dry run: the arguments against the tool's schema");
            }
            return Ok(Exit::Success);
        }
        if !self.no_validate {
            validate(&session, tool, &args).await?;
        }
        // An interrupt must not hide what was accepted.
        let _guard = context.interrupt.hold(None);
        match session.change(&invoke, outcome::CHECK).await? {
            Some(reply) => outcome::finish(&session, reply, &self.waiting).await,
            None => Ok(Exit::Success),
        }
    }
}

/// Checks the arguments against the tool's schema. If there is no usable schema, warns and continues.
async fn validate(session: &Session<'_>, tool: &str, args: &str) -> Result<(), Error> {
    let skipped = |why: &str| {
        session
            .ui()
            .warn(&format!("the arguments were not checked: {why}"));
    };
    let tool_info = match session.get(&tools::Get(tool)).await {
        Ok(Some(reply)) => reply.value,
        Ok(None) => return Ok(()),
        Err(error) if error.exit().is_by_signal() => {
            return Err(error.detail("nothing was sent"));
        }
        Err(error) => {
            skipped(error.message());
            return Ok(());
        }
    };
    let Some(schema) = &tool_info.parameters else {
        skipped("the router has no schema for this tool");
        return Ok(());
    };
    let violations = match schema::violations(schema, args) {
        Ok(violations) => violations,
        Err(why) => {
            skipped(&why);
            return Ok(());
        }
    };
    if violations.is_empty() {
        return Ok(());
    }
    let error = Error::usage(format!("the arguments do not match the schema of {tool}"));
    let error = violations
        .into_iter()
        .fold(error, |error, Violation { path, message }| {
            let path = if path.is_empty() { "/" } else { &path };
            error.detail(format!("{path}: {message}"))
        });
    Err(error
        .next(
            "show its arguments",
            format!("exec tool-show {}", command_line::id(tool)),
        )
        .hint("nothing was sent; --no-validate lets the router validate"))
}
