//! Signals: SIGHUP, SIGINT, SIGQUIT, and SIGTERM let a change in progress finish and be reported, end everything else
//! at once, and then end the process by the signal itself, so that a shell loop around it ends too. SIGTSTP and SIGCONT
//! restore the terminal while a prompt is suspended.

#[cfg(unix)]
mod signals;

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::error::{Error, Exit};

/// The signals of this process, as far as commands need to know about them. Clones share one state.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// The first signal that arrived while it was held off; 0 is none.
    raised: AtomicI32,
    /// The number of holds.
    holds: AtomicUsize,
    /// The last message of a change in progress, should it be cut off.
    last_word: Mutex<Option<FinalMessage>>,
    /// What to undo before the process ends, newest last.
    cleanups: Mutex<Vec<(usize, Cleanup)>>,
    next_cleanup: AtomicUsize,
    /// What to do when the process is suspended and continued.
    pause: Mutex<Option<Pause>>,
    /// The arrival of the signal was announced.
    told: AtomicBool,
    wake: Notify,
    #[cfg(unix)]
    installed: std::sync::OnceLock<signals::Installed>,
}

type Cleanup = Box<dyn FnOnce() + Send>;

/// The last message before a signal (given by its number) ends a change in progress.
pub type FinalMessage = Box<dyn Fn(i32) -> String + Send>;

/// What a suspended process does to its terminal.
struct Pause {
    suspend: Option<Box<dyn Fn() + Send>>,
    /// True when the process was continued, false when the system did not stop it.
    resume: Box<dyn Fn(bool) + Send>,
}

/// The number of SIGHUP.
pub const SIGHUP: i32 = 1;
/// The number of SIGINT, on every system that has it.
pub const SIGINT: i32 = 2;
/// The number of SIGQUIT.
pub const SIGQUIT: i32 = 3;
/// The number of SIGTERM.
pub const SIGTERM: i32 = 15;

/// The exit code for a signal.
pub fn exit(signal: i32) -> Exit {
    match signal {
        SIGHUP => Exit::HungUp,
        SIGQUIT => Exit::Quit,
        SIGTERM => Exit::Terminated,
        _ => Exit::Interrupted,
    }
}

impl Interrupt {
    /// The system's own handling stays: for tests, and until [`Interrupt::install`].
    pub fn none() -> Self {
        Self::default()
    }

    /// Handles signals on a thread that waits for them. `say` writes a last message to standard error.
    ///
    /// # Errors
    /// When the system refuses the handlers or the thread.
    #[cfg(unix)]
    pub fn install(say: impl Fn(&str) + Send + 'static) -> std::io::Result<Self> {
        let interrupt = Self::default();
        signals::install(&interrupt, say)?;
        Ok(interrupt)
    }

    /// Elsewhere the system's own handling stays.
    ///
    /// # Errors
    /// Never.
    #[cfg(not(unix))]
    pub fn install(_say: impl Fn(&str) + Send + 'static) -> std::io::Result<Self> {
        Ok(Self::default())
    }

    /// Undoes what is registered and ends the process by the signal. Returns where signals cannot end it.
    pub fn end(&self, signal: i32) {
        self.clean_up();
        #[cfg(unix)]
        signals::terminate_by_signal(signal);
        #[cfg(not(unix))]
        let _ = signal;
    }

    /// Undoes what is registered, because the process is about to end.
    pub fn clean_up(&self) {
        let installed = std::mem::take(&mut *lock(&self.0.cleanups));
        for (_, cleanup) in installed.into_iter().rev() {
            cleanup();
        }
    }

    /// Holds signals off while the returned value lives: the first one is kept, the second ends the process after
    /// saying `last_word`. Of nested holds, the outermost last word counts.
    pub fn hold(&self, last_word: Option<FinalMessage>) -> SignalGuard {
        self.0.holds.fetch_add(1, Ordering::SeqCst);
        let mut word = lock(&self.0.last_word);
        let has_word = word.is_none() && last_word.is_some();
        if has_word {
            *word = last_word;
        }
        drop(word);
        SignalGuard {
            interrupt: self.clone(),
            has_word,
        }
    }

