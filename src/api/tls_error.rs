//! Explains TLS errors and how to fix them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use rustls::client::ResolvesClientCert;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, CertificateError, Error, InvalidMessage, OtherError, PeerIncompatible,
    SignatureScheme,
};

use crate::time;

/// The maximum number of names shown. A certificate can have hundreds.
const MOST_NAMES: usize = 5;

/// Why a handshake failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reason {
    /// The reason, as part of a sentence.
    pub(super) message: String,
    /// What to do.
    pub(super) hint: String,
}

fn reason(message: impl Into<String>, hint: impl Into<String>) -> Reason {
    Reason {
        message: message.into(),
        hint: hint.into(),
    }
}

/// Provides no client certificate, but records that one was requested. Alerts don't show this reliably: servers respond
/// to a missing certificate with one of many alerts, or with none.
#[derive(Clone, Debug, Default)]
pub(super) struct NoCertificate(Arc<AtomicBool>);

impl NoCertificate {
    /// Whether a server requested a certificate.
    pub(super) fn is_missed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl ResolvesClientCert for NoCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::SeqCst);
        None
    }

    fn has_certs(&self) -> bool {
        // Otherwise, the library would not call it.
        true
    }
}

/// The error for a required client certificate.
pub(super) fn certificate_wanted() -> Reason {
    reason(
        "the server requires a TLS client certificate, and xeroctl has none",
        "use a base URL that needs no client certificate (a gateway or an internal address)",
    )
}

/// Explains why a handshake failed.
pub(super) fn explain(error: &Error) -> Reason {
    match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::AlertReceived(alert) => refused(*alert),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => too_old(),
        Error::PeerIncompatible(why) => reason(
            format!("the server and xeroctl have no TLS settings in common ({why:?})"),
            "ask the server's operator to enable current cipher suites of TLS 1.2 or 1.3",
        ),
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::InvalidEmptyPayload
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::UnknownProtocolVersion,
        ) => reason(
            "the server does not speak TLS on this port",
            "check the port in the base URL, or use http:// if the server has no TLS",
        ),
        error => reason(
            format!("the TLS handshake failed: {error}"),
            "something between here and the server may have changed the connection: try another network",
        ),
    }
}

