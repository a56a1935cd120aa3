//! Builds the transport to a server from name resolution, the proxy, and trusted certificates.

use std::sync::Arc;
use std::time::Duration;

use reqwest::ClientBuilder;
use rustls::client::Resumption;

#[cfg(test)]
use super::connect::Lookup;
use super::connect::{PhaseLayer, Resolver, system};
use super::proxy::{Proxy, ProxySettings, ProxyUse};
use super::tls::{self, CaFile, Trust};
use super::tls_error::NoCertificate;
use super::tls_sessions::TlsSessions;
use crate::base_url::BaseUrl;
use crate::error::{Error, Exit};
use crate::files::WaitLimit;

/// The time limit for a connection, including name resolution, TCP, proxy, and TLS.
const CONNECT: Duration = Duration::from_secs(10);
/// The maximum idle time for reuse of a connection. Many servers close idle connections after five seconds.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);

/// The maximum number of response headers. A chain of proxies can exceed the library's default of 100. The library's
/// limit on the total size, about 400 KiB, is unchanged.
const MAX_HEADERS: usize = 4096;

/// How a server's key may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Whether requests carry a key.
    pub is_sent: bool,
    /// Whether the key may be sent over plain HTTP to another host (`--allow-http`).
    pub is_exposed: bool,
}

/// The transport to one server.
pub struct Transport {
    trust: Trust,
    proxy: Option<Proxy>,
    resolver: Resolver,
}

impl Transport {
    /// Creates the transport to `base`.
    ///
    /// # Errors
    /// Exit 3 if the certificates can't be read or there are none, if the proxy is invalid, or if a key would be sent
    /// through a proxy unencrypted.
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
        // Loading certificates takes longer than everything else before the first byte, and plain HTTP needs none.
        let needs_roots = is_secure || proxy.as_ref().is_some_and(Proxy::is_secure);
        let mut trust = tls::tls(ca, needs_roots, wait_limit)?;
        // After a TLS handshake with a proxy, the handshake with the server is still to come.
        if !proxy.as_ref().is_some_and(Proxy::is_secure) {
            trust.config.resumption = Resumption::store(Arc::new(TlsSessions::new()));
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

    /// The same transport with `lookup` for name resolution.
    #[cfg(test)]
    pub(super) fn with_lookup(mut self, lookup: Lookup) -> Self {
        self.resolver.lookup = lookup;
        self
    }

    /// The proxy, if any.
    pub fn via(&self) -> Option<ProxyUse> {
        self.proxy.as_ref().map(|proxy| proxy.via.clone())
    }

    /// A warning about the certificates.
    pub fn note(&self) -> Option<&str> {
        self.trust.note.as_deref()
    }

    /// The record of whether a server requested a client certificate.
    pub(super) fn certificate(&self) -> NoCertificate {
        self.trust.certificate.clone()
    }

    /// Creates an HTTP client for this transport. With `pooled`, it reuses connections. TLS sessions are resumed in
    /// both cases.
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
