//! Whether and when a request is sent again: a pure function of what happened.

use std::time::Duration;

use super::request::Method;

/// Attempts in all where the router was reached.
const ATTEMPTS: u32 = 4;
/// Attempts in all where it was not.
const CONNECT_ATTEMPTS: u32 = 3;
/// How long attempts to connect may go on: a refused port should be told soon.
const CONNECT_WINDOW: Duration = Duration::from_secs(3);
/// The first delay, doubled each time.
const FIRST_DELAY: Duration = Duration::from_millis(250);
/// No delay of our own is longer.
const LONGEST_DELAY: Duration = Duration::from_secs(8);
/// Without `--timeout`, no wait longer than this is begun.
pub const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// Name resolution or the connection failed: nothing was sent.
    Unreachable,
    /// The other side's certificate or protocol is wrong: it will be next time too.
    Untrusted,
    /// The request may have left, but no whole answer came.
    Lost,
    /// An answer came that can't be taken: too large, or not decompressible. The next would be the same.
    Unusable,
    /// An answer came.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The router's `error.code`.
        code: Option<&'a str>,
        /// What the router asks to wait: the longer of `Retry-After` and `retry_after`.
        wait: Option<Duration>,
    },
}

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Sleep this long and send again.
    Again(Duration),
    /// The attempt's outcome is final.
    Final,
    /// Another try could succeed, but only after this wait, which is longer than may be waited.
    TooLong(Duration),
}

/// The situation of a request.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The method.
    pub method: Method,
    /// How many attempts were made, this one included.
    pub made: u32,
    /// The time since the first began.
    pub elapsed: Duration,
    /// The longest wait that may be begun: what is left of `--timeout`, else [`LONGEST_WAIT`].
    pub limit: Duration,
    /// A random number from 0 to 1.
    pub jitter: f64,
}

/// Decides after an attempt whether the request is sent again.
///
/// A read is sent again after every passing fault. A write is sent again only where nothing was done: it never
/// left, or the router throttled it or had nobody to do it.
#[must_use]
pub fn decide(attempt: &Attempt, outcome: Outcome<'_>) -> Verdict {
    if !may_repeat(attempt.method, outcome) {
        return Verdict::Final;
    }
    let own = backoff(attempt.made, attempt.jitter);
    let (delay, attempts) = match outcome {
        Outcome::Unreachable if attempt.elapsed + own > CONNECT_WINDOW => return Verdict::Final,
        Outcome::Unreachable => (own, CONNECT_ATTEMPTS),
        Outcome::Answered {
            wait: Some(wait), ..
        } => (own.max(wait), ATTEMPTS),
        _ => (own, ATTEMPTS),
    };
    if attempt.made >= attempts {
        Verdict::Final
    } else if delay > attempt.limit {
        Verdict::TooLong(delay)
    } else {
        Verdict::Again(delay)
    }
}

/// Whether the same request could succeed later.
fn is_transient(outcome: Outcome<'_>) -> bool {
    match outcome {
        Outcome::Unreachable | Outcome::Lost => true,
        Outcome::Untrusted | Outcome::Unusable => false,
        Outcome::Answered { status, code, .. } => {
            !code.is_some_and(is_lasting) && matches!(status, 408 | 429 | 500 | 502..=504)
        }
    }
}

/// Whether the answer itself says that nothing was done.
#[must_use]
pub fn nothing_was_done(outcome: Outcome<'_>) -> bool {
    match outcome {
        Outcome::Unreachable | Outcome::Untrusted => true,
        Outcome::Lost | Outcome::Unusable => false,
        Outcome::Answered { status, code, .. } => {
            status == 429 || code == Some("tool_executor_unavailable")
        }
    }
}

/// Whether the same request may be sent again, now or later, without the danger of doing something twice.
#[must_use]
pub fn may_repeat(method: Method, outcome: Outcome<'_>) -> bool {
    is_transient(outcome) && (!method.writes() || nothing_was_done(outcome))
}

