//! Waiting until objects have a status: polls them, reports each change, and counts what came and went between two polls.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::Timestamp;

use super::bulk::counted;
use super::condition::{Condition, Facts, Goal, Property, Verdict, condition};
use super::list_options::warn_unknown_status;
use super::values;
use crate::api::Id;
use crate::api::reply::Reply;
use crate::error::{Error, Exit, past_closed_pipe};
use crate::session::Session;
use crate::view::column::Column;

/// How long a wait lasts without `--timeout`.
const PATIENCE: Duration = Duration::from_mins(10);
/// The default interval.
const INTERVAL: Duration = Duration::from_secs(2);
/// Many objects are polled less often: so long for each.
const SHARE: Duration = Duration::from_millis(40);
/// Reads in flight.
const CONCURRENCY: usize = 8;

/// The options of a wait.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(skip)]
pub(super) struct WaitArgs {
    /// Wait for a status (comma-separated alternatives), paused=true, or event=TYPE (repeatable: all must hold)
    #[arg(long = "for", value_name = "CONDITION", value_parser = condition, help_heading = "Waiting")]
    pub(super) conditions: Vec<Condition>,
    /// Stop as soon as one of the objects meets the conditions
    #[arg(long, help_heading = "Waiting")]
    pub(super) any: bool,
    /// Stop with exit code 10 if an object gets one of these statuses (repeatable)
    #[arg(long, value_name = "CONDITION", value_parser = condition, help_heading = "Waiting")]
    pub(super) fail_on: Vec<Condition>,
    /// Polling interval, from 500ms to 60s [default: 2s; longer for more than 50 objects]
    #[arg(long, value_name = "DURATION", value_parser = values::interval, help_heading = "Waiting")]
    pub(super) interval: Option<Duration>,
}

/// An object as it was read.
pub(super) struct Reading<T> {
    pub(super) item: T,
    /// Its JSON.
    pub(super) document: String,
}

impl<T> Reading<T> {
    /// What a read returned. `None` if there is no such object.
    ///
    /// # Errors
    /// The error of the read, unless it says that the object does not exist.
    pub(super) fn of(read: Result<Option<Reply<T>>, Error>) -> Result<Option<Self>, Error> {
        match read {
            Ok(reply) => Ok(reply.map(|reply| Self {
                document: reply.document.get().to_owned(),
                item: reply.value,
            })),
            Err(error) if error.exit() == Exit::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// An entry of an object's history.
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) kind: String,
    /// The status that it tells of.
    pub(super) status: Option<String>,
}

/// What of an object decides.
pub(super) struct Snapshot {
    pub(super) status: Option<String>,
    pub(super) is_paused: Option<bool>,
}

/// Objects that can be waited for.
pub(super) trait Watched {
    /// The object.
    type Item;
    /// What it is called.
    const NOUN: &'static str;
    /// Its documented statuses.
    const STATUSES: &'static [&'static str];

    /// Reads an object; none if it does not exist.
    async fn read(
        &self,
        session: &Session<'_>,
        id: &Id,
    ) -> Result<Option<Reading<Self::Item>>, Error>;

    /// What of it decides.
    fn snapshot(item: &Self::Item) -> Snapshot;

    /// What happened to it since, oldest first.
    async fn history(
        &self,
        _session: &Session<'_>,
        _id: &Id,
        _since: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        Ok(Vec::new())
    }
}

/// The state of one object.
struct Object<T> {
    facts: Facts,
    /// The entries of its history that were taken.
    taken: HashSet<String>,
    last: Option<Reading<T>>,
}

/// A wait.
struct Wait<'w, W: Watched> {
    session: &'w Session<'w>,
    watched: &'w W,
    ids: &'w [Id],
    objects: Vec<Object<W::Item>>,
    /// By the server's clock; none before the first answer.
    started: Option<Timestamp>,
}

