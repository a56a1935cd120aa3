//! The sandbox: an embedded router for learning, demos, and tests.
//!
//! It serves the router's documented HTTP API on a loopback port and stores demo data in a state directory. It is
//! written from the API contract and shares no types with the client, so that a misunderstanding on either side shows
//! up. It is strict where the client is lenient (see `docs/sandbox.md`).
//!
//! Each resource has a file (`agents`, `agent_actions`, `candidates`, `join_keys`, `tools`, `invocations`,
//! `executions`, `event_stream`, `approvals`, `introspection`, `learnings`, `exec_context`, `diagnostics`) with a route table,
//! `ROUTES`; a handler is a plain function from an `ApiRequest` to a `HandlerResult`. Every request passes
//! `middleware`, is parsed by `request` and `fields`, and reads or changes the document of `state` through `store`,
//! which holds the lock for that time.
//!
//! `squads` is a second service on the same port, below `/api`, with its own formats and rules.

mod agent_actions;
mod agents;
mod app_state;
mod approvals;
mod candidates;
mod clock;
mod connection;
mod demo;
mod diagnostics;
mod enroll;
mod event_stream;
mod exec_context;
mod execution_output;
mod executions;
mod fault_injection;
mod fields;
mod fleet;
mod id;
mod introspection;
mod invocations;
mod join_keys;
mod learnings;
mod middleware;
mod options;
mod pagination;
mod rebase_times;
mod request;
mod response;
mod server;
mod squads;
mod state;
mod state_file;
mod store;
mod timeline;
mod tools;
mod workspaces;

use std::io;
use std::time::Duration;

pub use enroll::{EnrollError, Enrollment, Worker, enroll, plan_enrollment};
pub use fault_injection::Fault;
pub use fleet::LARGEST_FLEET;
pub use options::{Options, PROJECT};
pub use squads::{APPROVAL_SQUAD, Dialect, SQUAD};
pub use state_file::LockWaitCallback;

/// A running sandbox; dropping it stops the server.
pub struct Sandbox {
    server: server::HttpServer,
    warning: Option<String>,
}

impl Sandbox {
    /// Opens the state, binds the port, and serves from a thread of its own. Connections are accepted as soon as this
    /// returns.
    ///
    /// # Errors
    ///
    /// The port is in use, another process holds the lock on the state, or a system resource (socket, thread, random
    /// bytes) is unavailable. An unusable state directory is only a [`Sandbox::warning`].
    pub fn start(options: Options) -> io::Result<Self> {
        let opened = store::Store::open(
            options.state.clone().filter(|_| options.agents.is_none()),
            options.agents.unwrap_or_default(),
            options.now.clone(),
            &options.lock_options(),
        )?;
        let server = server::HttpServer::start(opened.store, options)?;
        Ok(Self {
            server,
            warning: opened.warning,
        })
    }

    /// Base URL: `http://127.0.0.1:<port>/proj_sandbox/v1`.
    pub fn base_url(&self) -> String {
        server::base_url(self.server.port())
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The only valid API key: random, stored in the state, and of no use on other machines.
    pub fn key(&self) -> &str {
        &self.server.keys().router
    }

    /// Root URL of the squads service, `http://127.0.0.1:<port>`; its paths start with `/api`.
    pub fn squads_url(&self) -> String {
        squads::url(self.server.port())
    }

    /// Operator key of the squads service.
    pub fn squads_operator_key(&self) -> &str {
        &self.server.keys().operator
    }

    /// Key of the squads agent `Coder`.
    pub fn squads_agent_key(&self) -> &str {
        &self.server.keys().agent
    }

    /// ID of the default squad, [`SQUAD`]. In [`APPROVAL_SQUAD`], new agents need an approval.
    pub fn squads_squad_id(&self) -> &'static str {
        SQUAD
    }

    /// Warning about a state directory that is unusable or a state file that was set aside.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Blocks until the server stops, which it does only when it can no longer serve, or until `limit` has passed.
    /// Returns true if the limit was reached.
    pub fn wait(self, limit: Option<Duration>) -> bool {
        self.server.wait(limit)
    }
}

/// Deletes the state in the directory of these options, under its lock. Returns true if there was one.
///
/// # Errors
///
/// The directory exists, but its lock or state cannot be opened or removed.
pub fn reset(options: &Options) -> io::Result<bool> {
    match &options.state {
        Some(state) => store::reset(state, &options.lock_options()),
        None => Ok(false),
    }
}
