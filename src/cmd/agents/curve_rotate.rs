//! `xeroctl agents curve-rotate`: a new CURVE key for an agent that executes tools.

use crate::api::Id;
use crate::api::agents::{Rotate, Rotation};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// Begin the rotation of an agent's CURVE (Curve25519) control-plane key; owner only
///
/// The router has the agent make a new key pair and waits for its signed acknowledgement over the channel that is
/// already authenticated; then the new key counts. There is no way back after that.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl agents curve-rotate agt_abc123
  xeroctl agents curve-rotate agt_abc123 --reason post-incident
  xeroctl agents agt_abc123 --events --limit 20      follow the rotation")]
pub struct Args {
    /// The agent's id
    #[arg(value_name = "AGENT")]
    id: Id,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT", default_value = "scheduled", allow_hyphen_values = true, value_parser = values::text)]
    reason: String,
    /// Accepted for scripts; nothing is asked here
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// What is shown of a rotation: the three values that the documents name.
const ROTATION: &[Column<Rotation>] = &[
    Column::id("REQUEST_ID", |rotation| Cell::from(&rotation.request_id)),
    Column::state("STATUS", |rotation| Cell::from(&rotation.status)),
    Column::text("MONITOR_URL", |rotation| Cell::from(&rotation.monitor_url)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let events = super::command(self.id.as_str(), "--events");
        let rotate = Rotate {
            agent: &self.id,
            reason: &self.reason,
        };
        let reply = session.change(&rotate, &events).await.map_err(|error| {
            if error.api_error().http_status == Some(403) {
                error.hint("only an owner of the project may rotate CURVE keys: use an owner's key")
            } else {
                error
            }
        })?;
        if let Some(reply) = reply {
            session.show(&reply, ROTATION)?;
            session.ui().next(
                "follow it",
                &super::command(self.id.as_str(), "--events --limit 20"),
            );
        }
        Ok(Exit::Success)
    }
}
