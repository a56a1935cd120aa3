//! The HTTP client: sends a [`Request`], retries it if that is safe, and returns the response.

mod event;
mod stop;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue,
    RANGE,
};

use super::connect::{PHASE, Phase};
use super::content_encoding;
use super::embedded_error;
use super::error_response::ErrorResponse;
use super::probe::Probe;
use super::proxy::ProxyUse;
use super::request::{Method, Request};
use super::response::{Response, redact_headers};
use super::retry::{self, Attempt, RetryDecision};
use super::service::ServerConfig;
use super::streaming_response::{IDLE, StreamingResponse, within};
use super::transport::Transport;
use super::transport_error::{self, TransportError};
use crate::error::Error;
use crate::redact::KnownSecrets;
use crate::secret::Secret;
use crate::time::TimeScale;

use stop::Stop;

pub use event::{Event, Observer};

/// A wait longer than this is announced.
const NOTICEABLE: Duration = Duration::from_secs(2);

/// The time limit of the command.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// `--timeout`.
    pub after: Duration,
    /// When it expires.
    pub at: Instant,
}

/// The maximum length of a URL. No known server accepts longer ones, and the HTTP library rejects 64 KiB.
const LONGEST_URL: usize = 32 * 1024;

/// The client of one base URL. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    /// For reads: reuses connections.
    pooled: reqwest::Client,
    /// For writes and retries: a new connection each time. A server may close an idle connection at any time; a request
    /// sent at that moment is lost, and its outcome is unknown.
    fresh: reqwest::Client,
    probe: Probe,
    target: Arc<ServerConfig>,
    /// Secrets to mask in responses.
    pub(super) known: KnownSecrets,
    observer: Arc<dyn Observer>,
    deadline: Option<Deadline>,
    pub(super) clock: fn() -> SystemTime,
    time_scale: TimeScale,
    /// The time limit for a response's headers.
    idle: Duration,
    /// Whether a long wait for a response is still to be announced.
    announces: Arc<AtomicBool>,
}

impl Client {
    /// Creates the client.
    ///
    /// # Errors
    /// Exit 1 if the HTTP library rejects its settings.
    pub fn new(
        way: &Transport,
        target: ServerConfig,
        observer: Arc<dyn Observer>,
        deadline: Option<Deadline>,
        clock: fn() -> SystemTime,
    ) -> Result<Self, Error> {
        Ok(Self {
            pooled: way.client(true)?,
            fresh: way.client(false)?,
            known: KnownSecrets::new(&target.key),
            probe: Probe::new(way.certificate()),
            target: Arc::new(target),
            observer,
            deadline,
            clock,
            time_scale: TimeScale::REAL,
            idle: IDLE,
            announces: Arc::new(AtomicBool::new(true)),
        })
    }

    /// The base URL of all requests.
    pub fn base_url(&self) -> &str {
        &self.target.base_url
    }

    /// Whether requests carry a key.
    pub fn has_key(&self) -> bool {
        self.target.key.is_some()
    }

    /// The proxy on the way, without its credentials.
    pub fn proxy(&self) -> Option<String> {
        self.target.via.as_ref().map(ProxyUse::text)
    }

    /// The URL of a request.
    pub fn url(&self, request: &Request) -> String {
        request.url(&self.target.base_url)
    }

    /// The same client with this scale for waits between attempts.
    pub fn with_time_scale(self, time_scale: TimeScale) -> Self {
        Self { time_scale, ..self }
    }

    /// The scale of waits.
    pub fn time_scale(&self) -> TimeScale {
        self.time_scale
    }

    /// The same client without `--timeout`, for callers with their own deadline and progress display.
    pub fn without_deadline(&self) -> Self {
        Self {
            deadline: None,
            announces: Arc::default(),
            ..self.clone()
        }
    }

    /// Returns an error for a response that contains one despite its success status.
    pub fn check(&self, request: &Request, response: &Response) -> Result<(), Error> {
        if !embedded_error::is_error(response, request) {
            return Ok(());
        }
        let fault = ErrorResponse::read(request, response, (self.clock)(), &self.known);
        Err(fault.error(request, response))
    }

    /// The time limit of the command.
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// Sends a request and returns its response, if that has a 2xx status. Once `stop` is ready, an unsent attempt ends
    /// and no other starts; an attempt that may have been sent continues.
    ///
    /// # Errors
    /// Any error of the network or the router. The error of a write reports whether its outcome is unknown.
    pub async fn send(
        &self,
        request: &Request,
        stop: impl Future<Output = ()>,
    ) -> Result<Response, Error> {
        let whole = async |incoming: StreamingResponse| {
            let response = incoming.whole().await?.redact(&self.known);
            Ok(if embedded_error::is_error(&response, request) {
                Came::Refused(Box::new(response))
            } else {
                Came::Taken(response)
            })
        };
        let phase = Phase::default();
        let attempts = self.attempts(request, whole, stop, 0, &phase);
        self.in_time(request, attempts, &phase).await
    }

