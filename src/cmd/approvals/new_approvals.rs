//! Newly pending approvals, each reported once.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant};

use serde_json::value::RawValue;

use crate::api::approvals::{Approval, List};
use crate::api::page::ListParams;
use crate::cmd::polling::Polling;
use crate::error::Error;
use crate::session::event_stream::{Feed, FeedEvent};
use crate::session::pages::{Fetched, Pages};
use crate::session::{Scope, Session};
use crate::time::WireTime;

/// The longest wait that the router can impose, because approvals may arrive meanwhile.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// An approval and its document.
pub(super) type NewApproval = (Approval, Box<RawValue>);

/// Polls for pending approvals and returns each once.
///
/// The first poll reads the entire list. The order of the list is not documented, so each later poll reads the start up to
/// a page without new approvals, the end after the last known page, and one page in between, advancing each time. This
/// takes few requests, however long the list is.
pub(super) struct NewApprovals<'a> {
    session: &'a Session<'a>,
    list: List<'a>,
    feed: Feed,
    polling: Polling,
    /// All approvals seen so far, whatever their status.
    known: HashSet<u64>,
    /// The approvals returned so far.
    reported: HashSet<u64>,
    /// The cursor before the last page, if there are several pages.
    tail: Option<String>,
    /// How far the pages in between have been read again.
    sweep: Option<String>,
    due: Instant,
    first: bool,
    /// The last poll failed and may have skipped pages.
    incomplete: bool,
    has_reported_failure: bool,
}

impl<'a> NewApprovals<'a> {
    /// Polls `list` every `interval`, and sooner if the feed reports an approval.
    pub(super) fn new(
        session: &'a Session<'a>,
        list: List<'a>,
        interval: Option<Duration>,
    ) -> Result<Self, Error> {
        Ok(Self {
            session,
            list,
            feed: session.feed(false)?,
            polling: Polling::new(interval, session.time_scale()),
            known: HashSet::new(),
            reported: HashSet::new(),
            tail: None,
            sweep: None,
            due: Instant::now(),
            first: true,
            incomplete: false,
            has_reported_failure: false,
        })
    }

    /// Waits until the next poll is due, polls, and returns the newly pending approvals, oldest first.
    pub(super) async fn next(&mut self) -> Result<Vec<NewApproval>, Error> {
        tokio::select! {
            event = self.feed.next() => {
                let is_relevant = match event {
                    FeedEvent::Event(event) => {
                        let is_approval = event.name.contains("approval");
                        if is_approval {
                            self.polling.prove();
                        }
                        is_approval
                    }
                    FeedEvent::Connected => true,
                    FeedEvent::Retrying(_) | FeedEvent::Ended(_) => false,
                };
                if is_relevant {
                    self.due = self.due.min(self.polling.earliest());
                }
                Ok(Vec::new())
            }
            () = tokio::time::sleep_until(self.due.into()) => self.poll().await,
        }
    }

    async fn poll(&mut self) -> Result<Vec<NewApproval>, Error> {
        let mut found = Vec::new();
        self.polling.start();
        let result = self.read(&mut found).await;
        self.incomplete = result.is_err();
        let calm = self.polling.calm(self.feed.is_open());
        let pause = calm.unwrap_or(self.polling.interval());
        self.due = Instant::now() + pause;
        match result {
            Ok(()) => {
                self.has_reported_failure = false;
                let first = std::mem::take(&mut self.first);
                if first && found.is_empty() {
                    self.session
                        .ui()
                        .note("no pending approvals; watching (press Ctrl-C to stop)");
                }
            }
            Err(error) if error.is_retryable() && !self.first => {
                if !std::mem::replace(&mut self.has_reported_failure, true) {
                    let why = error.message();
                    self.session.ui().note(&format!("{why}; still trying"));
                }
                let wait = error.wait().unwrap_or_default().min(LONGEST_WAIT);
                self.due += self.session.time_scale().shorten(wait);
            }
            Err(error) => return Err(error),
        }
        // The oldest one expires first.
        found.sort_by_key(|(approval, _)| approval.created_at.as_ref().and_then(WireTime::at));
        Ok(found)
    }

