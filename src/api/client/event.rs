//! What happens on the wire, as far as someone may want to know.

use std::time::Duration;

use crate::api::request::Request;
use crate::api::response::Response;
use crate::api::streaming_response::StreamingResponse;

/// What happened on the wire, for tracing and for saying the user why it takes so long.
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
    /// A response came.
    Answered {
        /// The response.
        response: &'a Response,
        /// The time from sending to the last byte.
        took: Duration,
    },
    /// The head of a response came whose body is read as it arrives.
    Opened {
        /// The response.
        incoming: &'a StreamingResponse,
        /// The time from sending to the last byte of the head.
        took: Duration,
    },
    /// No response came.
    Failed {
        /// Why.
        message: &'a str,
    },
    /// Nothing came for a while, and the client keeps waiting. Once per client.
    Stalled {
        /// There is not a connection yet.
        connecting: bool,
    },
    /// The request will be sent again after `delay`.
    Waiting {
        /// How long.
        delay: Duration,
        /// What went wrong.
        reason: &'a str,
        /// The wait is long enough that the user should know.
        noticeable: bool,
    },
}

/// Who is shown of [`Event`]s.
pub trait Observer: Send + Sync {
    /// Takes note of an event.
    fn event(&self, event: Event<'_>);
}
