//! Hands the arguments, the environment and the terminal to [`xeroctl::run`], and returns its exit code.

use std::ffi::OsString;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use xeroctl::env::Env;
use xeroctl::error::Exit;
use xeroctl::interrupt::Interrupt;
use xeroctl::ui::{Ui, stream};

fn main() -> ExitCode {
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

/// Ends the process with one sentence and exit code 1, on whichever thread the panic was: its own message may hold what
/// was typed, so it is not shown, and an abort would look like a crash.
#[expect(clippy::exit, reason = "nothing is left that could return")]
fn defect(info: &PanicHookInfo<'_>, interrupt: &Interrupt) {
    interrupt.clean_up();
    let place = info.location().map_or_else(String::new, |place| {
        format!(" ({}:{})", place.file(), place.line())
    });
    stream::last_word(&format!(
        "error: xeroctl has a defect and stopped{place}; what it was doing may be done in part"
    ));
    std::process::exit(Exit::Failure.code().into());
}
