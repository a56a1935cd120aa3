//! The in-process sandbox of a single command.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::sandbox::{Options, PROJECT, Sandbox};
use crate::session::{Context, LocalRouter};

struct Local(Sandbox);

impl LocalRouter for Local {
    fn base_url(&self) -> String {
        self.0.base_url()
    }

    fn key(&self) -> String {
        self.0.key().to_owned()
    }

    fn squads_url(&self) -> String {
        self.0.squads_url()
    }

    fn squads_key(&self, of_agent: bool) -> String {
        let key = if of_agent {
            self.0.squads_agent_key()
        } else {
            self.0.squads_operator_key()
        };
        key.to_owned()
    }

    fn warning(&self) -> Option<String> {
        self.0.warning().map(str::to_owned)
    }
}

/// Starts the sandbox on a free loopback port.
///
/// # Errors
/// Exit 17 if it cannot start.
pub fn start(context: &Context) -> Result<Box<dyn LocalRouter>, Error> {
    let sandbox = Sandbox::start(options(context)).map_err(failed)?;
    Ok(Box::new(Local(sandbox)))
}

/// Default sandbox options: state in the state directory, any free port. `--timeout` limits the wait for the lock.
pub(super) fn options(context: &Context) -> Options {
    let defaults = Options::default();
    let left = |limit: Duration| limit.saturating_sub(context.started.elapsed());
    let ui = context.ui.clone();
    Options {
        state: super::state(&context.env),
        now: Arc::new(context.env.clock()),
        lock_limit: context.globals.timeout.map_or(defaults.lock_limit, left),
        on_lock_wait: Arc::new(move |text| ui.note(text)),
        ..defaults
    }
}

pub(super) fn failed(error: std::io::Error) -> Error {
    Error::unavailable("cannot start the sandbox").cause(error)
}

/// ID of the default squad of the squads API.
pub use crate::sandbox::SQUAD;

/// Root URL of the squads API when the sandbox is not running.
pub fn squads_url() -> String {
    "http://127.0.0.1".to_owned()
}

/// Base URL of the sandbox when it is not running, as shown in dry runs and by `config`.
pub fn base_url() -> String {
    format!("http://127.0.0.1/{PROJECT}/v1")
}
