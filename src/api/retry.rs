//! The retry decision, as a pure function.

use std::time::Duration;

use super::request::Method;
use crate::error::Exit;

/// The maximum number of attempts if the server was reached.
const ATTEMPTS: u32 = 4;
/// The maximum number of attempts if it was not.
const CONNECT_ATTEMPTS: u32 = 3;
/// The time limit for connection attempts, so that a refused port is reported soon.
const CONNECT_WINDOW: Duration = Duration::from_secs(3);
/// The first delay, doubled each time.
const FIRST_DELAY: Duration = Duration::from_millis(250);
/// The maximum delay of the backoff.
const LONGEST_DELAY: Duration = Duration::from_secs(8);
/// The maximum delay without `--timeout`.
pub const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The maximum of a server's requested delay, which prevents overflow in times.
pub(super) const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(24);

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome<'a> {
    /// Name resolution or the connection failed: nothing was sent.
    Unreachable,
    /// The server's certificate or protocol is invalid. A retry would fail again.
    Untrusted,
    /// Nothing was sent, because the client or a proxy refused, for the reason given by the exit code. A retry would fail
    /// again.
    Barred(Exit),
    /// The request may have been sent, but no complete response arrived.
    Lost,
    /// The request may have been sent, but nothing arrived within the time limit.
    Silent,
    /// An unusable response: too large, or not decodable. A retry would give the same.
    Unusable,
    /// A response arrived.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The router's `error.code`.
        code: Option<&'a str>,
        /// The server's requested delay: the longer of `Retry-After` and `retry_after`.
        wait: Option<Duration>,
    },
}

/// The decision after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Wait this long and retry.
    Retry(Duration),
    /// The attempt's outcome is final.
    Final,
    /// A retry could succeed, but only after this delay, which exceeds the limit.
    WaitTooLong(Duration),
}

/// The state of a request.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The method.
    pub method: Method,
    /// The number of attempts so far, including this one.
    pub made: u32,
    /// The time since the first attempt started.
    pub elapsed: Duration,
    /// The maximum delay: the rest of `--timeout`, or else [`LONGEST_WAIT`].
    pub limit: Duration,
    /// A random number from 0 to 1.
    pub jitter: f64,
}

/// Decides after an attempt whether to retry.
///
/// A read is retried after every transient error. A write is retried only if nothing was done: it was never sent, the
/// router throttled it, or no executor was available.
pub fn decide(attempt: &Attempt, outcome: AttemptOutcome<'_>) -> RetryDecision {
    // A silent server has used up the time for all attempts.
    if !may_repeat(attempt.method, outcome) || outcome == AttemptOutcome::Silent {
        return RetryDecision::Final;
    }
    let own = backoff(attempt.made, attempt.jitter);
    let (delay, attempts) = match outcome {
        AttemptOutcome::Unreachable if attempt.elapsed + own > CONNECT_WINDOW => {
            return RetryDecision::Final;
        }
        AttemptOutcome::Unreachable => (own, CONNECT_ATTEMPTS),
        AttemptOutcome::Answered {
            wait: Some(wait), ..
        } => (own.max(wait), ATTEMPTS),
        _ => (own, ATTEMPTS),
    };
    if attempt.made >= attempts {
        RetryDecision::Final
    } else if delay > attempt.limit {
        RetryDecision::WaitTooLong(delay)
    } else {
        RetryDecision::Retry(delay)
    }
}

/// Whether the same request could succeed later.
fn is_transient(outcome: AttemptOutcome<'_>) -> bool {
    match outcome {
        AttemptOutcome::Unreachable | AttemptOutcome::Lost | AttemptOutcome::Silent => true,
        AttemptOutcome::Untrusted | AttemptOutcome::Barred(_) | AttemptOutcome::Unusable => false,
        AttemptOutcome::Answered { status, code, .. } => {
            !code.is_some_and(is_permanent) && matches!(status, 408 | 429 | 500 | 502..=504)
        }
    }
}

/// Whether the response shows that nothing was done.
pub fn is_known_unapplied(outcome: AttemptOutcome<'_>) -> bool {
    match outcome {
        AttemptOutcome::Unreachable | AttemptOutcome::Untrusted | AttemptOutcome::Barred(_) => true,
        AttemptOutcome::Lost | AttemptOutcome::Silent | AttemptOutcome::Unusable => false,
        AttemptOutcome::Answered { status, code, .. } => {
            status == 429 || code == Some("tool_executor_unavailable")
        }
    }
}

