//! The signal handlers on systems with POSIX signals.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::{SIGCONT, SIGTSTP, SIGTTOU, SIGXFSZ};
use signal_hook::iterator::{Handle, Signals};

use super::{Interrupt, SIGHUP, SIGINT, SIGQUIT, SIGTERM, lock};

/// The signals that end a command.
const ENDING: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// When a terminal closes, both it and its shell send SIGHUP. Within this time, the two count as one event.
const SAME_HANGUP: Duration = Duration::from_secs(1);

/// How long output that was begun may take to be completed after a signal.
const BRIEF_HOLD: Duration = Duration::from_millis(500);

/// The installed handlers, and the signals that the parent process ignores.
pub(super) struct Installed {
    handle: Handle,
    ignored: Ignored,
    /// The latest signal that ends commands, even if the thread has not handled it yet; 0 for none.
    arrived: Arc<AtomicUsize>,
    /// The last signal of SIGTSTP and SIGCONT.
    latest: Arc<AtomicUsize>,
    /// Whether SIGCONT is handled; decided at the first prompt.
    continues: OnceLock<bool>,
    /// Whether SIGTSTP is handled; decided at the first prompt that needs it.
    suspends: OnceLock<bool>,
}

impl Installed {
    pub(super) fn arrived(&self) -> Option<i32> {
        let signal = i32::try_from(self.arrived.load(Ordering::SeqCst)).ok();
        signal.filter(|signal| *signal != 0)
    }

    /// Handles SIGCONT from now on.
    pub(super) fn continuations(&self) -> bool {
        *self.continues.get_or_init(|| self.handle(SIGCONT))
    }

    /// Handles SIGTSTP and SIGCONT from now on. Returns false if SIGTSTP is ignored. Called only when a prompt needs it,
    /// because the system stops a process without a handler faster.
    pub(super) fn suspensions(&self) -> bool {
        let handled = || !self.ignored.has(SIGTSTP) && self.continuations() && self.handle(SIGTSTP);
        *self.suspends.get_or_init(handled)
    }

    fn handle(&self, signal: i32) -> bool {
        let latest = self.latest.clone();
        // The arrival is recorded before the thread wakes up.
        usize::try_from(signal)
            .is_ok_and(|value| signal_hook::flag::register_usize(signal, latest, value).is_ok())
            && self.handle.add_signal(signal).is_ok()
    }

    /// Whether the process was continued after the latest SIGTSTP. As in the system itself, SIGCONT cancels a pending
    /// stop; otherwise, the job would stop without its shell noticing.
    fn is_continued(&self) -> bool {
        usize::try_from(SIGCONT) == Ok(self.latest.load(Ordering::SeqCst))
    }
}

/// Installs the handlers, and the thread that acts on signals.
pub(super) fn install(
    interrupt: &Interrupt,
    say: impl Fn(&str) + Send + 'static,
) -> std::io::Result<()> {
    disable_core_dumps();
    let ignored = Ignored::now();
    // Signals that the parent process ignores (nohup, a script's background job) stay ignored.
    let ending = ENDING.into_iter().filter(|signal| !ignored.has(*signal));
    let ending: Vec<i32> = ending.collect();
    let arrived = Arc::<AtomicUsize>::default();
    for signal in &ending {
        let number = usize::try_from(*signal).unwrap_or_default();
        signal_hook::flag::register_usize(*signal, arrived.clone(), number)?;
    }
    let mut signals = Signals::new(ending)?;
    // Exceeding a file size limit makes the write fail instead of ending the process.
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    let handle = signals.handle();
    let _ = interrupt.0.installed.set(Installed {
        handle,
        ignored,
        arrived,
        latest: Arc::default(),
        continues: OnceLock::new(),
        suspends: OnceLock::new(),
    });
    let interrupt = interrupt.clone();
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let mut hung_up = None;
            for signal in &mut signals {
                match signal {
                    SIGTSTP => suspend(&interrupt),
                    SIGCONT => resume(&interrupt, true),
                    SIGHUP => {
                        let now = Instant::now();
                        let first = hung_up.get_or_insert(now);
                        if *first == now || first.elapsed() > SAME_HANGUP {
                            handle_signal(&interrupt, signal, &say);
                        }
                    }
                    _ => handle_signal(&interrupt, signal, &say),
                }
            }
        })?;
    Ok(())
}

