//! `xeroctl exec stream`.

use serde_json::Value;

use crate::api::executions::{self, ExecutionEvent};
use crate::api::sse::Event;
use crate::cmd::live_feed::Printer;
use crate::error::{Error, Exit};
use crate::json;
use crate::session::Context;
use crate::session::event_stream::FeedEvent;
use crate::time::{self, WireTime};
use crate::view::column::{Cell, Column};

/// Print the events of all runs in the project as they happen
///
/// Runs until Ctrl-C or --timeout (exit code 14). Reconnects after a lost connection and resumes after the last event.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec stream
  xeroctl exec stream --timeout 1h
  xeroctl exec stream -o ndjson | jq -r 'select(.event == \"exec.failed\")'")]
pub struct Args {}

/// An event as a row.
struct EventRow {
    at: Option<WireTime>,
    event: String,
    details: ExecutionEvent,
    document: String,
}

const EVENT: &[Column<EventRow>] = &[
    Column::text("TIME", |row| Cell::from(&row.at)),
    Column::text("EVENT", |row| row.event.as_str().into()),
    Column::id("INVOCATION", |row| Cell::from(&row.details.invocation_id)),
    Column::text("TOOL", |row| Cell::from(&row.details.tool_name)),
    Column::text("WORKSPACE", |row| Cell::from(&row.details.workspace_id)),
    Column::state("STATUS", |row| Cell::from(&row.details.status)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        session.declare(EVENT)?;
        if session.is_dry() {
            session.plan(&[executions::stream(None)])?;
            return Ok(Exit::Success);
        }
        let mut feed = session.feed(true)?;
        let mut printer = Printer::new(&session, EVENT);
        let mut has_connected = false;
        let mut may_replay = false;
        printer
            .follow(
                async || Ok(feed.next().await),
                async |printer, event| {
                    match event {
                        FeedEvent::Event(event) => {
                            let arrival = (!may_replay).then(|| printer.now());
                            let row = row(event, arrival);
                            printer.print(&row, &row.document)?;
                        }
                        FeedEvent::Connected if !std::mem::replace(&mut has_connected, true) => {
                            printer.note("connected; waiting for events (press Ctrl-C to stop)");
                        }
                        FeedEvent::Connected => {
                            may_replay = true;
                            printer.note("reconnected");
                        }
                        FeedEvent::Retrying(error) => {
                            printer.note(&format!("{}; retrying", error.message()));
                        }
                        FeedEvent::Ended(error) => return Err(error),
                    }
                    Ok(())
                },
            )
            .await
    }
}

/// `arrival` is when it came, unless the server may have sent it before.
fn row(event: Event, arrival: Option<jiff::Timestamp>) -> EventRow {
    let valid = json::check(&event.data).is_ok();
    let data = if valid {
        json::compact(&event.data)
    } else {
        Value::from(event.data.as_str()).to_string()
    };
    let name = Value::from(event.name.as_str()).to_string();
    let id = Value::from(event.id).to_string();
    let mut details: ExecutionEvent = serde_json::from_str(&event.data).unwrap_or_default();
    let arrival = arrival.map(|arrival| WireTime::read(time::utc(arrival)));
    EventRow {
        at: details.at.take().or(arrival),
        details,
        document: json::object([("id", &*id), ("event", &*name), ("data", &*data)]),
        event: event.name,
    }
}
