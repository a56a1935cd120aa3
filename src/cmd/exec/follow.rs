//! Follows one invocation to its end: woken by the router's live feed where there is one, asking every two seconds
//! where there is none. What the invocation itself says decides; the feed only tells when to ask.

use std::pin::Pin;
use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use tokio::time::sleep_until;

use super::clock::{self, Clock};
use super::outcome::with_outcome;
use super::telling::{Telling, cut_short};
use crate::api::Id;
use crate::api::approvals;
use crate::api::executions;
use crate::api::invocations::{self, Invocation};
use crate::api::reply::Reply;
use crate::api::sse::Event;
use crate::error::{Error, Exit};
use crate::line;
use crate::session::Session;
use crate::session::feed::{Feed, News};
use crate::time;

/// With a live feed, the invocation is asked about this often all the same.
const CALM: Duration = Duration::from_secs(15);
/// How often the live line moves.
const FRAME: Duration = Duration::from_millis(120);
/// However long the router wants to be left alone, a run may end meanwhile.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// A wait longer than this is announced.
const NOTICEABLE: Duration = Duration::from_secs(2);
/// So many answers in a row that can't be understood are no passing trouble.
const PATIENCE: u32 = 5;
/// After this time, the interval is spread so that many watchers do not ask in step.
const SETTLED: Duration = Duration::from_mins(1);

/// How one invocation is followed.
pub(super) struct Follow<'a> {
    session: &'a Session<'a>,
    id: &'a Id,
    interval: Duration,
    clock: Clock,
    began: Instant,
    last: Option<Reply<Invocation>>,
    telling: Telling<'a>,
    /// The moment at which the approval that is waited for expires.
    expires: Option<Instant>,
    /// The feed told of something while the invocation was being asked about.
    stale: bool,
    /// So many times in a row nothing could be learned.
    troubles: u32,
    due: Instant,
}

/// How it ended.
pub(super) struct End {
    /// The invocation as it was last seen.
    pub(super) reply: Option<Reply<Invocation>>,
    /// What that means.
    pub(super) exit: Exit,
}

type Asking<'a> = Pin<Box<dyn Future<Output = Asked> + 'a>>;

struct Asked {
    invocation: Result<Reply<Invocation>, Error>,
    /// How long the approval still has, where that was asked for.
    expires: Option<Duration>,
}

impl<'a> Follow<'a> {
    /// Follows for ten minutes in all. `telling` takes the changes.
    pub(super) fn watch(
        session: &'a Session<'a>,
        id: &'a Id,
        interval: Duration,
        telling: Telling<'a>,
    ) -> Self {
        let end = Clock::fixed(Instant::now() + clock::WATCH);
        Self::new(session, id, interval, telling, end)
    }

    /// Follows until the run has had its time, and a human theirs. `first` is what the router answered to the call.
    pub(super) fn wait(
        session: &'a Session<'a>,
        id: &'a Id,
        interval: Duration,
        telling: Telling<'a>,
    ) -> Self {
        let end = Clock::run(Instant::now());
        Self::new(session, id, interval, telling, end)
    }

    fn new(
        session: &'a Session<'a>,
        id: &'a Id,
        interval: Duration,
        telling: Telling<'a>,
        clock: Clock,
    ) -> Self {
        let total = session.deadline().map(|deadline| Clock::fixed(deadline.at));
        Self {
            session,
            id,
            interval,
            clock: total.unwrap_or(clock),
            began: Instant::now(),
            last: None,
            telling,
            expires: None,
            stale: false,
            troubles: 0,
            due: Instant::now(),
        }
    }

