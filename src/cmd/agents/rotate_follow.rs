//! What happens after a rotation was dispatched: the agent's answer, its health, and rotations of an earlier run whose
//! outcome is unknown.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::SignedDuration;

use super::rotate_fleet::Run;
use super::rotation::{self, RotationResult, Status};
use crate::api::Id;
use crate::api::agents::{Agent, Event, Events, Get};
use crate::api::page::ListParams;
use crate::error::{Error, Exit};
use crate::fleet::checkpoint::State;
use crate::fleet::scheduler::Stop;
use crate::session::Scope;

/// How often the events of agents are read.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long an agent may take to answer, without `--timeout`.
const PATIENCE: Duration = Duration::from_mins(10);
/// A heartbeat is fresh for so long.
const FRESH: SignedDuration = SignedDuration::from_mins(1);
/// How long a batch may take to become available again.
const RECOVERY: Duration = Duration::from_mins(1);
/// The newest events, among which those of a rotation are.
const RECENT: usize = 50;
/// Clocks may differ by so much.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(6);

impl Run<'_> {
    /// Reads the events of the agents of a batch until each has answered.
    pub(super) async fn follow(&mut self, batch: &[usize]) -> Result<(), Error> {
        let patience = self.session.time_scale().shorten(PATIENCE);
        let end = Instant::now() + patience;
        loop {
            let waiting = self.waiting(batch);
            if waiting.is_empty() {
                return Ok(());
            }
            self.progress("waiting for answers");
            self.wait(INTERVAL).await;
            let answers = self.answers(&waiting).await;
            let is_over = Instant::now() >= end || self.is_cut_off();
            let mut final_results = Vec::new();
            for (index, answer) in waiting.into_iter().zip(answers) {
                let status = match answer {
                    Some(status) => status,
                    None if is_over => Status::Unanswered,
                    None => continue,
                };
                if let Some(mut result) = self.results[index].take() {
                    result.status = status;
                    result.message = match status {
                        Status::Refused => Some("the agent refused the rotation".to_owned()),
                        Status::Unanswered => Some("the agent has not answered yet".to_owned()),
                        _ => None,
                    };
                    if status != Status::Acknowledged {
                        self.scheduler.fail();
                    }
                    final_results.push((index, result));
                }
            }
            let at = self.now_text();
            let entries = final_results.iter().filter_map(|(_, it)| it.entry(&at));
            let entries = entries.collect();
            self.write(entries)?;
            for (index, result) in final_results {
                self.show(&result)?;
                self.results[index] = Some(result);
            }
        }
    }

    /// Whether a signal or `--timeout` ends all waiting.
    fn is_cut_off(&self) -> bool {
        matches!(
            self.scheduler.stopped(),
            Some(Stop::Interrupted | Stop::Deadline)
        )
    }

    /// Those that were dispatched and have not answered.
    fn waiting(&self, batch: &[usize]) -> Vec<usize> {
        let is_waiting = |index: &usize| {
            let result = self.results[*index].as_ref();
            result.is_some_and(|result| result.status == Status::Dispatched)
        };
        batch.iter().copied().filter(is_waiting).collect()
    }

    async fn answers(&self, waiting: &[usize]) -> Vec<Option<Status>> {
        let answer = async |index: usize| {
            let result = self.results[index].as_ref();
            let request = result.and_then(|result| result.request_id.as_deref())?;
            let events = self.events(&self.targets[index].id).await.ok()?;
            rotation::answer(&events, request)
        };
        let answers = waiting.iter().map(|index| answer(*index));
        let limit = self.settings.limits.concurrency;
        stream::iter(answers).buffered(limit).collect().await
    }

    /// The newest events of an agent.
    async fn events(&self, id: &Id) -> Result<Vec<Event>, Error> {
        let span = ListParams {
            limit: Some(RECENT),
            ..ListParams::default()
        };
        let pages = self.session.pages(Events(id), &span, Scope::Command);
        pages.collect().await
    }

    /// Between two batches: pauses, and then waits until enough agents of the last one are available.
    pub(super) async fn between(&mut self, last: &[usize]) {
        if let Some(pause) = self.settings.pause {
            self.progress("pausing");
            self.wait(pause).await;
        }
        let Some(allowed) = self.settings.max_unavailable else {
            return;
        };
        let allowed = allowed.at_most(last.len());
        let end = Instant::now() + self.session.time_scale().shorten(RECOVERY);
        loop {
            if self.scheduler.stopped().is_some() {
                return;
            }
            self.progress("checking the last batch");
            let unavailable = self.unavailable(last).await;
            if unavailable.len() <= allowed {
                return;
            }
            if Instant::now() >= end {
                let names = unavailable.iter().take(5);
                let names: Vec<&str> = names
                    .map(|index| self.targets[*index].id.as_str())
                    .collect();
                self.session.ui().warn(&format!(
                    "{} of the last {} agents are unavailable, and {allowed} may be: {}{}",
                    unavailable.len(),
                    last.len(),
                    names.join(", "),
                    if unavailable.len() > 5 { ", …" } else { "" }
                ));
                self.scheduler.stop(Stop::Unavailable);
                return;
            }
            self.wait(INTERVAL).await;
        }
    }

    /// Those that are not active, or have not reported for a while.
    async fn unavailable(&self, batch: &[usize]) -> Vec<usize> {
        let check = async |index: usize| {
            let reply = self.session.get(&Get(&self.targets[index].id)).await;
            let agent = reply.ok().flatten().map(|reply| reply.value);
            let is_available =
                agent.is_some_and(|agent| is_available(&agent, self.session.server_now()));
            (!is_available).then_some(index)
        };
        let checks = batch.iter().map(|index| check(*index));
        let limit = self.settings.limits.concurrency;
        let found: Vec<Option<usize>> = stream::iter(checks).buffered(limit).collect().await;
        found.into_iter().flatten().collect()
    }

    /// What became of the rotations that an earlier run may have started. Returns those to send.
    pub(super) async fn resolve(
        &mut self,
        indexes: Vec<usize>,
        retries: bool,
    ) -> Result<Vec<usize>, Error> {
        let find = async |index: usize| {
            let id = &self.targets[index].id;
            let entry = self.checkpoint.as_ref()?.contents.entry(id.as_str())?;
            let since: jiff::Timestamp = entry.at.parse().ok()?;
            let since = since.checked_sub(TOLERANCE).ok()?;
            let events = match self.events(id).await {
                Ok(events) => events,
                Err(error) => return Some((None, Some(error))),
            };
            let event = rotation::started_since(&events, since);
            let found = event.map(|event| request_of(event.details.as_deref()));
            Some((found, None))
        };
        let limit = self.settings.limits.concurrency;
        let searches = indexes.iter().map(|index| find(*index));
        let found: Vec<_> = stream::iter(searches).buffered(limit).collect().await;
        let (mut again, mut entries) = (Vec::new(), Vec::new());
        let at = self.now_text();
        for (index, found) in indexes.into_iter().zip(found) {
            let id = self.targets[index].id.as_str();
            let (found, error) = found.unwrap_or_default();
            if let Some(error) =
                error.filter(|error| error.exit().is_by_signal() || error.exit() == Exit::Auth)
            {
                return Err(error);
            }
            let result = if let Some(request_id) = found {
                RotationResult {
                    request_id,
                    ..RotationResult::new(id, Status::Done)
                }
                .because("its events show the rotation")
            } else if retries {
                again.push(index);
                continue;
            } else {
                self.scheduler.fail();
                RotationResult::new(id, Status::Unknown)
                    .because("an earlier run may have rotated it; its events do not say")
            };
            if result.status == Status::Done {
                let mut entry = result.clone();
                entry.status = Status::Dispatched;
                entries.extend(entry.entry(&at));
            }
            self.show(&result)?;
            self.results[index] = Some(result);
        }
        debug_assert!(entries.iter().all(|entry| entry.state == State::Dispatched));
        self.write(entries)?;
        Ok(again)
    }
}

