//! Follows an invocation until it ends, by polling. Events only trigger polls; the invocation's own status decides.

use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use tokio::time::sleep_until;

use super::poll::{PendingPoll, Poll, expires_in, read, response};
use super::status_reporter::{StatusReporter, closed_pipe_as_deadline, with_outcome};
use super::wait_budget::{self, WaitBudget};
use crate::api::Id;
use crate::api::executions;
use crate::api::invocations::{self, Invocation};
use crate::api::reply::Reply;
use crate::api::sse::Event;
use crate::cmd::polling::Polling;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::Session;
use crate::session::event_stream::{Feed, FeedEvent};
use crate::time;

/// The time limit for reading the approval's expiry time at the deadline.
const EXPIRY_TIMEOUT: Duration = Duration::from_secs(15);
/// The interval of the live line's animation.
const FRAME: Duration = Duration::from_millis(120);
/// The longest wait that the router can impose, because the run may end meanwhile.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// A longer wait is announced.
const NOTICEABLE: Duration = Duration::from_secs(2);
/// This many malformed responses in a row are not a transient failure.
const MAX_MALFORMED: u32 = 5;
/// How long a new invocation may be missing, because a replica can lag behind.
const REPLICA_LAG: Duration = Duration::from_secs(10);
/// After this time, the interval gets jitter, so that many watchers do not poll in step.
const JITTER_AFTER: Duration = Duration::from_mins(1);

/// The loop that follows one invocation.
pub(super) struct Follower<'a> {
    session: &'a Session<'a>,
    id: &'a Id,
    polling: Polling,
    budget: WaitBudget,
    start: Instant,
    /// The invocation was created by this command.
    is_new: bool,
    last: Option<Reply<Invocation>>,
    reporter: StatusReporter<'a>,
    /// When the pending approval expires.
    expires: Option<Instant>,
    /// An event arrived during a poll, so its result may be outdated.
    is_stale: bool,
    /// The number of failed polls in a row.
    failures: u32,
    due: Instant,
}

/// How following ended.
pub(super) struct End {
    /// The last known invocation.
    pub(super) reply: Option<Reply<Invocation>>,
    pub(super) exit: Exit,
}

/// Why following failed.
pub(super) struct FollowError {
    pub(super) error: Error,
    /// The last known invocation.
    pub(super) last: Option<Reply<Invocation>>,
}

impl From<FollowError> for Error {
    fn from(failure: FollowError) -> Self {
        failure.error
    }
}

impl<'a> Follower<'a> {
    /// Follows for ten minutes. Changes go to `reporter`.
    pub(super) fn watch(
        session: &'a Session<'a>,
        id: &'a Id,
        interval: Option<Duration>,
        reporter: StatusReporter<'a>,
    ) -> Self {
        let limit = session.time_scale().shorten(wait_budget::WATCH);
        let budget = WaitBudget::fixed(Instant::now() + limit);
        Self::new(session, id, interval, reporter, budget)
    }

    /// Follows until the time for the run or for its approval is over.
    pub(super) fn wait(
        session: &'a Session<'a>,
        id: &'a Id,
        interval: Option<Duration>,
        reporter: StatusReporter<'a>,
    ) -> Self {
        let budget = WaitBudget::run(Instant::now(), session.time_scale());
        Self {
            is_new: true,
            ..Self::new(session, id, interval, reporter, budget)
        }
    }

    fn new(
        session: &'a Session<'a>,
        id: &'a Id,
        interval: Option<Duration>,
        reporter: StatusReporter<'a>,
        budget: WaitBudget,
    ) -> Self {
        let timeout = session
            .deadline()
            .map(|deadline| WaitBudget::fixed(deadline.at));
        Self {
            session,
            id,
            polling: Polling::new(interval, session.time_scale()),
            budget: timeout.unwrap_or(budget),
            start: Instant::now(),
            is_new: false,
            last: None,
            reporter,
            expires: None,
            is_stale: false,
            failures: 0,
            due: Instant::now(),
        }
    }

    /// Follows until the invocation ends or the deadline passes. `first` is the response to the call. After a signal,
    /// the error has the command to continue with.
    pub(super) async fn run(
        mut self,
        first: Option<Reply<Invocation>>,
    ) -> Result<End, FollowError> {
        self.follow(first).await.map_err(|error| FollowError {
            error,
            last: self.last,
        })
    }

