//! `xeroctl approvals approve`.

use std::cell::RefCell;

use super::decide::{self, Facts};
use super::digest::Digest;
use super::select::SelectArgs;
use crate::api::Id;
use crate::api::approvals::{Approval, Approve, needs_the_name};
use crate::api::reply::Reply;
use crate::cmd::bulk;
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::sanitize;
use crate::session::{ActionLabels, Consent, Context, Session};

/// Approve pending approvals; their runs start at once
///
/// Each approval is read first. If its risk is irreversible or unknown, you must type the tool's name or pass it with
/// --confirm, even with --force. To approve several at once, you must type their number, and none of them may be
/// irreversible. Filters and --all select pending approvals.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals approve apr_5a6b7c8d
  xeroctl approvals approve apr_5a6b7c8d --note 'node is cordoned'
  xeroctl approvals approve apr_7c1d2e3f --confirm storage/restore
  xeroctl approvals approve apr_5a6b7c8d --expect sha256:DIGEST
  xeroctl approvals approve --risk destructive --tool kubectl_drain")]
pub struct Args {
    #[command(flatten)]
    select: SelectArgs,
    /// Reason (the router may not store it)
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = values::text)]
    note: Option<String>,
    /// Tool name (replaces typing it at the prompt)
    #[arg(long, value_name = "TOOL", value_parser = values::text)]
    confirm: Option<String>,
    /// Approve only if the digest is still this one, from `approvals show`
    #[arg(long, value_name = "DIGEST")]
    expect: Option<Digest>,
    /// Number of approvals processed in parallel
    #[arg(long, value_name = "N", default_value = "8", value_parser = values::concurrency)]
    concurrency: usize,
    /// Skip the prompt for several approvals
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// How the results are labeled.
const LABELS: ActionLabels<'static> = ActionLabels {
    done: "approved",
    sentence: "Approved",
    place: "",
    noun: "approval",
};

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 6 if the digest is not the one of `--expect`; exit 16 without consent.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.select.check()?;
        if bulk::distinct(self.select.ids.clone()).len() != 1 {
            for (option, is_present) in [
                ("--confirm", self.confirm.is_some()),
                ("--expect", self.expect.is_some()),
            ] {
                if is_present {
                    return Err(Error::usage(format!("`{option}` takes one approval"))
                        .hint("approve them one by one"));
                }
            }
        }
        let session = context.open()?;
        session.check_protection()?;
        let ids = self.select.resolve(&session, "Approve", self.force).await?;
        let Some(ids) = ids else {
            return Ok(Exit::Success);
        };
        if session.is_dry() {
            let send = |id: &Id| Ok(self.endpoint(id, self.confirm.clone(), None));
            self.send(&session, &ids, send).await?;
            session
                .ui()
                .note("not checked in a dry run: risk, tool name, --expect");
            return Ok(Exit::Success);
        }
        if let [id] = &ids[..] {
            let reply = decide::read(&session, id).await?;
            let (confirm, expect) = (self.confirm.as_deref(), self.expect.as_ref());
            let confirm = decide::confirm_approval(&session, id, &reply, confirm, expect).await?;
            let invocation = &reply.value.invocation_id;
            let send = |id: &Id| Ok(self.endpoint(id, confirm.clone(), invocation.clone()));
            let exit = self.send(&session, &ids, send).await?;
            hint_next(&session, &reply);
            return Ok(exit);
        }
        let confirmed = RefCell::new(self.confirm_approvals(&session, &ids).await?);
        let send = |id: &Id| {
            let facts = decide::take(&mut confirmed.borrow_mut(), id)?;
            Ok(self.endpoint(id, None, facts.invocation))
        };
        let exit = self.send(&session, &ids, send).await?;
        session.ui().next("list the runs", "exec list");
        Ok(exit)
    }

    /// Asks for consent to several approvals. Returns the confirmed facts of each, or why it is not approved. Each
    /// approval is read again after the prompt, because it could have changed meanwhile.
    async fn confirm_approvals<'i>(
        &self,
        session: &Session<'_>,
        ids: &'i [Id],
    ) -> Result<Vec<(&'i Id, Result<Facts, Error>)>, Error> {
        let mut confirmed = Vec::new();
        let mut lines = Vec::new();
        for id in ids {
            let seen = read_for_batch(session, id).await?;
            lines.push(match &seen {
                Ok(reply) => decide::summary(id, &reply.value),
                Err(error) => format!("{id}: {}", error.message()),
            });
            confirmed.push((id, seen.and_then(|reply| Facts::of(&reply))));
        }
        if confirmed.iter().all(|(_, seen)| seen.is_err()) {
            return Ok(confirmed);
        }
        if !self.force && session.context.is_interactive() {
            for line in lines {
                session.ui().say(&format!("{}\n", sanitize::cell(&line)));
            }
        }
        let count = ids.len().to_string();
        let place = session.place();
        let question = format!("Approve {count} runs in {place}? They start at once.");
        session.confirm(&question, &Consent::Word(&count), self.force)?;
        if self.force {
            return Ok(confirmed);
        }
        for (id, seen) in &mut confirmed {
            let Ok(facts) = seen else { continue };
            let checked = match decide::read(session, id).await {
                Ok(now) => facts.check(id, &now),
                Err(error) if is_signal(&error) => return Err(error),
                Err(error) => Err(error),
            };
            if let Err(error) = checked {
                *seen = Err(error);
            }
        }
        Ok(confirmed)
    }

    fn endpoint(&self, id: &Id, confirm: Option<String>, invocation: Option<String>) -> Approve {
        Approve {
            id: id.clone(),
            note: self.note.clone(),
            confirm,
            invocation,
        }
    }

    async fn send(
        &self,
        session: &Session<'_>,
        ids: &[Id],
        approve: impl Fn(&Id) -> Result<Approve, Error>,
    ) -> Result<Exit, Error> {
        let check = |id: &Id| format!("approvals show {}", command_line::id(id.as_str()));
        let batch = session
            .apply_batch(ids, self.concurrency, &LABELS, approve, check)
            .await?;
        decide::warn_unstored(session, "note", self.note.as_ref());
        Ok(batch.exit)
    }
}

/// Reads one of several approvals. An approval that requires its tool's name ends the command. The error for one that
/// does not exist or was already decided becomes a row of the result.
async fn read_for_batch(
    session: &Session<'_>,
    id: &Id,
) -> Result<Result<Reply<Approval>, Error>, Error> {
    let reply = match decide::read(session, id).await {
        Ok(reply) => reply,
        Err(error) if error.exit() == Exit::NotFound => return Ok(Err(error)),
        Err(error) => return Err(error),
    };
    if let Err(error) = decide::check_pending(id, &reply.value, "approve") {
        return Ok(Err(error));
    }
    let risk = reply.value.risk.as_deref();
    if !needs_the_name(risk) {
        return Ok(Ok(reply));
    }
    let risk = risk.unwrap_or("unknown");
    let message = format!("{id} has the risk {risk}, so it can't be approved together with others");
    let single = format!("approvals approve {}", command_line::id(id.as_str()));
    Err(Error::usage(message)
        .detail("nothing was approved")
        .next("approve it separately", single))
}

fn is_signal(error: &Error) -> bool {
    matches!(error.exit(), Exit::Interrupted | Exit::Terminated)
}

fn hint_next(session: &Session<'_>, reply: &Reply<Approval>) {
    match &reply.value.invocation_id {
        Some(id) => {
            let watch = format!("exec watch {}", command_line::id(id));
            session.ui().next("follow the run", &watch);
        }
        None => session.ui().next("list the runs", "exec list"),
    }
}