impl WaitArgs {
    /// Checks that something is waited for.
    ///
    /// # Errors
    /// Exit 2 without a condition.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.conditions.is_empty() {
            return Err(
                Error::usage("`wait` needs `--for`").hint("wait for a status: --for STATUS")
            );
        }
        Ok(())
    }

    /// Warns of status words that are not documented. An object that is gone has the status `deleted`.
    fn warn_unknown<W: Watched>(&self, session: &Session<'_>) {
        let conditions = self.conditions.iter().chain(&self.fail_on);
        let of_status = conditions.filter(|condition| condition.property == Property::Status);
        let mut words: Vec<String> = of_status.flat_map(|it| it.words.clone()).collect();
        words.sort_unstable();
        words.dedup();
        let known: Vec<&str> = W::STATUSES.iter().copied().chain(["deleted"]).collect();
        warn_unknown_status(session, &words, &known);
    }

    fn goal(&self) -> Goal {
        Goal {
            all_of: self.conditions.clone(),
            fail_on: self.fail_on.clone(),
            is_any: self.any,
        }
    }

    /// Waits for the objects.
    ///
    /// # Errors
    /// Exit 5 if an object does not exist from the start and is not waited for to be deleted; signals; whatever a read
    /// fails with that is not retried.
    pub(super) async fn run<W: Watched>(
        &self,
        session: &Session<'_>,
        watched: &W,
        ids: &[Id],
        columns: &[Column<W::Item>],
    ) -> Result<Exit, Error> {
        self.warn_unknown::<W>(session);
        let goal = self.goal();
        let objects = ids.iter().map(|_| Object {
            facts: Facts::default(),
            taken: HashSet::new(),
            last: None,
        });
        let mut wait = Wait {
            session,
            watched,
            ids,
            objects: objects.collect(),
            started: None,
        };
        let scale = session.time_scale();
        let share = SHARE.saturating_mul(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        let interval = self.interval.unwrap_or_else(|| INTERVAL.max(share));
        let own_end = Instant::now() + scale.shorten(PATIENCE);
        let end = session.deadline().map_or(own_end, |deadline| deadline.at);
        let live = session.ui().live(&session.context.interrupt);
        let verdict = loop {
            match wait.poll().await {
                Err(_) if Instant::now() >= end => break Verdict::Waiting,
                polled => polled?,
            }
            let facts: Vec<Facts> = wait.objects.iter().map(|it| it.facts.clone()).collect();
            let verdict = goal.judge(&facts);
            if verdict != Verdict::Waiting || Instant::now() >= end {
                break verdict;
            }
            if let Some(live) = &live {
                let met = facts.iter().filter(|facts| goal.is_met_by(facts)).count();
                live.show(&format!(
                    "waiting: {met} of {}",
                    counted(ids.len(), W::NOUN)
                ));
            }
            let left = end.saturating_duration_since(Instant::now());
            let interrupt = &session.context.interrupt;
            let _hold = interrupt.hold_briefly();
            tokio::select! {
                () = tokio::time::sleep(scale.shorten(interval).min(left)) => {}
                () = interrupt.wait() => return Err(interrupt.error()),
            }
        };
        drop(live);
        past_closed_pipe(wait.show(columns))?;
        Ok(match verdict {
            Verdict::Met => Exit::Success,
            Verdict::Failed => {
                wait.say(&goal, "failed: --fail-on applies to", Goal::is_failed_by);
                Exit::RunFailed
            }
            Verdict::Waiting => {
                let is_missing = |goal: &Goal, facts: &Facts| !goal.is_met_by(facts);
                wait.say(&goal, "stopped waiting for", is_missing);
                Exit::Deadline
            }
        })
    }
}

impl<W: Watched> Wait<'_, W> {
    /// Reads every object, and reports what has changed.
    async fn poll(&mut self) -> Result<(), Error> {
        let reads = self
            .ids
            .iter()
            .map(|id| self.watched.read(self.session, id));
        let reads: Vec<_> = stream::iter(reads).buffered(CONCURRENCY).collect().await;
        let is_first = self.started.is_none();
        let since = *self.started.get_or_insert(self.session.server_now());
        for (index, read) in reads.into_iter().enumerate() {
            let id = &self.ids[index];
            let Some(reading) = read? else {
                if is_first {
                    let message = format!("{} {id} was not found", W::NOUN);
                    return Err(Error::new(Exit::NotFound, message));
                }
                self.see(index, "deleted");
                continue;
            };
            let snapshot = W::snapshot(&reading.item);
            if !is_first {
                let history = self.watched.history(self.session, id, since).await?;
                for entry in history {
                    if !self.objects[index].taken.insert(entry.id) {
                        continue;
                    }
                    self.objects[index].facts.events.push(entry.kind);
                    if let Some(status) = entry.status {
                        self.see(index, &status);
                    }
                }
            }
            if let Some(status) = &snapshot.status {
                self.see(index, status);
            }
            let object = &mut self.objects[index];
            object.facts.is_paused = snapshot.is_paused;
            object.last = Some(reading);
        }
        Ok(())
    }

    /// Takes a status. A change is reported.
    fn see(&mut self, index: usize, status: &str) {
        let statuses = &mut self.objects[index].facts.statuses;
        let last = statuses.last().cloned();
        if last.as_deref() == Some(status) {
            return;
        }
        statuses.push(status.to_owned());
        let id = &self.ids[index];
        let ui = self.session.ui();
        match last {
            Some(last) => ui.note(&format!("{id}: {last} → {status}")),
            None => ui.note(&format!("{id}: {status}")),
        }
    }

    /// Shows the objects as they were read last: one as a record, several as a list.
    fn show(&self, columns: &[Column<W::Item>]) -> Result<(), Error> {
        let readings = self
            .objects
            .iter()
            .filter_map(|object| object.last.as_ref());
        if let ([_], Some(reading)) = (self.ids, self.objects[0].last.as_ref()) {
            let renderer = self.session.renderer();
            return renderer.record(columns, &reading.item, &reading.document);
        }
        let mut rows = self.session.renderer().rows(columns);
        rows.begin(["{\"object\":\"list\",\"data\":["])?;
        for reading in readings {
            rows.row(&reading.document, || Ok(&reading.item))?;
        }
        rows.end(&["]}"])
    }

    /// Says which objects are meant.
    fn say(&self, goal: &Goal, what: &str, is_meant: impl Fn(&Goal, &Facts) -> bool) {
        let meant = self.ids.iter().zip(&self.objects);
        let meant = meant.filter(|(_, object)| is_meant(goal, &object.facts));
        let meant: Vec<&str> = meant.map(|(id, _)| id.as_str()).collect();
        let shown = meant.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if meant.len() > 5 { ", …" } else { "" };
        let count = counted(meant.len(), W::NOUN);
        self.session
            .ui()
            .note(&format!("{what} {count}: {shown}{more}"));
    }
}
