//! Timestamps and durations: parses every form that the platform or a user writes, and formats them uniformly.

use std::time::{Duration, SystemTime};

use jiff::fmt::friendly::SpanParser;
use jiff::tz::TimeZone;
use jiff::{SpanRelativeTo, Timestamp};

/// A timestamp as received from the router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireTime {
    /// The router's text, parsed only when shown.
    raw: String,
}

/// The scale of the program's own waits between attempts, polls, and connections. In-process tests shorten them;
/// `--timeout` is never shortened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeScale(u32);

impl TimeScale {
    /// Real time.
    pub const REAL: Self = Self(1);

    /// Faster by this factor, at least 1.
    pub fn times(factor: u32) -> Self {
        Self(factor.max(1))
    }

    /// The actual length of a wait.
    pub fn shorten(self, wait: Duration) -> Duration {
        wait / self.0
    }

    /// The nominal length of a wait that took this long.
    pub fn lengthen(self, took: Duration) -> Duration {
        took.saturating_mul(self.0)
    }
}

/// The display format of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TimeFormat {
    /// `3m ago`, `in 2h`.
    Relative,
    /// RFC 3339 in UTC, in whole seconds, with `Z`.
    #[default]
    Utc,
    /// RFC 3339 with the offset of the user's time zone.
    Local,
    /// As received from the router.
    Raw,
}

impl WireTime {
    /// Wraps the router's text.
    pub fn read(raw: impl Into<String>) -> Self {
        Self { raw: raw.into() }
    }

    /// The point in time, from RFC 3339 or Unix seconds, possibly with a fraction. `None` for any other text.
    pub fn at(&self) -> Option<Timestamp> {
        self.raw.parse().ok().or_else(|| unix(&self.raw))
    }

    /// Formats this time in `style`. `now` is for relative times, `zone` for local ones.
    pub fn show(&self, style: TimeFormat, now: Timestamp, zone: &TimeZone) -> String {
        let Some(at) = self.at() else {
            return self.raw.clone();
        };
        match style {
            TimeFormat::Raw => self.raw.clone(),
            TimeFormat::Utc => utc(at),
            TimeFormat::Local => at
                .to_zoned(zone.clone())
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string(),
            TimeFormat::Relative => relative(at, now),
        }
    }
}

fn unix(raw: &str) -> Option<Timestamp> {
    if let Ok(seconds) = raw.parse::<i64>() {
        return Timestamp::from_second(seconds).ok();
    }
    // Only whole seconds are shown, so the fraction can be dropped.
    let (whole, fraction) = raw.split_once('.')?;
    fraction
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(())?;
    Timestamp::from_second(whole.parse().ok()?).ok()
}

/// RFC 3339 in UTC, in whole seconds, with `Z`.
pub fn utc(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// The duration from `now` to `at`. Zero if `at` has passed.
pub fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

/// A system time as a timestamp, or `None` outside the representable range.
pub fn timestamp_of(time: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(time).ok()
}

/// A system time as a timestamp, or the epoch outside the representable range.
pub fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let span = short(seconds.unsigned_abs());
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("{span} ago"),
        _ => format!("in {span}"),
    }
}

/// Seconds in the largest unit that fits: `45s`, `3m`, `7h`, `12d`, `2y`.
fn short(seconds: u64) -> String {
    const UNITS: [(u64, char); 4] = [(365 * 86_400, 'y'), (86_400, 'd'), (3_600, 'h'), (60, 'm')];
    UNITS.iter().find(|(size, _)| seconds >= *size).map_or_else(
        || format!("{seconds}s"),
        |(size, unit)| format!("{}{unit}", seconds / size),
    )
}

/// Parses `500ms`, `90s`, `10m`, `3m20s`, `24h`, `7d`, or a number of seconds without a unit.
///
/// # Errors
/// A sentence, if the text has another form, is zero or negative, or is too large.
pub fn duration(text: &str) -> Result<Duration, String> {
    // The parser also accepts words, spaces, fractions, and signs.
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"dhms".contains(&byte));
    let seconds = text.parse::<u64>().map(|seconds| format!("{seconds}s"));
    SpanParser::new()
        .parse_span(seconds.as_deref().unwrap_or(text))
        .ok()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|duration| is_plain && !duration.is_zero() && *duration <= LONGEST)
        .ok_or_else(|| DURATION.to_owned())
}

/// A hundred years. Larger values overflow clocks.
const LONGEST: Duration = Duration::from_hours(100 * 365 * 24);

const DURATION: &str =
    "write a duration above zero as 500ms, 90s, 10m, 24h or 7d (a bare number is seconds)";

/// Formats a duration: `350ms`, `45s`, `10m`, `3m20s`, `2h5m`.
pub fn show_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds < 1_000 {
        format!("{milliseconds}ms")
    } else {
        // Rounded up, so that a wait never looks shorter than it is.
        let seconds = u64::try_from(milliseconds.div_ceil(1_000)).unwrap_or(u64::MAX);
        let (large, small) = match seconds {
            0..=119 => return format!("{seconds}s"),
            120..=7_199 => ((seconds / 60, 'm'), (seconds % 60, 's')),
            _ => ((seconds / 3_600, 'h'), (seconds % 3_600 / 60, 'm')),
        };
        match small.0 {
            0 => format!("{}{}", large.0, large.1),
            _ => format!("{}{}{}{}", large.0, large.1, small.0, small.1),
        }
    }
}
