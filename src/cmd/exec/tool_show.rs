//! `xeroctl exec tool-show`.

use super::invoke;
use super::tools::TOOL;
use crate::api::tools::{Get, Tool};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::schema::{self, Parameter, Types};
use crate::session::{Context, Session};
use crate::view::column::{Cell, Column};

/// Show a tool's risk, limits, and arguments
///
/// The arguments are shown as a table. `-o json` prints their complete JSON Schema.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec tool-show kubectl_drain
  xeroctl exec tool-show openstack_server_stop
  xeroctl exec tool-show kubectl_get -o json | jq .parameters")]
pub struct Args {
    /// Tool name
    #[arg(value_name = "TOOL", value_parser = values::tool)]
    name: String,
}

/// The columns of a tool argument.
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
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        session.declare(TOOL)?;
        let reply = session.get(&Get(&self.name)).await;
        let Some(reply) = reply.map_err(|error| with_list_hint(error, &self.name))? else {
            return Ok(Exit::Success);
        };
        session.show(&reply, TOOL)?;
        show_parameters(&session, &reply.value, None)?;
        let types = reply.value.parameters.as_deref().and_then(Types::read);
        let words: Vec<String> = types.map_or_else(Vec::new, |types| {
            let names = types.required().into_iter();
            names.map(|name| types.placeholder(&name)).collect()
        });
        let line = invoke::invoke_line(&self.name, "WORKSPACE", &words);
        session.ui().next("call it", &line);
        Ok(Exit::Success)
    }
}

/// The columns of a tool argument beside its value in a call.
const ARGUMENT: &[Column<Parameter>] = &[
    Column::id("ARGUMENT", |row| row.name.as_str().into()),
    Column::text("VALUE", |row| Cell::from(&row.value)),
    Column::text("TYPE", |row| row.kind.as_str().into()),
    Column::text("REQUIRED", |row| {
        if row.required { "yes" } else { "no" }.into()
    }),
    Column::text("DESCRIPTION", |row| Cell::from(&row.description)),
];

/// Shows a tool's arguments as a table, except in machine formats. With the arguments of a call, each row has its
/// value.
pub(in crate::cmd) fn show_parameters(
    session: &Session<'_>,
    tool: &Tool,
    args: Option<&str>,
) -> Result<(), Error> {
    if session.render_options.format.is_machine() || session.render_options.columns.is_some() {
        return Ok(());
    }
    let all = schema::parameters(tool.parameters.as_deref().unwrap_or("{}"), args);
    if all.is_empty() {
        session.ui().note(match tool.parameters {
            Some(_) => "the schema has no named arguments; print it with -o json",
            None => "the router has no schema for this tool",
        });
        return Ok(());
    }
    session.ui().print("\n")?;
    let mut rows = session.renderer().rows(match args {
        Some(_) => ARGUMENT,
        None => PARAMETER,
    });
    rows.begin([])?;
    for parameter in all {
        rows.row("", || Ok(parameter))?;
    }
    rows.end(&[])
}

/// Adds the list of tools as a hint, unless the error code has its own advice.
fn with_list_hint(error: Error, name: &str) -> Error {
    if error.exit() != Exit::NotFound || error.api_error().code.is_some() {
        return error;
    }
    error.next(format!("unknown tool {name}; list the tools"), "exec tools")
}