/// Whether an agent is active and reported within the last minute.
fn is_available(agent: &Agent, now: jiff::Timestamp) -> bool {
    let heard = agent.last_heartbeat().and_then(|stamp| stamp.at());
    let is_fresh = heard.is_some_and(|heard| now.duration_since(heard) <= FRESH);
    agent.status().as_deref() == Some("active") && is_fresh
}

/// The ID of the request that an event is about.
fn request_of(details: Option<&str>) -> Option<String> {
    let details: serde_json::Value = serde_json::from_str(details?).ok()?;
    details["request_id"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_available_if_it_is_active_and_was_heard_of() {
        let now = "2026-11-22T12:00:00Z".parse().expect("a time");
        let agent = |json: &str| serde_json::from_str::<Agent>(json).expect("an agent");
        for (json, expected) in [
            (
                r#"{"status":"active","last_heartbeat":"2026-11-22T11:59:00Z"}"#,
                true,
            ),
            (
                r#"{"status":"active","last_heartbeat":"2026-11-22T11:58:59Z"}"#,
                false,
            ),
            (
                r#"{"status":"suspended","last_heartbeat":"2026-11-22T12:00:00Z"}"#,
                false,
            ),
            (r#"{"status":"active"}"#, false),
        ] {
            assert_eq!(is_available(&agent(json), now), expected, "{json}");
        }
    }
}
