//! The signal that ends the attempts of a request.

use std::cell::Cell;
use std::pin::Pin;

use crate::api::connect::Phase;
use crate::api::request::Request;

/// An external signal that ends the attempts.
pub(super) struct Stop<'s, S> {
    signal: Pin<&'s mut S>,
    /// Whether the signal has arrived. It must not be awaited again.
    has_arrived: Cell<bool>,
}

impl<'s, S: Future<Output = ()>> Stop<'s, S> {
    pub(super) fn new(signal: Pin<&'s mut S>) -> Self {
        Self {
            signal,
            has_arrived: Cell::new(false),
        }
    }

    pub(super) async fn wait(&mut self) {
        if !self.has_arrived.get() {
            self.signal.as_mut().await;
            self.has_arrived.set(true);
        }
    }

    /// Ready if the signal arrives while no connection exists on which the request could have been sent. This is known
    /// only for changes, which use their own connections.
    pub(super) async fn before_leaving(&mut self, request: &Request, phase: &Phase) {
        self.wait().await;
        if !request.method.writes() || phase.is_connected() {
            std::future::pending::<()>().await;
        }
    }
}
