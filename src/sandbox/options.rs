//! Sandbox options and the project name.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::fault_injection::Fault;
use super::pagination;
use super::squads::Dialect;
use super::state_file::{LockOptions, LockWaitCallback};

/// The project that the sandbox serves: the path segment before `/v1`.
pub const PROJECT: &str = "proj_sandbox";

/// Default time limit for acquiring the lock on the state.
const LOCK_LIMIT: Duration = Duration::from_secs(30);

/// Sandbox options.
#[derive(Clone)]
pub struct Options {
    /// Directory of `state.json` and its lock; `None` keeps the state in memory.
    pub state: Option<PathBuf>,
    /// Number of generated agents besides the demo agents. With them, the state is kept in memory.
    pub agents: Option<usize>,
    /// Port on 127.0.0.1; 0 selects a free one.
    pub port: u16,
    /// Page size without `limit`. Any value other than the router's default of 20 is also the maximum, to show clients
    /// that a short page is not the end of a list.
    pub page_size: usize,
    /// Delay before each request is processed.
    pub latency: Duration,
    /// Faults to inject; the first match that is not used up applies.
    pub faults: Vec<Fault>,
    /// Dialect of the squads service.
    pub dialect: Dialect,
    /// Time limit for acquiring the lock on the state.
    pub lock_limit: Duration,
    /// Called when waiting for the lock on the state takes longer than two seconds.
    pub on_lock_wait: LockWaitCallback,
    /// Clock that determines heartbeats, expiry, and rotations.
    pub now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            state: None,
            agents: None,
            port: 0,
            page_size: pagination::DEFAULT,
            latency: Duration::ZERO,
            faults: Vec::new(),
            dialect: Dialect::default(),
            lock_limit: LOCK_LIMIT,
            on_lock_wait: Arc::new(|_| {}),
            now: Arc::new(SystemTime::now),
        }
    }
}

impl Options {
    pub(super) fn lock_options(&self) -> LockOptions {
        LockOptions {
            limit: self.lock_limit,
            on_lock_wait: self.on_lock_wait.clone(),
        }
    }
}