/// Whether the request can be repeated, now or later, without making a change twice.
pub fn may_repeat(method: Method, outcome: AttemptOutcome<'_>) -> bool {
    is_transient(outcome) && (!method.writes() || is_known_unapplied(outcome))
}

/// Quota and billing errors, which a short wait doesn't resolve.
fn is_permanent(code: &str) -> bool {
    matches!(
        code,
        "quota_exceeded" | "insufficient_quota" | "billing_delinquent"
    )
}

/// Exponential backoff with full jitter: from zero to the doubled delay.
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

    fn answered(status: u16, code: Option<&str>, wait: Option<u64>) -> AttemptOutcome<'_> {
        AttemptOutcome::Answered {
            status,
            code,
            wait: wait.map(Duration::from_secs),
        }
    }

    #[test]
    fn retries_reads_only_after_transient_errors() {
        for status in [408, 429, 500, 502, 503, 504] {
            let verdict = decide(&attempt(Method::Get, 1), answered(status, None, None));
            assert_eq!(verdict, RetryDecision::Retry(FIRST_DELAY), "{status}");
        }
        for status in [200, 301, 400, 401, 403, 404, 409, 422, 501, 505] {
            let verdict = decide(&attempt(Method::Get, 1), answered(status, None, None));
            assert_eq!(verdict, RetryDecision::Final, "{status}");
        }
    }

    #[test]
    fn retries_writes_only_if_nothing_was_done() {
        let again = |outcome| decide(&attempt(Method::Post, 1), outcome) != RetryDecision::Final;
        assert!(again(AttemptOutcome::Unreachable));
        assert!(again(answered(429, None, None)));
        assert!(again(answered(
            503,
            Some("tool_executor_unavailable"),
            None
        )));
        assert!(!again(AttemptOutcome::Lost));
        assert!(!again(AttemptOutcome::Silent));
        assert!(!again(AttemptOutcome::Barred(Exit::Auth)));
        assert!(!again(AttemptOutcome::Untrusted));
        assert!(!again(answered(500, None, None)));
        assert!(!again(answered(503, None, None)));
        assert!(!again(answered(503, Some("endpoint_inactive"), None)));
    }

    #[test]
    fn silence_ends_the_attempts_but_is_retryable() {
        let verdict = decide(&attempt(Method::Get, 1), AttemptOutcome::Silent);
        assert_eq!(verdict, RetryDecision::Final);
        assert!(may_repeat(Method::Get, AttemptOutcome::Silent));
        assert!(!may_repeat(Method::Post, AttemptOutcome::Silent));
    }

    #[test]
    fn quota_and_billing_errors_are_final() {
        for code in ["quota_exceeded", "insufficient_quota", "billing_delinquent"] {
            let verdict = decide(&attempt(Method::Get, 1), answered(429, Some(code), Some(1)));
            assert_eq!(verdict, RetryDecision::Final, "{code}");
        }
    }

    #[test]
    fn longer_delay_wins_up_to_the_limit() {
        let verdict = |wait| decide(&attempt(Method::Get, 1), answered(429, None, Some(wait)));
        assert_eq!(verdict(0), RetryDecision::Retry(FIRST_DELAY));
        assert_eq!(verdict(60), RetryDecision::Retry(LONGEST_WAIT));
        assert_eq!(
            verdict(61),
            RetryDecision::WaitTooLong(Duration::from_secs(61))
        );
    }

    #[test]
    fn attempts_are_limited() {
        let last = decide(&attempt(Method::Get, ATTEMPTS), answered(503, None, None));
        assert_eq!(last, RetryDecision::Final);
        let unreachable = |made, elapsed| {
            let attempt = Attempt {
                elapsed: Duration::from_millis(elapsed),
                ..attempt(Method::Get, made)
            };
            decide(&attempt, AttemptOutcome::Unreachable)
        };
        assert_eq!(unreachable(2, 0), RetryDecision::Retry(FIRST_DELAY * 2));
        assert_eq!(unreachable(3, 0), RetryDecision::Final);
        assert_eq!(unreachable(1, 2_900), RetryDecision::Final);
    }

    #[test]
    fn delays_double_up_to_a_maximum() {
        let delays: Vec<_> = (1..=8).map(|made| backoff(made, 1.0).as_millis()).collect();
        assert_eq!(delays, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(backoff(5, 0.0), Duration::ZERO);
    }
}
