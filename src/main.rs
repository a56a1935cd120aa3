//! Passes the arguments, the environment, and the terminal to [`xeroctl::run`], and returns its exit code.

use std::ffi::OsString;
use std::hint;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use xeroctl::env::Env;
use xeroctl::error::Exit;
use xeroctl::interrupt::Interrupt;
use xeroctl::ui::{Ui, stream};

/// Larger than the pieces that a response is read and written in.
const LARGE: usize = 4 * 1024 * 1024;

fn main() -> ExitCode {
    keep_freed_memory();
    let interrupt = Interrupt::install(stream::last_word).unwrap_or_default();
    let owned = interrupt.clone();
    panic::set_hook(Box::new(move |info| defect(info, &owned)));
    let env = Env::capture();
    let ui = Ui::real(env.clock(), &interrupt);
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let code = xeroctl::run(&words, &env, &ui, &interrupt);
    if let Some(signal) = interrupt.raised() {
        interrupt.end(signal);
    }
    ExitCode::from(code)
}

/// Lets the allocator keep a few megabytes of freed memory for the next page of a list. glibc returns it to the kernel
/// from 128 KiB on, until a larger block was freed once (`mallopt(3)`, `M_TRIM_THRESHOLD`). The block is never touched,
/// so it costs no memory.
fn keep_freed_memory() {
    drop(hint::black_box(Vec::<u8>::with_capacity(LARGE)));
}

/// Ends the process with one sentence and exit code 1 after a panic on any thread. The panic's message may contain user
/// input, so it isn't shown; an abort would look like a crash.
#[expect(clippy::exit, reason = "nothing is left that could return")]
fn defect(info: &PanicHookInfo<'_>, interrupt: &Interrupt) {
    interrupt.clean_up();
    let place = info.location().map_or_else(String::new, |place| {
        format!(" ({}:{})", place.file(), place.line())
    });
    stream::last_word(&format!(
        "error: xeroctl stopped because of a bug{place}; the operation may be partially complete"
    ));
    std::process::exit(Exit::Failure.code().into());
}
