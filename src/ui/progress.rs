//! Progress of work that takes more than a second, as a live line. With `XEROCTL_ACCESSIBLE`, a plain line now and then.

use std::fmt;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use super::Ui;
use super::live::Live;
use crate::interrupt::Interrupt;
use crate::time;

/// Shorter work shows no progress.
const QUIET: Duration = Duration::from_secs(1);
/// How often a plain line is written.
const PLAIN: Duration = Duration::from_secs(10);
/// How often the line is drawn again at most, per second.
const RATE: u8 = 10;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Objects of a list whose length is not known.
    Items,
    /// Objects of which there are so many.
    Of(u64),
    /// Bytes, and how many there are, if that is known.
    Bytes(Option<u64>),
}

impl Unit {
    fn template(self) -> &'static str {
        match self {
            Self::Items => "{msg}: {pos} so far{rate}",
            Self::Of(_) => "{msg} [{bar:20}] {pos} of {len}{prefix}{rate}{left}",
            Self::Bytes(None) => "{msg}: {binary_bytes}, {binary_bytes_per_sec}",
            Self::Bytes(Some(_)) => {
                "{msg} [{bar:20}] {binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}{left}"
            }
        }
    }

    fn total(self) -> Option<u64> {
        match self {
            Self::Items => None,
            Self::Of(total) => Some(total),
            Self::Bytes(total) => total,
        }
    }
}

/// The progress of some work, shown until it is dropped. It does nothing where none is to be shown.
pub struct Progress(Option<ProgressBar>);

impl Ui {
    /// Shows the progress of work that starts now, if it takes long.
    pub fn progress(&self, interrupt: &Interrupt, what: &str, unit: Unit) -> Progress {
        self.progress_from(interrupt, what, unit, Instant::now())
    }

    fn progress_from(
        &self,
        interrupt: &Interrupt,
        what: &str,
        unit: Unit,
        started: Instant,
    ) -> Progress {
        let mode = self.output_mode();
        if !self.terminals().error || mode.quiet || !(mode.live || mode.accessible) {
            return Progress(None);
        }
        let line = Line {
            ui: self.clone(),
            interrupt: interrupt.clone(),
            live: Mutex::default(),
            is_plain: mode.accessible,
            text: Mutex::default(),
            started,
            written: Mutex::new(started),
        };
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(line), RATE);
        let bar = ProgressBar::with_draw_target(unit.total(), target).with_message(what.to_owned());
        let mut template = unit.template().to_owned();
        if mode.accessible {
            // A bar would be read out sign by sign.
            template = template.replace(" [{bar:20}]", ":");
        }
        let style = ProgressStyle::with_template(&template).map(|style| {
            let style = style.with_key("rate", rate).with_key("left", left);
            style.progress_chars("=> ")
        });
        let bar = match style {
            Ok(style) => bar.with_style(style),
            Err(_) => return Progress(None),
        };
        Progress(Some(bar))
    }

    /// Whether a live line and what standard output shows do not get in each other's way: it is a terminal, which this
    /// program writes to alone, or a file.
    pub fn has_own_output(&self) -> bool {
        self.terminals().output || self.state().output.is_file()
    }
}

impl Progress {
    /// No progress is shown.
    pub fn none() -> Self {
        Self(None)
    }

    /// So much more was done.
    pub fn add(&self, count: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(count);
        }
    }

    /// So much was done before this work started, so that it does not count for its rate.
    pub fn start_at(&self, count: u64) {
        if let Some(bar) = &self.0 {
            bar.set_position(count);
            bar.reset_eta();
        }
    }

    /// So much is done, and so many of it failed.
    pub fn set(&self, what: &str, done: u64, failed: u64) {
        let Some(bar) = &self.0 else { return };
        if bar.message() != what {
            bar.set_message(what.to_owned());
        }
        let failures = match failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        if bar.prefix() != failures {
            bar.set_prefix(failures);
        }
        bar.set_position(done);
    }
}

fn rate(state: &ProgressState, out: &mut dyn fmt::Write) {
    let rate = state.per_sec();
    if rate >= 1.0 {
        let _ = write!(out, ", {rate:.0}/s");
    }
}

fn left(state: &ProgressState, out: &mut dyn fmt::Write) {
    let left = state.eta().as_secs();
    if state.per_sec() > 0.0 && left > 0 {
        let left = time::show_duration(Duration::from_secs(left));
        let _ = write!(out, ", {left} left");
    }
}

