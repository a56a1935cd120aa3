//! Signal handling. On SIGHUP, SIGINT, SIGQUIT, or SIGTERM, a change in progress can finish and be reported; everything
//! else stops immediately. The process then ends by the signal itself, so that an enclosing shell loop also ends.
//! SIGTSTP and SIGCONT restore the terminal while a prompt is suspended.

#[cfg(unix)]
mod signals;

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::error::{Error, Exit};

/// The signal state of this process. Clones share it.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// The first signal that arrived during a hold; 0 for none.
    raised: AtomicI32,
    /// The number of holds.
    holds: AtomicUsize,
    /// The number of those that are brief.
    brief_holds: AtomicUsize,
    /// The last message if a change in progress is cut off.
    last_word: Mutex<Option<FinalMessage>>,
    /// Cleanups to run before the process ends, newest last.
    cleanups: Mutex<Vec<(usize, Cleanup)>>,
    next_cleanup: AtomicUsize,
    /// Handlers for suspending and continuing the process.
    pause: Mutex<Option<Pause>>,
    /// Whether the signal has been announced.
    announced: AtomicBool,
    wake: Notify,
    #[cfg(unix)]
    installed: std::sync::OnceLock<signals::Installed>,
}

type Cleanup = Box<dyn FnOnce() + Send>;

/// The last message before a signal (given by its number) ends a change in progress.
pub type FinalMessage = Box<dyn Fn(i32) -> String + Send>;

/// Handlers that restore and reset the terminal around a suspension.
struct Pause {
    suspend: Option<Box<dyn Fn() + Send>>,
    /// Called with true when the process was continued, and with false when the system did not stop it.
    resume: Box<dyn Fn(bool) + Send>,
}

/// The number of SIGHUP.
pub const SIGHUP: i32 = 1;
/// The number of SIGINT.
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
    /// Keeps the system's default handling: for tests, and until [`Interrupt::install`].
    pub fn none() -> Self {
        Self::default()
    }

    /// Starts a thread that waits for signals and handles them. `say` writes the last message to standard error.
    ///
    /// # Errors
    /// If the handlers or the thread can't be created.
    #[cfg(unix)]
    pub fn install(say: impl Fn(&str) + Send + 'static) -> std::io::Result<Self> {
        let interrupt = Self::default();
        signals::install(&interrupt, say)?;
        Ok(interrupt)
    }

    /// Keeps the default handling on other systems.
    ///
    /// # Errors
    /// Never.
    #[cfg(not(unix))]
    pub fn install(_say: impl Fn(&str) + Send + 'static) -> std::io::Result<Self> {
        Ok(Self::default())
    }

    /// Runs the registered cleanups and ends the process by the signal. Returns if the signal can't end the process.
    pub fn end(&self, signal: i32) {
        self.clean_up();
        #[cfg(unix)]
        signals::terminate_by_signal(signal);
        #[cfg(not(unix))]
        let _ = signal;
    }

    /// Runs the registered cleanups, because the process is about to end.
    pub fn clean_up(&self) {
        let installed = std::mem::take(&mut *lock(&self.0.cleanups));
        for (_, cleanup) in installed.into_iter().rev() {
            cleanup();
        }
    }

    /// Holds signals until the returned guard is dropped. The first one is recorded; the second prints `last_word` and
    /// ends the process. With nested holds, the outermost last message is used.
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
            is_brief: false,
        }
    }

    /// Holds the first signal for at most half a second, so that output that was begun can be completed. A program that
    /// does not read its input must not keep the process alive.
    pub fn hold_briefly(&self) -> SignalGuard {
        let mut guard = self.hold(None);
        self.0.brief_holds.fetch_add(1, Ordering::SeqCst);
        guard.is_brief = true;
        guard
    }

    /// Registers a cleanup for when a signal or a panic ends the process, such as removing a temporary file or
    /// restoring the terminal. Dropping the returned guard cancels it.
    pub fn cleanup(&self, undo: impl FnOnce() + Send + 'static) -> CleanupGuard {
        let key = self.0.next_cleanup.fetch_add(1, Ordering::SeqCst);
        lock(&self.0.cleanups).push((key, Box::new(undo)));
        CleanupGuard(self.clone(), key)
    }

    /// Registers handlers until the returned guard is dropped. `resume` runs after the process was continued.
    /// `suspend`, if given, runs before the process is suspended (Ctrl-Z); the argument of `resume` is then false if
    /// the system did not stop the process. Only one prompt is open at a time.
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

    /// The signal that arrived during a hold.
    pub fn raised(&self) -> Option<i32> {
        match self.0.raised.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(signal),
        }
    }

    /// Whether a signal has arrived, even if it has not been handled yet.
    pub fn has_arrived(&self) -> bool {
        self.arrived().is_some()
    }

    /// The signal that has arrived, even if it has not been handled yet.
    fn arrived(&self) -> Option<i32> {
        #[cfg(unix)]
        let arrived = (self.0.installed.get()).and_then(signals::Installed::arrived);
        #[cfg(not(unix))]
        let arrived = None;
        self.raised().or(arrived)
    }

    /// Whether to announce the signal: true on the first call only.
    pub fn notify_once(&self) -> bool {
        !self.0.announced.swap(true, Ordering::SeqCst)
    }

    /// Whether the signal that arrived was sent by a program or by the system, and not by a key.
    pub fn is_ending_all(&self) -> bool {
        matches!(self.raised(), Some(SIGTERM | SIGHUP))
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

    /// The error of a command that a signal stopped.
    pub fn error(&self) -> Error {
        let exit = exit(self.arrived().unwrap_or(SIGINT));
        let message = match exit {
            Exit::HungUp => "ended by SIGHUP",
            Exit::Quit => "ended by SIGQUIT",
            Exit::Terminated => "ended by SIGTERM",
            _ => "interrupted",
        };
        Error::new(exit, message)
    }
}

/// Holds the first signal until it is dropped. See [`Interrupt::hold`].
pub struct SignalGuard {
    interrupt: Interrupt,
    /// Whether the last message was set by this hold and is removed with it.
    has_word: bool,
    is_brief: bool,
}

impl Drop for SignalGuard {
    fn drop(&mut self) {
        let shared = &self.interrupt.0;
        if self.has_word {
            lock(&shared.last_word).take();
        }
        if self.is_brief {
            shared.brief_holds.fetch_sub(1, Ordering::SeqCst);
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

/// Registered handlers for Ctrl-Z. See [`Interrupt::on_suspend`].
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
