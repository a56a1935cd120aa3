//! The real binary on a terminal: how it looks there, what it asks, and what Ctrl-C leaves behind.

mod api;
mod asking;
mod hidden;
mod jobs;
mod looks;
mod shells;
mod squads;
mod wizard;

use crate::support::Home;

/// A home whose current deployment is the sandbox.
fn sandbox() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}