fn certificate(error: &CertificateError) -> Reason {
    const RENEW: &str = "ask the server's operator to renew it";
    match error {
        CertificateError::ExpiredContext { time, not_after } => reason(
            format!("the server's certificate expired at {}", show(*not_after)),
            format!(
                "{RENEW}, or correct this machine's clock if it is wrong: it shows {}",
                show(*time)
            ),
        ),
        CertificateError::Expired => reason("the server's certificate has expired", RENEW),
        CertificateError::NotValidYetContext { time, not_before } => reason(
            format!(
                "the server's certificate is not valid before {}",
                show(*not_before)
            ),
            format!("check this machine's clock: it shows {}", show(*time)),
        ),
        CertificateError::NotValidYet => reason(
            "the server's certificate is not valid yet",
            "check this machine's clock",
        ),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => wrong_name(expected, presented),
        CertificateError::NotValidForName => reason(
            "the server's certificate is for another host",
            "use a base URL with a host that the certificate names",
        ),
        CertificateError::UnknownIssuer => reason(
            "the server's certificate is signed by an unknown CA",
            "to trust your own CA: `xeroctl config set NAME --ca-cert FILE`, or SSL_CERT_FILE=FILE",
        ),
        CertificateError::Revoked => reason("the server's certificate has been revoked", RENEW),
        CertificateError::BadSignature => reason(
            "a signature on the server's certificate is wrong",
            "its CA may have a new key: update the file that ca_cert or SSL_CERT_FILE names",
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            reason(
                "the server's certificate is not meant for servers (extended key usage)",
                "ask the server's operator for a certificate for server authentication",
            )
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => reason(
            "the server's certificate is signed with an unsupported algorithm",
            "ask the server's operator for a certificate with ECDSA, Ed25519, or RSA of 2048 bits and SHA-256",
        ),
        CertificateError::BadEncoding => reason(
            "the server's certificate can't be parsed",
            "ask the server's operator to replace it",
        ),
        CertificateError::Other(OtherError(cause)) => match cause.downcast_ref::<webpki::Error>() {
            Some(webpki::Error::CaUsedAsEndEntity) => reason(
                "the server's certificate is a CA certificate",
                "to trust this very certificate: `xeroctl config set NAME --ca-cert FILE`, or SSL_CERT_FILE=FILE",
            ),
            Some(webpki::Error::UnsupportedCertVersion) => reason(
                "the server's certificate is of an outdated version of X.509",
                "ask the server's operator for a version 3 certificate that names the host",
            ),
            _ => unusable(error),
        },
        error => unusable(error),
    }
}

fn unusable(error: &CertificateError) -> Reason {
    reason(
        format!("the server's certificate can't be verified: {error}"),
        "ask the server's operator to replace it",
    )
}

fn wrong_name(expected: &ServerName<'_>, presented: &[String]) -> Reason {
    let expected = expected.to_str();
    // The library shows them as `DnsName("host")` and `IpAddress(127.0.0.1)`.
    let bare = |name: &String| {
        let inner = name.split_once('(').map_or(&**name, |(_, inner)| inner);
        inner.trim_matches(['(', ')', '"']).to_owned()
    };
    let mut names: Vec<String> = presented.iter().take(MOST_NAMES).map(bare).collect();
    if presented.len() > MOST_NAMES {
        names.push(format!("{} more", presented.len() - MOST_NAMES));
    }
    if names.is_empty() {
        return reason(
            format!("the server's certificate names no host, so it is not valid for {expected}"),
            "ask the server's operator for a certificate that names the host",
        );
    }
    reason(
        format!(
            "the server's certificate is for {}, not for {expected}",
            names.join(", ")
        ),
        "use a base URL with a host that the certificate names",
    )
}

/// The server ended the handshake, with this alert.
fn refused(alert: AlertDescription) -> Reason {
    match alert {
        AlertDescription::CertificateRequired => certificate_wanted(),
        AlertDescription::ProtocolVersion => too_old(),
        AlertDescription::UnrecognisedName => reason(
            "the server has no certificate for this host",
            "check the host in the base URL",
        ),
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => reason(
            "the server refused the TLS handshake: it has no settings in common with xeroctl",
            "ask the server's operator to enable current cipher suites of TLS 1.2 or 1.3",
        ),
        alert => reason(
            format!("the server refused the TLS handshake (alert {alert:?})"),
            "ask the server's operator why, or check the host and the port in the base URL",
        ),
    }
}

fn too_old() -> Reason {
    reason(
        "the server supports only outdated versions of TLS",
        "ask the server's operator to enable TLS 1.2 or 1.3",
    )
}

fn show(at: UnixTime) -> String {
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(at.as_secs()));
    time.map_or_else(String::new, |time| time::utc(time::timestamp(time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_certificate_names_up_to_a_limit() {
        let expected = ServerName::try_from("router.test").expect("a name");
        let named = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            wrong_name(&expected, &names).message
        };
        assert_eq!(
            named(&["DnsName(\"*.a.test\")", "IpAddress(192.0.2.1)"]),
            "the server's certificate is for *.a.test, 192.0.2.1, not for router.test"
        );
        assert!(named(&[]).contains("names no host"));
        assert!(named(&["DnsName(\"a\")"; 7]).contains("a, a, a, a, a, 2 more, not for"));
    }

    #[test]
    fn explanations_omit_library_documentation() {
        let errors = [
            Error::InvalidCertificate(CertificateError::UnknownIssuer),
            Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure),
            Error::AlertReceived(AlertDescription::HandshakeFailure),
            Error::AlertReceived(AlertDescription::AccessDenied),
            Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
            Error::InvalidMessage(InvalidMessage::InvalidContentType),
            Error::DecryptError,
        ];
        for error in errors {
            let reason = explain(&error);
            assert!(!reason.message.contains("://"), "{}", reason.message);
            assert!(!reason.hint.is_empty());
        }
    }
}
