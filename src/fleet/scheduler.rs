//! What to do next, as a pure decision: how many requests are in flight, which are repeated, and when to stop.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::backoff::Backoff;

/// An object that is throttled so often is not tried again.
const ATTEMPTS: u32 = 8;

/// The limits of a run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight.
    pub concurrency: usize,
    /// Stop after so many failures.
    pub stop_after: Option<usize>,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send the request for the object with this index.
    Start(usize),
    /// Wait for a response, or until this moment.
    WaitUntil(Instant),
    /// Wait for a response.
    Wait,
    /// Nothing is left to do.
    Done,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not done, and trying again would not help.
    Failed,
    /// It was not done, nor would any other be.
    Refused,
    /// It was not done, but may be later.
    NotNow(Option<Duration>),
    /// It may have been done.
    Unknown {
        /// Whether the router wants fewer requests.
        is_throttled: bool,
        /// After which delay.
        wait: Option<Duration>,
    },
}

/// Why a run stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A signal.
    Interrupted,
    /// `--timeout`.
    Deadline,
    /// As many failures as `--stop-after` allows.
    Failures,
    /// The router refused, as it would all others.
    Refused,
    /// Too many of the last batch are unavailable.
    Unavailable,
}

/// The state of a run.
#[derive(Debug)]
pub struct Scheduler {
    limits: Limits,
    waiting: VecDeque<usize>,
    attempts: Vec<u32>,
    in_flight: usize,
    failures: usize,
    backoff: Backoff,
    stop: Option<Stop>,
}

impl Scheduler {
    /// A run over objects with the indexes 0 to `count`.
    pub fn new(limits: Limits, count: usize) -> Self {
        Self {
            limits,
            waiting: VecDeque::new(),
            attempts: vec![0; count],
            in_flight: 0,
            failures: 0,
            backoff: Backoff::default(),
            stop: None,
        }
    }

    /// Adds the objects of a batch.
    pub fn add(&mut self, indexes: impl IntoIterator<Item = usize>) {
        self.waiting.extend(indexes);
    }

    /// What to do next. After [`Step::Start`], the request counts as in flight.
    pub fn next(&mut self, now: Instant) -> Step {
        let has_work = self.stop.is_none() && !self.waiting.is_empty();
        match (has_work, self.backoff.until(now)) {
            (true, Some(until)) => Step::WaitUntil(until),
            (true, None) if self.in_flight < self.limits.concurrency => {
                match self.waiting.pop_front() {
                    Some(index) => {
                        self.in_flight += 1;
                        self.attempts[index] += 1;
                        Step::Start(index)
                    }
                    None => Step::Wait,
                }
            }
            _ if self.in_flight > 0 => Step::Wait,
            _ => Step::Done,
        }
    }

    /// Takes what became of a request. Returns whether that is final; else the request is sent again.
    pub fn finish(&mut self, index: usize, outcome: Outcome, now: Instant, jitter: f64) -> bool {
        self.in_flight = self.in_flight.saturating_sub(1);
        match outcome {
            Outcome::Done => self.backoff.relax(),
            Outcome::Failed => self.fail(),
            Outcome::Refused => {
                self.fail();
                self.stop(Stop::Refused);
            }
            Outcome::NotNow(wait) => {
                self.backoff.strike(now, wait, jitter);
                // After a stop, nothing is sent again.
                if self.attempts[index] < ATTEMPTS && self.stop.is_none() {
                    self.waiting.push_front(index);
                    return false;
                }
                self.fail();
            }
            Outcome::Unknown { is_throttled, wait } => {
                if is_throttled {
                    self.backoff.strike(now, wait, jitter);
                }
                self.fail();
            }
        }
        true
    }

    /// Counts a failure that showed later.
    pub fn fail(&mut self) {
        self.failures += 1;
        let limit = self.limits.stop_after;
        if limit.is_some_and(|limit| self.failures >= limit) {
            self.stop(Stop::Failures);
        }
    }

    /// Starts nothing more. The first reason counts.
    pub fn stop(&mut self, why: Stop) {
        self.stop.get_or_insert(why);
    }

