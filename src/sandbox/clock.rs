//! Time as the sandbox counts it: whole Unix seconds inside, two spellings on the wire.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// Whole seconds since 1970, negative before.
pub(super) type Seconds = i64;

/// Where the present comes from; tests bring their own.
pub(super) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The clock's present.
pub(super) fn read(clock: &Clock) -> Seconds {
    match clock().duration_since(UNIX_EPOCH) {
        Ok(since) => Seconds::try_from(since.as_secs()).unwrap_or(Seconds::MAX),
        Err(before) => {
            Seconds::try_from(before.duration().as_secs()).map_or(Seconds::MIN, |seconds| -seconds)
        }
    }
}

/// How an object's times are spelled. The platform uses both, so the demonstration fleet has both.
#[derive(Clone, Copy)]
pub(super) enum Spelling {
    /// `2026-07-01T12:00:00Z`
    Rfc3339,
    /// `1782907200`
    Unix,
}

impl Spelling {
    /// A time as it goes on the wire.
    pub(super) fn write(self, at: Seconds) -> Value {
        match self {
            Self::Unix => at.into(),
            // Outside jiff's years -9999 to 9999 the number is all that is left to say.
            Self::Rfc3339 => {
                jiff::Timestamp::from_second(at).map_or(at.into(), |time| time.to_string().into())
            }
        }
    }

    /// As [`Spelling::write`], with null for no time.
    pub(super) fn write_if(self, at: Option<Seconds>) -> Value {
        at.map_or(Value::Null, |at| self.write(at))
    }
}
