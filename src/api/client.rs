//! The one HTTP client: sends a [`Request`], sends it again where that is safe, and returns what came.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue,
};

use super::answer::Answer;
use super::broken::Broken;
use super::fault;
use super::incoming::{IDLE, Incoming, within};
use super::request::{Method, Request};
use super::retry::{self, Attempt, Verdict};
use super::server::Server;
use crate::error::{Error, Exit};
use crate::secret::Secret;

/// Time to establish a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// A wait longer than this is announced.
const NOTICEABLE: Duration = Duration::from_secs(2);

/// Where requests go.
#[derive(Clone)]
pub struct Target {
    /// The base URL, without a slash at the end.
    pub base_url: String,
    /// The kind of server that answers there.
    pub server: Server,
    /// The key; none sends no `Authorization` header.
    pub key: Option<Secret>,
    /// Headers of every change.
    pub change_headers: Vec<(&'static str, String)>,
}

/// What happened on the wire, for tracing and for telling the user why it takes so long.
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
    /// An answer came.
    Answered {
        /// The answer.
        answer: &'a Answer,
        /// The time from sending to the last byte.
        took: Duration,
    },
    /// The head of an answer came whose body is read as it arrives.
    Opened {
        /// The answer.
        incoming: &'a Incoming,
        /// The time from sending to the last byte of the head.
        took: Duration,
    },
    /// No answer came.
    Failed {
        /// Why.
        message: &'a str,
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

/// Who is told of [`Event`]s.
pub trait Observer: Send + Sync {
    /// Takes note of an event.
    fn event(&self, event: Event<'_>);
}

/// How long the whole command may take.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// `--timeout`.
    pub after: Duration,
    /// The moment at which it has passed.
    pub at: Instant,
}

/// No server is known to take a longer URL, and the HTTP library takes none of 64 KiB.
const LONGEST_URL: usize = 32 * 1024;

/// The client of one base URL. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    target: Target,
    observer: std::sync::Arc<dyn Observer>,
    deadline: Option<Deadline>,
    clock: fn() -> SystemTime,
}

impl Client {
    /// Makes the client out of a builder that knows how to trust and which proxy to take (see [`super::trust`]).
    ///
    /// # Errors
    /// Exit 1 when the HTTP library refuses its settings.
    pub fn new(
        builder: reqwest::ClientBuilder,
        target: Target,
        observer: std::sync::Arc<dyn Observer>,
        deadline: Option<Deadline>,
        clock: fn() -> SystemTime,
    ) -> Result<Self, Error> {
        let http = builder
            .user_agent(user_agent())
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(|e| Error::new(Exit::Other, "the HTTP client could not be made").cause(e))?;
        Ok(Self {
            http,
            target,
            observer,
            deadline,
            clock,
        })
    }

    /// The URL below which everything is asked.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.target.base_url
    }

