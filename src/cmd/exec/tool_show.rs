//! `xeroctl exec tool-show`.

use super::tools::TOOL;
use crate::api::tools::{Get, Tool};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::line;
use crate::schema::{self, Parameter};
use crate::session::{Context, Session};
use crate::view::column::{Cell, Column};
use crate::view::{Format, rows};

/// Show a tool: its risk, its limits and the arguments that it takes
///
/// The arguments are drawn as a table; `-o json` has their JSON Schema whole.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec tool-show kubectl_drain
  xeroctl exec tool-show openstack_server_stop
  xeroctl exec tool-show kubectl_get -o json | jq .parameters")]
pub struct Args {
    /// The tool's name
    #[arg(value_name = "TOOL", value_parser = values::tool)]
    name: String,
}

/// What is shown of an argument of a tool.
const PARAMETER: &[Column<Parameter>] = &[
    Column::id("ARGUMENT", |row| row.name.as_str().into()),
    Column::text("TYPE", |row| row.kind.as_str().into()),
    Column::text("REQUIRED", |row| {
        if row.required { "yes" } else { "no" }.into()
    }),
    Column::text("DESCRIPTION", |row| Cell::from(&row.description)),
];

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let reply = session.fetch(&Get(&self.name)).await;
        let Some(reply) = reply.map_err(|error| other_tools(error, &self.name))? else {
            return Ok(Exit::Done);
        };
        session.show(&reply, TOOL)?;
        let human = matches!(session.look.format, Format::Table | Format::Wide);
        if human {
            session.ui().print(&parameters(&session, &reply.value))?;
        }
        let tool = line::quote(&self.name);
        session.ui().next(
            "to call it",
            &format!("exec invoke --workspace WORKSPACE --tool {tool} --args '{{…}}'"),
        );
        Ok(Exit::Done)
    }
}

/// The arguments that a tool takes, as a table below what else is known of it.
pub(in crate::cmd) fn parameters(session: &Session<'_>, tool: &Tool) -> String {
    let all = schema::parameters(tool.parameters.as_deref().unwrap_or("{}"));
    if all.is_empty() {
        session.ui().note(match tool.parameters {
            Some(_) => "the schema names no arguments; -o json shows it whole",
            None => "the router tells no schema of the arguments",
        });
        return String::new();
    }
    let fitted = rows::text(PARAMETER, &all, &session.look);
    format!("\n{}", fitted.text)
}

/// A tool that does not exist: the code has its advice; without one, the list is where to look.
fn other_tools(error: Error, name: &str) -> Error {
    if error.exit() != Exit::NotFound || error.router().code.is_some() {
        return error;
    }
    error.next(
        format!("no tool {name}; those that there are"),
        "exec tools",
    )
}
