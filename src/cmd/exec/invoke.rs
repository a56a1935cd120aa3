//! `xeroctl exec invoke`.

use super::args::{self, GivenArgs, ToolArgs};
use super::outcome::{self, WaitArgs};
use crate::api::invocations::Invoke;
use crate::api::tools;
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::redact;
use crate::schema::{self, Types, Violation};
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
    #[arg(long = "tool", value_name = "TOOL", value_parser = values::tool, required_unless_present = "name")]
    tool: Option<String>,
    /// Tool name (if --tool is not given)
    #[arg(value_name = "TOOL", value_parser = values::tool)]
    name: Option<String>,
    /// Arguments typed by the tool's schema (NAME:=JSON forces JSON; overrides --args)
    #[arg(value_name = "NAME=VALUE", value_parser = values::text)]
    words: Vec<String>,
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
        let mut words = self.words;
        let is_named = self.tool.is_none();
        let tool = match (self.tool, self.name) {
            (Some(tool), first) => {
                // With --tool, every word is an argument.
                words.splice(0..0, first);
                tool
            }
            (None, Some(word)) if word.contains('=') => {
                return Err(Error::usage(format!(
                    "missing tool name before {word} (a name with = needs --tool)"
                )));
            }
            (None, Some(tool)) => tool,
            (None, None) => return Err(Error::usage("missing tool name")),
        };
        let given = self.given.read(&words, is_named, context)?;
        let session = context.open()?;
        session.declare(super::invocations::INVOCATION)?;
        let (workspace, tool) = (&self.workspace, &tool);
        session.check_protection()?;
        let mut args = given.object(None)?;
        if session.is_dry() {
            let invoke = Invoke {
                workspace,
                tool,
                args: &args,
            };
            session.change(&invoke, outcome::CHECK).await?;
            let untyped = given.is_untyped();
            if untyped {
                session.ui().note(
                    "a dry run does not read the tool's schema: NAME=VALUE arguments are shown as strings",
                );
            }
            if !self.no_validate {
                session
                    .ui()
                    .note("not checked in a dry run: the arguments against the tool's schema");
            }
            return Ok(Exit::Success);
        }
        if !self.no_validate || given.is_untyped() {
            let schema = match read_schema(&session, tool).await? {
                Ok(schema) => Some(schema),
                Err(why) => {
                    skipped(&session, &given, &why);
                    None
                }
            };
            if let Some(schema) = schema {
                args = given.object(Types::read(&schema).as_ref())?;
                if !self.no_validate {
                    validate(&session, workspace, tool, &schema, &args)?;
                }
            }
        }
        let invoke = Invoke {
            workspace,
            tool,
            args: &args,
        };
        // An interrupt must not hide what was accepted.
        let _guard = context.interrupt.hold(None);
        match session.change(&invoke, outcome::CHECK).await? {
            Some(reply) => outcome::finish(&session, reply, &self.waiting).await,
            None => Ok(Exit::Success),
        }
    }
}

fn skipped(session: &Session<'_>, given: &GivenArgs, why: &str) {
    let strings = if given.is_untyped() {
        ", and NAME=VALUE arguments were sent as strings"
    } else {
        ""
    };
    let text = format!("the arguments were not checked{strings}: {why}");
    session.ui().warn(&text);
}

/// Reads the tool's schema. The inner error says why there is none.
async fn read_schema(session: &Session<'_>, tool: &str) -> Result<Result<String, String>, Error> {
    match session.get(&tools::Get(tool)).await {
        Ok(reply) => {
            let schema = reply.and_then(|reply| reply.value.parameters);
            Ok(schema.ok_or_else(|| "the router has no schema for this tool".to_owned()))
        }
        Err(error) if error.exit().is_by_signal() => Err(error.detail("nothing was sent")),
        Err(error) => Ok(Err(error.message().to_owned())),
    }
}

/// Checks the arguments against the tool's schema. If it can't be used, warns and continues.
fn validate(
    session: &Session<'_>,
    workspace: &str,
    tool: &str,
    schema: &str,
    args: &str,
) -> Result<(), Error> {
    let violations = match schema::violations(schema, args) {
        Ok(violations) => violations,
        Err(why) => {
            let text = format!("the arguments were not checked: {why}");
            session.ui().warn(&text);
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
    let words = Types::read(schema).and_then(|types| args::working_words(&types, schema, args));
    let error = match words {
        Some(words) => error.next("use these types", invoke_line(tool, workspace, &words)),
        None => error.next(
            "show its arguments",
            format!("exec tool-show {}", command_line::id(tool)),
        ),
    };
    Err(error.hint("nothing was sent; --no-validate lets the router validate"))
}

/// The words of a command that calls a tool. Secrets among the arguments are masked.
pub(super) fn invoke_line(tool: &str, workspace: &str, words: &[String]) -> String {
    let mut line = if tool.starts_with('-') || tool.contains('=') {
        format!("exec invoke --tool={}", command_line::quote(tool))
    } else {
        format!("exec invoke {}", command_line::quote(tool))
    };
    line.push_str(" --workspace ");
    line.push_str(&command_line::quote(workspace));
    if words.iter().any(|word| word.starts_with('-')) {
        line.push_str(" --");
    }
    for word in words {
        line.push(' ');
        line.push_str(&command_line::quote(&redact::word(word)));
    }
    line
}
