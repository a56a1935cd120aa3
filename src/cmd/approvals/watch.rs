//! `xeroctl approvals watch`.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde_json::value::RawValue;

use super::decide;
use super::digest;
use super::list::APPROVAL;
use super::show;
use crate::api::Id;
use crate::api::approvals::{Approval, Approve, List, Reject, Risk};
use crate::api::page::{Listing, Page, Span, Step, Walk};
use crate::cmd::feed::Printer;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::feed::{Feed, News};
use crate::session::{Context, Session, Words};
use crate::time::Stamp;

/// With a live feed, the list is read this often all the same.
const CALM: Duration = Duration::from_secs(15);

/// Watch what waits for a human: first what is pending, then what comes
///
/// Goes on until Ctrl-C or --timeout (exit code 14). With --interactive, each one is shown and decided: a approves, r
/// rejects, s skips it for now.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals watch
  xeroctl approvals watch --risk irreversible --bell
  xeroctl approvals watch --interactive
  xeroctl approvals watch -o ndjson | jq -r .id")]
pub struct Args {
    /// Only those with this risk
    #[arg(long, value_name = "RISK", value_parser = Risk::WORDS)]
    risk: Option<String>,
    /// Decide on each one as it comes
    #[arg(long)]
    interactive: bool,
    /// Ring the terminal's bell when some come
    #[arg(long)]
    bell: bool,
    /// How often to ask where the router has no live feed: 500ms to 60s
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = values::interval)]
    interval: Duration,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let list = List {
            risk: self.risk.as_deref(),
        };
        if session.is_dry() {
            session.plan(&[list.request()])?;
            return Ok(Exit::Done);
        }
        if self.interactive {
            session.check_protection()?;
        }
        if self.interactive && !context.may_ask() {
            return Err(context.unasked(&context.line.without("--interactive", false)));
        }
        let mut arrivals = Arrivals {
            session: &session,
            list,
            feed: session.feed(false)?,
            interval: self.interval,
            seen: HashSet::new(),
            due: Instant::now(),
            first: true,
            troubled: false,
        };
        let mut printer = Printer::new(&session, APPROVAL).asking(self.interactive);
        printer
            .follow(async |printer| {
                let arrived = arrivals.next().await?;
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
            })
            .await
    }
}

/// The pending approvals, each once.
struct Arrivals<'a> {
    session: &'a Session<'a>,
    list: List<'a>,
    feed: Feed,
    interval: Duration,
    seen: HashSet<String>,
    due: Instant,
    first: bool,
    troubled: bool,
}

impl Arrivals<'_> {
    /// Waits until it is time to look, and looks: those that are pending and were not seen before, oldest first.
    async fn next(&mut self) -> Result<Vec<(Approval, Box<RawValue>)>, Error> {
        tokio::select! {
            news = self.feed.next() => {
                let relevant = match news {
                    News::Event(event) => event.name.contains("approval"),
                    News::Connected => true,
                    News::Troubled(_) | News::Gone(_) => false,
                };
                if relevant {
                    self.due = Instant::now();
                }
                Ok(Vec::new())
            }
            () = tokio::time::sleep_until(self.due.into()) => self.look().await,
        }
    }

    async fn look(&mut self) -> Result<Vec<(Approval, Box<RawValue>)>, Error> {
        let result = self.pending().await;
        let pause = if self.feed.is_open() {
            CALM
        } else {
            self.interval
        };
        self.due = Instant::now() + pause;
        match result {
            Ok(found) => {
                self.troubled = false;
                let first = std::mem::take(&mut self.first);
                if first && found.is_empty() {
                    self.session
                        .ui()
                        .note("nothing waits; watching (Ctrl-C ends)");
                }
                Ok(found)
            }
            Err(error) if error.is_retryable() && !self.first => {
                if !std::mem::replace(&mut self.troubled, true) {
                    let why = error.message();
                    self.session.ui().note(&format!("{why}; still trying"));
                }
                self.due += error.wait().unwrap_or_default();
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    async fn pending(&mut self) -> Result<Vec<(Approval, Box<RawValue>)>, Error> {
        let all = Span {
            all: true,
            ..Span::default()
        };
        let mut walk = Walk::new(&all);
        let mut found = Vec::new();
        loop {
            let answer = self.session.ask(&walk.request(self.list.request())).await?;
            let mut page = Page::read::<List>(&answer)?;
            let step = walk.take(&mut page)?;
            for raw in page.items {
                let Ok(approval) = serde_json::from_str::<Approval>(raw.get()) else {
                    continue;
                };
                let id = approval.id.clone().unwrap_or_default();
                if approval.is_pending() && !self.seen.contains(&id) {
                    found.push((approval, raw));
                }
            }
            if step != Step::Next {
                break;
            }
        }
        let ids = found.iter().filter_map(|(approval, _)| approval.id.clone());
        self.seen.extend(ids);
        // The one that has waited longest, and has the least time left, comes first.
        found.sort_by_key(|(approval, _)| approval.created_at.as_ref().and_then(Stamp::at));
        Ok(found)
    }
}

/// Shows one approval and asks what becomes of it.
async fn decide_on(session: &Session<'_>, listed: &Approval) -> Result<(), Error> {
    let ui = session.ui();
    let named = listed.id.as_deref().unwrap_or_default();
    let id: Id = match named.parse() {
        Ok(id) => id,
        Err(why) => {
            ui.warn(&format!(
                "the approval {named:?} can't be decided on: {why}"
            ));
            return Ok(());
        }
    };
    // The list may tell less than the approval itself; and what can be read in two ways is not decided on.
    let read = decide::read(session, &id).await;
    let read = read.and_then(|reply| digest::of(reply.document.get()).map(|_| reply));
    let reply = match read {
        Ok(reply) => reply,
        Err(error) if is_about_one(&error) => {
            ui.error(&error.because_of(format!("{id} can't be decided on")));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let digest = show::show(session, reply.value, reply.document.get()).await?;
    let answer = ui.ask("[a]pprove, [r]eject or [s]kip? ")?;
    let check = |id: &Id| format!("approvals show {}", crate::line::id(id.as_str()));
    let result = match answer.as_deref().map(str::trim) {
        Some("a" | "approve") => {
            let approve = async {
                // What is approved is what was shown, as far as that can be known.
                let reply = decide::read(session, &id).await?;
                let confirm = decide::settle(session, &id, &reply, None, Some(&digest)).await?;
                let words = Words {
                    done: "approved",
                    sentence: "Approved",
                    noun: "approval",
                };
                let approve = |id: &Id| {
                    Ok(Approve {
                        id: id.clone(),
                        note: None,
                        confirm: confirm.clone(),
                    })
                };
                let ids = std::slice::from_ref(&id);
                session.each(ids, 1, &words, approve, check).await.map(drop)
            };
            approve.await
        }
        Some("r" | "reject") => {
            let words = Words {
                done: "rejected",
                sentence: "Rejected",
                noun: "approval",
            };
            let reject = |id: &Id| {
                Ok(Reject {
                    id: id.clone(),
                    reason: None,
                })
            };
            let ids = std::slice::from_ref(&id);
            session.each(ids, 1, &words, reject, check).await.map(drop)
        }
        // The end of input: nobody is there to decide on the next one either.
        None => {
            return Err(Error::new(
                Exit::Declined,
                "the end of input: nothing more is decided",
            ));
        }
        Some(_) => {
            ui.note(&format!("skipped {id}; it goes on waiting"));
            Ok(())
        }
    };
    match result {
        // What becomes of one is told, and the next one is waited for.
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
            | Exit::Refused
            | Exit::Throttled
            | Exit::Unavailable
    )
}
