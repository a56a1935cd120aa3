//! `xeroctl approvals wait`.

use super::list::APPROVAL;
use crate::api::Id;
use crate::api::approvals::{Approval, Get, STATUSES};
use crate::api::request::Endpoint as _;
use crate::cmd::bulk;
use crate::cmd::wait::{Reading, Snapshot, WaitArgs, Watched};
use crate::error::{Error, Exit};
use crate::session::{Context, Session};

/// Wait until approvals are decided
///
/// Polls the approvals, prints each change on standard error, and in the end the approvals. The exit code is 0 if the
/// conditions are met, 10 if --fail-on applies, or 14 after ten minutes or --timeout.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals wait apr_5a6b7c8d --for approved --fail-on rejected
  xeroctl approvals wait apr_5a6b7c8d apr_7c1d2e3f --any \\
      --for approved,rejected")]
pub struct Args {
    /// Approval IDs
    #[arg(value_name = "APPROVAL", required = true)]
    ids: Vec<Id>,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Approvals.
struct Approvals;

impl Watched for Approvals {
    type Item = Approval;
    const NOUN: &'static str = "approval";
    const STATUSES: &'static [&'static str] = STATUSES;

    async fn read(
        &self,
        session: &Session<'_>,
        id: &Id,
    ) -> Result<Option<Reading<Approval>>, Error> {
        Reading::of(session.get(&Get(id)).await)
    }

    fn snapshot(approval: &Approval) -> Snapshot {
        Snapshot {
            status: approval.status.clone(),
            is_paused: None,
        }
    }
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.wait.check()?;
        let session = context.open()?;
        session.declare(APPROVAL)?;
        let ids = bulk::distinct(self.ids);
        if session.is_dry() {
            let requests = ids.iter().map(|id| Get(id).request());
            session.plan(&requests.collect::<Vec<_>>())?;
            return Ok(Exit::Success);
        }
        self.wait.run(&session, &Approvals, &ids, APPROVAL).await
    }
}