    /// Sends a request and returns its response, if that has a 2xx status, as soon as its headers have arrived.
    /// `before` is the number of previous attempts.
    pub async fn open(
        &self,
        request: &Request,
        stop: impl Future<Output = ()>,
        before: u32,
    ) -> Result<StreamingResponse, Error> {
        let head = async |mut incoming: StreamingResponse| {
            redact_headers(&mut incoming.headers, &self.known);
            Ok(Came::Taken(incoming))
        };
        let phase = Phase::default();
        let attempts = self.attempts(request, head, stop, before, &phase);
        self.in_time(request, attempts, &phase).await
    }

    async fn in_time<T>(
        &self,
        request: &Request,
        attempts: impl Future<Output = Result<T, Error>>,
        phase: &Phase,
    ) -> Result<T, Error> {
        let Some(deadline) = self.deadline else {
            return attempts.await;
        };
        match tokio::time::timeout_at(deadline.at.into(), attempts).await {
            Ok(result) => result,
            Err(_) => Err(transport_error::timed_out(
                request,
                self.target.via.as_ref(),
                deadline.after,
                phase,
            )),
        }
    }

    /// Sends the request until an attempt's outcome is final. `take` reads a 2xx response.
    async fn attempts<T: Taken>(
        &self,
        request: &Request,
        take: impl AsyncFn(StreamingResponse) -> Result<Came<T>, TransportError>,
        stop: impl Future<Output = ()>,
        before: u32,
        phase: &Phase,
    ) -> Result<T, Error> {
        let stop = pin!(stop);
        let mut stop = Stop::new(stop);
        let url = self.url(request);
        if url.len() > LONGEST_URL {
            return Err(Error::usage(format!(
                "the URL of this request would have {} bytes, and no more than {LONGEST_URL} can be sent",
                url.len()
            )));
        }
        let began = Instant::now();
        for made in before + 1.. {
            self.observer.event(Event::Sending {
                request,
                url: &url,
                attempt: made,
            });
            let sent = Instant::now();
            phase.restart();
            let attempt = Box::pin(self.attempt(request, &url, &take, made));
            let attempt = PHASE.scope(phase.clone(), attempt);
            let attempt = self.announcing(attempt, phase);
            let result = tokio::select! {
                biased;
                result = attempt => result,
                () = stop.before_leaving(request, phase) => return Err(transport_error::stopped(request)),
            };
            let result = result.map_err(|failure| self.probe.judge(failure));
            self.observer.event(match &result {
                Ok(Came::Taken(taken)) => taken.event(sent.elapsed()),
                Ok(Came::Refused(response)) => Event::Answered {
                    response,
                    took: sent.elapsed(),
                },
                Err(failure) => Event::Failed {
                    message: &failure.message,
                },
            });
            let attempt = Attempt {
                method: request.method,
                made,
                elapsed: began.elapsed(),
                limit: self.deadline.map_or(retry::LONGEST_WAIT, |deadline| {
                    deadline.at.saturating_duration_since(Instant::now())
                }),
                jitter: fastrand::f64(),
            };
            let (decision, error) = match result {
                Ok(Came::Taken(taken)) => return Ok(taken),
                Ok(Came::Refused(response)) => {
                    let fault =
                        ErrorResponse::read(request, &response, (self.clock)(), &self.known);
                    let decision = retry::decide(&attempt, fault.outcome());
                    (decision, fault.error(request, &response))
                }
                Err(mut failure) => {
                    let decision = retry::decide(&attempt, failure.outcome);
                    if request.once || !matches!(decision, RetryDecision::Retry(_)) {
                        let (base_url, http) = (&self.target.base_url, &self.fresh);
                        let look =
                            self.probe
                                .explain(failure, request, base_url, http, attempt.limit);
                        failure = Box::pin(look).await;
                    }
                    let (base_url, via) = (&self.target.base_url, self.target.via.as_ref());
                    (
                        decision,
                        transport_error::unanswered(request, base_url, via, failure),
                    )
                }
            };
            match decision {
                RetryDecision::Final => return Err(error),
                _ if request.once => {
                    return Err(match error.wait() {
                        Some(wait) => transport_error::too_long(error, wait, (self.clock)()),
                        None => error,
                    });
                }
                RetryDecision::WaitTooLong(delay) => {
                    return Err(transport_error::too_long(error, delay, (self.clock)()));
                }
                RetryDecision::Retry(delay) => {
                    self.observer.event(Event::Waiting {
                        delay,
                        reason: error.message(),
                        noticeable: delay > NOTICEABLE,
                    });
                    // Nothing of the next attempt was sent.
                    phase.restart();
                    tokio::select! {
                        () = tokio::time::sleep(self.time_scale.shorten(delay)) => {}
                        () = stop.wait() => return Err(error),
                    }
                }
            }
        }
        unreachable!("the attempts are counted and end")
    }

