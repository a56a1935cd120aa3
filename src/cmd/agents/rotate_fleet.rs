//! The rotation of many keys: batches, a few requests at a time, with a checkpoint.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};

use super::rotation::{RESULT, RotationResult, Status};
use crate::api::agents::{Rotate, Rotation};
use crate::api::reply::Reply;
use crate::cmd::bulk::Target;
use crate::error::{Error, Exit, past_closed_pipe};
use crate::fleet::amount::Amount;
use crate::fleet::checkpoint::{Entry, State};
use crate::fleet::checkpoint_file::{CheckpointFile, PendingSync};
use crate::fleet::scheduler::{Limits, Outcome, Scheduler, Step, Stop};
use crate::session::Session;
use crate::time;
use crate::ui::progress::{Progress, Unit};
use crate::view::Rows;

/// How a fleet is rotated.
pub(super) struct Settings {
    pub(super) reason: String,
    pub(super) limits: Limits,
    pub(super) batch: Option<Amount>,
    pub(super) pause: Option<Duration>,
    pub(super) max_unavailable: Option<Amount>,
    pub(super) waits: bool,
}

/// A rotation under way.
pub(super) struct Run<'s> {
    pub(super) session: &'s Session<'s>,
    pub(super) settings: Settings,
    pub(super) scheduler: Scheduler,
    pub(super) checkpoint: Option<CheckpointFile>,
    /// The agents, and for each the result.
    pub(super) targets: &'s [Target],
    pub(super) results: Vec<Option<RotationResult>>,
    pub(super) rows: Rows<'s, RotationResult>,
    pub(super) progress: Progress,
    /// One agent was named by its ID: the result is that object and not a list.
    pub(super) is_single: bool,
    /// The exit code that all failures have in common.
    pub(super) common: Option<Exit>,
    pub(super) is_mixed: bool,
    pub(super) started: Instant,
}

type Sent = (usize, Result<Reply<Rotation>, Error>);

impl<'s> Run<'s> {
    pub(super) fn new(
        session: &'s Session<'s>,
        settings: Settings,
        targets: &'s [Target],
        checkpoint: Option<CheckpointFile>,
    ) -> Self {
        Self {
            session,
            scheduler: Scheduler::new(settings.limits, targets.len()),
            settings,
            checkpoint,
            targets,
            results: vec![None; targets.len()],
            rows: session.stream(RESULT),
            progress: session.ui().progress(
                &session.context.interrupt,
                "rotating",
                Unit::Of(targets.len() as u64),
            ),
            is_single: false,
            common: None,
            is_mixed: false,
            started: Instant::now(),
        }
    }

