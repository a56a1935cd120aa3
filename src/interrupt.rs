//! SIGINT and SIGTERM: a change under way is finished and reported, everything else ends at once, and the process
//! ends by the signal, so that a shell loop around it ends too.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::error::{Error, Exit};

/// The process's signals, as far as commands must know of them. Clones share one state.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// The first signal that came while something held it off; 0 is none.
    raised: AtomicI32,
    /// How many holds there are.
    holds: AtomicUsize,
    /// What a change under way says of itself when it is cut off.
    last_word: Mutex<Option<String>>,
    /// What to undo before the process ends, newest last.
    cleanups: Mutex<Vec<(usize, Cleanup)>>,
    next_cleanup: AtomicUsize,
    /// The user was told that the signal has arrived.
    told: AtomicBool,
    wake: Notify,
}

type Cleanup = Box<dyn FnOnce() + Send>;

/// The number of SIGINT, on every system that has it.
pub const SIGINT: i32 = 2;
/// The number of SIGTERM.
pub const SIGTERM: i32 = 15;

impl Interrupt {
    /// Signals do what the system does by itself: for tests, and until [`Interrupt::install`].
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Takes over SIGINT and SIGTERM with a thread that waits for them. `say` writes a last word to standard error.
    ///
    /// # Errors
    /// When the system refuses the handlers or the thread.
    #[cfg(unix)]
    pub fn install(say: impl Fn(&str) + Send + 'static) -> std::io::Result<Self> {
        let interrupt = Self::default();
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
        let shared = interrupt.clone();
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                for signal in &mut signals {
                    shared.deliver(signal, &say);
                }
            })?;
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

    #[cfg(unix)]
    fn deliver(&self, signal: i32, say: &impl Fn(&str)) {
        let held = self.0.holds.load(Ordering::SeqCst) > 0;
        let first = self
            .0
            .raised
            .compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok();
        if held && first {
            self.0.wake.notify_waiters();
            return;
        }
        let word = lock(&self.0.last_word).take();
        if let Some(word) = word.filter(|_| held) {
            say(&word);
        }
        self.end(signal);
    }

    /// Undoes what is to be undone and ends the process by the signal. Returns where signals can't end it.
    pub fn end(&self, signal: i32) {
        let cleanups = std::mem::take(&mut *lock(&self.0.cleanups));
        for (_, cleanup) in cleanups.into_iter().rev() {
            cleanup();
        }
        #[cfg(unix)]
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        #[cfg(not(unix))]
        let _ = signal;
    }

    /// Holds signals off while the returned value lives: the first one is kept, the second ends the process after
    /// saying `last_word`. Of several holds the word of the first counts.
    #[must_use]
    pub fn hold(&self, last_word: Option<String>) -> Hold {
        self.0.holds.fetch_add(1, Ordering::SeqCst);
        let mut word = lock(&self.0.last_word);
        *word = word.take().or(last_word);
        drop(word);
        Hold(self.clone())
    }

    /// Registers what is to be undone should a signal end the process; dropping the returned value forgets it.
    #[must_use]
    pub fn cleanup(&self, undo: impl FnOnce() + Send + 'static) -> Undo {
        let key = self.0.next_cleanup.fetch_add(1, Ordering::SeqCst);
        lock(&self.0.cleanups).push((key, Box::new(undo)));
        Undo(self.clone(), key)
    }

    /// The signal that came while it was held off.
    #[must_use]
    pub fn raised(&self) -> Option<i32> {
        match self.0.raised.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(signal),
        }
    }

    /// Whether the user is still to be told that a signal has come: true once.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !self.0.told.swap(true, Ordering::SeqCst)
    }

    /// Waits until a signal has come.
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
    #[must_use]
    pub fn error(&self) -> Error {
        match self.raised() {
            Some(SIGTERM) => Error::new(Exit::Terminated, "ended by SIGTERM"),
            _ => Error::new(Exit::Interrupted, "interrupted"),
        }
    }
}

/// While it lives, the first signal waits. See [`Interrupt::hold`].
pub struct Hold(Interrupt);

impl Drop for Hold {
    fn drop(&mut self) {
        if self.0.0.holds.fetch_sub(1, Ordering::SeqCst) == 1 {
            lock(&self.0.0.last_word).take();
        }
    }
}

/// A registered cleanup. See [`Interrupt::cleanup`].
pub struct Undo(Interrupt, usize);

impl Drop for Undo {
    fn drop(&mut self) {
        lock(&self.0.0.cleanups).retain(|(key, _)| *key != self.1);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
