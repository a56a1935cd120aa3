//! How long an invocation is followed: a plain total, or the time it runs and the time it waits for a human apart.

use std::time::{Duration, Instant};

/// How long `exec watch` goes on. Documented.
pub(super) const WATCH: Duration = Duration::from_mins(10);
/// How long a run is waited for, not counting the time in which it waits for a human.
const RUN: Duration = Duration::from_mins(10);
/// How long an approval is waited for that does not say when it expires.
const GATE: Duration = Duration::from_hours(1);
/// How long after an approval has expired the router may take to say so.
const GRACE: Duration = Duration::from_secs(5);

/// The deadline of one invocation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clock {
    /// A moment.
    Fixed(Instant),
    /// The time that the run still has, counted while no human is waited for.
    Run {
        left: Duration,
        since: Instant,
        gate: Option<Instant>,
    },
}

impl Clock {
    /// A plain total.
    pub(super) fn fixed(at: Instant) -> Self {
        Self::Fixed(at)
    }

    /// The deadlines of `--wait`.
    pub(super) fn run(now: Instant) -> Self {
        Self::Run {
            left: RUN,
            since: now,
            gate: None,
        }
    }

    /// The moment at which following ends.
    pub(super) fn deadline(&self) -> Instant {
        match *self {
            Self::Fixed(at) => at,
            Self::Run {
                gate: Some(gate), ..
            } => gate,
            Self::Run { left, since, .. } => since + left,
        }
    }

    /// The invocation waits for a human, whose time ends in `expires`, if that is known.
    pub(super) fn gated(&mut self, now: Instant, expires: Option<Duration>) {
        if let Self::Run { left, since, gate } = self {
            if gate.is_none() {
                *left = left.saturating_sub(now.duration_since(*since));
            }
            *gate = Some(now + expires.map_or(GATE, |expires| expires + GRACE));
        }
    }

    /// The invocation waits for nobody.
    pub(super) fn released(&mut self, now: Instant) {
        if let Self::Run { since, gate, .. } = self
            && gate.take().is_some()
        {
            *since = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_total_counts_everything() {
        let now = Instant::now();
        let mut clock = Clock::fixed(now + SECOND);
        clock.gated(now, Some(SECOND * 60));
        assert_eq!(clock.deadline(), now + SECOND);
    }

    #[test]
    fn the_time_of_a_human_does_not_count() {
        let now = Instant::now();
        let mut clock = Clock::run(now);
        assert_eq!(clock.deadline(), now + SECOND * 600);
        clock.gated(now + SECOND * 100, Some(SECOND * 900));
        assert_eq!(clock.deadline(), now + SECOND * 1005);
        // Known again, and later: the run's own time stays as it was.
        clock.gated(now + SECOND * 900, Some(SECOND * 900));
        assert_eq!(clock.deadline(), now + SECOND * 1805);
        clock.released(now + SECOND * 1800);
        assert_eq!(clock.deadline(), now + SECOND * 2300);
        clock.gated(now + SECOND * 1900, None);
        assert_eq!(clock.deadline(), now + SECOND * 5500);
    }
}