fn handle_signal(interrupt: &Interrupt, signal: i32, say: &impl Fn(&str)) {
    let shared = &interrupt.0;
    let held = shared.holds.load(Ordering::SeqCst) > 0;
    let first = shared
        .raised
        .compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst)
        .is_ok();
    if held && first {
        shared.wake.notify_waiters();
        end_brief_hold(interrupt, signal);
        return;
    }
    let word = lock(&shared.last_word).take();
    if let Some(word) = word.filter(|_| held) {
        say(&word(signal));
    }
    interrupt.end(signal);
}

/// Ends the process if a brief hold outlasts its time.
fn end_brief_hold(interrupt: &Interrupt, signal: i32) {
    if interrupt.0.brief_holds.load(Ordering::SeqCst) == 0 {
        return;
    }
    let waiting = interrupt.clone();
    let end = move || {
        std::thread::sleep(BRIEF_HOLD);
        if waiting.0.brief_holds.load(Ordering::SeqCst) > 0 {
            waiting.end(signal);
        }
    };
    let thread = std::thread::Builder::new().name("signal-limit".to_owned());
    if thread.spawn(end).is_err() {
        interrupt.end(signal);
    }
}

/// Restores the terminal and stops the process. SIGTTOU keeps its default action and stops the process as SIGTSTP
/// would: not at all if no shell could continue it.
fn suspend(interrupt: &Interrupt) {
    if let Some(pause) = &*lock(&interrupt.0.pause)
        && let Some(suspend) = &pause.suspend
    {
        suspend();
    }
    let installed = interrupt.0.installed.get();
    if !installed.is_some_and(Installed::is_continued) {
        let _ = signal_hook::low_level::raise(SIGTTOU);
    }
    resume(interrupt, false);
}

fn resume(interrupt: &Interrupt, continued: bool) {
    if let Some(pause) = &*lock(&interrupt.0.pause) {
        (pause.resume)(continued);
    }
}

/// Ends the process by the signal.
pub(super) fn terminate_by_signal(signal: i32) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        // The limit does not apply to core dumps that are piped to a program.
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    if rustix::process::getpid().is_init() {
        // The first process of a container does not die from a signal that it raises.
        signal_hook::low_level::exit(128 + signal);
    }
    let _ = signal_hook::low_level::emulate_default_handler(signal);
}

/// Disables core dumps, which would contain keys.
fn disable_core_dumps() {
    let limit = Rlimit {
        current: Some(0),
        ..getrlimit(Resource::Core)
    };
    let _ = setrlimit(Resource::Core, limit);
}

/// The signals that the parent process ignores, as a bit mask.
#[derive(Clone, Copy)]
struct Ignored(u64);

impl Ignored {
    /// Reads them from the system.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        Self::read(&status)
    }

    /// Other systems don't report them to safe code. Standard output of a process started by nohup is not a terminal, so
    /// without a terminal, SIGHUP counts as ignored.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn now() -> Self {
        use std::io::IsTerminal as _;
        let on_terminal =
            rustix::stdio::stdout().is_terminal() || rustix::stdio::stderr().is_terminal();
        Self(if on_terminal { 0 } else { 1 << (SIGHUP - 1) })
    }

    #[cfg(any(target_os = "linux", target_os = "android", test))]
    fn read(status: &str) -> Self {
        let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        Self(mask.unwrap_or_default())
    }

    fn has(self, signal: i32) -> bool {
        u32::try_from(signal - 1).is_ok_and(|bit| self.0.checked_shr(bit).unwrap_or(0) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ignored_signals_from_process_status() {
        let ignored =
            Ignored::read("Name:\tx\nSigBlk:\t0000000000000007\nSigIgn:\t0000000000001003\n");
        for (signal, is_ignored) in [(1, true), (2, true), (3, false), (13, true), (15, false)] {
            assert_eq!(ignored.has(signal), is_ignored, "{signal}");
        }
        assert!(!Ignored::read("").has(2));
    }
}
