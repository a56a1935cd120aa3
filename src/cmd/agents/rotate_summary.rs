//! What is said about a rotation of many keys: progress, the summary, the exit code, and what to run next.

use super::rotate_fleet::Run;
use super::rotation::{RotationResult, Status};
use crate::api::Id;
use crate::cmd::bulk::counted;
use crate::error::{Error, Exit, past_closed_pipe};
use crate::fleet::scheduler::Stop;
use crate::ui::progress::Progress;

impl Run<'_> {
    /// How many have a result with this status.
    pub(super) fn count(&self, status: Status) -> usize {
        let results = self.results.iter().flatten();
        results.filter(|result| result.status == status).count()
    }

    /// Shows progress on a terminal.
    pub(super) fn progress(&self, what: &str) {
        let known = self.results.iter().flatten().count();
        let failures = self.scheduler.failures();
        self.progress.set(what, known as u64, failures as u64);
    }

    /// Ends the result, and returns the exit code.
    pub(super) fn end(mut self, skipped: usize) -> Result<Exit, Error> {
        self.progress = Progress::none();
        for index in 0..self.targets.len() {
            if self.results[index].is_none() {
                let id = self.targets[index].id.as_str();
                let result = RotationResult::new(id, Status::NotTried).because(self.why_not());
                self.show(&result)?;
                self.results[index] = Some(result);
            }
        }
        let summary = self.summary(skipped);
        if !self.is_single {
            past_closed_pipe(self.rows.end(&["]}"]))?;
        }
        self.session.ui().note(&summary);
        self.hint();
        let is_good = |result: &RotationResult| result.status.is_good();
        let good = self
            .results
            .iter()
            .flatten()
            .filter(|it| is_good(it))
            .count();
        match self.scheduler.stopped() {
            Some(Stop::Interrupted) => return Err(self.session.context.interrupt.error()),
            Some(Stop::Deadline) => return Ok(Exit::Deadline),
            _ => {}
        }
        let bad = self.results.len() - good;
        if bad == 0 {
            return Ok(Exit::Success);
        }
        if bad == self.count(Status::Unanswered) {
            return Ok(Exit::Deadline);
        }
        if good > 0 {
            return Ok(Exit::Partial);
        }
        Err(self.none_rotated())
    }

    /// The error if no agent was rotated, with the exit code that all failures have in common.
    fn none_rotated(&self) -> Error {
        let common = self.common.filter(|_| !self.is_mixed);
        let was = match self.count(Status::Unknown) {
            0 => "was",
            _ => "is known to be",
        };
        let agents = counted(self.targets.len(), "agent");
        let message = format!("of {agents}, none {was} rotated");
        let error = Error::new(common.unwrap_or(Exit::Failure), message);
        let mut results = self.results.iter().flatten();
        let first = results.find_map(|result| Some((&result.agent, result.message.as_ref()?)));
        match first {
            Some((agent, message)) => error.detail(format!("{agent}: {message}")),
            None => error,
        }
    }

    fn why_not(&self) -> &'static str {
        match self.scheduler.stopped() {
            Some(Stop::Interrupted) => "interrupted before it was sent",
            Some(Stop::Deadline) => "--timeout passed before it was sent",
            Some(Stop::Failures) => "stopped by --stop-after",
            Some(Stop::Unavailable) => "stopped by --max-unavailable",
            Some(Stop::Refused) | None => "stopped after an error that would affect all",
        }
    }

    fn summary(&self, skipped: usize) -> String {
        const ORDER: [Status; 8] = [
            Status::Acknowledged,
            Status::Dispatched,
            Status::Done,
            Status::Refused,
            Status::Unanswered,
            Status::Failed,
            Status::Unknown,
            Status::NotTried,
        ];
        let counts = ORDER
            .iter()
            .map(|status| (self.count(*status), status.word()));
        let counts = counts.chain([(skipped, "skipped")]);
        let counts = counts.filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let agents = counted(self.targets.len(), "agent");
        format!("{agents}: {}", counts.join(", "))
    }

    /// What to run next.
    fn hint(&self) {
        let ui = self.session.ui();
        let line = &self.session.context.line;
        let unknown = self.count(Status::Unknown);
        let left = self.count(Status::NotTried)
            + self.count(Status::Failed)
            + self.count(Status::Refused)
            + self.count(Status::Unanswered);
        if self.checkpoint.is_some() {
            if unknown > 0 {
                let line = line.without("--retry-unknown", false);
                let line = line.with_flag("--retry-unknown").command();
                ui.hint(&format!(
                    "check those with an unknown outcome, and repeat what was not done: {line}"
                ));
            } else if left > 0 {
                ui.hint(&format!("continue: {}", line.command()));
            }
        } else if let Some(result) = self.first(Status::Unknown) {
            let events = super::command(&result.agent, "--events");
            ui.next(&format!("check {}", result.agent), &events);
        } else if let Some(result) = self.first(Status::Dispatched) {
            let events = super::command(&result.agent, "--events --limit 20");
            ui.next("follow a rotation", &events);
        }
    }

    fn first(&self, status: Status) -> Option<&RotationResult> {
        let mut results = self.results.iter().flatten();
        results.find(|result| result.status == status)
    }

    /// Whether the router refused a rotation as it would all others.
    pub(super) fn is_refused(&self) -> bool {
        self.scheduler.stopped() == Some(Stop::Refused) && self.common == Some(Exit::Auth)
    }

    /// Keeps signals from ending the process while requests may be in flight.
    pub(super) fn last_word(&self, ids: &[&Id]) -> String {
        let first = ids.first().map_or("", |id| id.as_str());
        format!(
            "interrupted: it is unknown which of the agents were rotated; check each one: {} {}",
            self.session.ui().program(),
            super::command(first, "--events")
        )
    }
}
