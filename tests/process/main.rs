//! Tests that start the program as a process: alone, on a pseudo-terminal, and from shells.

#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod binary;
mod examples;
mod shells;
mod terminal;
