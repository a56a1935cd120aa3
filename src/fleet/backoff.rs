//! The back-off that all workers share: when the router throttles one, all pause.

use std::time::{Duration, Instant};

/// The first pause without a delay named by the router, doubled each time.
const FIRST: Duration = Duration::from_millis(250);
/// The longest pause of our own.
const LONGEST: Duration = Duration::from_secs(8);
/// A longer delay named by the router is not waited for without asking again.
const LONGEST_NAMED: Duration = Duration::from_mins(5);

/// Until when nothing is sent.
#[derive(Debug, Default)]
pub struct Backoff {
    until: Option<Instant>,
    /// Pauses since the last success.
    strikes: u32,
}

impl Backoff {
    /// The router refused a request for now. `named` is its `Retry-After`; `jitter` is from 0 to 1.
    pub fn strike(&mut self, now: Instant, named: Option<Duration>, jitter: f64) {
        // Requests that were in flight together are refused together: that is one strike.
        if self.until.is_none_or(|until| until <= now) {
            self.strikes += 1;
        }
        let doubled = FIRST * 2_u32.pow(self.strikes.saturating_sub(1).min(16));
        let own = doubled
            .min(LONGEST)
            .mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0);
        let pause = named.map_or(own, |named| named.min(LONGEST_NAMED).max(own));
        let until = now + pause;
        self.until = Some(self.until.map_or(until, |old| old.max(until)));
    }

    /// A request succeeded.
    pub fn relax(&mut self) {
        self.strikes = 0;
    }

    /// Until when to wait; none if nothing is waited for.
    pub fn until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(backoff: &Backoff, now: Instant) -> Duration {
        let until = backoff.until(now);
        until.map_or(Duration::ZERO, |until| until - now)
    }

    #[test]
    fn a_named_delay_counts_if_it_is_longer() {
        let now = Instant::now();
        let mut backoff = Backoff::default();
        backoff.strike(now, Some(Duration::from_secs(3)), 1.0);
        assert_eq!(pause(&backoff, now), Duration::from_secs(3));
        backoff.strike(now, Some(Duration::ZERO), 1.0);
        assert_eq!(
            pause(&backoff, now),
            Duration::from_secs(3),
            "the longer one"
        );
        let later = now + Duration::from_secs(3);
        assert_eq!(pause(&backoff, later), Duration::ZERO);
    }

    #[test]
    fn pauses_double_until_a_success_and_have_a_ceiling() {
        let mut now = Instant::now();
        let mut backoff = Backoff::default();
        let mut next = |backoff: &mut Backoff| {
            backoff.strike(now, None, 1.0);
            let pause = pause(backoff, now);
            now += pause;
            pause.as_millis()
        };
        let pauses: Vec<u128> = (0..7).map(|_| next(&mut backoff)).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 8000]);
        backoff.relax();
        assert_eq!(next(&mut backoff), 250);
    }

    #[test]
    fn requests_refused_together_are_one_strike() {
        let now = Instant::now();
        let mut backoff = Backoff::default();
        for _ in 0..8 {
            backoff.strike(now, None, 1.0);
        }
        assert_eq!(pause(&backoff, now), FIRST);
    }
}
