//! The way to a server: how its host is found, through which proxy it is reached and which certificates are trusted.

use std::sync::Arc;
use std::time::Duration;

use reqwest::ClientBuilder;
use rustls::client::Resumption;

#[cfg(test)]
use super::connect::Lookup;
use super::connect::{PhaseLayer, Resolver, system};
use super::proxy::{Proxy, ProxySettings, ProxyUse};
use super::sessions::Sessions;
use super::tls::{self, CaFile, Trust};
use super::tls_error::NoCertificate;
use crate::base_url::BaseUrl;
use crate::error::{Error, Exit};
use crate::files::WaitLimit;

/// Time to establish a connection: name, TCP, proxy and TLS together.
const CONNECT: Duration = Duration::from_secs(10);
/// No connection is used again that was idle for longer: many servers close theirs after five seconds.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);

/// A response may have this many headers; a chain of proxies can exceed the library's own limit of 100. Their total size,
/// some 400 KiB, remains the library's limit.
const MAX_HEADERS: usize = 4096;

/// What may be said about the key of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Requests carry a key.
    pub is_sent: bool,
    /// It may go over plain http to another machine (`--allow-http`).
    pub is_exposed: bool,
}

/// The way to one server.
pub struct Transport {
    trust: Trust,
    proxy: Option<Proxy>,
    resolver: Resolver,
}

impl Transport {
    /// Decides on the way to `base`.
    ///
    /// # Errors
    /// Exit 3 when the certificates can't be read, when there are none, when the proxy is unusable, and when a key would
    /// go through a proxy unencrypted.
    pub fn to(
        base: &BaseUrl,
        ca: Option<&CaFile>,
        proxies: &ProxySettings,
        key: KeyUse,
        wait_limit: &WaitLimit,
    ) -> Result<Self, Error> {
        let is_secure = base.origin().scheme == "https";
        let proxy = proxies.to(base)?;
        if proxy.is_some() && key.is_sent && !is_secure {
            return Err(Error::config(
                "a proxy variable is set, and the key would go through the proxy unencrypted",
            )
            .hint("use an https base URL, or name the router's host in NO_PROXY"));
        }
        // Loading certificates takes longer than everything else before the first byte, and plain http needs none.
        let needs_roots = is_secure || proxy.as_ref().is_some_and(Proxy::is_secure);
        let mut trust = tls::tls(ca, needs_roots, wait_limit)?;
        // Behind a handshake with a proxy, more has to happen before the one with the server.
        if !proxy.as_ref().is_some_and(Proxy::is_secure) {
            trust.config.resumption = Resumption::store(Arc::new(Sessions::new()));
        }
        Ok(Self {
            trust,
            proxy,
            resolver: Resolver {
                lookup: system,
                loopback_only: !is_secure && key.is_sent && !key.is_exposed,
            },
        })
    }

    /// The same way where host names are found by `lookup`.
    #[cfg(test)]
    pub(super) fn with_lookup(mut self, lookup: Lookup) -> Self {
        self.resolver.lookup = lookup;
        self
    }

    /// The proxy on the way.
    pub fn via(&self) -> Option<ProxyUse> {
        self.proxy.as_ref().map(|proxy| proxy.via.clone())
    }

    /// What should be said about the certificates: a sentence.
    pub fn note(&self) -> Option<&str> {
        self.trust.note.as_deref()
    }

    /// What notes whether a server asks for a client certificate.
    pub(super) fn certificate(&self) -> NoCertificate {
        self.trust.certificate.clone()
    }

    /// An HTTP client that goes this way. One that is `pooled` uses connections again; TLS sessions are resumed either
    /// way.
    pub(super) fn client(&self, pooled: bool) -> Result<reqwest::Client, Error> {
        let mut builder = ClientBuilder::new()
            .no_proxy()
            .tls_backend_preconfigured(self.trust.config.clone())
            .dns_resolver(self.resolver.clone())
            .connector_layer(PhaseLayer)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .connect_timeout(CONNECT)
            .http1_max_headers(MAX_HEADERS)
            .user_agent(user_agent())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        builder = if pooled {
            builder.pool_idle_timeout(IDLE_CONNECTION)
        } else {
            builder.pool_max_idle_per_host(0)
        };
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.for_client()?);
        }
        builder
            .build()
            .map_err(|e| Error::new(Exit::Failure, "the HTTP client could not be created").cause(e))
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