    /// Shows a result that is known before anything is sent.
    pub(super) fn show(&mut self, result: &RotationResult) -> Result<(), Error> {
        self.begin()?;
        // A name without its result would read as a success.
        if !self.session.render_options.format.is_name() || result.status.is_good() {
            let json = serde_json::to_string(result).unwrap_or_default();
            if self.is_single {
                let shown = self.session.renderer().record(RESULT, result, &json);
                return past_closed_pipe(shown);
            }
            let shown = self.rows.row(&json, || Ok(result));
            return past_closed_pipe(shown);
        } else if let Some(message) = &result.message {
            let (agent, status) = (&result.agent, result.status.word());
            let ui = self.session.ui();
            let text = format!("{agent} {status}: {message}");
            match result.status {
                Status::Skipped => ui.warn(&text),
                _ => ui.warn_always(&text),
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Error> {
        if self.rows.is_begun() || self.is_single {
            return Ok(());
        }
        // Rows that stream write the start of their document themselves.
        past_closed_pipe(self.rows.begin([]))
    }

    /// Rotates the agents with these indexes, batch by batch.
    pub(super) async fn rotate(&mut self, mut todo: VecDeque<usize>) -> Result<(), Error> {
        self.begin()?;
        // What a checkpoint has counts as done.
        let before = self.results.iter().flatten().count();
        self.progress.start_at(before as u64);
        let size = self
            .settings
            .batch
            .map_or(todo.len(), |batch| batch.at_least_one(todo.len()));
        let mut last: Vec<usize> = Vec::new();
        while !todo.is_empty() && self.scheduler.stopped().is_none() {
            if !last.is_empty() {
                self.between(&last).await;
                if self.scheduler.stopped().is_some() {
                    break;
                }
            }
            let batch: Vec<usize> = todo.drain(..size.clamp(1, todo.len())).collect();
            self.scheduler.add(batch.iter().copied());
            self.send_all().await?;
            if self.settings.waits {
                self.follow(&batch).await?;
            }
            last = batch;
        }
        Ok(())
    }

    /// Sends what the scheduler has, until nothing is left or in flight. What has come is recorded together with what is
    /// sent next; while that is written to the disk, responses go on coming.
    async fn send_all(&mut self) -> Result<(), Error> {
        let mut under_way = FuturesUnordered::new();
        let mut arrived: Vec<Sent> = Vec::new();
        let mut broken = None;
        loop {
            self.check_stop();
            let finals = self.settle(std::mem::take(&mut arrived));
            let (mut starts, step) = self.next_starts();
            let at = self.now_text();
            let results = finals.iter().filter_map(|(_, result)| result.entry(&at));
            let started = starts.iter().map(|index| self.entry(*index, &at));
            let entries: Vec<Entry> = results.chain(started).collect();
            let recorded = match &mut self.checkpoint {
                Some(checkpoint) => {
                    let sync = checkpoint.append(entries);
                    record(sync, &mut under_way, &mut arrived).await
                }
                None => Ok(()),
            };
            if let Err(error) = recorded {
                // What can't be recorded is not sent.
                for index in starts.drain(..) {
                    self.give_back(index, Status::NotTried);
                }
                self.scheduler.stop(Stop::Refused);
                broken.get_or_insert(error);
            }
            if let Err(error) = self.publish(finals) {
                self.scheduler.stop(Stop::Refused);
                broken.get_or_insert(error);
            }
            for index in starts {
                under_way.push(self.send(index));
            }
            self.progress("rotating");
            if !arrived.is_empty() {
                continue;
            }
            if under_way.is_empty() && step == Step::Done {
                return broken.map_or(Ok(()), Err);
            }
            let pause = self.pause_of(step);
            let interrupt = &self.session.context.interrupt;
            let is_stopped = self.scheduler.stopped().is_some();
            tokio::select! {
                Some(sent) = under_way.next(), if !under_way.is_empty() => arrived.push(sent),
                () = sleep(pause), if pause.is_some() => {}
                () = interrupt.wait(), if !is_stopped => {}
            }
            while let Some(Some(more)) = under_way.next().now_or_never() {
                arrived.push(more);
            }
        }
    }

    /// The objects to start now, and what comes then.
    fn next_starts(&mut self) -> (Vec<usize>, Step) {
        let now = self.now();
        let mut starts = Vec::new();
        loop {
            match self.scheduler.next(now) {
                Step::Start(index) => starts.push(index),
                step => return (starts, step),
            }
        }
    }

    fn send(&self, index: usize) -> impl Future<Output = Sent> + use<'s> {
        let (session, id) = (self.session, &self.targets[index].id);
        let reason = self.settings.reason.clone();
        async move {
            let rotate = Rotate {
                agent: id,
                reason: &reason,
            };
            let check = super::command(id.as_str(), "--events");
            (index, session.change_once(&rotate, &check).await)
        }
    }

    /// Takes what became of requests. Returns the results of those that are not sent again.
    fn settle(&mut self, sent: Vec<Sent>) -> Vec<(usize, RotationResult)> {
        let mut finals = Vec::new();
        for (index, result) in sent {
            let outcome = match &result {
                Ok(_) => Outcome::Done,
                Err(error) => outcome(error),
            };
            let now = self.now();
            if self.scheduler.finish(index, outcome, now, fastrand::f64()) {
                finals.push((index, self.result(index, result)));
            }
        }
        finals
    }

    /// Shows results. One whose end is waited for is shown then.
    fn publish(&mut self, finals: Vec<(usize, RotationResult)>) -> Result<(), Error> {
        let mut shown = Ok(());
        for (index, result) in finals {
            let is_shown = !(self.settings.waits && result.status == Status::Dispatched);
            if is_shown && shown.is_ok() {
                shown = self.show(&result);
            }
            self.results[index] = Some(result);
        }
        shown
    }

    fn result(&mut self, index: usize, sent: Result<Reply<Rotation>, Error>) -> RotationResult {
        let id = self.targets[index].id.as_str();
        match sent {
            Ok(reply) => RotationResult {
                request_id: reply.value.request_id,
                monitor_url: reply.value.monitor_url,
                ..RotationResult::new(id, Status::Dispatched)
            },
            Err(error) => {
                let exit = error.exit();
                self.is_mixed |= self.common.is_some_and(|common| common != exit);
                self.common = Some(exit);
                RotationResult::failed(id, &error)
            }
        }
    }

    /// An object that was to be started and is not.
    fn give_back(&mut self, index: usize, status: Status) {
        let now = self.now();
        self.scheduler.finish(index, Outcome::Refused, now, 1.0);
        let id = self.targets[index].id.as_str();
        self.results[index] = Some(RotationResult::new(id, status));
    }

    fn entry(&self, index: usize, at: &str) -> Entry {
        Entry {
            id: self.targets[index].id.to_string(),
            state: State::Started,
            at: at.to_owned(),
            request_id: None,
            monitor_url: None,
        }
    }

    /// Writes entries to the checkpoint, if there is one.
    pub(super) fn write(&mut self, entries: Vec<Entry>) -> Result<(), Error> {
        match &mut self.checkpoint {
            Some(checkpoint) => checkpoint.append(entries)?.wait(),
            None => Ok(()),
        }
    }

    /// Stops after a signal or `--timeout`.
    pub(super) fn check_stop(&mut self) {
        if self.session.context.interrupt.raised().is_some() {
            self.scheduler.stop(Stop::Interrupted);
        }
        let deadline = self.session.deadline();
        if deadline.is_some_and(|deadline| deadline.at <= Instant::now()) {
            self.scheduler.stop(Stop::Deadline);
        }
    }

    /// Waits, unless a signal or `--timeout` ends it.
    pub(super) async fn wait(&mut self, time: Duration) {
        let time = self.session.time_scale().shorten(time);
        let time = match self.session.deadline() {
            Some(deadline) => time.min(deadline.at.saturating_duration_since(Instant::now())),
            None => time,
        };
        let _hold = self.session.context.interrupt.hold(None);
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.session.context.interrupt.wait() => {}
        }
        self.check_stop();
    }

    /// The time by a clock that is as fast as our waits.
    fn now(&self) -> Instant {
        let scale = self.session.time_scale();
        self.started + scale.lengthen(self.started.elapsed())
    }

    fn pause_of(&self, step: Step) -> Option<Duration> {
        match step {
            Step::WaitUntil(until) => {
                let left = until.saturating_duration_since(self.now());
                let scale = self.session.time_scale();
                Some(scale.shorten(left).max(Duration::from_millis(1)))
            }
            _ => None,
        }
    }

    /// The time by the server's clock, for the checkpoint.
    pub(super) fn now_text(&self) -> String {
        time::utc(self.session.server_now())
    }
}

/// Waits until what was appended is on the disk. Meanwhile, responses are taken.
async fn record(
    sync: Result<PendingSync, Error>,
    under_way: &mut FuturesUnordered<impl Future<Output = Sent>>,
    arrived: &mut Vec<Sent>,
) -> Result<(), Error> {
    let sync = sync?;
    if sync.is_done() {
        return Ok(());
    }
    let mut waiting = tokio::task::spawn_blocking(move || sync.wait());
    loop {
        tokio::select! {
            synced = &mut waiting => {
                return synced.unwrap_or_else(|_| {
                    Err(Error::new(Exit::Failure, "the checkpoint file could not be written"))
                });
            }
            Some(sent) = under_way.next(), if !under_way.is_empty() => arrived.push(sent),
        }
    }
}

async fn sleep(time: Option<Duration>) {
    tokio::time::sleep(time.unwrap_or_default()).await;
}

/// What an error means for this object and the others.
fn outcome(error: &Error) -> Outcome {
    let status = error.api_error().http_status;
    let is_throttled = matches!(status, Some(429 | 503));
    let wait = error.wait().or_else(|| retry_after(error));
    match error.exit() {
        _ if error.is_outcome_unknown() => Outcome::Unknown { is_throttled, wait },
        // A key that lacks permission for one lacks it for all; a quota is everyone's.
        Exit::Auth => Outcome::Refused,
        _ if error.is_retryable() => Outcome::NotNow(wait),
        Exit::Throttled => Outcome::Refused,
        _ => Outcome::Failed,
    }
}

/// The delay that a response names, even if it is an error that is not repeated.
fn retry_after(error: &Error) -> Option<Duration> {
    let head = &error.api_error().response.as_ref()?.head;
    let mut values = head.lines().filter_map(|line| line.split_once(':'));
    let (_, seconds) = values.find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}
