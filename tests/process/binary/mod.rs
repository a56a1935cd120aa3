//! The real program as a process: its pipes, signals, descriptors, and concurrent processes.

mod api;
mod colors;
mod concurrency;
mod environments;
mod exec_raw;
mod exec_watch;
mod file_systems;
mod files;
mod fleet;
mod input;
mod interrupted_changes;
mod interrupted_reads;
mod keychain;
mod memory;
mod outputs;
mod runs;
mod serve;
mod squads_tokens;
mod streams;
mod tokens;

use crate::support::Home;
use crate::support::router::Answer;

/// A home whose current deployment is the sandbox.
fn sandbox() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}

/// A page of a list with this one object, of which there are more.
fn page(id: &str) -> Answer {
    let text = format!(
        r#"{{"object":"list","data":[{{"id":"{id}"}}],"first_id":"{id}","last_id":"{id}","has_more":true}}"#
    );
    Answer::json(200, text)
}
