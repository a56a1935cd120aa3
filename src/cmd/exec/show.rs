//! `xeroctl exec show`.

use std::time::Duration;

use super::invocation_lookup::{self, Found};
use super::invocations::INVOCATION;
use crate::api::Id;
use crate::api::executions::{Execution, Get};
use crate::api::invocations::{self, Invocation, ending};
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::{Context, Session};
use crate::time::{self, WireTime};
use crate::view::column::{Cell, Column};

/// Show a run: its status, error, arguments, and times
///
/// Shows an execution together with its invocation. An invocation ID works too. JSON output is the execution as the router returns it.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08
  xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 -o json \\
    | jq .exit_code")]
pub struct Args {
    /// Execution ID (or invocation ID)
    #[arg(value_name = "EXECUTION")]
    id: Id,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        session.declare(RUN)?;
        let Err(error) = show(&session, &self.id, None).await else {
            return Ok(Exit::Success);
        };
        match invocation_lookup::as_invocation(&session, &self.id, error).await? {
            Found::Execution(id, call) => show(&session, &id, Some(*call)).await?,
            Found::NotRun(reply) => {
                session.ui().note(&format!(
                    "{} is an invocation ID without an execution; showing the invocation",
                    self.id
                ));
                session.show(&reply, INVOCATION)?;
            }
        }
        Ok(Exit::Success)
    }
}

/// An execution, and the invocation that caused it, if it could be read.
struct Run {
    execution: Execution,
    invocation: Option<Invocation>,
}

impl Run {
    /// A text of the execution, else of the invocation.
    fn either<'a>(
        &'a self,
        execution: Option<&'a String>,
        invocation: fn(&Invocation) -> &Option<String>,
    ) -> Cell<'a> {
        match (execution, &self.invocation) {
            (None, Some(call)) => Cell::from(invocation(call)),
            (text, _) => text.map_or(Cell::Absent, |text| text.as_str().into()),
        }
    }

    /// A text that only the invocation has.
    fn of_call(&self, text: fn(&Invocation) -> &Option<String>) -> Cell<'_> {
        self.invocation
            .as_ref()
            .map_or(Cell::Absent, |call| Cell::from(text(call)))
    }

    fn started(&self) -> Option<&WireTime> {
        let call = self.invocation.as_ref();
        let execution = &self.execution;
        let known = execution.started_at.as_ref();
        known
            .or_else(|| call.and_then(|call| call.started_at.as_ref()))
            .or(execution.created_at.as_ref())
    }

    fn finished(&self) -> Option<&WireTime> {
        let call = self.invocation.as_ref();
        let known = self.execution.completed_at.as_ref();
        known.or_else(|| call.and_then(|call| call.completed_at.as_ref()))
    }

    fn duration(&self) -> Option<String> {
        let (start, end) = (self.started()?.at()?, self.finished()?.at()?);
        // Routers report whole seconds.
        match time::until(end, start) {
            _ if start > end => None,
            Duration::ZERO => Some("under 1s".to_owned()),
            duration => Some(time::show_duration(duration)),
        }
    }
}

/// The columns of a run. The first five, and their spelling, are documented.
const RUN: &[Column<Run>] = &[
    Column::id("ID", |run| Cell::from(&run.execution.id)),
    Column::reference("Invocation", |run| {
        run.either(run.execution.invocation_id.as_ref(), |call| &call.id)
    }),
    Column::state("Status", |run| Cell::from(&run.execution.status)),
    Column::text("Exit Code", |run| Cell::from(&run.execution.exit_code)),
    Column::text("Created", |run| Cell::from(&run.execution.created_at)),
    Column::text("Tool", |run| {
        run.either(run.execution.tool_name.as_ref(), |call| &call.tool_name)
    }),
    Column::text("Workspace", |run| {
        run.either(run.execution.workspace_id.as_ref(), |call| {
            &call.workspace_id
        })
    }),
    Column::text("Error", |run| {
        run.either(run.execution.error.as_ref(), |call| &call.error)
    }),
    Column::text("Arguments", |run| run.of_call(|call| &call.args)),
    Column::state("Risk", |run| run.of_call(|call| &call.risk)),
    Column::text("Approval", |run| run.of_call(|call| &call.approval_id)),
    Column::text("Requested", |run| {
        let call = run.invocation.as_ref();
        call.map_or(Cell::Absent, |call| Cell::from(&call.created_at))
    }),
    Column::text("Started", |run| {
        run.started().map_or(Cell::Absent, Cell::time)
    }),
    Column::text("Finished", |run| {
        run.finished().map_or(Cell::Absent, Cell::time)
    }),
    Column::text("Duration", |run| {
        run.duration().map_or(Cell::Absent, Cell::from)
    }),
];

/// Shows an execution; `known` is its invocation if that was read already.
async fn show(session: &Session<'_>, id: &Id, known: Option<Invocation>) -> Result<(), Error> {
    let Some(reply) = session.get(&Get(id)).await? else {
        return Ok(());
    };
    let status = reply.value.status.clone();
    let format = session.render_options.format;
    // JSON is the router's own object, and a name is that of the execution.
    let call = if format.has_documents() || format.is_name() {
        None
    } else {
        let call = reply.value.invocation_id.as_deref();
        call.and_then(|call| call.parse::<Id>().ok())
    };
    let is_known = |call: &Invocation| call.id == reply.value.invocation_id;
    let invocation = match (known.filter(is_known), &call) {
        (Some(known), _) => Some(known),
        (None, Some(call)) => invocation(session, call).await?,
        (None, None) => None,
    };
    let document = reply.document.get().to_owned();
    let run = Run {
        execution: reply.value,
        invocation,
    };
    session.renderer().record(RUN, &run, &document)?;
    if status.as_deref().and_then(ending).is_some() {
        let raw = format!("exec raw {}", command_line::id(id.as_str()));
        session.ui().next("print its output", &raw);
    }
    Ok(())
}

/// The invocation behind an execution. It only adds to what is shown, so without it, only the execution is shown.
async fn invocation(session: &Session<'_>, id: &Id) -> Result<Option<Invocation>, Error> {
    match session.get(&invocations::Get(id)).await {
        Ok(reply) => Ok(reply.map(|reply| reply.value)),
        Err(error) if error.exit().is_by_signal() => Err(error),
        Err(error) => {
            let why = error.message().to_owned();
            session
                .ui()
                .warn(&format!("invocation {id} is not shown: {why}"));
            Ok(None)
        }
    }
}
