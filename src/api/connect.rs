//! Connecting: resolves host names within every time limit and loopback names only to this machine, and records the
//! phase of a connection.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::oneshot;
use tower_layer::Layer;
use tower_service::Service;

/// Finds the addresses of a host name.
pub(super) type Lookup = fn(&str) -> io::Result<Vec<SocketAddr>>;

/// The system's resolver.
pub(super) fn system(host: &str) -> io::Result<Vec<SocketAddr>> {
    (host, 0).to_socket_addrs().map(Iterator::collect)
}

/// Resolves host names on separate threads. The runtime waits for its own threads on shutdown, and the system's
/// resolver may take arbitrarily long.
#[derive(Clone)]
pub(super) struct Resolver {
    pub(super) lookup: Lookup,
    /// Whether to accept only loopback addresses.
    pub(super) loopback_only: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let Self {
            lookup,
            loopback_only,
        } = *self;
        Box::pin(async move {
            let (sender, found) = oneshot::channel();
            let asked = host.clone();
            std::thread::Builder::new()
                .name("resolver".to_owned())
                // The receiver may be gone.
                .spawn(move || drop(sender.send(lookup(&asked))))?;
            let mut addresses = found.await??;
            if loopback_only {
                keep_loopback(&host, &mut addresses)?;
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Removes the addresses of other machines.
fn keep_loopback(host: &str, addresses: &mut Vec<SocketAddr>) -> Result<(), NotLoopback> {
    let first = addresses.first().map(SocketAddr::ip);
    addresses.retain(|address| address.ip().to_canonical().is_loopback());
    match first {
        Some(address) if addresses.is_empty() => Err(NotLoopback {
            host: host.to_owned(),
            address,
        }),
        _ => Ok(()),
    }
}

/// A loopback name resolves to another machine.
#[derive(Debug)]
pub(super) struct NotLoopback {
    host: String,
    address: IpAddr,
}

impl fmt::Display for NotLoopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, address } = self;
        write!(
            f,
            "{host} resolves to {address}, which is not a loopback address"
        )
    }
}

impl std::error::Error for NotLoopback {}

tokio::task_local! {
    /// The connection phase of the current attempt.
    pub(super) static PHASE: Phase;
}

/// The connection phase of an attempt. Clones share one state.
#[derive(Clone, Default)]
pub(super) struct Phase(Arc<AtomicU8>);

const CONNECTING: u8 = 1;
const CONNECTED: u8 = 2;
const SHAKING_HANDS: u8 = 3;

impl Phase {
    /// A new attempt starts.
    pub(super) fn restart(&self) {
        self.0.store(0, Ordering::SeqCst);
    }

    /// Whether a connection is being established, so that nothing of the request has been sent.
    pub(super) fn is_connecting(&self) -> bool {
        matches!(self.0.load(Ordering::SeqCst), CONNECTING | SHAKING_HANDS)
    }

    /// TCP has connected, and TLS starts.
    pub(super) fn start_handshake(&self) {
        self.0.store(SHAKING_HANDS, Ordering::SeqCst);
    }

    /// Whether TCP has connected but TLS has not.
    pub(super) fn is_shaking_hands(&self) -> bool {
        self.0.load(Ordering::SeqCst) == SHAKING_HANDS
    }

    /// Whether a new connection was established, so that the request may have been sent.
    pub(super) fn is_connected(&self) -> bool {
        self.0.load(Ordering::SeqCst) == CONNECTED
    }
}

/// Records the phase of a connection in [`PHASE`].
#[derive(Clone)]
pub(super) struct PhaseLayer;

impl<S> Layer<S> for PhaseLayer {
    type Service = PhaseService<S>;

    fn layer(&self, inner: S) -> PhaseService<S> {
        PhaseService(inner)
    }
}

/// A connector that records its phase.
#[derive(Clone)]
pub(super) struct PhaseService<S>(S);

impl<S, R> Service<R> for PhaseService<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let phase = PHASE.try_with(Phase::clone).unwrap_or_default();
        phase.0.store(CONNECTING, Ordering::SeqCst);
        let connecting = self.0.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            phase.0.store(CONNECTED, Ordering::SeqCst);
            Ok(connection)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_only_loopback_addresses() {
        let kept = |addresses: &[&str]| {
            let parse = |text: &&str| SocketAddr::new(text.parse().expect("an address"), 0);
            let mut addresses: Vec<_> = addresses.iter().map(parse).collect();
            keep_loopback("router.localhost", &mut addresses)
                .map(|()| addresses.len())
                .map_err(|elsewhere| elsewhere.to_string())
        };
        assert_eq!(kept(&["127.0.0.1"]), Ok(1));
        assert_eq!(kept(&["127.9.9.9", "::1", "::ffff:127.0.0.1"]), Ok(3));
        assert_eq!(kept(&["192.0.2.1", "127.0.0.1"]), Ok(1));
        assert_eq!(kept(&[]), Ok(0));
        for other in ["192.0.2.1", "0.0.0.0", "::", "::ffff:192.0.2.1", "fe80::1"] {
            let why = kept(&[other]).expect_err(other);
            assert!(why.contains("not a loopback address"), "{why}");
        }
    }
}
