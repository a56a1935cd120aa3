//! The one HTTP client: sends a [`Request`], sends it again where that is safe, and returns what came.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};

use super::answer::Answer;
use super::broken::{Broken, broken};
use super::fault;
use super::request::{Method, Request};
use super::retry::{self, Attempt, Outcome, Verdict};
use crate::error::{Error, Exit};
use crate::secret::Secret;

/// Time to establish a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest silence while an answer is awaited or read.
const IDLE: Duration = Duration::from_secs(30);
/// No answer is larger, after decompression.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
/// A wait longer than this is announced.
const NOTICEABLE: Duration = Duration::from_secs(2);

/// Where requests go.
#[derive(Clone)]
pub struct Target {
    /// The base URL, ending in `/v1`, without a slash at the end.
    pub base_url: String,
    /// The key; none sends no `Authorization` header.
    pub key: Option<Secret>,
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
            .read_timeout(IDLE)
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

    /// The URL of a request.
    #[must_use]
    pub fn url(&self, request: &Request) -> String {
        url(&self.target.base_url, request)
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
        let attempts = self.attempts(request, stop);
        let Some(deadline) = self.deadline else {
            return attempts.await;
        };
        match tokio::time::timeout_at(deadline.at.into(), attempts).await {
            Ok(result) => result,
            Err(_) => Err(fault::timed_out(request, deadline.after)),
        }
    }

    async fn attempts(
        &self,
        request: &Request,
        stop: impl Future<Output = ()>,
    ) -> Result<Answer, Error> {
        let mut stop = std::pin::pin!(stop);
        let url = self.url(request);
        let began = Instant::now();
        for made in 1.. {
            self.observer.event(Event::Sending {
                request,
                url: &url,
                attempt: made,
            });
            let sent = Instant::now();
            let result = self.attempt(request, &url).await;
            match &result {
                Ok(answer) => self.observer.event(Event::Answered {
                    answer,
                    took: sent.elapsed(),
                }),
                Err(broken) => self.observer.event(Event::Failed {
                    message: &broken.message,
                }),
            }
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
                Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
                Ok(answer) => {
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

    async fn attempt(&self, request: &Request, url: &str) -> Result<Answer, Broken> {
        let method = reqwest::Method::from_bytes(request.method.word().as_bytes())
            .unwrap_or(reqwest::Method::GET);
        let mut builder = self
            .http
            .request(method, url)
            .header(ACCEPT, "application/json");
        if let Some(key) = &self.target.key {
            builder = builder.header(AUTHORIZATION, bearer(key));
        }
        if let Some(body) = &request.body {
            builder = builder
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        } else if request.method == Method::Post {
            // Some proxies refuse a POST that tells no length (RFC 9110, section 8.6).
            builder = builder.header(CONTENT_LENGTH, "0");
        }
        let mut response = builder.send().await.map_err(|e| broken(e, false))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| broken(e, true))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(Broken {
                    outcome: Outcome::Unusable,
                    message: "the answer is larger than 64 MiB".to_owned(),
                    cause: anyhow::anyhow!("refused after {LARGEST_ANSWER} bytes"),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body,
            base_url: self.target.base_url.clone(),
        })
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
    for segment in &request.path {
        url.push('/');
        encode(segment, &mut url);
    }
    for (index, (name, value)) in request.query.iter().enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        url.push_str(name);
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
