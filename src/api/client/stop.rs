//! The signal that ends the attempts of a request.

use std::cell::Cell;
use std::pin::Pin;

use crate::api::connect::Phase;
use crate::api::request::Request;

/// What ends the attempts from outside.
pub(super) struct Stop<'s, S> {
    signal: Pin<&'s mut S>,
    /// The signal came: it must not be waited for again.
    came: Cell<bool>,
}

impl<'s, S: Future<Output = ()>> Stop<'s, S> {
    pub(super) fn new(signal: Pin<&'s mut S>) -> Self {
        Self {
            signal,
            came: Cell::new(false),
        }
    }

    pub(super) async fn wait(&mut self) {
        if !self.came.get() {
            self.signal.as_mut().await;
            self.came.set(true);
        }
    }

    /// Ready when the signal comes while no connection exists on which the request could have left. Only a change goes
    /// on a connection of its own, so that this can be known.
    pub(super) async fn before_leaving(&mut self, request: &Request, phase: &Phase) {
        self.wait().await;
        if !request.method.writes() || phase.is_connected() {
            std::future::pending::<()>().await;
        }
    }
}
