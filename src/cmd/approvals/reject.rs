//! `xeroctl approvals reject`.

use std::cell::RefCell;

use super::decide;
use super::select::SelectArgs;
use crate::api::Id;
use crate::api::approvals::{Get, Reject};
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::sanitize;
use crate::session::{ActionLabels, Consent, Context, Session};

/// Reject pending approvals; their runs never start
///
/// Each approval is read first. One that was already decided is not rejected. Filters and --all select pending approvals.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals reject apr_5a6b7c8d
  xeroctl approvals reject apr_5a6b7c8d --reason 'not during the release'
  xeroctl approvals reject --tool kubectl_drain --workspace ws_a1b2c3d4")]
pub struct Args {
    #[command(flatten)]
    select: SelectArgs,
    /// Reason (the router may not store it)
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = values::text)]
    reason: Option<String>,
    /// Number of approvals processed in parallel
    #[arg(long, value_name = "N", default_value = "8", value_parser = values::concurrency)]
    concurrency: usize,
    /// Skip the prompt for several approvals
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// How the results are labeled.
const LABELS: ActionLabels<'static> = ActionLabels {
    done: "rejected",
    sentence: "Rejected",
    place: "",
    noun: "approval",
};

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 16 without consent to several.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.select.check()?;
        let session = context.open()?;
        session.check_protection()?;
        let ids = self.select.resolve(&session, "Reject", self.force).await?;
        let Some(ids) = ids else {
            return Ok(Exit::Success);
        };
        let mut seen = Vec::new();
        let mut lines = Vec::new();
        if !session.is_dry() {
            for id in &ids {
                seen.push((id, read_pending(&session, id, &mut lines).await?));
            }
        }
        let is_any_left = session.is_dry() || seen.iter().any(|(_, seen)| seen.is_ok());
        if ids.len() > 1 && is_any_left {
            let count = ids.len().to_string();
            if session.will_prompt(self.force) {
                for line in lines {
                    session.ui().say(&format!("{}\n", sanitize::cell(&line)));
                }
            }
            let question = format!("Reject {count} runs in {}?", session.place());
            session.confirm(&question, &Consent::Word(&count), self.force)?;
        }
        let seen = RefCell::new(seen);
        let reject = |id: &Id| {
            if !session.is_dry() {
                decide::take(&mut seen.borrow_mut(), id)?;
            }
            Ok(Reject {
                id: id.clone(),
                reason: self.reason.clone(),
            })
        };
        let check = |id: &Id| format!("approvals show {}", command_line::id(id.as_str()));
        let batch = session
            .apply_batch(&ids, self.concurrency, &LABELS, reject, check)
            .await?;
        if session.is_dry() {
            session
                .ui()
                .note("not checked in a dry run: whether the approval is still pending");
        }
        decide::warn_unstored(&session, "reason", self.reason.as_ref());
        if !batch.done.is_empty() {
            session
                .ui()
                .next("list pending approvals", "approvals list --status pending");
        }
        Ok(batch.exit)
    }
}

/// Reads one approval, and adds its line for the prompt. An error about a missing or already decided approval applies
/// only to that approval.
async fn read_pending(
    session: &Session<'_>,
    id: &Id,
    lines: &mut Vec<String>,
) -> Result<Result<(), Error>, Error> {
    let checked = match session.get(&Get(id)).await {
        Ok(Some(reply)) => {
            let checked = decide::check_pending(id, &reply.value, "reject");
            lines.push(match &checked {
                Ok(()) => decide::summary(id, &reply.value),
                Err(error) => format!("{id}: {}", error.message()),
            });
            return Ok(checked);
        }
        Ok(None) => Ok(()),
        Err(error) if error.exit() == Exit::NotFound => Err(error),
        Err(error) => return Err(error),
    };
    if let Err(error) = &checked {
        lines.push(format!("{id}: {}", error.message()));
    }
    Ok(checked)
}
