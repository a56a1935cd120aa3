//! An answer whose body is read as it arrives.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::answer::Answer;
use super::broken::{Broken, broken};
use super::client::Target;
use super::fault;
use super::request::Request;
use super::retry::Outcome;
use super::server::Server;
use crate::error::Error;

/// Longest silence while an answer is awaited or read.
pub(super) const IDLE: Duration = Duration::from_secs(30);
/// No answer that is kept whole is larger, after decompression.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// An answer whose head has come.
pub struct Incoming {
    /// The version of HTTP that it came in.
    pub version: reqwest::Version,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// How many attempts were made until it came, this one included.
    pub made: u32,
    response: reqwest::Response,
    request: Request,
    base_url: String,
    server: Server,
    idle: Duration,
}

impl Incoming {
    pub(super) fn new(
        response: reqwest::Response,
        request: &Request,
        target: &Target,
        made: u32,
    ) -> Self {
        Self {
            version: response.version(),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            made,
            response,
            request: request.clone(),
            base_url: target.base_url.clone(),
            server: target.server,
            idle: IDLE,
        }
    }

    /// Takes a silence of this length for the end, in the place of 30 seconds.
    #[must_use]
    pub fn with_idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The next piece of the body, decompressed; none at its end.
    ///
    /// # Errors
    /// Exit 17 when the body breaks off or nothing comes for too long.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.piece().await.map_err(|broken| {
            fault::broken(
                &self.request,
                &self.base_url,
                broken.outcome,
                &broken.message,
                broken.cause,
            )
        })
    }

    async fn piece(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let chunk = within(self.idle, self.response.chunk(), true).await?;
        Ok(chunk.map(|bytes| bytes.to_vec()))
    }

    /// The whole answer.
    pub(super) async fn whole(mut self) -> Result<Answer, Broken> {
        let mut body = Vec::new();
        while let Some(chunk) = self.piece().await? {
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
            version: self.version,
            status: self.status,
            headers: self.headers,
            body,
            base_url: self.base_url,
            server: self.server,
        })
    }
}

/// Waits for the HTTP library, but not through a longer silence than `idle`.
pub(super) async fn within<T>(
    idle: Duration,
    work: impl Future<Output = Result<T, reqwest::Error>>,
    answering: bool,
) -> Result<T, Broken> {
    match tokio::time::timeout(idle, work).await {
        Ok(result) => result.map_err(|error| broken(error, answering)),
        Err(passed) => Err(Broken {
            outcome: Outcome::Lost,
            message: format!("nothing came for {} s", idle.as_secs()),
            cause: passed.into(),
        }),
    }
}
