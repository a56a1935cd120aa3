//! Sends reads and changes. Each is one request, which a dry run prints instead.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{Mode, Session};
use crate::api::client;
use crate::api::reply::Reply;
use crate::api::request::{Endpoint, Request};
use crate::api::response::Response;
use crate::error::{Error, Exit};
use crate::time::{self, TimeScale};

/// How long an interrupted change waits for its response.
const GRACE: Duration = Duration::from_secs(10);

/// What can stop a read before its response arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The command's deadline, and signals.
    Command,
    /// Only the caller, which handles both.
    Caller,
}

/// A change to be sent.
pub(super) struct Change<'a> {
    /// The request.
    pub(super) request: &'a Request,
    /// The command that shows whether the change was made, for when the response is lost.
    pub(super) check: &'a str,
    /// Whether it rolls back another change, so that neither signals nor `--timeout` stop it.
    pub(super) is_rollback: bool,
    /// Whether `--timeout` does not stop it, because the caller starts nothing after that.
    pub(super) has_no_deadline: bool,
}

impl<'a> Change<'a> {
    pub(super) fn new(request: &'a Request, check: &'a str) -> Self {
        Self {
            request,
            check,
            is_rollback: false,
            has_no_deadline: false,
        }
    }

    fn with_check(&self, error: Error) -> Error {
        if error.is_outcome_unknown() {
            error.next("check the result", self.check)
        } else {
            error
        }
    }
}

