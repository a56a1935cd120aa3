//! Time: whole Unix seconds internally, RFC 3339 or Unix seconds on the wire.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::HeaderValue;
use serde_json::Value;

/// Unix seconds, negative before 1970.
pub(super) type Seconds = i64;

/// Source of the current time; replaceable in tests.
pub(super) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Returns the clock's current time.
pub(super) fn now(clock: &Clock) -> Seconds {
    match clock().duration_since(UNIX_EPOCH) {
        Ok(since) => Seconds::try_from(since.as_secs()).unwrap_or(Seconds::MAX),
        Err(before) => {
            Seconds::try_from(before.duration().as_secs()).map_or(Seconds::MIN, |seconds| -seconds)
        }
    }
}

/// Formats a time for the `Date` header; `None` if it is out of range.
pub(super) fn http_date(time: SystemTime) -> Option<HeaderValue> {
    const YEAR_10000: u64 = 253_402_300_800;
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    let in_range = since.as_secs() < YEAR_10000;
    in_range.then(|| HeaderValue::try_from(httpdate::fmt_http_date(time)).ok())?
}

/// How an object's times are encoded. The platform uses both forms, and so does the demo data.
#[derive(Clone, Copy)]
pub(super) enum TimeEncoding {
    /// `2026-07-01T12:00:00Z`
    Rfc3339,
    /// `1782907200`
    Unix,
}

impl TimeEncoding {
    /// Encodes a time.
    pub(super) fn encode(self, at: Seconds) -> Value {
        match self {
            Self::Unix => at.into(),
            // jiff supports the years -9999 to 9999; other times stay numbers.
            Self::Rfc3339 => {
                jiff::Timestamp::from_second(at).map_or(at.into(), |time| time.to_string().into())
            }
        }
    }

    /// Like [`TimeEncoding::encode`], but `None` becomes null.
    pub(super) fn encode_optional(self, at: Option<Seconds>) -> Value {
        at.map_or(Value::Null, |at| self.encode(at))
    }
}
