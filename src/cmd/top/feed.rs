//! Reads what the screen shows: the lists at the interval, and events as they arrive.

use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::rows::{AgentRow, EventRow};
use super::state::{Access, News, Panel, Read};
use super::text;
use crate::api::Id;
use crate::api::agents::{self, Agent};
use crate::api::approvals::{self, Approval};
use crate::api::document::ListItem as _;
use crate::api::executions::ExecutionEvent;
use crate::api::invocations::{self, Invocation, ending, is_gated};
use crate::api::page::{ListEndpoint, ListParams};
use crate::api::request::{Endpoint, Request};
use crate::cmd::agents::{AGENT, EVENT};
use crate::cmd::approvals::show;
use crate::cmd::exec::invocations::INVOCATION;
use crate::error::{Error, Exit};
use crate::session::event_stream::{Feed, FeedEvent};
use crate::session::pages::Fetched;
use crate::session::{Scope, Session};
use crate::time::{self, WireTime};
use crate::view::RenderOptions;
use crate::view::column::Column;

/// Agents that are read at most, and other objects, because the router keeps the ended ones in the same list.
const MOST_AGENTS: usize = 10_000;
const MOST_OTHERS: usize = 500;
/// The events of an agent that are shown with it.
const AGENT_EVENTS: usize = 20;
/// A list that can't be read is read again after at most this time, and one that is refused after this time.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// An event triggers reads no closer together than this.
const MIN_GAP: Duration = Duration::from_millis(500);
/// A list that takes long to read is read less often: its reading takes at most one part of so many of the time.
const PARTS: u32 = 4;

/// The lists, in the order of [`Reader::sources`].
const SOURCES: [Panel; 3] = [Panel::Agents, Panel::Runs, Panel::Approvals];

type Arriving<'s, T> = Pin<Box<dyn Future<Output = T> + 's>>;

/// When a list is read.
#[derive(Default)]
struct Source {
    due: Option<Instant>,
    started: Option<Instant>,
    is_busy: bool,
    failures: u32,
    /// Why this key can't read it.
    refusal: Option<Error>,
}

/// A list that was read: its index, and the error if it could not be.
struct Arrived(usize, News, Option<Error>);

/// Reads the lists and the events.
pub(super) struct Reader<'s> {
    session: &'s Session<'s>,
    interval: Duration,
    sources: [Source; 3],
    reads: FuturesUnordered<Arriving<'s, Arrived>>,
    details: FuturesUnordered<Arriving<'s, News>>,
    events: Feed,
    has_read: bool,
}

impl<'s> Reader<'s> {
    pub(super) fn new(session: &'s Session<'s>, interval: Duration) -> Result<Self, Error> {
        Ok(Self {
            session,
            interval: session.time_scale().shorten(interval),
            sources: Default::default(),
            reads: FuturesUnordered::new(),
            details: FuturesUnordered::new(),
            events: session.feed(true)?,
            has_read: false,
        })
    }

    /// Reads every list now.
    pub(super) fn refresh(&mut self) {
        self.reads.clear();
        for source in &mut self.sources {
            source.is_busy = false;
            source.due = None;
        }
    }

    /// Reads an object.
    pub(super) fn open(&mut self, panel: Panel, id: String, options: &RenderOptions, width: usize) {
        self.details.clear();
        let (session, options) = (self.session, text::options(options, width));
        self.details.push(Box::pin(async move {
            let lines = match id.parse::<Id>() {
                Ok(parsed) => detail(session, panel, &parsed, &options).await,
                Err(why) => vec![format!("this ID can't be used: {why}")],
            };
            News::Detail(id, lines)
        }));
    }

