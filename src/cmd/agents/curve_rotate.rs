//! `xeroctl agents curve-rotate`: a new CURVE key for an agent that executes tools.

use crate::api::Id;
use crate::api::agents::{Rotate, Rotation};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// Start rotating an agent's CURVE key (project owner only)
///
/// The router tells the agent to generate a new Curve25519 key pair, and waits for a signed acknowledgement over the
/// existing authenticated channel before it activates the new key. This cannot be undone.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl agents curve-rotate agt_abc123
  xeroctl agents curve-rotate agt_abc123 --reason post-incident
  xeroctl agents agt_abc123 --events --limit 20      follow the rotation")]
pub struct Args {
    /// Agent ID
    #[arg(value_name = "AGENT")]
    id: Id,
    /// Reason for the audit log
    #[arg(long, value_name = "TEXT", default_value = "scheduled", allow_hyphen_values = true, value_parser = values::text)]
    reason: String,
    /// No effect; accepted for script compatibility
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// The columns of a rotation: the three documented values.
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
        let reply = session.change(&rotate, &events).await;
        let reply = super::explained(&session, reply, &self.id).await;
        let reply = reply.map_err(|error| {
            if error.api_error().http_status == Some(403) {
                error.hint("only a project owner can rotate CURVE keys: use an owner's key")
            } else {
                error
            }
        })?;
        if let Some(reply) = reply {
            session.show(&reply, ROTATION)?;
            session.ui().next(
                "follow the rotation",
                &super::command(self.id.as_str(), "--events --limit 20"),
            );
        }
        Ok(Exit::Success)
    }
}
