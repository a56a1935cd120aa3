//! `--since` and `--until`: moments, durations before now, and days in the user's time zone.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::error::Error;
use crate::session::Session;
use crate::time::WireTime;

/// A time in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastTime {
    /// A moment.
    At(Timestamp),
    /// This long before now.
    Ago(Duration),
    /// A day.
    On(Date),
    /// This many days before today.
    DaysAgo(i64),
}

impl PastTime {
    /// Where it starts.
    fn start(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(ago) => now.checked_sub(ago).unwrap_or(Timestamp::MIN),
            Self::On(date) => midnight(date, zone).unwrap_or(Timestamp::MIN),
            Self::DaysAgo(_) => Self::On(self.date(now, zone)).start(now, zone),
        }
    }

    /// Where it ends: a day ends before the next one starts.
    fn end(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::At(_) | Self::Ago(_) => self.start(now, zone),
            Self::On(date) => date
                .checked_add(1.day())
                .ok()
                .and_then(|next| midnight(next, zone))
                .and_then(|next| next.checked_sub(SignedDuration::from_nanos(1)).ok())
                .unwrap_or(Timestamp::MAX),
            Self::DaysAgo(_) => Self::On(self.date(now, zone)).end(now, zone),
        }
    }

    fn date(self, now: Timestamp, zone: &TimeZone) -> Date {
        let today = now.to_zoned(zone.clone()).date();
        match self {
            Self::On(date) => date,
            Self::DaysAgo(days) => today.checked_sub(days.days()).unwrap_or(today),
            Self::At(_) | Self::Ago(_) => today,
        }
    }
}

fn midnight(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    let midnight = date.to_zoned(zone.clone()).ok()?;
    Some(midnight.timestamp())
}

/// A time in the past: RFC 3339, a date, `today`, `yesterday`, or how long ago.
///
/// # Errors
/// A sentence, if it is none of them.
pub fn past_time(text: &str) -> Result<PastTime, String> {
    match text {
        "today" => return Ok(PastTime::DaysAgo(0)),
        "yesterday" => return Ok(PastTime::DaysAgo(1)),
        _ => {}
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(PastTime::At(at));
    }
    // A date with a time but without an offset would be read as the date alone.
    if let Some(date) = text.parse::<Date>().ok().filter(|_| text.len() == 10) {
        return Ok(PastTime::On(date));
    }
    crate::time::duration(text).map(PastTime::Ago).map_err(|_| {
        "write a time as 2026-11-23T08:00:00Z, a date as 2026-11-23, today, yesterday, or how long ago as 90s, 10m, 24h or 7d"
            .to_owned()
    })
}

/// The options for a period of time.
#[derive(clap::Args, Clone, Debug, Default)]
#[group(skip)]
pub struct Period {
    /// Only items created since this time (RFC 3339, a date, today, yesterday, or a duration such as 24h)
    #[arg(long, value_name = "TIME", value_parser = past_time, help_heading = "Filters")]
    since: Option<PastTime>,
    /// Only items created until this time (a date includes the whole day)
    #[arg(long, value_name = "TIME", value_parser = past_time, help_heading = "Filters")]
    until: Option<PastTime>,
}

/// A period of time: what is outside it does not match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Period {
    /// Whether it is limited at all.
    pub fn is_given(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// The period, by our clock and the user's time zone.
    ///
    /// # Errors
    /// Exit 2 if it ends before it starts.
    pub fn span(&self, session: &Session<'_>) -> Result<Span, Error> {
        if !self.is_given() {
            return Ok(Span::default());
        }
        self.at(session.ui().now(), &session.context.zone())
    }

    fn at(&self, now: Timestamp, zone: &TimeZone) -> Result<Span, Error> {
        let from = self.since.map(|since| since.start(now, zone));
        let to = self.until.map(|until| until.end(now, zone));
        match (from, to) {
            (Some(from), Some(to)) if to < from => {
                Err(Error::usage("`--until` is before `--since`"))
            }
            _ => Ok(Span { from, to }),
        }
    }
}

impl Span {
    /// Whether this time is in the period. An absent one is in no limited period.
    pub fn holds(&self, time: Option<&WireTime>) -> bool {
        if *self == Self::default() {
            return true;
        }
        time.and_then(WireTime::at).is_some_and(|at| {
            self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at <= to)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(since: Option<&str>, until: Option<&str>) -> Period {
        let read = |text: &str| past_time(text).expect(text);
        Period {
            since: since.map(read),
            until: until.map(read),
        }
    }

    fn holds(since: Option<&str>, until: Option<&str>, time: &str) -> bool {
        let zone = TimeZone::get("America/New_York").expect("a time zone");
        let now = "2026-11-22T03:00:00Z".parse().expect("a time");
        let span = period(since, until).at(now, &zone).expect("a period");
        span.holds(Some(&WireTime::read(time)))
    }

    #[test]
    fn days_are_those_of_the_time_zone() {
        // In New York, it is still the evening of the 21st.
        assert!(holds(Some("today"), None, "2026-11-21T05:00:00Z"));
        assert!(!holds(Some("today"), None, "2026-11-21T04:59:59Z"));
        assert!(holds(
            Some("yesterday"),
            Some("yesterday"),
            "2026-11-21T04:59:59Z"
        ));
        assert!(!holds(
            Some("yesterday"),
            Some("yesterday"),
            "2026-11-21T05:00:00Z"
        ));
    }

    #[test]
    fn until_a_date_includes_that_day() {
        assert!(holds(None, Some("2026-11-20"), "2026-11-21T04:59:59.9Z"));
        assert!(!holds(None, Some("2026-11-20"), "2026-11-21T05:00:00Z"));
        assert!(holds(Some("2026-11-20"), None, "2026-11-20T05:00:00Z"));
        assert!(!holds(Some("2026-11-20"), None, "2026-11-20T04:59:59Z"));
    }

    #[test]
    fn an_absent_time_is_in_no_period() {
        let now = "2026-11-22T03:00:00Z".parse().expect("a time");
        let span = |period: Period| period.at(now, &TimeZone::UTC).expect("a period");
        assert!(!span(period(Some("24h"), None)).holds(None));
        assert!(span(period(None, None)).holds(None));
    }

    #[test]
    fn a_period_that_ends_before_it_starts_is_refused() {
        let now = "2026-11-22T03:00:00Z".parse().expect("a time");
        let reversed = period(Some("today"), Some("yesterday"));
        assert!(reversed.at(now, &TimeZone::UTC).is_err());
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "tomorrow",
            "2026-13-01",
            "2026-11-20T08:00:00",
            "",
            "-1h",
            "24 h",
        ] {
            assert!(past_time(text).is_err(), "{text}");
        }
    }
}
