//! `xeroctl approvals approve`.

use std::cell::RefCell;

use super::decide;
use super::digest::Digest;
use crate::api::Id;
use crate::api::approvals::{Approval, Approve, needs_the_name};
use crate::api::reply::Reply;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::line;
use crate::session::{Consent, Context, Session, Words};

/// Approve what waits: the run begins
///
/// Each approval is read first. Where its risk is irreversible or unknown, the tool's name must be typed or given with
/// --confirm; --force does not replace that. Several approvals ask for their number, and none of them may be
/// irreversible.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals approve apr_5a6b7c8d
  xeroctl approvals approve apr_5a6b7c8d --note 'node is cordoned'
  xeroctl approvals approve apr_7c1d2e3f --confirm storage/restore
  xeroctl approvals approve apr_5a6b7c8d --expect sha256:DIGEST")]
pub struct Args {
    /// The ids of one or more approvals
    #[arg(value_name = "APPROVAL", required = true)]
    ids: Vec<Id>,
    /// Why; the router accepts it, but may not store it
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = values::text)]
    note: Option<String>,
    /// The name of the tool, in the place of typing it
    #[arg(long, value_name = "TOOL", value_parser = values::text)]
    confirm: Option<String>,
    /// Approve only if what would run still has this digest, as `approvals show` told it
    #[arg(long, value_name = "DIGEST")]
    expect: Option<Digest>,
    /// How many approvals at a time
    #[arg(long, value_name = "N", default_value = "8", value_parser = values::concurrency)]
    concurrency: usize,
    /// Do not ask for the number of several approvals
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// The words for what is done.
const WORDS: Words<'static> = Words {
    done: "approved",
    sentence: "Approved",
    noun: "approval",
};

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 6 when what would run is not what `--expect` names; exit 16 without consent; whatever the router made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let ids = decide::distinct(&self.ids);
        if ids.len() > 1 {
            for (option, given) in [
                ("--confirm", self.confirm.is_some()),
                ("--expect", self.expect.is_some()),
            ] {
                if given {
                    return Err(Error::usage(format!("`{option}` takes one approval"))
                        .hint("approve those that need it one by one"));
                }
            }
        }
        let session = context.open()?;
        session.check_protection()?;
        if session.is_dry() {
            let send = |id: &Id| Ok(self.endpoint(id, self.confirm.clone()));
            self.send(&session, &ids, send).await?;
            session
                .ui()
                .note("skipped: the risk, and with it the tool's name, and --expect");
            return Ok(Exit::Done);
        }
        if let [id] = &ids[..] {
            let reply = decide::read(&session, id).await?;
            let (confirm, expect) = (self.confirm.as_deref(), self.expect.as_ref());
            let confirm = decide::settle(&session, id, &reply, confirm, expect).await?;
            let send = |id: &Id| Ok(self.endpoint(id, confirm.clone()));
            let exit = self.send(&session, &ids, send).await?;
            tell_next(&session, &reply);
            return Ok(exit);
        }
        let mut missing = Vec::new();
        for id in &ids {
            if let Some(error) = refuse_irreversible(&session, id).await? {
                missing.push((id, error));
            }
        }
        let missing = RefCell::new(missing);
        let count = ids.len().to_string();
        let question = format!("Approve {count} runs? They begin at once.");
        session.confirm(&question, &Consent::Word(&count), self.force)?;
        let send = |id: &Id| {
            let mut missing = missing.borrow_mut();
            match missing.iter().position(|(known, _)| *known == id) {
                Some(index) => Err(missing.swap_remove(index).1),
                None => Ok(self.endpoint(id, None)),
            }
        };
        let exit = self.send(&session, &ids, send).await?;
        session.ui().next("the runs", "exec list");
        Ok(exit)
    }

    fn endpoint(&self, id: &Id, confirm: Option<String>) -> Approve {
        Approve {
            id: id.clone(),
            note: self.note.clone(),
            confirm,
        }
    }

    async fn send(
        &self,
        session: &Session<'_>,
        ids: &[Id],
        approve: impl Fn(&Id) -> Result<Approve, Error>,
    ) -> Result<Exit, Error> {
        let check = |id: &Id| format!("approvals show {}", line::id(id.as_str()));
        let many = session
            .each(ids, self.concurrency, &WORDS, approve, check)
            .await?;
        decide::tell_unstored(session, "note", self.note.as_ref());
        Ok(many.exit)
    }
}

/// Among several there must be none that only its tool's name approves. One that is not there is not approved either:
/// nobody knows its risk. Its error becomes a row.
async fn refuse_irreversible(session: &Session<'_>, id: &Id) -> Result<Option<Error>, Error> {
    let reply = match decide::read(session, id).await {
        Ok(reply) => reply,
        Err(error) if error.exit() == Exit::NotFound => return Ok(Some(error)),
        Err(error) => return Err(error),
    };
    let risk = reply.value.risk.as_deref();
    if !needs_the_name(risk) {
        return Ok(None);
    }
    let risk = risk.unwrap_or("unknown");
    let message = format!("{id} has the risk {risk}: it can't be approved among others");
    let alone = format!("approvals approve {}", line::id(id.as_str()));
    Err(Error::usage(message)
        .detail("nothing was approved")
        .next("approve it by itself", alone))
}

fn tell_next(session: &Session<'_>, reply: &Reply<Approval>) {
    match &reply.value.invocation_id {
        Some(id) => {
            let watch = format!("exec watch {}", line::id(id));
            session.ui().next("follow the run", &watch);
        }
        None => session.ui().next("the runs", "exec list"),
    }
}
