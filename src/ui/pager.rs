//! The pager: a program that shows the result on the terminal a page at a time. While it runs, messages wait, because it
//! owns the screen.

use std::io::{self, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::stream::Sink;
use super::{State, Ui};
use crate::env::Env;
use crate::interrupt::{CleanupGuard, Interrupt};

/// How `less` and `lv` behave, unless the environment says otherwise: colors are shown, and a result that fits on the
/// screen stays there.
const DEFAULTS: [(&str, &str); 2] = [("LESS", "FRX"), ("LV", "-c")];

/// Whether results go through a pager.
#[derive(Default)]
pub(super) enum Paging {
    #[default]
    Off,
    /// The next result starts it.
    Ready(Box<Command>),
    Running(Pager),
}

/// A pager that was started.
pub(super) struct Pager {
    shared: Arc<Shared>,
    _undo: CleanupGuard,
}

struct Shared {
    /// None when the result is complete.
    input: Mutex<Option<ChildStdin>>,
    child: Mutex<Child>,
    /// The ID of its process.
    id: u32,
}

impl Ui {
    /// Shows results with this program, given as its words, if standard output is a terminal.
    pub fn set_pager(&self, words: &[String], env: &Env) {
        let [name, arguments @ ..] = words else {
            return;
        };
        let is_process = matches!(self.state().output, Sink::Process(_));
        if !self.terminals().output || !is_process {
            return;
        }
        let mut command = Command::new(name);
        command
            .args(arguments)
            .env_clear()
            .envs(env.variables())
            .current_dir(env.directory())
            .stdin(Stdio::piped());
        for (variable, value) in DEFAULTS {
            if env.os(variable).is_none() {
                command.env(variable, value);
            }
        }
        self.state().paging = Paging::Ready(Box::new(command));
    }

    /// Uses no pager, because the output arrives over time or a prompt follows. A pager that is running is waited for.
    pub fn stop_paging(&self) {
        let paging = std::mem::take(&mut self.state().paging);
        let Paging::Running(pager) = paging else {
            return;
        };
        // Without holding the lock, which others need to end the process.
        pager.shared.finish();
        drop(pager);
        self.release_messages();
    }

    /// Writes the messages that have waited.
    pub(super) fn release_messages(&self) {
        let mut state = self.state();
        state.holds_messages = false;
        let held = std::mem::take(&mut state.held);
        state.error.say(&held);
    }

    /// Starts the pager if the result is to be paged.
    pub(super) fn start_pager(&self) {
        let mut state = self.state();
        // The result of a change is short, and must not wait for a key.
        if state.changed.is_some() {
            return;
        }
        let Paging::Ready(command) = &mut state.paging else {
            return;
        };
        let started = Pager::start(command, &self.0.interrupt);
        let name = command.get_program().to_string_lossy().into_owned();
        match started {
            Ok(pager) => {
                state.clear_live_line();
                state.paging = Paging::Running(pager);
            }
            Err(error) => {
                state.paging = Paging::Off;
                drop(state);
                self.warn(&format!(
                    "the pager {name} can't be started (XEROCTL_PAGER): {error}"
                ));
            }
        }
    }
}

impl State {
    /// Whether a pager owns the screen.
    pub(super) fn is_paging(&self) -> bool {
        matches!(self.paging, Paging::Running(_))
    }
}

impl Pager {
    fn start(command: &mut Command, interrupt: &Interrupt) -> io::Result<Self> {
        let mut child = command.spawn()?;
        let shared = Arc::new(Shared {
            input: Mutex::new(child.stdin.take()),
            id: child.id(),
            child: Mutex::new(child),
        });
        let (ending, signals) = (shared.clone(), interrupt.clone());
        // If this process ended first, the pager would be left with a terminal that it can't read from.
        let undo = interrupt.cleanup(move || {
            if signals.is_ending_all() {
                ending.terminate();
            }
            ending.finish();
        });
        Ok(Self {
            shared,
            _undo: undo,
        })
    }

    /// Writes everything. Fails with [`io::ErrorKind::BrokenPipe`] if the pager was left.
    pub(super) fn put(&self, bytes: &[u8]) -> io::Result<()> {
        match &mut *lock(&self.shared.input) {
            Some(input) => input.write_all(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Shared {
    /// Ends the result, and waits until the pager is left.
    fn finish(&self) {
        // A write that is under way holds the lock until the pager is left.
        if let Ok(mut input) = self.input.try_lock() {
            input.take();
        }
        let _ = lock(&self.child).wait();
    }

    /// Asks the pager to restore the terminal and to end.
    fn terminate(&self) {
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process};
            // If the lock is taken, the pager is being waited for, so it has not ended.
            let has_ended = match self.child.try_lock() {
                Ok(mut child) => !matches!(child.try_wait(), Ok(None)),
                Err(_) => false,
            };
            let id = i32::try_from(self.id).ok().and_then(Pid::from_raw);
            if let Some(id) = id.filter(|_| !has_ended) {
                let _ = kill_process(id, Signal::TERM);
            }
        }
        #[cfg(not(unix))]
        let _ = self.id;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