    /// Announces once that an attempt takes long.
    async fn announcing<T>(&self, attempt: impl Future<Output = T>, phase: &Phase) -> T {
        let mut attempt = pin!(attempt);
        if let Ok(result) = tokio::time::timeout(NOTICEABLE, &mut attempt).await {
            return result;
        }
        if self.announces.swap(false, Ordering::SeqCst) {
            let connecting = phase.is_connecting();
            self.observer.event(Event::Stalled { connecting });
        }
        attempt.await
    }

    async fn attempt<T>(
        &self,
        request: &Request,
        url: &str,
        take: &impl AsyncFn(StreamingResponse) -> Result<Came<T>, TransportError>,
        made: u32,
    ) -> Result<Came<T>, TransportError> {
        let method = reqwest::Method::from_bytes(request.method.word().as_bytes())
            .unwrap_or(reqwest::Method::GET);
        let http = if request.method.writes() || made > 1 {
            &self.fresh
        } else {
            &self.pooled
        };
        let mut builder = http.request(method, url);
        let of_change = if request.method.writes() {
            &self.target.change_headers[..]
        } else {
            &[]
        };
        for (name, value) in &request.headers {
            builder = builder.header(name.as_ref(), value.as_bytes());
        }
        for (name, value) in of_change {
            builder = builder.header(*name, value.as_bytes());
        }
        let has = |header: HeaderName| {
            let mut names = request.headers.iter().map(|(name, _)| name);
            names.any(|name| header == name.as_ref())
        };
        if !has(ACCEPT) {
            builder = builder.header(ACCEPT, "application/json");
        }
        // A range would refer to the compressed bytes.
        if !has(ACCEPT_ENCODING) && !has(RANGE) {
            builder = builder.header(ACCEPT_ENCODING, content_encoding::ACCEPTED);
        }
        if let Some(key) = &self.target.key {
            builder = builder.header(AUTHORIZATION, bearer(key));
        }
        let body = request.body.as_ref().map(|body| body.clone().into_bytes());
        let body = body.or_else(|| request.payload.clone());
        if let Some(body) = body {
            if body.is_empty() {
                builder = builder.header(CONTENT_LENGTH, "0");
            }
            if !has(CONTENT_TYPE) {
                builder = builder.header(CONTENT_TYPE, "application/json");
            }
            builder = builder.body(body);
        } else if matches!(request.method, Method::Post | Method::Put | Method::Patch) {
            // Some proxies refuse these without a length (RFC 9110, section 8.6).
            builder = builder.header(CONTENT_LENGTH, "0");
        }
        let response = within(self.idle, builder.send(), false).await?;
        let incoming = StreamingResponse::new(response, request, &self.target, made)?;
        if (200..300).contains(&incoming.status) {
            take(incoming).await
        } else {
            let response = incoming.whole().await?.redact(&self.known);
            Ok(Came::Refused(Box::new(response)))
        }
    }
}

/// The outcome of an attempt.
enum Came<T> {
    /// A 2xx response, read as requested.
    Taken(T),
    /// Any other response, and an error with a success status.
    Refused(Box<Response>),
}

/// The ways to read a 2xx response.
trait Taken {
    /// Its form in the trace.
    fn event(&self, took: Duration) -> Event<'_>;
}

impl Taken for Response {
    fn event(&self, took: Duration) -> Event<'_> {
        Event::Answered {
            response: self,
            took,
        }
    }
}

impl Taken for StreamingResponse {
    fn event(&self, took: Duration) -> Event<'_> {
        Event::Opened {
            incoming: self,
            took,
        }
    }
}

fn bearer(key: &Secret) -> HeaderValue {
    let text = format!("Bearer {}", key.expose());
    // A key is visible ASCII (see `Secret::key`). Any other text would be sent as an empty header and rejected.
    let mut value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("Bearer"));
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests;
