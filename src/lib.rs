//! `xeroctl`: the command-line client of the Xerotier router.
//!
//! Data flows one way: arguments → action → endpoint → request → reply → columns → text. See `docs/design.md`.

#![cfg_attr(
    not(unix),
    allow(
        dead_code,
        unused_mut,
        unused_variables,
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "what other systems do not need has the same signature there"
    )
)]

pub mod api;
pub mod base_url;
pub mod cmd;
pub mod command_line;
pub mod config;
pub mod env;
pub mod error;
pub mod files;
pub mod fleet;
pub mod interrupt;
pub mod jq;
pub mod json;
pub mod program;
pub mod redact;
mod run;
pub mod sandbox;
pub mod sanitize;
pub mod schema;
pub mod secret;
pub mod session;
pub mod time;
pub mod tone;
pub mod ui;
pub mod view;
pub mod yaml;

pub use run::run;