    /// Whether requests carry a key.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.target.key.is_some()
    }

    /// The URL of a request.
    #[must_use]
    pub fn url(&self, request: &Request) -> String {
        url(&self.target.base_url, request)
    }

    /// The same client without `--timeout`: for what has a deadline of its own.
    #[must_use]
    pub fn without_deadline(&self) -> Self {
        Self {
            deadline: None,
            ..self.clone()
        }
    }

    /// How long the whole command may take.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// Sends a request and returns its answer, if that has a 2xx status. When `stop` is ready, no further attempt is
    /// waited for; one under way goes on.
    ///
    /// # Errors
    /// Whatever the router or the network made of it. An error of a write tells whether its outcome is unknown.
    pub async fn send(
        &self,
        request: &Request,
        stop: impl Future<Output = ()>,
    ) -> Result<Answer, Error> {
        let whole = async |incoming: Incoming| incoming.whole().await;
        self.in_time(request, self.attempts(request, whole, stop, 0))
            .await
    }

    /// Sends a request and returns its answer, if that has a 2xx status, as soon as its head is there. `before` are the
    /// attempts that were made already.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn open(
        &self,
        request: &Request,
        stop: impl Future<Output = ()>,
        before: u32,
    ) -> Result<Incoming, Error> {
        let head = async |incoming: Incoming| Ok(incoming);
        self.in_time(request, self.attempts(request, head, stop, before))
            .await
    }

    async fn in_time<T>(
        &self,
        request: &Request,
        attempts: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let Some(deadline) = self.deadline else {
            return attempts.await;
        };
        match tokio::time::timeout_at(deadline.at.into(), attempts).await {
            Ok(result) => result,
            Err(_) => Err(fault::timed_out(request, deadline.after)),
        }
    }

    /// Sends until an attempt's outcome is final. `take` makes of a 2xx answer what is wanted of it.
    async fn attempts<T: Taken>(
        &self,
        request: &Request,
        take: impl AsyncFn(Incoming) -> Result<T, Broken>,
        stop: impl Future<Output = ()>,
        before: u32,
    ) -> Result<T, Error> {
        let mut stop = std::pin::pin!(stop);
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
            let result = self.attempt(request, &url, &take, made).await;
            self.observer.event(match &result {
                Ok(Came::Taken(taken)) => taken.event(sent.elapsed()),
                Ok(Came::Refused(answer)) => Event::Answered {
                    answer,
                    took: sent.elapsed(),
                },
                Err(broken) => Event::Failed {
                    message: &broken.message,
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
            let (verdict, error) = match result {
                Ok(Came::Taken(taken)) => return Ok(taken),
                Ok(Came::Refused(answer)) => {
                    let fault =
                        fault::Fault::read(&answer, (self.clock)(), self.target.key.as_ref());
                    let verdict = retry::decide(&attempt, fault.outcome());
                    (verdict, fault.error(request, &answer))
                }
                Err(broken) => (
                    retry::decide(&attempt, broken.outcome),
                    fault::broken(
                        request,
                        &self.target.base_url,
                        broken.outcome,
                        &broken.message,
                        broken.cause,
                    ),
                ),
            };
            match verdict {
                Verdict::Final => return Err(error),
                _ if request.once => {
                    return Err(match error.wait() {
                        Some(wait) => fault::too_long(error, wait, (self.clock)()),
                        None => error,
                    });
                }
                Verdict::TooLong(delay) => {
                    return Err(fault::too_long(error, delay, (self.clock)()));
                }
                Verdict::Again(delay) => {
                    self.observer.event(Event::Waiting {
                        delay,
                        reason: error.message(),
                        noticeable: delay > NOTICEABLE,
                    });
                    tokio::select! {
                        () = tokio::time::sleep(delay) => {}
                        () = &mut stop => return Err(error),
                    }
                }
            }
        }
        unreachable!("the attempts are counted and end")
    }

    async fn attempt<T>(
        &self,
        request: &Request,
        url: &str,
        take: &impl AsyncFn(Incoming) -> Result<T, Broken>,
        made: u32,
    ) -> Result<Came<T>, Broken> {
        let method = reqwest::Method::from_bytes(request.method.word().as_bytes())
            .unwrap_or(reqwest::Method::GET);
        let mut builder = self.http.request(method, url);
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
        let response = within(IDLE, builder.send(), false).await?;
        let incoming = Incoming::new(response, request, &self.target, made);
        if (200..300).contains(&incoming.status) {
            take(incoming).await.map(Came::Taken)
        } else {
            incoming.whole().await.map(Came::Refused)
        }
    }
}

/// What an attempt came to.
enum Came<T> {
    /// A 2xx answer, taken as it was wanted.
    Taken(T),
    /// Any other answer.
    Refused(Answer),
}

/// What a 2xx answer can be taken as.
trait Taken {
    /// What is told of it.
    fn event(&self, took: Duration) -> Event<'_>;
}

impl Taken for Answer {
    fn event(&self, took: Duration) -> Event<'_> {
        Event::Answered { answer: self, took }
    }
}

impl Taken for Incoming {
    fn event(&self, took: Duration) -> Event<'_> {
        Event::Opened {
            incoming: self,
            took,
        }
    }
}

/// `xeroctl/<version> (<os>; <arch>)`.
fn user_agent() -> String {
    format!(
        "xeroctl/{} ({}; {})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

fn bearer(key: &Secret) -> HeaderValue {
    let text = format!("Bearer {}", key.expose());
    // A key is visible ASCII (see `Secret::key`); one that is not would be sent as nothing, and refused.
    let mut value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("Bearer"));
    value.set_sensitive(true);
    value
}

/// The URL of a request below a base URL, every dynamic part percent-encoded.
#[must_use]
pub fn url(base_url: &str, request: &Request) -> String {
    let mut url = base_url.to_owned();
    match &request.target {
        Some(target) => url.push_str(target),
        None => {
            for segment in &request.path {
                url.push('/');
                encode(segment, &mut url);
            }
        }
    }
    let mut before = match &request.target {
        Some(target) if target.contains('?') => '&',
        _ => '?',
    };
    for (name, value) in &request.query {
        url.push(std::mem::replace(&mut before, '&'));
        encode(name, &mut url);
        url.push('=');
        encode(value, &mut url);
    }
    url
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
fn encode(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