impl Session<'_> {
    /// Sends a read. In a dry run, prints the request and returns `None`.
    pub async fn get<E: Endpoint>(&self, endpoint: &E) -> Result<Option<Reply<E::Reply>>, Error> {
        let request = endpoint.request();
        if self.is_dry() {
            self.plan(&[request])?;
            return Ok(None);
        }
        let response = self.response(&request, Scope::Command).await?;
        self.check_time()?;
        let reply = Reply::read_object(&response, &request)?;
        self.check_time()?;
        Ok(Some(reply))
    }

    /// Measures the offset of the server's clock, which relative times are computed with.
    fn measure(&self, response: &Response) {
        if let Some(date) = response.date() {
            self.render_options
                .skew
                .measure(time::timestamp(date), self.ui().now());
        }
    }

    /// Sends a read and returns its response.
    pub async fn response(&self, request: &Request, scope: Scope) -> Result<Response, Error> {
        let read = self.begin_read(request.clone(), scope)?;
        self.finish_read(read, scope).await
    }

    /// A read that starts when it is first polled, for [`Session::finish_read`].
    pub(super) fn begin_read(
        &self,
        request: Request,
        scope: Scope,
    ) -> Result<impl Future<Output = Result<Response, Error>>, Error> {
        let client = match scope {
            Scope::Command => self.client()?.clone(),
            Scope::Caller => self.client()?.without_deadline(),
        };
        Ok(async move { client.send(&request, std::future::pending()).await })
    }

    /// The response to a read that may have started already.
    pub(super) async fn finish_read(
        &self,
        read: impl Future<Output = Result<Response, Error>>,
        scope: Scope,
    ) -> Result<Response, Error> {
        if scope == Scope::Caller {
            return read.await.inspect(|response| self.measure(response));
        }
        let interrupt = &self.context.interrupt;
        if interrupt.raised().is_some() {
            return Err(interrupt.error());
        }
        let _hold = interrupt.hold(None);
        tokio::select! {
            response = read => response.inspect(|response| self.measure(response)),
            () = interrupt.wait() => Err(interrupt.error()),
        }
    }

    /// Returns an error for a response that contains an error despite its success status. For responses from
    /// [`Session::download`].
    pub fn check(&self, request: &Request, response: &Response) -> Result<(), Error> {
        self.client()?.check(request, response)
    }

    /// The scale of all waits.
    pub fn time_scale(&self) -> TimeScale {
        self.context.env.time_scale()
    }

    /// When `--timeout` expires.
    pub fn deadline(&self) -> Option<client::Deadline> {
        self.client().ok().and_then(client::Client::deadline)
    }

    /// Sends a change. In a dry run, prints the request and returns `None`. `check` is the command that shows whether
    /// the change was made, for when the response is lost.
    ///
    /// # Errors
    /// As [`Session::get`]; exit 3 if a protected deployment was not named on the command line.
    pub async fn change<E: Endpoint>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Option<Reply<E::Reply>>, Error> {
        let request = &endpoint.request();
        self.check_protection()?;
        if self.is_dry() {
            self.plan(std::slice::from_ref(request))?;
            return Ok(None);
        }
        self.commit(&Change::new(request, check)).await.map(Some)
    }

    /// Sends one of many changes, once: the caller decides what is sent again, and heeds `--timeout`.
    ///
    /// # Errors
    /// As [`Session::change`].
    pub async fn change_once<E: Endpoint>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Reply<E::Reply>, Error> {
        let mut request = endpoint.request();
        request.once = true;
        let change = Change {
            has_no_deadline: true,
            ..Change::new(&request, check)
        };
        self.commit(&change).await
    }

    /// Rolls back a change made by this command, even after a signal or `--timeout`.
    pub async fn rollback<E: Endpoint>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Reply<E::Reply>, Error> {
        let request = endpoint.request();
        let change = Change {
            is_rollback: true,
            ..Change::new(&request, check)
        };
        self.commit(&change).await
    }

    /// Sends a change composed on the command line. Its response is returned without being interpreted.
    pub async fn change_response(&self, request: &Request, check: &str) -> Result<Response, Error> {
        self.check_protection()?;
        self.deliver(&Change::new(request, check)).await
    }

    /// Sends a change and reads its response.
    pub(super) async fn commit<T: DeserializeOwned>(
        &self,
        change: &Change<'_>,
    ) -> Result<Reply<T>, Error> {
        let response = self.deliver(change).await?;
        let reply = Reply::read(&response, change.request)
            .map_err(|error| change.with_check(error.unknown_outcome()))?;
        if change.request.is_denied_by(reply.document.get()) {
            let action = &change.request.action;
            let message = format!("could not {action}: the response says that it was not done");
            return Err(Error::new(Exit::Failure, message).next("check the result", change.check));
        }
        Ok(reply)
    }

    /// Sends a change, unless a signal has already arrived. A later signal leaves ten seconds for the response.
    async fn deliver(&self, change: &Change<'_>) -> Result<Response, Error> {
        let interrupt = &self.context.interrupt;
        let client = if change.is_rollback {
            self.client()?.without_deadline()
        } else if interrupt.raised().is_some() {
            return Err(interrupt.error());
        } else if change.has_no_deadline {
            self.client()?.without_deadline()
        } else {
            self.client()?.clone()
        };
        let stop = async {
            if change.is_rollback {
                std::future::pending::<()>().await;
            } else {
                interrupt.wait().await;
            }
        };
        let lost = format!(
            "interrupted: it is unknown whether the {} did this: {}; see: {} {}",
            self.service.noun,
            change.request.action,
            self.ui().program(),
            change.check
        );
        let _hold = interrupt.hold(Some(self.ui().last_word(lost.clone())));
        let send = client.send(change.request, stop);
        let mut send = std::pin::pin!(send);
        let response = tokio::select! {
            // First, so that a signal before the request is sent, or between two attempts, stops it.
            biased;
            response = &mut send => response.map_err(|error| match error.exit() {
                // The client knows nothing about signals.
                Exit::Interrupted => error.with_exit(interrupt.error().exit()),
                _ => error,
            }),
            () = interrupt.wait() => {
                if interrupt.notify_once() {
                    self.ui().note("interrupted: waiting for the response to the change in progress (press Ctrl-C again to stop now)");
                }
                match tokio::time::timeout(self.time_scale().shorten(GRACE), send).await {
                    Ok(response) => response,
                    Err(_) => Err(Error::new(interrupt.error().exit(), lost).unknown_outcome()),
                }
            }
        };
        if response.is_ok() {
            self.ui().set_changed(&change.request.action);
        }
        response.map_err(|error| change.with_check(error))
    }

    pub(super) fn client(&self) -> Result<&client::Client, Error> {
        self.check_columns()?;
        match &self.mode {
            Mode::Online { client, .. } => Ok(client),
            Mode::Dry { .. } => Err(Error::new(Exit::Failure, "a dry run has no client")),
        }
    }
}
