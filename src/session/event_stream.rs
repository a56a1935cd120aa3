//! The router's event stream: connects, reconnects after failures, and stops if the router has none.

use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Session;
use crate::api::client::Client;
use crate::api::executions;
use crate::api::sse::{Event, Parser};
use crate::api::streaming_response::StreamingResponse;
use crate::error::Error;

/// A connection that is silent for this long is considered dead, because routers send comments.
const SILENCE: Duration = Duration::from_mins(1);
/// The first wait before reconnecting; doubled after each failure.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait before reconnecting.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// An optional feed ends after this many failures without an event in between.
const MAX_FAILURES: u32 = 4;

/// An event, or a change of the connection.
pub enum FeedEvent {
    /// A server-sent event.
    Event(Event),
    /// The connection was established. Events before the first connection are missed.
    Connected,
    /// The connection failed and will be retried. Reported once per outage.
    Retrying(Error),
    /// The router has no event stream, or the stream ended. No events follow.
    Ended(Error),
}

/// The event stream and the state of its connection.
pub struct Feed {
    client: Client,
    state: State,
    parser: Parser,
    events: std::collections::VecDeque<Event>,
    failures: u32,
    /// Whether it reconnects after any number of transient failures.
    persistent: bool,
    has_connected: bool,
    has_reported_failure: bool,
}

type Opening = Pin<Box<dyn Future<Output = Result<StreamingResponse, Error>>>>;

enum State {
    Opening(Opening),
    Open(Box<StreamingResponse>),
    Waiting(Instant),
    Ended,
}

impl Session<'_> {
    /// Opens the event stream. Once connected, a `persistent` feed reconnects after any number of transient failures.
    ///
    /// # Errors
    /// Exit 1 in a dry run.
    pub fn feed(&self, persistent: bool) -> Result<Feed, Error> {
        let mut feed = Feed {
            client: self.client()?.without_deadline(),
            state: State::Ended,
            parser: Parser::default(),
            events: std::collections::VecDeque::new(),
            failures: 0,
            persistent,
            has_connected: false,
            has_reported_failure: false,
        };
        feed.open();
        Ok(feed)
    }
}

impl Feed {
    /// Whether the feed is connected.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Waits for the next event. The future may be dropped at any time without losing events.
    pub async fn next(&mut self) -> FeedEvent {
        loop {
            if let Some(event) = self.events.pop_front() {
                self.failures = 0;
                return FeedEvent::Event(event);
            }
            match &mut self.state {
                State::Ended => pending().await,
                State::Waiting(until) => {
                    sleep_until(*until).await;
                    self.open();
                }
                State::Opening(opening) => match opening.await {
                    Ok(response) => {
                        if let Err(error) = check_content_type(&response) {
                            self.state = State::Ended;
                            return FeedEvent::Ended(error);
                        }
                        let silence = self.client.time_scale().shorten(SILENCE);
                        self.state = State::Open(Box::new(response.with_idle(silence)));
                        self.has_connected = true;
                        self.has_reported_failure = false;
                        return FeedEvent::Connected;
                    }
                    Err(error) => {
                        if let Some(ended) = self.failed(error) {
                            return ended;
                        }
                    }
                },
                State::Open(response) => match response.chunk().await {
                    Ok(Some(bytes)) => {
                        self.events.extend(self.parser.take(&bytes));
                        if self.parser.is_broken() {
                            self.state = State::Ended;
                            let what = "the event stream is malformed";
                            return FeedEvent::Ended(Error::unavailable(what));
                        }
                    }
                    Ok(None) => {
                        let error = Error::unavailable("the event stream ended").retryable(None);
                        if let Some(event) = self.failed(error) {
                            return event;
                        }
                    }
                    Err(error) => {
                        if let Some(ended) = self.failed(error) {
                            return ended;
                        }
                    }
                },
            }
        }
    }

    fn open(&mut self) {
        let request = executions::stream(self.parser.last_id());
        // An incomplete event is sent again after reconnecting.
        self.parser = self.parser.again();
        let client = self.client.clone();
        self.state = State::Opening(Box::pin(async move {
            client.open(&request, pending(), 0).await
        }));
    }

    /// Handles a failure: schedules a reconnection, or ends the feed.
    fn failed(&mut self, error: Error) -> Option<FeedEvent> {
        self.failures += 1;
        let may_retry = self.failures < MAX_FAILURES || self.persistent && self.has_connected;
        if !error.is_retryable() || !may_retry {
            self.state = State::Ended;
            return Some(FeedEvent::Ended(error));
        }
        let backoff = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures - 1));
        let requested = self.parser.retry().unwrap_or_default();
        let wait = backoff.max(requested).min(LONGEST_WAIT);
        let wait = wait.mul_f64(0.5 + fastrand::f64() / 2.0);
        self.state = State::Waiting(Instant::now() + self.client.time_scale().shorten(wait));
        let is_first = !std::mem::replace(&mut self.has_reported_failure, true);
        is_first.then_some(FeedEvent::Retrying(error))
    }
}

fn check_content_type(response: &StreamingResponse) -> Result<(), Error> {
    let kind = response.header("content-type").unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("text/event-stream") {
        return Ok(());
    }
    Err(Error::unavailable(format!(
        "HTTP {}, but the response is not an event stream ({})",
        response.status,
        if kind.is_empty() {
            "no content type"
        } else {
            kind
        }
    )))
}
