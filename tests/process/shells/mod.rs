//! Documented commands in bash, dash, and zsh, with jq, and at prompts in tmux. Other tests run the same commands in
//! the test process; these cover what a shell does with a command line first.

mod completions;
mod documents;
mod fleet_guide;
mod guide;
mod help;
mod pages;
mod prompts;
mod quoting;
mod scripts;
mod shell;
mod tmux;

use crate::support::Home;

/// A home whose current deployment is a new sandbox.
fn sandbox() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}
