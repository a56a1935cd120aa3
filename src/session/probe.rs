//! Cheap reads for the commands that check a connection: one attempt each, with a time limit of its own.

use std::time::{Duration, Instant, SystemTime};

use super::{Context, Scope, Session};
use crate::api::client::Client;
use crate::api::request::Request;
use crate::api::response::Response;
use crate::api::service::Service;
use crate::config::Settings;
use crate::error::Error;
use crate::time;

/// The time limit of one request.
const LIMIT: Duration = Duration::from_secs(4);

/// What a read came to.
pub struct Probe {
    /// How long it took, with the connection.
    pub took: Duration,
    /// The response, or why there is none with a 2xx status.
    pub result: Result<Response, Error>,
}

impl Probe {
    /// When the server sent the response, by its own clock.
    pub fn date(&self) -> Option<SystemTime> {
        self.result.as_ref().ok().and_then(Response::date)
    }
}

impl Context {
    /// Opens a session with the router of these settings.
    ///
    /// # Errors
    /// As [`Context::open`].
    pub fn open_with(&self, settings: Settings) -> Result<Session<'_>, Error> {
        self.connect(settings, Service::ROUTER, self.globals.dry_run, |router| {
            (router.base_url(), router.key())
        })
    }

    /// Opens a session with the squads API of these settings.
    ///
    /// # Errors
    /// As [`Context::open_squads`].
    pub fn open_squads_with(&self, settings: Settings) -> Result<Session<'_>, Error> {
        self.connect(settings, Service::SQUADS, self.globals.dry_run, |router| {
            (router.squads_url(), router.squads_key(false))
        })
    }
}

impl Session<'_> {
    /// Sends a read once, and measures it.
    pub async fn probe(&self, request: Request) -> Probe {
        let began = Instant::now();
        let request = Request {
            once: true,
            ..request
        };
        let response = self.response(&request, Scope::Command);
        let result = within(&request, response).await;
        Probe {
            took: began.elapsed(),
            result,
        }
    }

    /// Sends a read once, and waits for no more than the head of its response.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub async fn probe_head(&self, request: Request) -> Result<(), Error> {
        let request = Request {
            once: true,
            ..request
        };
        let client = self.client()?;
        let interrupt = &self.context.interrupt;
        let head = async {
            tokio::select! {
                opened = client.open(&request, std::future::pending(), 0) => opened.map(drop),
                () = interrupt.wait() => Err(interrupt.error()),
            }
        };
        within(&request, head).await
    }

    /// The proxy on the way to the server, without its credentials.
    pub fn proxy(&self) -> Option<String> {
        self.client().ok().and_then(Client::proxy)
    }
}

async fn within<T>(
    request: &Request,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let late = || {
        let (action, limit) = (&request.action, time::show_duration(LIMIT));
        Error::unavailable(format!("could not {action}: no response within {limit}"))
    };
    let result = tokio::time::timeout(LIMIT, work).await;
    result.unwrap_or_else(|_| Err(late()))
}
