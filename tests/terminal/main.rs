//! The real binary on a terminal: how it looks there, what it asks, and what Ctrl-C leaves behind.

#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod api;
mod asking;
mod hidden;
mod looks;
mod shells;
mod squads;
mod wizard;

use support::Home;

/// A home whose current deployment is the sandbox.
fn sandbox() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}
