//! The router's live feed of events: opened, taken up again where it broke, given up where there is none.

use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Session;
use crate::api::client::Client;
use crate::api::executions;
use crate::api::incoming::Incoming;
use crate::api::sse::{Event, Parser};
use crate::error::Error;

/// A silence this long means that the connection is dead: a router sends comments in between.
const SILENCE: Duration = Duration::from_mins(1);
/// The first wait before connecting again, where the router asks for none; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// No wait is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// So many failures without an event in between, and a feed that is a mere convenience is given up.
const PATIENCE: u32 = 4;

/// What the feed has to tell.
pub enum News {
    /// An event.
    Event(Event),
    /// The connection stands: what happened before now may have been missed, if it is the first one.
    Connected,
    /// The connection failed, and is tried again; told once until it stands.
    Troubled(Error),
    /// There is no feed, or no longer: nothing more will come.
    Gone(Error),
}

/// The feed, with whatever it is doing about its connection.
pub struct Feed {
    client: Client,
    state: State,
    parser: Parser,
    waiting: std::collections::VecDeque<Event>,
    failures: u32,
    /// Whether it goes on through any number of passing failures.
    persistent: bool,
    stood: bool,
    troubled: bool,
}

type Opening = Pin<Box<dyn Future<Output = Result<Incoming, Error>>>>;

enum State {
    Opening(Opening),
    Open(Box<Incoming>),
    Waiting(Instant),
    Gone,
}

impl Session<'_> {
    /// The live feed. A `persistent` one is all that the command shows, so that it never gives up on passing failures
    /// once it stood.
    ///
    /// # Errors
    /// Exit 1 in a dry run, which has no connection.
    pub fn feed(&self, persistent: bool) -> Result<Feed, Error> {
        let mut feed = Feed {
            client: self.client()?.without_deadline(),
            state: State::Gone,
            parser: Parser::default(),
            waiting: std::collections::VecDeque::new(),
            failures: 0,
            persistent,
            stood: false,
            troubled: false,
        };
        feed.open();
        Ok(feed)
    }
}

impl Feed {
    /// Whether the connection stands.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Waits for news. May be dropped at any time: nothing is lost.
    pub async fn next(&mut self) -> News {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.failures = 0;
                return News::Event(event);
            }
            match &mut self.state {
                State::Gone => pending().await,
                State::Waiting(until) => {
                    sleep_until(*until).await;
                    self.open();
                }
                State::Opening(opening) => match opening.await {
                    Ok(incoming) => {
                        if let Err(error) = is_feed(&incoming) {
                            self.state = State::Gone;
                            return News::Gone(error);
                        }
                        self.state = State::Open(Box::new(incoming.with_idle(SILENCE)));
                        self.stood = true;
                        self.troubled = false;
                        return News::Connected;
                    }
                    Err(error) => {
                        if let Some(gone) = self.failed(error) {
                            return gone;
                        }
                    }
                },
                State::Open(incoming) => match incoming.chunk().await {
                    Ok(Some(bytes)) => {
                        self.waiting.extend(self.parser.take(&bytes));
                        if self.parser.is_broken() {
                            self.state = State::Gone;
                            let what = "the live feed sends something else than events";
                            return News::Gone(Error::unavailable(what));
                        }
                    }
                    Ok(None) => {
                        let ended = Error::unavailable("the live feed ended").retryable(None);
                        if let Some(gone) = self.failed(ended) {
                            return gone;
                        }
                    }
                    Err(error) => {
                        if let Some(gone) = self.failed(error) {
                            return gone;
                        }
                    }
                },
            }
        }
    }

    fn open(&mut self) {
        let request = executions::stream(self.parser.last_id());
        // An event that was cut off in its middle comes again.
        self.parser = Parser::after(self.parser.last_id().map(str::to_owned));
        let client = self.client.clone();
        self.state = State::Opening(Box::pin(async move {
            client.open(&request, pending(), 0).await
        }));
    }

    /// Decides what a failure means: another attempt after a wait, or the end.
    fn failed(&mut self, error: Error) -> Option<News> {
        self.failures += 1;
        let passing = error.is_retryable();
        let goes_on = passing && (self.failures < PATIENCE || self.persistent && self.stood);
        if !goes_on {
            self.state = State::Gone;
            return Some(News::Gone(error));
        }
        let own = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures - 1));
        let asked = self.parser.retry().unwrap_or_default();
        let wait = own.max(asked).min(LONGEST_WAIT);
        self.state = State::Waiting(Instant::now() + wait.mul_f64(0.5 + fastrand::f64() / 2.0));
        let is_news = !std::mem::replace(&mut self.troubled, true);
        is_news.then_some(News::Troubled(error))
    }
}

fn is_feed(incoming: &Incoming) -> Result<(), Error> {
    let kind = incoming.header("content-type").unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("text/event-stream") {
        return Ok(());
    }
    Err(Error::unavailable(format!(
        "HTTP {}, but the answer is no live feed ({})",
        incoming.status,
        if kind.is_empty() {
            "no content type"
        } else {
            kind
        }
    )))
}