    /// Why nothing more is started.
    pub fn stopped(&self) -> Option<Stop> {
        self.stop
    }

    /// How many have failed.
    pub fn failures(&self) -> usize {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheduler(concurrency: usize, stop_after: Option<usize>, count: usize) -> Scheduler {
        let limits = Limits {
            concurrency,
            stop_after,
        };
        let mut scheduler = Scheduler::new(limits, count);
        scheduler.add(0..count);
        scheduler
    }

    #[test]
    fn never_more_in_flight_than_allowed() {
        let now = Instant::now();
        let mut run = scheduler(2, None, 3);
        assert_eq!(run.next(now), Step::Start(0));
        assert_eq!(run.next(now), Step::Start(1));
        assert_eq!(run.next(now), Step::Wait);
        assert!(run.finish(0, Outcome::Done, now, 1.0));
        assert_eq!(run.next(now), Step::Start(2));
        assert_eq!(run.next(now), Step::Wait);
        assert!(run.finish(1, Outcome::Done, now, 1.0));
        assert!(run.finish(2, Outcome::Done, now, 1.0));
        assert_eq!(run.next(now), Step::Done);
    }

    #[test]
    fn one_that_is_throttled_pauses_all_and_comes_first_again() {
        let now = Instant::now();
        let mut run = scheduler(2, None, 3);
        assert_eq!(run.next(now), Step::Start(0));
        assert_eq!(run.next(now), Step::Start(1));
        let wait = Duration::from_secs(2);
        assert!(!run.finish(0, Outcome::NotNow(Some(wait)), now, 1.0));
        assert_eq!(run.next(now), Step::WaitUntil(now + wait));
        assert!(run.finish(1, Outcome::Done, now, 1.0));
        assert_eq!(run.next(now), Step::WaitUntil(now + wait));
        assert_eq!(run.next(now + wait), Step::Start(0));
        assert_eq!(run.failures(), 0);
    }

    #[test]
    fn what_may_have_been_done_is_never_sent_again() {
        let now = Instant::now();
        let mut run = scheduler(1, None, 1);
        assert_eq!(run.next(now), Step::Start(0));
        let unknown = Outcome::Unknown {
            is_throttled: true,
            wait: None,
        };
        assert!(run.finish(0, unknown, now, 1.0));
        assert_eq!(run.next(now), Step::Done);
        assert_eq!(run.failures(), 1);
    }

    #[test]
    fn throttling_ends() {
        let mut now = Instant::now();
        let mut run = scheduler(1, None, 1);
        for attempt in 1..=ATTEMPTS {
            assert_eq!(run.next(now), Step::Start(0));
            let is_final = run.finish(0, Outcome::NotNow(None), now, 1.0);
            assert_eq!(is_final, attempt == ATTEMPTS);
            now += Duration::from_mins(1);
        }
        assert_eq!(run.next(now), Step::Done);
    }

    #[test]
    fn failures_stop_the_rest_but_not_what_is_in_flight() {
        let now = Instant::now();
        let mut run = scheduler(2, Some(1), 4);
        assert_eq!(run.next(now), Step::Start(0));
        assert_eq!(run.next(now), Step::Start(1));
        assert!(run.finish(0, Outcome::Failed, now, 1.0));
        assert_eq!(run.next(now), Step::Wait);
        assert!(
            run.finish(1, Outcome::NotNow(None), now, 1.0),
            "final after a stop"
        );
        assert_eq!(run.next(now), Step::Done);
        assert_eq!(run.stopped(), Some(Stop::Failures));
    }

    #[test]
    fn the_first_reason_to_stop_counts() {
        let now = Instant::now();
        let mut run = scheduler(1, None, 2);
        assert_eq!(run.next(now), Step::Start(0));
        run.stop(Stop::Interrupted);
        assert!(run.finish(0, Outcome::Refused, now, 1.0));
        assert_eq!(run.stopped(), Some(Stop::Interrupted));
        assert_eq!(run.next(now), Step::Done);
    }
}
