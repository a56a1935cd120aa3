//! Points in time and durations: read in every form that the platform or a user writes, shown in one.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A point in time as the router sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// What the router wrote.
    raw: String,
    /// The same, understood; none where it is neither RFC 3339 nor Unix seconds.
    at: Option<Timestamp>,
}

/// How times are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// `3m ago`, `in 2h`.
    Relative,
    /// RFC 3339, whole seconds, `Z`.
    #[default]
    Utc,
    /// RFC 3339 with the offset of the user's zone.
    Local,
    /// As the router wrote it.
    Raw,
}

impl Stamp {
    /// Reads RFC 3339 text or Unix seconds (whole or with a fraction); anything else is kept as it came.
    #[must_use]
    pub fn read(raw: &str) -> Self {
        let at = raw.parse::<Timestamp>().ok().or_else(|| unix(raw));
        Self {
            raw: raw.to_owned(),
            at,
        }
    }

    /// The moment; none where what the router wrote is no time.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        self.at
    }

    /// The text of this time in `style`; `now` serves the relative one and `zone` the local one.
    #[must_use]
    pub fn show(&self, style: Style, now: Timestamp, zone: &TimeZone) -> String {
        let Some(at) = self.at else {
            return self.raw.clone();
        };
        match style {
            Style::Raw => self.raw.clone(),
            Style::Utc => utc(at),
            Style::Local => at
                .to_zoned(zone.clone())
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string(),
            Style::Relative => relative(at, now),
        }
    }
}

fn unix(raw: &str) -> Option<Timestamp> {
    if let Ok(seconds) = raw.parse::<i64>() {
        return Timestamp::from_second(seconds).ok();
    }
    // Whole seconds are all that is ever shown, so the fraction may go.
    let (whole, fraction) = raw.split_once('.')?;
    fraction
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(())?;
    Timestamp::from_second(whole.parse().ok()?).ok()
}

/// RFC 3339 in UTC, whole seconds, with `Z`.
#[must_use]
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// How long it is from `now` to `at`; zero where that has passed.
#[must_use]
pub fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

/// The clock's reading as a timestamp; one outside of the representable years is the epoch.
#[must_use]
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

/// Reads `500ms`, `90s`, `10m`, `24h`, `7d`, or a bare number of seconds.
///
/// # Errors
/// A sentence, when the text has another form, is zero or negative, or is too large.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let milliseconds: u64 = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(DURATION.to_owned()),
    };
    let total = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(milliseconds))
        // A hundred years: beyond it, clocks overflow.
        .filter(|total| (1..=3_153_600_000_000).contains(total));
    total.map(Duration::from_millis).ok_or(DURATION.to_owned())
}

const DURATION: &str =
    "write a duration above zero as 500ms, 90s, 10m, 24h or 7d (a bare number is seconds)";

/// A duration for people: `350ms`, `45s`, `10m`, `3m20s`, `2h5m`.
#[must_use]
pub fn show_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds < 1_000 {
        format!("{milliseconds}ms")
    } else {
        // Rounded up: a wait must never look shorter than it is.
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
