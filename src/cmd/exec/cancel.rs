//! `xeroctl exec cancel`.

use crate::api::Id;
use crate::api::invocations::{Cancel, Invocation, List, ending};
use crate::api::request::{Endpoint, Request};
use crate::cmd::bulk::{self, BulkArgs, Target, counted};
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::{ActionLabels, Context, Session};

use super::invocations::{INVOCATION, InvocationFilter};

/// Cancel invocations that are queued, running, or pending approval
///
/// With filters or --all, only invocations that have not ended are selected. The selection is shown first, and you confirm
/// it by typing the number of invocations, or with --force.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec cancel 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10
  xeroctl exec cancel --status queued --tool kubectl_drain
  xeroctl exec cancel --workspace ws_a1b2c3d4 --all --dry-run")]
pub struct Args {
    /// Invocation IDs
    #[arg(value_name = "INVOCATION")]
    ids: Vec<Id>,
    #[command(flatten)]
    bulk: BulkArgs,
    #[command(flatten)]
    filter: InvocationFilter,
    /// Number of parallel requests
    #[arg(long, hide_short_help = true, value_name = "N", default_value = "8", value_parser = values::concurrency)]
    concurrency: usize,
    /// Skip the confirmation prompt of a selection
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// How the results are labeled.
const LABELS: ActionLabels<'static> = ActionLabels {
    done: "cancelled",
    sentence: "Canceled invocation",
    place: "",
    noun: "invocation",
};

/// The cancellation of an invocation whose ID it owns.
struct Cancellation(Id);

impl Endpoint for Cancellation {
    type Reply = Invocation;

    fn request(&self) -> Request {
        Cancel(&self.0).request()
    }
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.bulk
            .check("invocation", &self.ids, self.filter.is_given())?;
        let session = context.open()?;
        match &self.ids[..] {
            [id] if self.bulk.expect_count.is_none() => cancel_one(&session, id).await,
            _ => self.cancel_several(&session).await,
        }
    }

    async fn cancel_several(&self, session: &Session<'_>) -> Result<Exit, Error> {
        let period = self.filter.check(session)?;
        let describe = |call: &Invocation| {
            let is_over = call.status.as_deref().and_then(ending).is_some();
            if is_over || !self.filter.matches(call, period) {
                return None;
            }
            let id: Id = call.id.as_deref()?.parse().ok()?;
            let facts = [&call.tool_name, &call.status, &call.workspace_id];
            let facts: Vec<&str> = facts.into_iter().flatten().map(String::as_str).collect();
            let subject = format!("{id} ({})", facts.join(", "));
            Some(Target { id, subject })
        };
        let noun = "invocation";
        let selected = self
            .bulk
            .resolve(session, noun, &self.ids, &List, describe)
            .await?;
        let Some(selected) = selected else {
            return Ok(Exit::Success);
        };
        let targets: Vec<Target> = selected.into_iter().map(|(target, _)| target).collect();
        bulk::check_count(noun, self.bulk.expect_count, targets.len())?;
        if targets.is_empty() {
            session.show_no_match("invocations")?;
            return Ok(Exit::Success);
        }
        // IDs on the command line are never asked about.
        if self.ids.is_empty() {
            let count = counted(targets.len(), noun);
            let question = format!("Cancel {count} in {}?", session.place());
            bulk::confirm(session, &targets, noun, &question, self.force)?;
        }
        let ids: Vec<Id> = targets.into_iter().map(|target| target.id).collect();
        let endpoint = |id: &Id| Ok(Cancellation(id.clone()));
        let check = |id: &Id| format!("exec watch {}", command_line::id(id.as_str()));
        let batch = session
            .apply_batch(&ids, self.concurrency, &LABELS, endpoint, check)
            .await?;
        Ok(batch.exit)
    }
}

async fn cancel_one(session: &Session<'_>, id: &Id) -> Result<Exit, Error> {
    session.declare(INVOCATION)?;
    let watch = format!("exec watch {}", command_line::id(id.as_str()));
    let show = format!("exec show {}", command_line::id(id.as_str()));
    let Some(reply) = session.change(&Cancel(id), &watch).await? else {
        return Ok(Exit::Success);
    };
    if reply.value.id.is_some() {
        session.show(&reply, INVOCATION)?;
    } else {
        let sentence = format!("Canceled invocation {id}.");
        session.done(&reply, id.as_str(), "cancelled", &sentence)?;
    }
    // The cancellation can still be in progress.
    if reply.value.status.as_deref().and_then(ending).is_none() {
        session.ui().next("follow it", &watch);
    } else {
        session.ui().next("show it", &show);
    }
    Ok(Exit::Success)
}
