//! Runs commands in the shells.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::thread;

use regex::Regex;

use crate::support::Home;
use crate::support::process::{Ended, Running, has, script_by};

/// The shells that people use. The options keep out what this machine's owner has set up.
const SHELLS: [Shell; 3] = [
    Shell {
        name: "bash",
        quiet: "--norc --noprofile",
    },
    Shell {
        name: "dash",
        quiet: "",
    },
    Shell {
        name: "zsh",
        quiet: "-f",
    },
];

#[derive(Clone, Copy, Debug)]
pub(crate) struct Shell {
    pub name: &'static str,
    /// The options that make it start without the files of this machine.
    pub quiet: &'static str,
}

/// Whether these programs are here. The README promises that the tests need nothing but Rust, so a test without them
/// says what it lacks and passes; `.ci/run` installs them all.
pub(crate) fn have(programs: &[&str]) -> bool {
    let missing: Vec<_> = programs.iter().filter(|program| !has(program)).collect();
    for program in &missing {
        let test = thread::current().name().unwrap_or("a test").to_owned();
        // Not `eprintln!`, which a test that passes does not show.
        let _ = writeln!(
            std::io::stderr(),
            "{test}: not run for want of {program}; to install it: apt-get install {program}, or brew install {program}"
        );
    }
    missing.is_empty()
}

/// Does this with each shell that is here, with all of them at once.
#[track_caller]
pub(crate) fn each(what: impl Fn(Shell) + Sync) {
    let here = SHELLS.iter().filter(|shell| have(&[shell.name, "jq"]));
    let what = &what;
    thread::scope(|scope| {
        let running: Vec<_> = here
            .map(|shell| (shell, scope.spawn(move || what(*shell))))
            .collect();
        for (shell, running) in running {
            assert!(running.join().is_ok(), "{} fails", shell.name);
        }
    });
}

/// The directory of the built binary before all that are searched here.
pub(crate) fn path() -> OsString {
    let binary = Path::new(env!("CARGO_BIN_EXE_xeroctl"));
    let mut all = vec![binary.parent().expect("a directory").to_owned()];
    let usual = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    all.extend(std::env::split_paths(&usual));
    std::env::join_paths(all).expect("a path")
}

impl Shell {
    /// Runs a script to its end.
    #[track_caller]
    pub(crate) fn run(self, home: &Home, text: &str) -> Ended {
        self.start(home, text).end()
    }

    /// Runs a script that takes longer than one command may; returns its output.
    #[track_caller]
    pub(crate) fn run_for_long(self, home: &Home, text: &str) -> String {
        let mut command = script_by(self.name, home, text);
        let output = command.env("PATH", path()).output().expect("a shell");
        String::from_utf8(output.stdout).expect("text")
    }

    pub(crate) fn start(self, home: &Home, text: &str) -> Running {
        Running::start(script_by(self.name, home, text).env("PATH", path()))
    }
}

/// The same text with what differs from run to run made equal.
pub(crate) fn settled(text: &str) -> String {
    let patterns = [
        (
            r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)",
            "TIME",
        ),
        (
            r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT",
            "TIME",
        ),
        (
            r"\b(req|agt|jk|rot|evt|xjt|apr)_[A-Za-z0-9_-]{14,}",
            "${1}_…",
        ),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…"),
        (r"(127\.0\.0\.1|localhost):\d+", "$1:PORT"),
        (r"sk-(agent|operator)-[A-Za-z0-9_-]+", "sk-$1-…"),
        (r"xero_sandbox_[A-Za-z0-9_-]+", "xero_sandbox_…"),
        (r"\b1[789]\d{8}\b", "SECONDS"),
    ];
    patterns.iter().fold(text.to_owned(), |text, (from, to)| {
        let pattern = Regex::new(from).expect("a pattern");
        pattern.replace_all(&text, *to).into_owned()
    })
}