    async fn follow(&mut self, first: Option<Reply<Invocation>>) -> Result<End, Error> {
        let interrupt = &self.session.context.interrupt;
        let _guard = interrupt.hold(None);
        if let Some(first) = first
            && let Some(end) = self.update(first)?
        {
            return Ok(end);
        }
        let live = self.session.ui().live(interrupt);
        let mut feed = self.session.feed(false)?;
        let mut pending: Option<PendingPoll<'a>> = None;
        loop {
            if let Some(live) = &live {
                live.show(&self.reporter.line(self.id, self.start.elapsed()));
            }
            tokio::select! {
                biased;
                () = interrupt.wait() => return Err(self.detached()),
                () = sleep_until(self.budget.deadline().into()) => {
                    // This waits for a response, so a signal must interrupt it too.
                    let is_extended = tokio::select! {
                        biased;
                        () = interrupt.wait() => return Err(self.detached()),
                        is_extended = self.is_extended() => is_extended,
                    };
                    if !is_extended {
                        return Ok(End { reply: self.last.take(), exit: Exit::Deadline });
                    }
                }
                poll = response(&mut pending) => {
                    pending = None;
                    if let Some(end) = self.polled(poll, &feed)? {
                        return Ok(end);
                    }
                }
                () = sleep_until(self.due.into()), if pending.is_none() => {
                    self.polling.start();
                    pending = Some(self.poll());
                }
                // Last, so that a flood of events can't delay polls.
                event = feed.next() => self.event(event, pending.is_some())?,
                () = tokio::time::sleep(FRAME), if live.is_some() => {}
            }
        }
    }

    /// The hints to keep watching an invocation, or to cancel it.
    pub(super) fn next_commands(id: &Id) -> [(&'static str, String); 2] {
        let id = command_line::id(id.as_str());
        [
            ("continue watching", format!("exec watch {id}")),
            ("cancel the run", format!("exec cancel {id}")),
        ]
    }

    fn detached(&self) -> Error {
        let commands = Self::next_commands(self.id);
        let error = self.session.context.interrupt.error();
        let error = error.detail(format!("invocation {} is still running", self.id));
        commands
            .into_iter()
            .fold(error, |error, (what, command)| error.next(what, command))
    }

    fn poll(&self) -> PendingPoll<'a> {
        let (session, id) = (self.session, self.id);
        // Read the expiry time once. At the deadline it is read again.
        let approval = self.pending_approval().filter(|_| self.expires.is_none());
        Box::pin(async move {
            let expires = match approval {
                Some(approval) => expires_in(session, &approval).await,
                None => None,
            };
            let invocation = read(session, &invocations::Get(id)).await;
            let invocation = invocation.map(|(invocation, _)| invocation);
            Poll {
                invocation,
                expires,
            }
        })
    }

    /// The pending approval of the invocation.
    fn pending_approval(&self) -> Option<Id> {
        let last = &self.last.as_ref()?.value;
        let is_gated = last.status.as_deref().is_some_and(invocations::is_gated);
        last.approval_id.as_ref().filter(|_| is_gated)?.parse().ok()
    }

    /// At an approval's deadline: whether its expiry time was extended.
    async fn is_extended(&mut self) -> bool {
        let Some(approval) = self
            .pending_approval()
            .filter(|_| matches!(self.budget, WaitBudget::Run { .. }))
        else {
            return false;
        };
        let read = tokio::time::timeout(EXPIRY_TIMEOUT, expires_in(self.session, &approval)).await;
        let expires = read.ok().flatten().filter(|expires| !expires.is_zero());
        self.set_expiry(expires);
        expires.is_some()
    }

    fn set_expiry(&mut self, expires: Option<Duration>) {
        let now = Instant::now();
        let scale = self.session.time_scale();
        self.expires = expires.and_then(|expires| now.checked_add(scale.shorten(expires)));
        self.budget.gated(now, expires);
    }

    fn event(&mut self, event: FeedEvent, is_polling: bool) -> Result<(), Error> {
        match event {
            FeedEvent::Event(event) => {
                if !self.concerns_invocation(&event)? {
                    return Ok(());
                }
                self.polling.prove();
            }
            FeedEvent::Connected => {}
            FeedEvent::Retrying(_) => return Ok(()),
            FeedEvent::Ended(error) => {
                let why = error.message();
                self.session
                    .ui()
                    .trace(1, &format!("no event stream, polling instead: {why}"));
            }
        }
        self.is_stale = is_polling;
        self.due = self.due.min(self.polling.earliest());
        Ok(())
    }

