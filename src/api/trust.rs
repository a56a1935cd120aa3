//! Whom the client trusts and which way it goes: CA certificates and proxies, decided from the base URL.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{ClientBuilder, NoProxy, Proxy};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::pinned::Pinned;
use crate::base_url::BaseUrl;
use crate::error::Error;

/// The proxy variables, as set.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// `http_proxy`, `HTTP_PROXY`.
    pub http: Option<String>,
    /// `https_proxy`, `HTTPS_PROXY`.
    pub https: Option<String>,
    /// `all_proxy`, `ALL_PROXY`.
    pub all: Option<String>,
    /// `no_proxy`, `NO_PROXY`.
    pub none: Option<String>,
}

/// A file of CA certificates and the setting that names it.
#[derive(Clone, Debug)]
pub struct CaFile {
    /// The file, PEM.
    pub path: PathBuf,
    /// `ca_cert` or `SSL_CERT_FILE`.
    pub setting: &'static str,
}

impl Proxies {
    /// Reads the variables, lower case first, as curl does. `HTTP_PROXY` counts for nothing where `REQUEST_METHOD` is
    /// set: in a CGI process it is a request header of a stranger.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let either = |lower: &str, upper: &str| variable(lower).or_else(|| variable(upper));
        let cgi = variable("REQUEST_METHOD").is_some();
        Self {
            http: variable("http_proxy").or_else(|| variable("HTTP_PROXY").filter(|_| !cgi)),
            https: either("https_proxy", "HTTPS_PROXY"),
            all: either("all_proxy", "ALL_PROXY"),
            none: either("no_proxy", "NO_PROXY"),
        }
    }

    /// The proxy to a base URL; a loopback host has none.
    fn to(&self, base: &BaseUrl) -> Option<&str> {
        if base.is_loopback() {
            return None;
        }
        let scheme = if base.origin().scheme == "https" {
            &self.https
        } else {
            &self.http
        };
        let proxy = scheme.as_deref().or(self.all.as_deref())?;
        let matcher = Matcher::builder()
            .all(proxy)
            .no(self.none.clone().unwrap_or_default())
            .build();
        let uri = base.as_str().parse().ok()?;
        matcher.intercept(&uri).map(|_| proxy)
    }
}

/// A client builder that trusts the right certificates and goes the right way to `base`.
///
/// # Errors
/// Exit 3 when the certificates can't be read, when there are none, when the proxy is no URL, and when a key would go
/// through a proxy in the clear.
pub fn builder(
    base: &BaseUrl,
    ca: Option<&CaFile>,
    proxies: &Proxies,
    with_key: bool,
) -> Result<ClientBuilder, Error> {
    let secure = base.origin().scheme == "https";
    let mut builder = ClientBuilder::new().no_proxy();
    if let Some(proxy) = proxies.to(base) {
        if with_key && !secure {
            return Err(Error::config(
                "a proxy variable is set, and the key would go through the proxy in the clear",
            )
            .hint("use an https base URL, or name the router's host in NO_PROXY"));
        }
        let proxy = Proxy::all(proxy)
            .map_err(|_| Error::config("the proxy variables hold no URL of a proxy"))?;
        builder = builder.proxy(proxy.no_proxy(NoProxy::from_string("")));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::config("TLS can't be set up").cause(e))?;
    // Loading certificates takes longer than everything else before the first byte, and plain http needs none.
    let tls = if !secure {
        tls.with_root_certificates(RootCertStore::empty())
    } else if let Some(ca) = ca {
        let verifier = named_by(ca, provider)?;
        tls.dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
    } else {
        tls.with_root_certificates(system()?)
    };
    Ok(builder.tls_backend_preconfigured(tls.with_no_client_auth()))
}

/// A verifier that trusts the certificates of a file.
fn named_by(ca: &CaFile, provider: Arc<CryptoProvider>) -> Result<Pinned, Error> {
    let place = format!("{} {}", ca.setting, ca.path.display());
    let named = read(&ca.path).map_err(|why| Error::config(format!("{place}: {why}")))?;
    let unusable = || Error::config(format!("{place}: a certificate in it can't be used"));
    let mut roots = RootCertStore::empty();
    for certificate in &named {
        roots
            .add(certificate.clone())
            .map_err(|e| unusable().cause(e))?;
    }
    let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|e| unusable().cause(e))?;
    Ok(Pinned { usual, named })
}

/// The CA certificates of this system.
fn system() -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    // One odd certificate of the system must not shut out all the others.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Error::config(
            "this system has no CA certificates, so no https server can be trusted",
        )
        .hint("install them (on Debian: the package ca-certificates)")
        .hint(
            "or name a PEM file: SSL_CERT_FILE=FILE, or `xeroctl config set NAME --ca-cert FILE`",
        ));
    }
    Ok(roots)
}

/// Reads the certificates of a PEM file; at least one.
///
/// # Errors
/// Half a sentence that tells why there is none.
pub fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("can't be read: {e}"))?;
    let certificates = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| format!("is no PEM file: {e}"))?;
    if certificates.is_empty() {
        Err("holds no certificate in PEM form".to_owned())
    } else {
        Ok(certificates)
    }
}
