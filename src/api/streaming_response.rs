//! A response whose body is read as it arrives.

use std::sync::OnceLock;
use std::time::Duration;

use hyper::body::Bytes;
use reqwest::header::HeaderMap;

use super::content_encoding::{Decoder, Refused};
use super::proxy::ProxyUse;
use super::request::Request;
use super::response::Response;
use super::retry::AttemptOutcome;
use super::service::{ServerConfig, Service};
use super::transport_error::{self, TransportError};
use crate::error::Error;

/// The maximum time without data while waiting for or reading a response.
pub(super) const IDLE: Duration = Duration::from_secs(30);
/// The maximum size of a response kept in memory, after decompression.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// A response whose headers have arrived.
pub struct StreamingResponse {
    /// The HTTP version.
    pub version: reqwest::Version,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The number of attempts, including this one.
    pub made: u32,
    response: reqwest::Response,
    decoder: Decoder,
    /// The bytes received but not yet decoded.
    rest: Bytes,
    request: Request,
    base_url: String,
    via: Option<ProxyUse>,
    service: &'static Service,
    idle: Duration,
}

/// The maximum memory reserved in advance, because the announced length may be wrong.
const MOST_READY: usize = 16 * 1024 * 1024;

impl StreamingResponse {
    pub(super) fn new(
        response: reqwest::Response,
        request: &Request,
        target: &ServerConfig,
        made: u32,
    ) -> Result<Self, TransportError> {
        let mut headers = response.headers().clone();
        let decoder = Decoder::of(&mut headers).map_err(|error| undecoded(error.into()))?;
        Ok(Self {
            version: response.version(),
            status: response.status().as_u16(),
            headers,
            made,
            response,
            decoder,
            rest: Bytes::new(),
            request: request.clone(),
            base_url: target.base_url.clone(),
            via: target.via.clone(),
            service: target.service,
            idle: IDLE,
        })
    }

    /// Gives up after this long without data, instead of 30 seconds.
    pub fn with_idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The next piece of the body, decompressed; `None` at its end.
    ///
    /// # Errors
    /// Exit 17 if the body is incomplete or nothing arrives for too long.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let piece = self.piece().await.map_err(|broken| {
            transport_error::unanswered(&self.request, &self.base_url, self.via.as_ref(), broken)
        })?;
        Ok(piece.map(Vec::from))
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            while !self.rest.is_empty() {
                let piece = self.decoder.decode(&mut self.rest).map_err(refused)?;
                if !piece.is_empty() {
                    return Ok(Some(piece));
                }
            }
            match within(self.idle, self.response.chunk(), true).await? {
                Some(chunk) => self.rest = chunk,
                None => return self.decoder.end().map(|()| None).map_err(refused),
            }
        }
    }

    /// The same response with this body.
    pub fn with_body(&self, body: Vec<u8>) -> Response {
        Response {
            unreadable: None,
            version: self.version,
            status: self.status,
            headers: self.headers.clone(),
            body: body.into(),
            base_url: self.base_url.clone(),
            via: self.via.clone(),
            service: self.service,
            outline: OnceLock::new(),
        }
    }

    /// The complete response. The body of an error response may be unreadable, because its status matters most.
    pub(super) async fn whole(mut self) -> Result<Response, TransportError> {
        let (body, unreadable) = match self.body().await {
            Ok(body) => (body, None),
            Err(broken) if !self.is_success() && broken.outcome == AttemptOutcome::Unusable => {
                (Vec::new(), Some(broken.message))
            }
            Err(broken) => return Err(broken),
        };
        Ok(Response {
            unreadable,
            version: self.version,
            status: self.status,
            headers: self.headers,
            body: body.into(),
            base_url: self.base_url,
            via: self.via,
            service: self.service,
            outline: OnceLock::new(),
        })
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The memory to reserve for the body: its announced length, if plausible.
    fn expected_length(&self) -> usize {
        let length = self.header("content-length");
        let length = length.filter(|_| self.decoder.is_identity());
        let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        if length > MOST_READY { 0 } else { length }
    }

    async fn body(&mut self) -> Result<Vec<u8>, TransportError> {
        let mut body = Vec::with_capacity(self.expected_length());
        while let Some(piece) = self.piece().await? {
            if body.len() + piece.len() > LARGEST_ANSWER {
                return Err(TransportError::new(
                    AttemptOutcome::Unusable,
                    "the response is larger than 64 MiB",
                    anyhow::anyhow!("refused after {LARGEST_ANSWER} bytes"),
                ));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}

fn refused(why: Refused) -> TransportError {
    match why {
        Refused::Unknown(coding) => TransportError::new(
            AttemptOutcome::Unusable,
            format!("the content encoding of the response is not supported: {coding}"),
            anyhow::anyhow!("supported encodings: gzip, deflate, zstd"),
        ),
        Refused::Corrupt(error) => undecoded(error.into()),
        Refused::Cut => TransportError::new(
            AttemptOutcome::Lost,
            "the response broke off",
            anyhow::anyhow!("its compressed data is incomplete"),
        ),
    }
}

fn undecoded(cause: anyhow::Error) -> TransportError {
    TransportError::new(
        AttemptOutcome::Unusable,
        "the response can't be decompressed",
        cause,
    )
}

/// Waits for the HTTP library, but no longer than `idle`: for the headers of a response, after any number of interim
/// responses, or for the next piece of its body.
pub(super) async fn within<T>(
    idle: Duration,
    work: impl Future<Output = Result<T, reqwest::Error>>,
    answering: bool,
) -> Result<T, TransportError> {
    match tokio::time::timeout(idle, work).await {
        Ok(result) => result.map_err(|error| transport_error::broken(error, answering)),
        Err(passed) => {
            let message = if answering {
                format!("the response stalled: no data for {} s", idle.as_secs())
            } else {
                format!("no response within {} s", idle.as_secs())
            };
            Err(TransportError::new(AttemptOutcome::Silent, message, passed))
        }
    }
}