    /// Follows to the end, or to the deadline.
    ///
    /// # Errors
    /// Exit 130 or 143 when a signal came, with the line that goes on; whatever the router refuses for good.
    pub(super) async fn run(mut self, first: Option<Reply<Invocation>>) -> Result<End, Error> {
        let interrupt = &self.session.context.interrupt;
        let _hold = interrupt.hold(None);
        if let Some(first) = first
            && let Some(end) = self.learn(first)?
        {
            return Ok(end);
        }
        let live = self.session.ui().live(interrupt);
        let mut feed = self.session.feed(false)?;
        let mut asking: Option<Asking<'a>> = None;
        loop {
            if let Some(live) = &live {
                live.show(&self.telling.line(self.id, self.began.elapsed()));
            }
            tokio::select! {
                biased;
                () = interrupt.wait() => return Err(self.detached()),
                () = sleep_until(self.clock.deadline().into()) => {
                    if !self.is_extended().await {
                        return Ok(End { reply: self.last, exit: Exit::Deadline });
                    }
                }
                asked = answer(&mut asking) => {
                    asking = None;
                    if let Some(end) = self.asked(asked, &feed)? {
                        return Ok(end);
                    }
                }
                () = sleep_until(self.due.into()), if asking.is_none() => asking = Some(self.ask()),
                // Behind the others: however much happens elsewhere, this invocation is asked about.
                news = feed.next() => self.take(news, asking.is_some())?,
                () = tokio::time::sleep(FRAME), if live.is_some() => {}
            }
        }
    }

    /// The lines with which an invocation is followed further, or ended.
    pub(super) fn next_lines(id: &Id) -> [(&'static str, String); 2] {
        let id = line::id(id.as_str());
        [
            ("go on watching", format!("exec watch {id}")),
            ("end the run", format!("exec cancel {id}")),
        ]
    }

    fn detached(&self) -> Error {
        let lines = Self::next_lines(self.id);
        let error = self.session.context.interrupt.error();
        let error = error.detail(format!("invocation {} goes on", self.id));
        lines
            .into_iter()
            .fold(error, |error, (what, command)| error.next(what, command))
    }

    fn ask(&self) -> Asking<'a> {
        let (session, id) = (self.session, self.id);
        // Once is enough, but at the deadline somebody may have been given more time.
        let gate = self.gate().filter(|_| self.expires.is_none());
        Box::pin(async move {
            let expires = match gate {
                Some(gate) => expires_in(session, &gate).await,
                None => None,
            };
            let invocation = session.poll(&invocations::Get(id)).await;
            Asked {
                invocation,
                expires,
            }
        })
    }

    /// The approval that is waited for.
    fn gate(&self) -> Option<Id> {
        let last = &self.last.as_ref()?.value;
        let gated = last.status.as_deref().is_some_and(invocations::is_gated);
        last.approval_id.as_ref().filter(|_| gated)?.parse().ok()
    }

    /// At the deadline of an approval: whether it has been given more time.
    async fn is_extended(&mut self) -> bool {
        let Some(gate) = self
            .gate()
            .filter(|_| matches!(self.clock, Clock::Run { .. }))
        else {
            return false;
        };
        let asked = tokio::time::timeout(CALM, expires_in(self.session, &gate)).await;
        let more = asked.ok().flatten().filter(|more| !more.is_zero());
        self.expire(more);
        more.is_some()
    }

    fn expire(&mut self, expires: Option<Duration>) {
        let now = Instant::now();
        self.expires = expires.and_then(|expires| now.checked_add(expires));
        self.clock.gated(now, expires);
    }

    fn take(&mut self, news: News, asking: bool) -> Result<(), Error> {
        match news {
            News::Event(event) => {
                if !self.is_about_us(&event)? {
                    return Ok(());
                }
            }
            News::Connected => {}
            News::Troubled(_) => return Ok(()),
            News::Gone(error) => {
                let why = error.message();
                self.session
                    .ui()
                    .trace(1, &format!("no live feed, asking instead: {why}"));
            }
        }
        self.stale = asking;
        self.due = Instant::now();
        Ok(())
    }

    /// Whether an event is about this invocation; a state that it names on the way is told.
    fn is_about_us(&mut self, event: &Event) -> Result<bool, Error> {
        let Ok(news) = serde_json::from_str::<executions::News>(&event.data) else {
            return Ok(false);
        };
        if news.invocation_id.as_deref() != Some(self.id.as_str()) {
            return Ok(false);
        }
        // An end is told when the invocation itself says so.
        if let Some(status) = news
            .status
            .filter(|word| invocations::ending(word).is_none())
            && let Ok(document) = serde_json::from_str::<Box<RawValue>>(&event.data)
        {
            let told = self.telling.heard(self.id, &status, document.get());
            told.map_err(cut_short)?;
        }
        Ok(true)
    }

