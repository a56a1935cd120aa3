//! `xeroctl approvals reject`.

use super::decide;
use crate::api::Id;
use crate::api::approvals::Reject;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::line;
use crate::session::{Consent, Context, Words};

/// Reject what waits: it will not run
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals reject apr_5a6b7c8d
  xeroctl approvals reject apr_5a6b7c8d --reason 'not during the release'")]
pub struct Args {
    /// The ids of one or more approvals
    #[arg(value_name = "APPROVAL", required = true)]
    ids: Vec<Id>,
    /// Why; the router accepts it, but may not store it
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = values::text)]
    reason: Option<String>,
    /// How many approvals at a time
    #[arg(long, value_name = "N", default_value = "8", value_parser = values::concurrency)]
    concurrency: usize,
    /// Do not ask for the number of several approvals
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// The words for what is done.
const WORDS: Words<'static> = Words {
    done: "rejected",
    sentence: "Rejected",
    noun: "approval",
};

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 16 without consent to several; whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let ids = decide::distinct(&self.ids);
        if ids.len() > 1 {
            let count = ids.len().to_string();
            let question = format!("Reject {count} runs?");
            session.confirm(&question, &Consent::Word(&count), self.force)?;
        }
        let reject = |id: &Id| {
            Ok(Reject {
                id: id.clone(),
                reason: self.reason.clone(),
            })
        };
        let check = |id: &Id| format!("approvals show {}", line::id(id.as_str()));
        let many = session
            .each(&ids, self.concurrency, &WORDS, reject, check)
            .await?;
        decide::tell_unstored(&session, "reason", self.reason.as_ref());
        if !many.done.is_empty() {
            session
                .ui()
                .next("what else waits", "approvals list --status pending");
        }
        Ok(many.exit)
    }
}
