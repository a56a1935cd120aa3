//! Tests that run commands, the client, and the sandbox in the test process.

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod cli;
#[cfg(unix)]
mod contract;
mod docs;
mod faults;
mod hints;
mod sandbox;
