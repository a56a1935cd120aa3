//! `xeroctl approvals watch`.

use std::time::Duration;

use super::decide::{self, Facts};
use super::list::APPROVAL;
use super::new_approvals::NewApprovals;
use super::show;
use crate::api::Id;
use crate::api::approvals::{Approval, Approve, List, Reject, Risk};
use crate::api::page::ListEndpoint as _;
use crate::cmd::live_feed::Printer;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{ActionLabels, Context, Session};

/// Print pending approvals, then new ones as they arrive
///
/// Runs until Ctrl-C or --timeout (exit code 14). With --interactive, each approval is shown with a prompt: `a` approves
/// it, `r` rejects it, and `s` skips it.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals watch
  xeroctl approvals watch --risk irreversible --bell
  xeroctl approvals watch --interactive
  xeroctl approvals watch -o ndjson | jq -r .id")]
pub struct Args {
    /// Only approvals with this risk
    #[arg(long, value_name = "RISK", value_parser = Risk::WORDS)]
    risk: Option<String>,
    /// Prompt for a decision on each approval
    #[arg(long)]
    interactive: bool,
    /// Ring the terminal bell for new approvals
    #[arg(long)]
    bell: bool,
    /// Polling interval, from 500ms to 60s [default: 2s; 15s once the event stream reports approvals]
    #[arg(long, value_name = "DURATION", value_parser = values::interval)]
    interval: Option<Duration>,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        session.declare(APPROVAL)?;
        let list = List {
            risk: self.risk.as_deref(),
        };
        if session.is_dry() {
            session.plan(&[list.request()])?;
            return Ok(Exit::Success);
        }
        if self.interactive {
            session.check_protection()?;
        }
        if self.interactive && !context.is_interactive() {
            return Err(context.cannot_prompt(&context.line.without("--interactive", false)));
        }
        let mut new_approvals = NewApprovals::new(&session, list, self.interval)?;
        let mut printer = Printer::new(&session, APPROVAL).prompting(self.interactive);
        printer
            .follow(
                async || new_approvals.next().await,
                async |printer, arrived| {
                    if self.bell && !arrived.is_empty() {
                        session.ui().bell();
                    }
                    for (approval, document) in arrived {
                        if self.interactive {
                            decide_on(&session, &approval).await?;
                        } else {
                            printer.print(&approval, document.get())?;
                        }
                    }
                    Ok(())
                },
            )
            .await
    }
}

/// Shows one approval and asks for a decision.
async fn decide_on(session: &Session<'_>, listed: &Approval) -> Result<(), Error> {
    let ui = session.ui();
    let word = listed.id.as_deref().unwrap_or_default();
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
    show::show(session, reply.value, reply.document.get()).await?;
    let response = ui.ask("[a]pprove, [r]eject or [s]kip? ")?;
    let check = |id: &Id| format!("approvals show {}", crate::command_line::id(id.as_str()));
    let result = match response.as_deref().map(str::trim) {
        Some("a" | "approve") => {
            let approve = async {
                // Approve only what was shown.
                let reply = decide::read(session, &id).await?;
                shown.check(&id, &reply)?;
                let confirm = decide::confirm_approval(session, &id, &reply, None, None).await?;
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
                let ids = std::slice::from_ref(&id);
                session
                    .apply_batch(ids, 1, &labels, approve, check)
                    .await
                    .map(drop)
            };
            approve.await
        }
        Some("r" | "reject") => {
            let reject = async {
                let reply = decide::read(session, &id).await?;
                decide::check_pending(&id, &reply.value, "reject")?;
                let words = ActionLabels {
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
                let ids = std::slice::from_ref(&id);
                session
                    .apply_batch(ids, 1, &words, reject, check)
                    .await
                    .map(drop)
            };
            reject.await
        }
        // After the end of input, no other approval can be decided on either.
        None => {
            return Err(Error::new(
                Exit::Declined,
                "end of input; the remaining approvals were not decided",
            ));
        }
        Some(_) => {
            ui.note(&format!("skipped {id}; it is still pending"));
            Ok(())
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
