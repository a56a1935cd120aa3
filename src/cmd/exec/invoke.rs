//! `xeroctl exec invoke`.

use super::args::Given;
use super::outcome::{self, Until};
use crate::api::invocations::Invoke;
use crate::api::tools;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::line;
use crate::schema::{self, Violation};
use crate::session::{Context, Session};

/// Call a tool in a workspace
///
/// The arguments are checked against the tool's own schema before anything is sent. The answer holds the id of the
/// invocation. A destructive or irreversible tool waits for a human: then this ends with exit code 8 and shows the line
/// that approves it. With --wait it goes on to the end instead, and the exit code tells which: 0 completed, 10 failed,
/// 11 rejected, 12 cancelled, 13 timeout, and 14 when the waiting itself took too long. A call whose answer tells of its
/// end already ends with that code without --wait too.
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
    /// The workspace's external id
    #[arg(long, value_name = "WORKSPACE", value_parser = values::id)]
    workspace: String,
    /// The tool's name
    #[arg(long, value_name = "TOOL", value_parser = values::tool)]
    tool: String,
    #[command(flatten)]
    given: Given,
    /// Do not check the arguments against the tool's schema
    #[arg(long)]
    no_validate: bool,
    #[command(flatten)]
    until: Until,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 when the arguments are wrong; whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.until.check()?;
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
            session.apply(&invoke, outcome::CHECK).await?;
            if !self.no_validate {
                session
                    .ui()
                    .note("skipped: the check of the arguments against the tool's schema");
            }
            return Ok(Exit::Done);
        }
        if !self.no_validate {
            validate(&session, tool, &args).await?;
        }
        // From here to the last word: whoever interrupts is told what was accepted.
        let _hold = context.interrupt.hold(None);
        match session.apply(&invoke, outcome::CHECK).await? {
            Some(reply) => outcome::finish(&session, reply, &self.until).await,
            None => Ok(Exit::Done),
        }
    }
}

/// Checks the arguments against the tool's schema; where that can't be done, says so and goes on.
async fn validate(session: &Session<'_>, tool: &str, args: &str) -> Result<(), Error> {
    let skipped = |why: &str| {
        session.ui().warn(&format!(
            "the arguments were not checked before sending: {why}"
        ));
    };
    let described = match session.fetch(&tools::Get(tool)).await {
        Ok(Some(reply)) => reply.value,
        Ok(None) => return Ok(()),
        Err(error) if matches!(error.exit(), Exit::Interrupted | Exit::Terminated) => {
            return Err(error.detail("nothing was sent"));
        }
        Err(error) => {
            skipped(error.message());
            return Ok(());
        }
    };
    let Some(schema) = &described.parameters else {
        skipped("the router tells no schema of this tool");
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
    let error = Error::usage(format!("the arguments do not fit the schema of {tool}"));
    let error = violations
        .into_iter()
        .fold(error, |error, Violation { path, message }| {
            let path = if path.is_empty() { "/" } else { &path };
            error.detail(format!("{path}: {message}"))
        });
    Err(error
        .next(
            "the arguments that it takes",
            format!("exec tool-show {}", line::id(tool)),
        )
        .hint("nothing was sent; --no-validate leaves the judgement to the router"))
}
