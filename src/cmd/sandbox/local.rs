//! The sandbox in this process, for the time of one command.

use std::sync::Arc;

use crate::env::Env;
use crate::error::Error;
use crate::sandbox::{Options, PROJECT, Sandbox};
use crate::session::LocalRouter;

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
/// Exit 17 when it can't be started.
pub fn start(env: &Env) -> Result<Box<dyn LocalRouter>, Error> {
    let sandbox = Sandbox::start(options(env)).map_err(failed)?;
    Ok(Box::new(Local(sandbox)))
}

/// The sandbox as it is without options: its state in the state directory, on any free port.
pub(super) fn options(env: &Env) -> Options {
    Options {
        state: super::state(env),
        now: Arc::new(env.clock()),
        ..Options::default()
    }
}

pub(super) fn failed(error: std::io::Error) -> Error {
    Error::unavailable("the sandbox could not be started").cause(error)
}

/// The squad of the sandbox's squads API.
pub use crate::sandbox::SQUAD;

/// The root under which the sandbox's squads API appears where it does not run.
#[must_use]
pub fn squads_url() -> String {
    "http://127.0.0.1".to_owned()
}

/// The base URL under which the sandbox appears where it does not run: in dry runs and in `config`.
#[must_use]
pub fn base_url() -> String {
    format!("http://127.0.0.1/{PROJECT}/v1")
}
