//! The real program on a terminal: output, prompts, and the state after Ctrl-C.

mod api;
mod appearance;
mod confirmation;
mod hidden;
mod images;
mod jobs;
mod pager;
mod progress;
mod shells;
mod squads;
mod svg;
mod top;
mod watching;
mod wizard;

use crate::support::Home;

/// A home whose current deployment is the sandbox.
fn sandbox() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}