/// The terminal as the library sees it: one line.
struct Line {
    ui: Ui,
    interrupt: Interrupt,
    /// The live line, once it is shown: another one may be shown until then.
    live: Mutex<Option<Live>>,
    /// Plain lines are written instead.
    is_plain: bool,
    text: Mutex<String>,
    started: Instant,
    /// When a plain line was written.
    written: Mutex<Instant>,
}

impl fmt::Debug for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Line")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TermLike for Line {
    /// Wide enough for the library not to wrap: the live line cuts it.
    fn width(&self) -> u16 {
        400
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        lock(&self.text).push_str(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        lock(&self.text).clear();
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let text = std::mem::take(&mut *lock(&self.text));
        let text = text.trim_end();
        if text.is_empty() || self.started.elapsed() < QUIET {
            return Ok(());
        }
        if self.is_plain {
            let mut written = lock(&self.written);
            if written.elapsed() >= PLAIN {
                *written = Instant::now();
                self.ui.note(text);
            }
            return Ok(());
        }
        let mut live = lock(&self.live);
        if live.is_none() {
            *live = self.ui.live(&self.interrupt);
        }
        if let Some(live) = &*live {
            live.show(text);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{OutputMode, Terminals};

    /// What is on standard error after work that began so long ago.
    fn shown(mode: OutputMode, age: Duration, unit: Unit, work: impl Fn(&Progress)) -> String {
        let terminals = Terminals {
            error: true,
            ..Terminals::default()
        };
        let (ui, written) = Ui::memory(terminals, || std::time::UNIX_EPOCH, "");
        ui.set_output_mode(mode);
        let progress = ui.progress_since(age, unit);
        work(&progress);
        drop(progress);
        written.texts().1
    }

    const LIVE: OutputMode = OutputMode {
        color_output: false,
        color_error: false,
        quiet: false,
        json_errors: false,
        live: true,
        redraws: true,
        accessible: false,
        machine: false,
        ascii: false,
        verbose: 0,
    };

    impl Ui {
        fn progress_since(&self, age: Duration, unit: Unit) -> Progress {
            let began = Instant::now().checked_sub(age).unwrap_or_else(Instant::now);
            self.progress_from(&Interrupt::none(), "agents", unit, began)
        }
    }

    #[test]
    fn long_work_has_a_line_that_is_removed() {
        let text = shown(LIVE, Duration::from_secs(5), Unit::Of(40), |progress| {
            progress.set("agents", 10, 2);
        });
        assert!(
            text.contains("agents [=====>              ] 10 of 40, 2 failed"),
            "{text:?}"
        );
        assert!(text.ends_with("\r\u{1b}[K"), "{text:?}");
        let text = shown(
            LIVE,
            Duration::from_secs(5),
            Unit::Bytes(Some(4096)),
            |it| it.add(1024),
        );
        assert!(
            text.contains("agents [=====>              ] 1.00 KiB of 4.00 KiB"),
            "{text:?}"
        );
        let text = shown(LIVE, Duration::from_secs(5), Unit::Items, |it| it.add(700));
        assert!(text.contains("agents: 700 so far"), "{text:?}");
    }

    #[test]
    fn short_work_and_quiet_work_show_nothing() {
        let quiet = OutputMode {
            quiet: true,
            ..LIVE
        };
        let dumb = OutputMode {
            live: false,
            ..LIVE
        };
        for (mode, age) in [(LIVE, 0), (quiet, 5), (dumb, 5)] {
            let text = shown(mode, Duration::from_secs(age), Unit::Items, |it| {
                it.add(700);
            });
            assert_eq!(text, "");
        }
    }

    #[test]
    fn accessible_progress_is_a_line_every_ten_seconds() {
        let mode = OutputMode {
            live: false,
            accessible: true,
            ..LIVE
        };
        for (age, expected) in [(9, ""), (11, "agents: 700 so far")] {
            let text = shown(mode, Duration::from_secs(age), Unit::Items, |it| {
                it.add(700);
                it.add(1);
            });
            let text = text.split_inclusive([',', '\n']).next().unwrap_or_default();
            assert_eq!(text.trim_end_matches([',', '\n']), expected);
        }
    }
}