    /// Whether an event is about this invocation. Reports the status that it names, unless it is final.
    fn concerns_invocation(&mut self, event: &Event) -> Result<bool, Error> {
        let Ok(details) = serde_json::from_str::<executions::ExecutionEvent>(&event.data) else {
            return Ok(false);
        };
        if details.invocation_id.as_deref() != Some(self.id.as_str()) {
            return Ok(false);
        }
        // Only the invocation itself reports a final status.
        if let Some(status) = details
            .status
            .filter(|word| invocations::ending(word).is_none())
            && let Ok(document) = serde_json::from_str::<Box<RawValue>>(&event.data)
        {
            let reported = self
                .reporter
                .event(self.id, &status, details.at, document.get());
            reported.map_err(closed_pipe_as_deadline)?;
        }
        Ok(true)
    }

    fn polled(&mut self, poll: Poll, feed: &Feed) -> Result<Option<End>, Error> {
        let now = Instant::now();
        if poll.expires.is_some() {
            self.set_expiry(poll.expires);
        }
        let wait = match poll.invocation {
            Ok(reply) => {
                self.failures = 0;
                if let Some(end) = self.update(reply)? {
                    return Ok(Some(end));
                }
                self.pause(now, feed)
            }
            Err(error)
                if error.is_retryable()
                    || self.is_transient(&error)
                    || self.may_lag(&error, now) =>
            {
                let wait = error.wait().unwrap_or_default().min(LONGEST_WAIT);
                if self.failures == 0 || wait > NOTICEABLE {
                    let why = error.message();
                    let when = if wait > NOTICEABLE {
                        format!(" in {}", time::show_duration(wait))
                    } else {
                        String::new()
                    };
                    let ui = self.session.ui();
                    ui.note(&format!("{why}; retrying{when}"));
                }
                self.failures += 1;
                let wait = self.session.time_scale().shorten(wait);
                self.pause(now, feed).min(self.jittered(now)).max(wait)
            }
            // An invocation that was never found will not appear later.
            Err(error)
                if self.last.is_none() && matches!(error.exit(), Exit::NotFound | Exit::Auth) =>
            {
                return Err(error);
            }
            Err(error) => {
                let [(what, command), _] = Self::next_commands(self.id);
                return Err(error.next(what, command));
            }
        };
        self.due = if std::mem::take(&mut self.is_stale) {
            self.polling.earliest()
        } else {
            now + wait
        };
        Ok(None)
    }

    /// Whether a malformed response may be transient: a proxy can interfere with a router that responded before.
    fn is_transient(&self, error: &Error) -> bool {
        let is_success = |status: u16| (200..300).contains(&status);
        self.last.is_some()
            && self.failures < MAX_MALFORMED
            && error.exit() == Exit::Unavailable
            && !error.api_error().is_foreign
            && error.api_error().http_status.is_some_and(is_success)
    }

    /// Whether the invocation may be missing only because a replica lags behind.
    fn may_lag(&self, error: &Error, now: Instant) -> bool {
        self.is_new
            && self.elapsed(now) < REPLICA_LAG
            && (error.exit() == Exit::NotFound || error.api_error().http_status == Some(404))
    }

    /// How long to wait before the next poll.
    fn pause(&self, now: Instant, feed: &Feed) -> Duration {
        if self.pending_approval().is_some()
            && self.expires.is_none()
            && matches!(self.budget, WaitBudget::Run { .. })
        {
            return self.polling.interval();
        }
        let Some(slow) = self.polling.calm(feed.is_open()) else {
            return self.jittered(now);
        };
        let interval = self.polling.interval();
        match self.expires {
            Some(expires) => slow.min(expires.saturating_duration_since(now).max(interval)),
            None => slow,
        }
    }

    fn elapsed(&self, now: Instant) -> Duration {
        let elapsed = now.duration_since(self.start);
        self.session.time_scale().lengthen(elapsed)
    }

    fn jittered(&self, now: Instant) -> Duration {
        if self.elapsed(now) < JITTER_AFTER {
            self.polling.interval()
        } else {
            self.polling
                .interval()
                .mul_f64(0.75 + fastrand::f64() / 2.0)
        }
    }

    /// Processes a response. Returns the end if the status is final.
    fn update(&mut self, reply: Reply<Invocation>) -> Result<Option<End>, Error> {
        let status = reply.value.status.clone().unwrap_or_default();
        let ending = invocations::ending(&status);
        let reported = self.reporter.polled(&reply);
        self.last = Some(reply);
        match ending {
            Some(exit) => {
                with_outcome(reported, exit, &format!("invocation {}: {status}", self.id))?;
            }
            None => reported.map_err(closed_pipe_as_deadline)?,
        }
        if let Some(exit) = ending {
            return Ok(Some(End {
                reply: self.last.take(),
                exit,
            }));
        }
        if !invocations::is_gated(&status) {
            self.expires = None;
            self.budget.released(Instant::now());
        } else if self.expires.is_none() {
            self.budget.gated(Instant::now(), None);
        }
        Ok(None)
    }
}
