//! When to poll: at the interval, sooner after an event, and less often once the event stream has proven itself.

use std::time::{Duration, Instant};

use crate::time::TimeScale;

/// The default interval.
const INTERVAL: Duration = Duration::from_secs(2);
/// The interval once an event has named what is polled for.
const CALM: Duration = Duration::from_secs(15);
/// Events trigger polls no closer together than this.
const MIN_GAP: Duration = Duration::from_millis(500);

/// The polling interval and what decides about it.
pub(super) struct Polling {
    interval: Duration,
    /// `--interval` was given: it holds whatever the event stream does.
    is_fixed: bool,
    /// An event has named what is polled for: an open stream alone proves nothing.
    is_proven: bool,
    last: Option<Instant>,
    time_scale: TimeScale,
}

impl Polling {
    /// Polls at the given interval, or at the default one.
    pub(super) fn new(interval: Option<Duration>, time_scale: TimeScale) -> Self {
        Self {
            interval: time_scale.shorten(interval.unwrap_or(INTERVAL)),
            is_fixed: interval.is_some(),
            is_proven: false,
            last: None,
            time_scale,
        }
    }

    /// The interval without an event stream.
    pub(super) fn interval(&self) -> Duration {
        self.interval
    }

    /// An event has named what is polled for.
    pub(super) fn prove(&mut self) {
        self.is_proven = true;
    }

    /// A poll starts.
    pub(super) fn start(&mut self) {
        self.last = Some(Instant::now());
    }

    /// The earliest time for a poll that an event triggers.
    pub(super) fn earliest(&self) -> Instant {
        let now = Instant::now();
        let gap = self.time_scale.shorten(MIN_GAP).min(self.interval);
        self.last.map_or(now, |last| now.max(last + gap))
    }

    /// The longer interval, if the event stream is open and has proven itself.
    pub(super) fn calm(&self, is_open: bool) -> Option<Duration> {
        (is_open && self.is_proven && !self.is_fixed).then(|| self.time_scale.shorten(CALM))
    }
}