    /// Waits for the next news. The future may be dropped at any time.
    ///
    /// # Errors
    /// Exit 4 if the key can't read any of the lists.
    pub(super) async fn next(&mut self) -> Result<News, Error> {
        loop {
            self.start_reads();
            let idle = self.sources.iter().filter(|source| !source.is_busy);
            let due = idle.filter_map(|source| source.due).min();
            let wait = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                Some(arrived) = self.reads.next(), if !self.reads.is_empty() => {
                    return self.arrived(arrived);
                }
                Some(news) = self.details.next(), if !self.details.is_empty() => return Ok(news),
                event = self.events.next() => return Ok(self.event(event)),
                () = wait => {}
            }
        }
    }

    fn start_reads(&mut self) {
        let now = Instant::now();
        for (index, source) in self.sources.iter_mut().enumerate() {
            if source.is_busy || source.due.is_some_and(|due| due > now) {
                continue;
            }
            source.is_busy = true;
            source.started = Some(now);
            self.reads.push(Box::pin(read(self.session, index)));
        }
    }

    fn arrived(&mut self, Arrived(index, news, error): Arrived) -> Result<News, Error> {
        let source = &mut self.sources[index];
        let now = Instant::now();
        let took = source.started.map(|started| now - started);
        source.is_busy = false;
        source.failures = match &error {
            Some(_) => source.failures.saturating_add(1),
            None => 0,
        };
        let calm = took.unwrap_or_default().saturating_mul(PARTS);
        let mut pause = self.interval.max(calm);
        if let Some(error) = &error {
            let scale = self.session.time_scale();
            let longest = scale.shorten(LONGEST_WAIT);
            let backoff = self
                .interval
                .saturating_mul(2_u32.saturating_pow(source.failures));
            let asked = scale.shorten(error.wait().unwrap_or_default());
            pause = if is_refusal(error) {
                longest
            } else {
                backoff.max(asked).min(longest)
            };
        }
        source.due = Some(now + pause);
        self.has_read |= error.is_none();
        source.refusal = error.filter(|error| error.exit() == Exit::Auth);
        let is_refused = self.sources.iter().all(|source| source.refusal.is_some());
        let refusal = self.sources[index]
            .refusal
            .take_if(|_| is_refused && !self.has_read);
        refusal.map_or(Ok(news), Err)
    }

    fn event(&mut self, event: FeedEvent) -> News {
        let ui = self.session.ui();
        let now = WireTime::read(time::utc(ui.now()));
        match event {
            FeedEvent::Event(event) => {
                // What it is about is read soon.
                let gap = self.session.time_scale().shorten(MIN_GAP);
                for source in &mut self.sources[1..] {
                    let soon = source.started.map(|started| started + gap);
                    source.due = source.due.min(soon);
                }
                let details: ExecutionEvent = serde_json::from_str(&event.data).unwrap_or_default();
                News::Event(Ok(EventRow::of_run(event.name, details, &now)))
            }
            FeedEvent::Connected => News::Connected,
            FeedEvent::Retrying(error) => {
                News::Event(Err(Access::Failing(error.message().to_owned())))
            }
            FeedEvent::Ended(error) => {
                News::Event(Err(Access::Refused(error.message().to_owned())))
            }
        }
    }
}

async fn read(session: &Session<'_>, index: usize) -> Arrived {
    fn parts<T>(read: Result<(Vec<T>, bool), Error>) -> (Read<T>, Option<Error>) {
        match read {
            Ok(read) => (Ok(read), None),
            Err(error) => (Err(access(&error)), Some(error)),
        }
    }
    let (news, error) = match SOURCES[index] {
        Panel::Agents => {
            let all = |_: &Agent| true;
            let read = list(session, agents::List, MOST_AGENTS, all).await;
            let rows = |(agents, is_cut): (Vec<Agent>, bool)| {
                (agents.into_iter().map(AgentRow::new).collect(), is_cut)
            };
            let (read, error) = parts(read.map(rows));
            (News::Agents(read), error)
        }
        Panel::Runs => {
            // One that waits for approval is shown as that.
            let is_open = |run: &Invocation| {
                let status = run.status.as_deref().unwrap_or_default();
                ending(status).is_none() && !is_gated(status)
            };
            let (read, error) = parts(list(session, invocations::List, MOST_OTHERS, is_open).await);
            (News::Runs(read), error)
        }
        Panel::Approvals | Panel::Events => {
            let all = approvals::List { risk: None };
            let read = list(session, all, MOST_OTHERS, Approval::is_pending).await;
            let (read, error) = parts(read);
            (News::Approvals(read), error)
        }
    };
    Arrived(index, news, error)
}