    /// Registers what to undo if a signal or a defect ends the process: removing a temporary file, restoring the
    /// terminal. Dropping the returned value cancels it.
    pub fn cleanup(&self, undo: impl FnOnce() + Send + 'static) -> CleanupGuard {
        let key = self.0.next_cleanup.fetch_add(1, Ordering::SeqCst);
        lock(&self.0.cleanups).push((key, Box::new(undo)));
        CleanupGuard(self.clone(), key)
    }

    /// While the returned value lives, `resume` runs after the process was continued. With `suspend`, that runs before
    /// the process is suspended (Ctrl-Z), and the argument of `resume` is false when the system did not stop it. Only
    /// one prompt is open at a time.
    pub fn on_suspend(
        &self,
        suspend: Option<Box<dyn Fn() + Send>>,
        resume: impl Fn(bool) + Send + 'static,
    ) -> Suspension {
        let wanted = suspend.is_some();
        *lock(&self.0.pause) = Some(Pause {
            suspend,
            resume: Box::new(resume),
        });
        #[cfg(unix)]
        let handled = self.0.installed.get().is_some_and(|installed| {
            if wanted {
                installed.suspensions()
            } else {
                installed.continuations();
                false
            }
        });
        #[cfg(not(unix))]
        let (handled, _) = (false, wanted);
        Suspension {
            interrupt: self.clone(),
            handled,
        }
    }

    /// The signal that arrived while it was held off.
    pub fn raised(&self) -> Option<i32> {
        match self.0.raised.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(signal),
        }
    }

    /// Whether a signal has arrived at all, even if nothing has followed from it yet.
    pub fn has_arrived(&self) -> bool {
        #[cfg(unix)]
        let arrived = self
            .0
            .installed
            .get()
            .is_some_and(signals::Installed::has_arrived);
        #[cfg(not(unix))]
        let arrived = false;
        arrived || self.raised().is_some()
    }

    /// Whether the arrival of the signal is still to be announced: true once.
    pub fn notify_once(&self) -> bool {
        !self.0.told.swap(true, Ordering::SeqCst)
    }

    /// Waits until a signal has arrived.
    pub async fn wait(&self) {
        loop {
            let woken = self.0.wake.notified();
            if self.raised().is_some() {
                return;
            }
            woken.await;
        }
    }

    /// The error of a command that a signal cut short.
    pub fn error(&self) -> Error {
        let exit = exit(self.raised().unwrap_or(SIGINT));
        let message = match exit {
            Exit::HungUp => "ended by SIGHUP",
            Exit::Quit => "ended by SIGQUIT",
            Exit::Terminated => "ended by SIGTERM",
            _ => "interrupted",
        };
        Error::new(exit, message)
    }
}

/// While it lives, the first signal waits. See [`Interrupt::hold`].
pub struct SignalGuard {
    interrupt: Interrupt,
    /// The last message is that of this hold, and goes with it.
    has_word: bool,
}

impl Drop for SignalGuard {
    fn drop(&mut self) {
        let shared = &self.interrupt.0;
        if self.has_word {
            lock(&shared.last_word).take();
        }
        shared.holds.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A registered cleanup. See [`Interrupt::cleanup`].
pub struct CleanupGuard(Interrupt, usize);

impl Drop for CleanupGuard {
    fn drop(&mut self) {
        lock(&self.0.0.cleanups).retain(|(key, _)| *key != self.1);
    }
}

/// What is registered for Ctrl-Z. See [`Interrupt::on_suspend`].
pub struct Suspension {
    interrupt: Interrupt,
    handled: bool,
}

impl Suspension {
    /// Whether SIGTSTP is handled; a parent process may have it ignored.
    pub fn is_handled(&self) -> bool {
        self.handled
    }
}

impl Drop for Suspension {
    fn drop(&mut self) {
        lock(&self.interrupt.0.pause).take();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
