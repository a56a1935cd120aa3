//! What the documents tell people to type, as people type it: into bash, dash and zsh, with jq, and at prompts in tmux.
//! Other tests run the same commands; these find what a shell makes of a line before the program sees it.

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

/// A home whose current deployment is a sandbox that nobody used yet.
fn sandbox() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}