    fn asked(&mut self, asked: Asked, feed: &Feed) -> Result<Option<End>, Error> {
        let now = Instant::now();
        if asked.expires.is_some() {
            self.expire(asked.expires);
        }
        let rest = match asked.invocation {
            Ok(reply) => {
                self.troubles = 0;
                if let Some(end) = self.learn(reply)? {
                    return Ok(Some(end));
                }
                self.pause(now, feed)
            }
            // The deadline is looked at first, so that what breaks because of it is no error.
            Err(error) if error.is_retryable() || self.is_passing(&error) => {
                let wait = error.wait().unwrap_or_default().min(LONGEST_WAIT);
                if self.troubles == 0 || wait > NOTICEABLE {
                    let why = error.message();
                    let when = if wait > NOTICEABLE {
                        format!(", again in {}", time::show_duration(wait))
                    } else {
                        String::new()
                    };
                    let ui = self.session.ui();
                    ui.note(&format!("{why}; still trying{when}"));
                }
                self.troubles += 1;
                self.pause(now, feed).min(self.spread(now)).max(wait)
            }
            // What was never seen is not there a second time either.
            Err(error)
                if self.last.is_none() && matches!(error.exit(), Exit::NotFound | Exit::Auth) =>
            {
                return Err(error);
            }
            Err(error) => {
                let [(what, command), _] = Self::next_lines(self.id);
                return Err(error.next(what, command));
            }
        };
        self.due = if std::mem::take(&mut self.stale) {
            now
        } else {
            now + rest
        };
        Ok(None)
    }

    /// Whether an answer that can't be understood may be a passing trouble, of something between us and the router that
    /// answered before.
    fn is_passing(&self, error: &Error) -> bool {
        let is_success = |status: u16| (200..300).contains(&status);
        self.last.is_some()
            && self.troubles < PATIENCE
            && error.exit() == Exit::Unavailable
            && error.router().http_status.is_some_and(is_success)
    }

    /// How long to wait before asking again.
    fn pause(&self, now: Instant, feed: &Feed) -> Duration {
        if self.gate().is_some()
            && self.expires.is_none()
            && matches!(self.clock, Clock::Run { .. })
        {
            return self.interval;
        }
        if !feed.is_open() {
            return self.spread(now);
        }
        match self.expires {
            Some(expires) => CALM.min(expires.saturating_duration_since(now).max(self.interval)),
            None => CALM,
        }
    }

    fn spread(&self, now: Instant) -> Duration {
        if now.duration_since(self.began) < SETTLED {
            self.interval
        } else {
            self.interval.mul_f64(0.75 + fastrand::f64() / 2.0)
        }
    }

    /// Takes what the invocation says; the end, if it is one.
    fn learn(&mut self, reply: Reply<Invocation>) -> Result<Option<End>, Error> {
        let status = reply.value.status.clone().unwrap_or_default();
        let ending = invocations::ending(&status);
        let told = self.telling.change(&reply);
        self.last = Some(reply);
        match ending {
            Some(exit) => with_outcome(told, exit, &format!("invocation {}: {status}", self.id))?,
            None => told.map_err(cut_short)?,
        }
        if let Some(exit) = ending {
            return Ok(Some(End {
                reply: self.last.take(),
                exit,
            }));
        }
        if !invocations::is_gated(&status) {
            self.expires = None;
            self.clock.released(Instant::now());
        } else if self.expires.is_none() {
            self.clock.gated(Instant::now(), None);
        }
        Ok(None)
    }
}

async fn answer(asking: &mut Option<Asking<'_>>) -> Asked {
    match asking {
        Some(asking) => asking.await,
        None => std::future::pending().await,
    }
}

/// How long an approval still has; none where it does not say.
async fn expires_in(session: &Session<'_>, gate: &Id) -> Option<Duration> {
    let approval = session.poll(&approvals::Get(gate)).await.ok()?.value;
    let at = approval.expires_at?.at()?;
    Some(time::until(at, session.ui().now()))
}
