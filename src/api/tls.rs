//! Trusted CA certificates.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};

use super::ca_bundle;
use super::pinned_certificate::PinnedCertificate;
use super::tls_error::NoCertificate;
use crate::error::Error;
use crate::files::WaitLimit;

/// A CA bundle and the setting that names it.
#[derive(Clone, Debug)]
pub struct CaFile {
    /// The PEM file.
    pub path: PathBuf,
    /// `ca_cert` or `SSL_CERT_FILE`.
    pub setting: &'static str,
}

/// The TLS configuration, and facts about the server.
pub(super) struct Trust {
    pub(super) config: ClientConfig,
    /// A warning about the certificates.
    pub(super) note: Option<String>,
    /// Records whether a server requests a client certificate.
    pub(super) certificate: NoCertificate,
}

/// Creates the TLS configuration. Without `needs_roots`, it trusts nothing.
///
/// # Errors
/// Exit 3 if the certificates can't be read or there are none.
pub(super) fn tls(
    ca: Option<&CaFile>,
    needs_roots: bool,
    wait_limit: &WaitLimit,
) -> Result<Trust, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::config("TLS can't be set up").cause(e))?;
    let mut note = None;
    let tls = if !needs_roots {
        tls.with_root_certificates(RootCertStore::empty())
    } else if let Some(ca) = ca {
        let verifier = named_by(ca, provider, wait_limit, &mut note)?;
        tls.dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
    } else {
        tls.with_root_certificates(system()?)
    };
    let certificate = NoCertificate::default();
    Ok(Trust {
        config: tls.with_client_cert_resolver(Arc::new(certificate.clone())),
        note,
        certificate,
    })
}

/// A verifier that trusts the certificates of a file.
fn named_by(
    ca: &CaFile,
    provider: Arc<CryptoProvider>,
    wait_limit: &WaitLimit,
    note: &mut Option<String>,
) -> Result<PinnedCertificate, Error> {
    let source = format!("{} {}", ca.setting, ca.path.display());
    let bundle = ca_bundle::read(&ca.path, wait_limit)
        .map_err(|why| Error::config(format!("{source}: {why}")))?;
    if bundle.unusable > 0 {
        let all = bundle.unusable + bundle.certificates.len();
        *note = Some(format!(
            "{source}: {} of {all} certificates can't be used",
            bundle.unusable
        ));
    }
    let named = bundle.certificates;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(named.iter().cloned());
    let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|e| Error::config(format!("{source}: its certificates can't be used")).cause(e))?;
    Ok(PinnedCertificate { usual, named })
}

/// The CA certificates of this system.
fn system() -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    // One unusable system certificate must not prevent the use of the others.
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
