//! `xeroctl exec stream`.

use serde_json::Value;

use crate::api::executions::{self, News as Told};
use crate::api::sse::Event;
use crate::cmd::feed::Printer;
use crate::error::{Error, Exit};
use crate::json;
use crate::session::Context;
use crate::session::feed::News;
use crate::time::{self, Stamp};
use crate::view::column::{Cell, Column};

/// Follow what happens to all runs of the project, as it happens
///
/// One line an event, until Ctrl-C or --timeout (exit code 14). A connection that breaks is taken up again where it
/// broke.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec stream
  xeroctl exec stream --timeout 1h
  xeroctl exec stream -o ndjson | jq -r 'select(.event == \"exec.failed\")'")]
pub struct Args {}

/// An event as a row.
struct Row {
    at: Option<Stamp>,
    event: String,
    told: Told,
    document: String,
}

const ROW: &[Column<Row>] = &[
    Column::text("TIME", |row| Cell::from(&row.at)),
    Column::text("EVENT", |row| row.event.as_str().into()),
    Column::id("INVOCATION", |row| Cell::from(&row.told.invocation_id)),
    Column::text("TOOL", |row| Cell::from(&row.told.tool_name)),
    Column::text("WORKSPACE", |row| Cell::from(&row.told.workspace_id)),
    Column::state("STATUS", |row| Cell::from(&row.told.status)),
];

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        if session.is_dry() {
            session.plan(&[executions::stream(None)])?;
            return Ok(Exit::Done);
        }
        let mut feed = session.feed(true)?;
        let mut printer = Printer::new(&session, ROW);
        let mut stood = false;
        printer
            .follow(async |printer| {
                match feed.next().await {
                    News::Event(event) => {
                        let row = row(event, printer.now());
                        printer.print(&row, &row.document)?;
                    }
                    News::Connected if !std::mem::replace(&mut stood, true) => {
                        printer.note("connected; waiting for events (Ctrl-C ends)");
                    }
                    News::Connected => printer.note("connected again"),
                    News::Troubled(error) => {
                        printer.note(&format!("{}; still trying", error.message()));
                    }
                    News::Gone(error) => return Err(error),
                }
                Ok(())
            })
            .await
    }
}

fn row(event: Event, now: jiff::Timestamp) -> Row {
    let valid = json::check(&event.data).is_ok();
    let data = if valid {
        json::compact(&event.data)
    } else {
        Value::from(event.data.as_str()).to_string()
    };
    let name = Value::from(event.name.as_str()).to_string();
    let id = Value::from(event.id).to_string();
    Row {
        at: Some(Stamp::read(&time::utc(now))),
        told: serde_json::from_str(&event.data).unwrap_or_default(),
        document: json::object([("id", &*id), ("event", &*name), ("data", &*data)]),
        event: event.name,
    }
}
