//! Finds hidden causes of failures: the server requires a client certificate, or the port for plain HTTP expects TLS.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::sync::OnceCell;

use super::hints::{MAY_USE_TLS, USE_TLS};
use super::request::Request;
use super::tls_error::NoCertificate;
use super::transport_error::{TransportError, find_tls};

/// The time limit, short because the result only improves a hint.
const LIMIT: Duration = Duration::from_secs(1);

/// The result for the port, which is probed once.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    certificate: NoCertificate,
    speaks_tls: Arc<OnceCell<bool>>,
}

impl Probe {
    pub(super) fn new(certificate: NoCertificate) -> Self {
        Self {
            certificate,
            speaks_tls: Arc::default(),
        }
    }

    /// Adds a hint if the server requested a client certificate.
    pub(super) fn judge(&self, broken: TransportError) -> TransportError {
        if self.certificate.is_missed() {
            broken.without_certificate()
        } else {
            broken
        }
    }

    /// Adds a hint if there was no response over plain HTTP because the port expects TLS. Only after the last attempt of a
    /// read: a change must send nothing but its one request. Takes at most half of `limit`.
    pub(super) async fn explain(
        &self,
        broken: TransportError,
        request: &Request,
        base_url: &str,
        http: &reqwest::Client,
        limit: Duration,
    ) -> TransportError {
        let Some(url) = secured(base_url).filter(|_| broken.is_mute) else {
            return broken;
        };
        let look = || async {
            let handshake = shakes_hands(http, url);
            let handshake = tokio::time::timeout(LIMIT.min(limit / 2), handshake);
            handshake.await.unwrap_or(false)
        };
        if !request.method.writes() && *self.speaks_tls.get_or_init(look).await {
            TransportError {
                message: "the server speaks TLS on this port, not plain HTTP".to_owned(),
                hint: Some(USE_TLS.to_owned()),
                cause: None,
                ..broken
            }
        } else if broken.is_foreign {
            TransportError {
                hint: Some(MAY_USE_TLS.to_owned()),
                ..broken
            }
        } else {
            broken
        }
    }
}

/// Whether a TLS handshake gets a response. A plain HTTP client trusts no CA, unless its proxy needs one, so the handshake
/// normally fails. If it succeeds, the request contains no key and changes nothing.
async fn shakes_hands(http: &reqwest::Client, url: Url) -> bool {
    match http.head(url).send().await {
        Ok(_) => true,
        Err(error) => find_tls(&error).is_some_and(|error| {
            matches!(
                error,
                rustls::Error::InvalidCertificate(_)
                    | rustls::Error::AlertReceived(_)
                    | rustls::Error::PeerIncompatible(_)
            )
        }),
    }
}

/// The same host and port with https.
fn secured(base_url: &str) -> Option<Url> {
    let mut url = Url::parse(base_url).ok()?;
    if url.scheme() != "http" {
        return None;
    }
    let port = url.port_or_known_default();
    url.set_scheme("https").ok()?;
    url.set_port(port).ok()?;
    url.set_path("/");
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_port() {
        let secured = |url| secured(url).map(String::from);
        let of = |url: &str| Some(url.to_owned());
        assert_eq!(secured("http://h/p/v1"), of("https://h:80/"));
        assert_eq!(secured("http://h:443/p/v1"), of("https://h/"));
        assert_eq!(secured("http://[::1]:8080/p/v1"), of("https://[::1]:8080/"));
        assert_eq!(secured("https://h/p/v1"), None);
    }
}
