//! A router of our own, for learning, demonstrations and tests.
//!
//! It serves the router's documented HTTP interface on a loopback port and keeps a demonstration fleet in a state
//! directory. It is written from the wire contract alone and shares no type with the client: what one of the two
//! has misunderstood, the other shows. It is strict where the client is lenient (see `docs/sandbox.md`).
//!
//! One file is one resource (`agents`, `lifecycle`, `candidates`, `join_keys`, `tools`, `invocations`, `executions`,
//! `stream`, `approvals`, `introspection`, `learnings`, `context`); each offers a table of routes,
//! `ROUTES`, and a handler is a plain function from a `Call` to an `Answer`. A request passes `gate`, is taken apart
//! by `call` and `fields`, and works on the document of `state` through `store`, which holds the lock meanwhile.
//!
//! `squads` is a second service on the same port, below `/api`, with forms and rules of its own.

mod agents;
mod app;
mod approvals;
mod call;
mod candidates;
mod clock;
mod context;
mod course;
mod demo;
mod executions;
mod fault;
mod fields;
mod gate;
mod id;
mod introspection;
mod invocations;
mod join_keys;
mod learnings;
mod lifecycle;
mod line;
mod output;
mod page;
mod redate;
mod reply;
mod server;
mod squads;
mod state;
mod store;
mod stream;
mod tools;
mod workspace;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use fault::Fault;
pub use squads::{CAREFUL_SQUAD, Dialect, SQUAD};

/// The project that the sandbox serves, and the path segment before `/v1`.
pub const PROJECT: &str = "proj_sandbox";

/// How a sandbox is to behave.
#[derive(Clone)]
pub struct Options {
    /// The directory of `state.json` and its lock; `None` keeps everything in memory.
    pub state: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Items on a page where no `limit` is sent. Any value but the router's own 20 also caps the pages of requests
    /// that ask for more, so that a page shorter than asked for is seen not to be the end of the list.
    pub page_size: usize,
    /// How long every request waits before it is looked at.
    pub latency: Duration,
    /// What goes wrong on purpose; the first that matches and is not spent counts.
    pub faults: Vec<Fault>,
    /// Which of its two dialects the squads service speaks.
    pub dialect: Dialect,
    /// The clock, by which heartbeats, expiry and rotations advance.
    pub now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            state: None,
            port: 0,
            page_size: page::DEFAULT,
            latency: Duration::ZERO,
            faults: Vec::new(),
            dialect: Dialect::default(),
            now: Arc::new(SystemTime::now),
        }
    }
}

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    server: server::Server,
    warning: Option<String>,
}

impl Sandbox {
    /// Opens the state, binds the port and serves from one thread of its own. Connections are accepted from the
    /// moment this returns.
    ///
    /// # Errors
    ///
    /// The port is taken, or the system yields no socket, thread or random bytes. A state directory that cannot be
    /// used is no error, see [`Sandbox::warning`].
    pub fn start(options: Options) -> io::Result<Self> {
        let opened = store::Store::open(options.state.clone(), options.now.clone())?;
        let server = server::Server::start(opened.store, options)?;
        Ok(Self {
            server,
            warning: opened.warning,
        })
    }

    /// The base URL to configure: `http://127.0.0.1:<port>/proj_sandbox/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        server::base_url(self.server.port())
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The only API key it accepts: random, kept in the state, no secret beyond this machine.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.server.keys().router
    }

    /// The root of the squads service, below which its paths begin with `/api`: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn squads_url(&self) -> String {
        squads::url(self.server.port())
    }

    /// The operator's key of the squads service, as random and as harmless as [`Sandbox::key`].
    #[must_use]
    pub fn squads_operator_key(&self) -> &str {
        &self.server.keys().operator
    }

    /// The key of the agent `Coder` of the squads service.
    #[must_use]
    pub fn squads_agent_key(&self) -> &str {
        &self.server.keys().agent
    }

    /// The squad to begin with, [`SQUAD`]; in [`CAREFUL_SQUAD`] an agent needs an approval.
    #[must_use]
    pub fn squads_squad_id(&self) -> &'static str {
        SQUAD
    }

    /// A sentence for the user where the state directory was unusable or its document had to be set aside.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Blocks until the server ends, which it does by itself only when it can no longer serve.
    pub fn wait(self) {
        self.server.wait();
    }
}

/// Forgets the state in this directory, under its lock. True if there was one.
///
/// # Errors
///
/// The directory exists but its lock or state cannot be opened or removed.
pub fn reset(state: &Path) -> io::Result<bool> {
    store::reset(state)
}