/// A list whose failures are shown at once, because it is read again anyway.
struct Once<L>(L);

impl<L: ListEndpoint> ListEndpoint for Once<L> {
    type Item = L::Item;
    const MEMBER: &'static str = L::MEMBER;
    const ID: &'static [&'static str] = L::ID;
    const ANY_MEMBER: bool = L::ANY_MEMBER;

    fn request(&self) -> Request {
        let mut request = self.0.request();
        request.once = true;
        request
    }
}

/// The first items of a list, and of them those to keep, and whether there are more.
async fn list<L: ListEndpoint>(
    session: &Session<'_>,
    list: L,
    most: usize,
    keep: impl Fn(&L::Item) -> bool,
) -> Result<(Vec<L::Item>, bool), Error> {
    let all = ListParams {
        all: true,
        ..ListParams::default()
    };
    let mut pages = session.pages(Once(list), &all, Scope::Caller);
    let mut items = Vec::new();
    let mut count = 0;
    while let Some(Fetched { page, is_last, .. }) = pages.next().await? {
        count += page.count();
        items.extend(page.items().filter_map(L::Item::read).filter(&keep));
        if count >= most {
            return Ok((items, !is_last));
        }
    }
    Ok((items, false))
}

/// Whether reading it again soon is of no use.
fn is_refusal(error: &Error) -> bool {
    matches!(error.exit(), Exit::Auth | Exit::NotFound | Exit::BadRequest)
}

fn access(error: &Error) -> Access {
    let why = error.message().to_owned();
    if is_refusal(error) {
        Access::Refused(why)
    } else {
        Access::Failing(why)
    }
}

/// The text of an object.
async fn detail(
    session: &Session<'_>,
    panel: Panel,
    id: &Id,
    options: &RenderOptions,
) -> Vec<String> {
    let read = match panel {
        Panel::Agents => match object(session, &agents::Get(id), AGENT, options).await {
            Ok(mut lines) => {
                lines.push(String::new());
                lines.extend(events(session, id, options).await);
                Ok(lines)
            }
            failed => failed,
        },
        Panel::Runs | Panel::Events => {
            object(session, &invocations::Get(id), INVOCATION, options).await
        }
        Panel::Approvals => {
            let read = show::read(session, id).await;
            read.map(|detail| text::record(show::SEEN, &detail, options.clone()))
        }
    };
    read.unwrap_or_else(|error| {
        let hints = error.hints(&session.ui().program());
        std::iter::once(error.message().to_owned())
            .chain(hints)
            .collect()
    })
}

async fn object<E: Endpoint>(
    session: &Session<'_>,
    endpoint: &E,
    columns: &[Column<E::Reply>],
    options: &RenderOptions,
) -> Result<Vec<String>, Error> {
    let reply = session.get(endpoint).await?;
    let lines = reply.map(|reply| text::record(columns, &reply.value, options.clone()));
    Ok(lines.unwrap_or_default())
}

/// The latest events of an agent, as a table.
async fn events(session: &Session<'_>, id: &Id, options: &RenderOptions) -> Vec<String> {
    let some = ListParams {
        limit: Some(AGENT_EVENTS),
        ..ListParams::default()
    };
    let events = session.pages(agents::Events(id), &some, Scope::Caller);
    match events.collect().await {
        Ok(events) => {
            let events: Vec<_> = events.iter().collect();
            text::table(EVENT, &events, options.clone())
        }
        Err(error) => vec![error.message().to_owned()],
    }
}