/// Quota and billing: no wait of seconds mends them.
fn is_lasting(code: &str) -> bool {
    matches!(
        code,
        "quota_exceeded" | "insufficient_quota" | "billing_delinquent"
    )
}

/// Exponential backoff with full jitter: anything from nothing to the doubled delay.
fn backoff(made: u32, jitter: f64) -> Duration {
    let doublings = made.saturating_sub(1).min(16);
    let ceiling = (FIRST_DELAY * 2_u32.pow(doublings)).min(LONGEST_DELAY);
    ceiling.mul_f64(jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(method: Method, made: u32) -> Attempt {
        Attempt {
            method,
            made,
            elapsed: Duration::ZERO,
            limit: LONGEST_WAIT,
            jitter: 1.0,
        }
    }

    fn answered(status: u16, code: Option<&str>, wait: Option<u64>) -> Outcome<'_> {
        Outcome::Answered {
            status,
            code,
            wait: wait.map(Duration::from_secs),
        }
    }

    #[test]
    fn reads_are_sent_again_after_passing_faults_only() {
        for status in [408, 429, 500, 502, 503, 504] {
            let verdict = decide(&attempt(Method::Get, 1), answered(status, None, None));
            assert_eq!(verdict, Verdict::Again(FIRST_DELAY), "{status}");
        }
        for status in [200, 301, 400, 401, 403, 404, 409, 422, 501, 505] {
            let verdict = decide(&attempt(Method::Get, 1), answered(status, None, None));
            assert_eq!(verdict, Verdict::Final, "{status}");
        }
    }

    #[test]
    fn writes_are_sent_again_only_where_nothing_was_done() {
        let again = |outcome| decide(&attempt(Method::Post, 1), outcome) != Verdict::Final;
        assert!(again(Outcome::Unreachable));
        assert!(again(answered(429, None, None)));
        assert!(again(answered(
            503,
            Some("tool_executor_unavailable"),
            None
        )));
        assert!(!again(Outcome::Lost));
        assert!(!again(Outcome::Untrusted));
        assert!(!again(answered(500, None, None)));
        assert!(!again(answered(503, None, None)));
        assert!(!again(answered(503, Some("endpoint_inactive"), None)));
    }

    #[test]
    fn quota_and_billing_are_final() {
        for code in ["quota_exceeded", "insufficient_quota", "billing_delinquent"] {
            let verdict = decide(&attempt(Method::Get, 1), answered(429, Some(code), Some(1)));
            assert_eq!(verdict, Verdict::Final, "{code}");
        }
    }

    #[test]
    fn the_longest_wait_counts_and_one_beyond_the_limit_is_not_begun() {
        let verdict = |wait| decide(&attempt(Method::Get, 1), answered(429, None, Some(wait)));
        assert_eq!(verdict(0), Verdict::Again(FIRST_DELAY));
        assert_eq!(verdict(60), Verdict::Again(LONGEST_WAIT));
        assert_eq!(verdict(61), Verdict::TooLong(Duration::from_secs(61)));
    }

    #[test]
    fn attempts_end() {
        let last = decide(&attempt(Method::Get, ATTEMPTS), answered(503, None, None));
        assert_eq!(last, Verdict::Final);
        let unreachable = |made, elapsed| {
            let attempt = Attempt {
                elapsed: Duration::from_millis(elapsed),
                ..attempt(Method::Get, made)
            };
            decide(&attempt, Outcome::Unreachable)
        };
        assert_eq!(unreachable(2, 0), Verdict::Again(FIRST_DELAY * 2));
        assert_eq!(unreachable(3, 0), Verdict::Final);
        assert_eq!(unreachable(1, 2_900), Verdict::Final);
    }

    #[test]
    fn delays_double_up_to_their_ceiling() {
        let delays: Vec<_> = (1..=8).map(|made| backoff(made, 1.0).as_millis()).collect();
        assert_eq!(delays, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(backoff(5, 0.0), Duration::ZERO);
    }
}
