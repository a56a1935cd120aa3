//! The terminal while a prompt is open. Its modes are set for the prompt and always restored.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, QueueSelector, SpecialCodeIndex, Termios,
    tcflush, tcgetattr, tcsetattr,
};
use signal_hook::consts::SIGTTIN;

use super::secret_line::{Key, Keys};
use super::stream::ENDING;
use super::writer::Stream;
use crate::interrupt::{CleanupGuard, Interrupt, Suspension};

/// Shells may send SIGCONT more than once to continue a job. Within this time, the prompt is printed again only once.
const SAME_CONTINUATION: Duration = Duration::from_millis(200);

/// The kind of input a prompt reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line, edited by the system.
    Line,
    /// Single keys that are not shown, because the system cuts long lines.
    Keys,
}

/// An open prompt. Dropping it restores the terminal; so do signals, suspension, and defects.
pub(super) struct Prompt {
    modes: Arc<Mutex<Modes>>,
    suspension: Suspension,
    interrupt: Interrupt,
    _undo: CleanupGuard,
}

struct Modes {
    kind: Kind,
    /// The terminal's original modes.
    found: Termios,
    /// Whether the prompt's modes are set.
    is_set: bool,
    /// The prompt, which is printed again when the process continues.
    text: String,
    /// When it was last printed again.
    reprinted: Option<Instant>,
}

impl Prompt {
    /// Sets up the terminal for a prompt and discards type-ahead. Returns `None` if standard input is not a terminal.
    pub(super) fn begin(kind: Kind, text: &str, interrupt: &Interrupt) -> Option<Self> {
        let modes = Arc::new(Mutex::new(Modes {
            kind,
            found: tcgetattr(rustix::stdio::stdin()).ok()?,
            is_set: false,
            text: text.to_owned(),
            reprinted: None,
        }));
        let (ending, suspended, resumed) = (modes.clone(), modes.clone(), modes.clone());
        let undo = interrupt.cleanup(move || {
            lock(&ending).restore();
            // The shell's prompt starts on a new line.
            Stream::Error.write_briefly("\n");
        });
        // In the normal mode, a stop leaves the terminal usable for the shell, and the system stops the process faster
        // than a handler would, so that later input is not read here.
        let suspend: Option<Box<dyn Fn() + Send>> = match kind {
            Kind::Line => None,
            Kind::Keys => Some(Box::new(move || lock(&suspended).restore())),
        };
        let suspension =
            interrupt.on_suspend(suspend, move |continued| lock(&resumed).resume(continued));
        lock(&modes).set();
        let _ = tcflush(rustix::stdio::stdin(), QueueSelector::IFlush);
        Some(Self {
            modes,
            suspension,
            interrupt: interrupt.clone(),
            _undo: undo,
        })
    }

    /// The terminal's keys for editing and for signals.
    pub(super) fn keys(&self) -> Keys {
        let modes = lock(&self.modes);
        let key =
            |index| Some(modes.found.special_codes[index]).filter(|code| !matches!(code, 0 | 0xff));
        Keys {
            interrupt: key(SpecialCodeIndex::VINTR),
            quit: key(SpecialCodeIndex::VQUIT),
            suspend: key(SpecialCodeIndex::VSUSP),
            erase: key(SpecialCodeIndex::VERASE),
            kill: key(SpecialCodeIndex::VKILL),
            end: key(SpecialCodeIndex::VEOF),
        }
    }

    /// Sends the signal that the terminal would have sent for this key. The terminal is restored first, because a shell
    /// may inspect it as soon as its job stops.
    pub(super) fn signal(&self, key: Key) {
        let signal = match key {
            Key::Interrupt => Signal::INT,
            Key::Quit => Signal::QUIT,
            Key::Suspend => Signal::TSTP,
        };
        lock(&self.modes).restore();
        let _ = rustix::process::kill_current_process_group(signal);
        if key == Key::Suspend && self.suspension.is_handled() {
            // The signal thread resumes this prompt. Input typed before that belongs to the shell.
            while !lock(&self.modes).is_set {
                std::thread::sleep(Duration::from_millis(5));
            }
            return;
        }
        if key != Key::Suspend && self.interrupt.has_arrived() {
            std::thread::sleep(ENDING);
        }
        // The signal is ignored.
        lock(&self.modes).resume(true);
    }
}

/// Whether this process may set and read the terminal.
fn is_in_foreground() -> bool {
    rustix::termios::tcgetpgrp(rustix::stdio::stdin())
        .map_or(true, |group| group == rustix::process::getpgrp())
}

impl Drop for Prompt {
    fn drop(&mut self) {
        lock(&self.modes).restore();
    }
}

impl Modes {
    fn set(&mut self) {
        let wanted = self.wanted();
        // If the terminal is gone, reading fails.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &wanted);
        self.is_set = true;
    }

    fn restore(&mut self) {
        if std::mem::take(&mut self.is_set) {
            let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &self.found);
        }
    }

    fn resume(&mut self, continued: bool) {
        if !is_in_foreground() {
            // Continued in the background: the terminal is the shell's, until another SIGCONT brings it back. Without a
            // stop, a shell would send none.
            let _ = signal_hook::low_level::raise(SIGTTIN);
            return;
        }
        if let Ok(now) = tcgetattr(rustix::stdio::stdin()) {
            // A process that was stopped without notice finds its own modes, unless a shell has changed them.
            if !self.is_set || !is_like(&now, &self.wanted()) {
                self.found = now;
            }
            self.set();
        }
        let is_repeated = (self.reprinted).is_some_and(|time| time.elapsed() < SAME_CONTINUATION);
        if continued && !is_repeated {
            // What was typed for the shell is not a response.
            let _ = tcflush(rustix::stdio::stdin(), QueueSelector::IFlush);
            Stream::Error.write_briefly(&self.text);
            self.reprinted = Some(Instant::now());
        }
    }

    /// The modes that the prompt needs, whatever another program has left behind.
    fn wanted(&self) -> Termios {
        let mut modes = self.found.clone();
        modes
            .output_modes
            .insert(OutputModes::OPOST | OutputModes::ONLCR);
        modes
            .input_modes
            .remove(InputModes::IGNCR | InputModes::INLCR);
        modes.input_modes.insert(InputModes::ICRNL);
        let line = LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHO | LocalModes::ECHOE;
        match self.kind {
            Kind::Line => modes.local_modes.insert(line),
            Kind::Keys => {
                modes
                    .local_modes
                    .remove(line | LocalModes::ECHONL | LocalModes::IEXTEN);
                modes.special_codes[SpecialCodeIndex::VMIN] = 1;
                modes.special_codes[SpecialCodeIndex::VTIME] = 0;
            }
        }
        modes
    }
}

fn is_like(one: &Termios, other: &Termios) -> bool {
    one.local_modes == other.local_modes
        && one.input_modes == other.input_modes
        && one.output_modes == other.output_modes
}

fn lock(modes: &Mutex<Modes>) -> MutexGuard<'_, Modes> {
    modes.lock().unwrap_or_else(PoisonError::into_inner)
}
