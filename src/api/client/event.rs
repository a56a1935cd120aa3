//! Network events, for traces and for notices about long waits.

use std::time::Duration;

use crate::api::request::Request;
use crate::api::response::Response;
use crate::api::streaming_response::StreamingResponse;

/// A network event.
pub enum Event<'a> {
    /// A request is about to be sent.
    Sending {
        /// The request.
        request: &'a Request,
        /// Its URL.
        url: &'a str,
        /// Which attempt this is, from 1.
        attempt: u32,
    },
    /// A response arrived.
    Answered {
        /// The response.
        response: &'a Response,
        /// The time from sending to the last byte.
        took: Duration,
    },
    /// The headers of a response arrived. Its body is read as it arrives.
    Opened {
        /// The response.
        incoming: &'a StreamingResponse,
        /// The time from sending to the last byte of the head.
        took: Duration,
    },
    /// No response arrived.
    Failed {
        /// Why.
        message: &'a str,
    },
    /// Nothing arrived for a while, and the client keeps waiting. Reported once per client.
    Stalled {
        /// Whether no connection exists yet.
        connecting: bool,
    },
    /// The request will be sent again after `delay`.
    Waiting {
        /// How long.
        delay: Duration,
        /// What went wrong.
        reason: &'a str,
        /// Whether the wait is long enough to be announced.
        noticeable: bool,
    },
}

/// Receives [`Event`]s.
pub trait Observer: Send + Sync {
    /// Receives an event.
    fn event(&self, event: Event<'_>);
}
