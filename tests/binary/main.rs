//! The real binary as a process among others: its pipes, its signals, its descriptors, its neighbours.

#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod colours;
mod input;
mod interrupted_changes;
mod interrupted_reads;
mod neighbours;
mod outputs;
mod serve;
mod surroundings;
mod tokens;

use support::Home;

/// A home whose current deployment is the sandbox.
fn sandbox() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}
