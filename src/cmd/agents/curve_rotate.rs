//! `xeroctl agents curve-rotate`: new CURVE keys for agents that execute tools.

use std::path::PathBuf;
use std::time::Duration;

use super::rotate_fleet::Settings;
use super::rotate_plan::Fleet;
use super::rotation::OWNER_ONLY;
use super::selection::{self, SelectArgs};
use crate::api::Id;
use crate::api::agents::{Rotate, Rotation};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::fleet::amount::Amount;
use crate::fleet::scheduler::Limits;
use crate::session::{Context, Session};
use crate::time;
use crate::view::column::{Cell, Column};

/// Requests in flight.
const CONCURRENCY: usize = 8;

/// Start rotating agents' CURVE keys (project owner only)
///
/// The router tells the agent to generate a new Curve25519 key pair, and waits for a signed acknowledgement over the
/// existing authenticated channel before it activates the new key. This cannot be undone.
///
/// Several agents are selected by IDs, with --ids-from, or with filters. The selection is shown first, and you confirm it by
/// typing the number of agents, or with --force. Each agent gives one line of output; agents that were selected by filters
/// and can't rotate are skipped. When the router throttles one request, all pause. Ctrl-C finishes the requests in flight
/// and sends no more.
///
/// With --checkpoint, every result is on the disk before the next request is sent. The same command then continues where an
/// earlier run ended, for whatever reason: it skips the agents that are done, repeats those that failed, and never repeats a
/// rotation whose outcome is unknown without --retry-unknown.
#[derive(clap::Args)]
#[command(
    override_usage = "\
xeroctl agents curve-rotate [OPTIONS] AGENT…
       xeroctl agents curve-rotate [OPTIONS] --ids-from FILE
       xeroctl agents curve-rotate [OPTIONS] --all | --region REGION | …",
    after_help = "\
Examples:
  xeroctl agents curve-rotate agt_abc123
  xeroctl agents curve-rotate agt_abc123 --reason post-incident
  xeroctl agents agt_abc123 --events --limit 20      follow the rotation
  xeroctl agents curve-rotate --region us-east --dry-run
  xeroctl agents curve-rotate --all --checkpoint rotation.ckpt --force
  xeroctl agents curve-rotate --all --batch 5% --max-unavailable 1% \\
      --stop-after 3 --wait --checkpoint rotation.ckpt --force"
)]
pub struct Args {
    #[command(flatten)]
    select: SelectArgs,
    /// Reason for the audit log
    #[arg(long, value_name = "TEXT", default_value = "scheduled", allow_hyphen_values = true, value_parser = values::text)]
    reason: String,
    /// Number of parallel requests [default: 8]
    #[arg(long, value_name = "N", value_parser = values::concurrency, help_heading = "Several agents")]
    concurrency: Option<usize>,
    /// Rotate N agents, or P% of them, at a time
    #[arg(long, value_name = "N|P%", value_parser = Amount::read_positive, help_heading = "Several agents")]
    batch: Option<Amount>,
    /// Pause between batches
    #[arg(long, value_name = "DURATION", requires = "batch", value_parser = time::duration, help_heading = "Several agents")]
    pause: Option<Duration>,
    /// Stop after N failures
    #[arg(long, value_name = "N", value_parser = values::limit, help_heading = "Several agents")]
    stop_after: Option<usize>,
    /// Before each batch, wait up to a minute until no more than N, or P%, of the last one are unavailable (not active, or
    /// without a heartbeat in the last minute), and stop otherwise
    #[arg(long, value_name = "N|P%", requires = "batch", value_parser = Amount::read, help_heading = "Several agents")]
    max_unavailable: Option<Amount>,
    /// Wait until each agent has acknowledged or refused its rotation, up to 10 minutes per batch or --timeout
    #[arg(long, help_heading = "Several agents")]
    wait: bool,
    /// Record each result in FILE, and continue from it if it exists
    #[arg(long, value_name = "FILE", value_parser = values::new_file, help_heading = "Several agents")]
    checkpoint: Option<PathBuf>,
    /// Repeat rotations whose outcome is unknown, unless the agent's events show that they were done
    #[arg(long, requires = "checkpoint", help_heading = "Several agents")]
    retry_unknown: bool,
    /// Skip the confirmation prompt for several agents
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
        let session = selection::open(&self.select, context)?;
        match self.select.only_id() {
            Some(id) if !self.has_fleet_options() => self.rotate_one(&session, id).await,
            _ => self.rotate_fleet(&session).await,
        }
    }

    fn has_fleet_options(&self) -> bool {
        self.wait || self.checkpoint.is_some() || self.batch.is_some() || self.stop_after.is_some()
    }

    async fn rotate_one(&self, session: &Session<'_>, id: &Id) -> Result<Exit, Error> {
        session.declare(ROTATION)?;
        let events = super::command(id.as_str(), "--events");
        let rotate = Rotate {
            agent: id,
            reason: &self.reason,
        };
        let reply = session.change(&rotate, &events).await;
        let reply = super::explained(session, reply, id).await;
        let reply = reply.map_err(|error| {
            if error.api_error().http_status == Some(403) {
                error.hint(OWNER_ONLY)
            } else {
                error
            }
        })?;
        if let Some(reply) = reply {
            session.show(&reply, ROTATION)?;
            session.ui().next(
                "follow the rotation",
                &super::command(id.as_str(), "--events --limit 20"),
            );
        }
        Ok(Exit::Success)
    }

    async fn rotate_fleet(&self, session: &Session<'_>) -> Result<Exit, Error> {
        let settings = Settings {
            reason: self.reason.clone(),
            limits: Limits {
                concurrency: self.concurrency.unwrap_or(CONCURRENCY),
                stop_after: self.stop_after,
            },
            batch: self.batch,
            pause: self.pause,
            max_unavailable: self.max_unavailable,
            waits: self.wait,
        };
        let env = &session.context.env;
        let checkpoint = self.checkpoint.as_ref().map(|path| env.absolute(path));
        let request = Fleet {
            select: &self.select,
            settings,
            checkpoint: checkpoint.as_deref(),
            retries_unknown: self.retry_unknown,
            force: self.force,
        };
        request.rotate(session).await
    }
}
