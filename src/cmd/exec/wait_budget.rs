//! How long to follow an invocation: a fixed deadline, or separate limits for running and for pending approval.

use std::time::{Duration, Instant};

use crate::time::TimeScale;

/// The time limit of `exec watch`. Documented.
pub(super) const WATCH: Duration = Duration::from_mins(10);
/// The time limit of a run, not counting pending approvals.
const RUN: Duration = Duration::from_mins(10);
/// The time limit of an approval without an expiry time.
const APPROVAL: Duration = Duration::from_hours(1);
/// How long to wait for the router to report an expired approval.
const GRACE: Duration = Duration::from_secs(5);

/// The deadline of one invocation.
#[derive(Clone, Copy, Debug)]
pub(super) enum WaitBudget {
    /// A fixed deadline.
    Fixed(Instant),
    /// The time that the run has left, not counted while an approval is pending.
    Run {
        left: Duration,
        since: Instant,
        approval: Option<Instant>,
        time_scale: TimeScale,
    },
}

impl WaitBudget {
    /// A fixed deadline.
    pub(super) fn fixed(at: Instant) -> Self {
        Self::Fixed(at)
    }

    /// The limits of `--wait`.
    pub(super) fn run(now: Instant, time_scale: TimeScale) -> Self {
        Self::Run {
            left: time_scale.shorten(RUN),
            since: now,
            approval: None,
            time_scale,
        }
    }

    /// When to stop following.
    pub(super) fn deadline(&self) -> Instant {
        match *self {
            Self::Fixed(at) => at,
            Self::Run {
                approval: Some(deadline),
                ..
            } => deadline,
            Self::Run { left, since, .. } => since + left,
        }
    }

    /// An approval is pending, which expires in `expires`, if known.
    pub(super) fn gated(&mut self, now: Instant, expires: Option<Duration>) {
        if let Self::Run {
            left,
            since,
            approval,
            time_scale,
        } = self
        {
            if approval.is_none() {
                *left = left.saturating_sub(now.duration_since(*since));
            }
            let wait = expires.map_or(APPROVAL, |expires| expires.saturating_add(GRACE));
            let after = |wait| now.checked_add(time_scale.shorten(wait));
            *approval = after(wait).or_else(|| after(APPROVAL));
        }
    }

    /// No approval is pending.
    pub(super) fn released(&mut self, now: Instant) {
        if let Self::Run {
            since, approval, ..
        } = self
            && approval.take().is_some()
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
    fn fixed_deadline_stays() {
        let now = Instant::now();
        let mut budget = WaitBudget::fixed(now + SECOND);
        budget.gated(now, Some(SECOND * 60));
        assert_eq!(budget.deadline(), now + SECOND);
    }

    #[test]
    fn pending_approvals_do_not_count() {
        let now = Instant::now();
        let mut budget = WaitBudget::run(now, TimeScale::REAL);
        assert_eq!(budget.deadline(), now + SECOND * 600);
        budget.gated(now + SECOND * 100, Some(SECOND * 900));
        assert_eq!(budget.deadline(), now + SECOND * 1005);
        // The approval was extended. The run's own time does not change.
        budget.gated(now + SECOND * 900, Some(SECOND * 900));
        assert_eq!(budget.deadline(), now + SECOND * 1805);
        budget.released(now + SECOND * 1800);
        assert_eq!(budget.deadline(), now + SECOND * 2300);
        budget.gated(now + SECOND * 1900, None);
        assert_eq!(budget.deadline(), now + SECOND * 5500);
    }
}