    /// Reads the part of the list that one poll covers.
    async fn read(&mut self, found: &mut Vec<NewApproval>) -> Result<(), Error> {
        let mut pages = self.pages(None);
        while let Some(is_new) = self.page(&mut pages, found).await? {
            if !self.first && !self.incomplete && !is_new && !pages.is_over {
                return self
                    .next_pages(pages.walk.position().map(str::to_owned), found)
                    .await;
            }
        }
        // The entire list was read.
        self.tail = pages.walk.position().map(str::to_owned);
        self.sweep = None;
        Ok(())
    }

    /// Reads after the last known page, and one page in between. `head` is the cursor after the pages read so far.
    async fn next_pages(
        &mut self,
        head: Option<String>,
        found: &mut Vec<NewApproval>,
    ) -> Result<(), Error> {
        if let Some(tail) = self.tail.clone() {
            let mut pages = self.pages(Some(tail));
            loop {
                match self.page(&mut pages, found).await {
                    Ok(_) if pages.is_over => break,
                    Ok(_) => self.tail = pages.walk.position().map(str::to_owned),
                    Err(error) if error.is_retryable() => return Err(error),
                    // The cursor was refused. The sweep finds the end again.
                    Err(_) => {
                        self.tail = None;
                        break;
                    }
                }
            }
        }
        let after = self.sweep.take().or(head);
        let mut pages = self.pages(after);
        match self.page(&mut pages, found).await {
            Ok(_) if pages.is_over => {
                let end = || pages.walk.position().map(str::to_owned);
                self.tail = self.tail.take().or_else(end);
            }
            Ok(_) => self.sweep = pages.walk.position().map(str::to_owned),
            Err(error) if error.is_retryable() => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    /// Reads one page. Returns whether it had approvals not seen before, or `None` after the last page.
    async fn page(
        &mut self,
        pages: &mut Pages<'a, List<'a>>,
        found: &mut Vec<NewApproval>,
    ) -> Result<Option<bool>, Error> {
        let Some(Fetched { page, .. }) = pages.next().await? else {
            return Ok(None);
        };
        let mut is_new = false;
        for (index, raw) in page.items().enumerate() {
            if index % 1000 == 999 {
                // A long page must not delay signals or the deadline.
                tokio::task::yield_now().await;
            }
            let Ok(approval) = serde_json::from_str::<Approval>(raw) else {
                continue;
            };
            let key = key(&approval, raw);
            is_new |= self.known.insert(key);
            if approval.is_pending()
                && self.reported.insert(key)
                && let Ok(raw) = RawValue::from_string(raw.to_owned())
            {
                found.push((approval, raw));
            }
        }
        Ok(Some(is_new))
    }

    fn pages(&self, after: Option<String>) -> Pages<'a, List<'a>> {
        let span = ListParams {
            all: true,
            after,
            ..ListParams::default()
        };
        self.session.pages(self.list, &span, Scope::Caller)
    }
}

/// Identifies an approval by its ID, else by its invocation, else by the call itself.
fn key(approval: &Approval, document: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let id = approval.id.as_ref().filter(|id| !id.is_empty());
    let Approval {
        invocation_id,
        tool_name,
        workspace_id,
        args,
        ..
    } = approval;
    match (id, invocation_id) {
        (Some(id), _) => (0, id).hash(&mut hasher),
        (None, Some(invocation)) => (1, invocation).hash(&mut hasher),
        (None, None) if tool_name.is_some() => {
            let created = approval.created_at.as_ref().and_then(WireTime::at);
            (2, tool_name, workspace_id, args, created).hash(&mut hasher);
        }
        (None, None) => (3, document).hash(&mut hasher),
    }
    hasher.finish()
}
