//! A decision on one approval at prompts, shared by `watch --interactive` and `top`.

use super::decide::{self, Facts};
use super::show;
use crate::api::Id;
use crate::api::approvals::{Approve, Reject, needs_the_name};
use crate::error::{Error, Exit};
use crate::session::{ActionLabels, Consent, Session};

/// What is to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A prompt asks which.
    Ask,
    /// Approve, if a prompt confirms it.
    Approve,
    /// Reject, if a prompt confirms it.
    Reject,
}

/// Shows one approval and asks for a decision. A failure that concerns only this approval is reported, and is not an
/// error.
///
/// # Errors
/// What ends the command: a signal, the end of input, a key that is not accepted; exit 3 if a protected deployment was
/// not named on the command line.
pub(crate) async fn decide_on(
    session: &Session<'_>,
    word: &str,
    choice: Choice,
) -> Result<(), Error> {
    session.check_protection()?;
    let ui = session.ui();
    let id: Id = match word.parse() {
        Ok(id) => id,
        Err(why) => {
            ui.warn(&format!("can't decide on the approval {word:?}: {why}"));
            return Ok(());
        }
    };
    // The list may have fewer members than the approval itself. An ambiguous approval is not decided on.
    let read = decide::read(session, &id).await;
    let read = read.and_then(|reply| {
        decide::check_pending(&id, &reply.value, "decide")?;
        Facts::of(&reply).map(|facts| (reply, facts))
    });
    let (reply, shown) = match read {
        Ok(read) => read,
        Err(error) if is_about_one(&error) => {
            ui.error(&error.because_of(format!("can't decide on {id}")));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    // Typing the tool's name confirms more than a yes.
    let is_named = needs_the_name(reply.value.risk.as_deref());
    show::show(session, reply.value, reply.document.get()).await?;
    let place = session.place();
    let result = match choice {
        Choice::Ask => match ask(session, &id)? {
            Some(Choice::Approve) => approve(session, &id, &shown).await,
            Some(_) => reject(session, &id).await,
            None => Ok(()),
        },
        Choice::Approve if is_named => approve(session, &id, &shown).await,
        Choice::Approve => {
            let question = format!("Approve {id} in {place}? Its run starts at once.");
            match session.confirm(&question, &Consent::Yes, false) {
                Ok(()) => approve(session, &id, &shown).await,
                Err(error) => Err(error),
            }
        }
        Choice::Reject => {
            let question = format!("Reject {id} in {place}? Its run never starts.");
            match session.confirm(&question, &Consent::Yes, false) {
                Ok(()) => reject(session, &id).await,
                Err(error) => Err(error),
            }
        }
    };
    match result {
        // Report the failure and continue with the next approval.
        Err(error) if is_about_one(&error) => {
            ui.error(&error);
            Ok(())
        }
        other => other,
    }
}

/// Asks which decision it is; none to skip it.
fn ask(session: &Session<'_>, id: &Id) -> Result<Option<Choice>, Error> {
    let ui = session.ui();
    let response = ui.ask("[a]pprove, [r]eject or [s]kip? ")?;
    match response.as_deref().map(str::trim) {
        Some("a" | "approve") => Ok(Some(Choice::Approve)),
        Some("r" | "reject") => Ok(Some(Choice::Reject)),
        // After the end of input, no other approval can be decided on either.
        None => Err(Error::new(
            Exit::Declined,
            "end of input; the remaining approvals were not decided",
        )),
        Some(_) => {
            ui.note(&format!("skipped {id}; it is still pending"));
            Ok(None)
        }
    }
}

async fn approve(session: &Session<'_>, id: &Id, shown: &Facts) -> Result<(), Error> {
    // Approve only what was shown.
    let reply = decide::read(session, id).await?;
    shown.check(id, &reply)?;
    let confirm = decide::confirm_approval(session, id, &reply, None, None).await?;
    let labels = ActionLabels {
        done: "approved",
        sentence: "Approved",
        place: "",
        noun: "approval",
    };
    let approve = |id: &Id| {
        Ok(Approve {
            id: id.clone(),
            note: None,
            confirm: confirm.clone(),
            invocation: shown.invocation.clone(),
        })
    };
    let ids = std::slice::from_ref(id);
    let batch = session.apply_batch(ids, 1, &labels, approve, check).await;
    batch.map(drop)
}

async fn reject(session: &Session<'_>, id: &Id) -> Result<(), Error> {
    let reply = decide::read(session, id).await?;
    decide::check_pending(id, &reply.value, "reject")?;
    let labels = ActionLabels {
        done: "rejected",
        sentence: "Rejected",
        place: "",
        noun: "approval",
    };
    let reject = |id: &Id| {
        Ok(Reject {
            id: id.clone(),
            reason: None,
        })
    };
    let ids = std::slice::from_ref(id);
    let batch = session.apply_batch(ids, 1, &labels, reject, check).await;
    batch.map(drop)
}

/// The command that shows what became of it.
fn check(id: &Id) -> String {
    format!("approvals show {}", crate::command_line::id(id.as_str()))
}

fn is_about_one(error: &Error) -> bool {
    matches!(
        error.exit(),
        Exit::Conflict
            | Exit::NotFound
            | Exit::Declined
            | Exit::BadRequest
            | Exit::Throttled
            | Exit::Unavailable
    )
}
