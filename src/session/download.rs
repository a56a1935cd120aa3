//! Downloads a response of any size, passing it on as it arrives without keeping it.

use std::time::Duration;

use super::Session;
use crate::api::request::Request;
use crate::api::streaming_response::StreamingResponse;
use crate::error::Error;
use crate::ui::progress::{Progress, Unit};

/// The number of attempts if the body is cut off and can be started again.
const ATTEMPTS: u32 = 4;

/// Receives the bytes of a download.
pub trait BodySink {
    /// Receives the status and headers before the first bytes.
    ///
    /// # Errors
    /// If they can't be kept or written.
    fn begin(&mut self, _head: &StreamingResponse) -> Result<(), Error> {
        Ok(())
    }

    /// Receives some bytes.
    ///
    /// # Errors
    /// If they can't be kept or written.
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error>;

    /// Whether the bytes go to no terminal, and to no program that could write to one.
    fn is_out_of_sight(&self) -> bool {
        false
    }

    /// Discards the bytes received so far, so that the download can start again. Returns false if that isn't possible.
    fn restart(&mut self) -> bool;
}

impl Session<'_> {
    /// Reads a response of any size and returns its length in bytes.
    pub async fn download(
        &self,
        request: &Request,
        receiver: &mut impl BodySink,
    ) -> Result<u64, Error> {
        let interrupt = &self.context.interrupt;
        if interrupt.raised().is_some() {
            return Err(interrupt.error());
        }
        let _hold = interrupt.hold(None);
        let attempts = self.attempts(request, receiver);
        let in_time = async {
            match self.deadline() {
                None => attempts.await,
                Some(deadline) => match tokio::time::timeout_at(deadline.at.into(), attempts).await
                {
                    Ok(result) => result,
                    Err(_) => Err(Error::unavailable(format!(
                        "could not {}: it takes longer than --timeout {}",
                        request.action,
                        crate::time::show_duration(deadline.after)
                    ))
                    .retryable(None)),
                },
            }
        };
        tokio::select! {
            result = in_time => result,
            () = interrupt.wait() => Err(interrupt.error()),
        }
    }

    fn download_progress(
        &self,
        request: &Request,
        response: &StreamingResponse,
        receiver: &impl BodySink,
    ) -> Progress {
        if !receiver.is_out_of_sight() {
            return Progress::none();
        }
        let is_encoded = response.header("content-encoding").is_some();
        let length = response.header("content-length").filter(|_| !is_encoded);
        let unit = Unit::Bytes(length.and_then(|length| length.parse().ok()));
        let interrupt = &self.context.interrupt;
        self.ui().progress(interrupt, &request.action, unit)
    }

    async fn attempts(
        &self,
        request: &Request,
        receiver: &mut impl BodySink,
    ) -> Result<u64, Error> {
        let client = self.client()?;
        let mut made = 0;
        loop {
            let mut incoming = client.open(request, std::future::pending(), made).await?;
            made = incoming.made;
            receiver.begin(&incoming)?;
            let progress = self.download_progress(request, &incoming, receiver);
            let mut count = 0;
            let error = loop {
                match incoming.chunk().await {
                    Ok(Some(bytes)) => {
                        count += bytes.len() as u64;
                        progress.add(bytes.len() as u64);
                        receiver.put(&bytes)?;
                    }
                    Ok(None) => return Ok(count),
                    Err(error) => break error,
                }
            };
            if !error.is_retryable() || made >= ATTEMPTS || count > 0 && !receiver.restart() {
                return Err(error.detail(format!("{count} bytes were received")));
            }
            let delay = Duration::from_millis(250) * 2_u32.pow(made);
            tokio::time::sleep(client.time_scale().shorten(delay)).await;
        }
    }
}
