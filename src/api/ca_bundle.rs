//! Reads CA bundles leniently.
//!
//! One unusable certificate must not prevent the use of the others. Byte order marks, UTF-16, spaces, comments, and missing
//! line ends are accepted.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;

use crate::files::{self, WaitLimit};

/// The maximum size in bytes. A system's CA bundle is less than 1 MiB.
const LARGEST: usize = 16 * 1024 * 1024;

/// The certificates of a file.
#[derive(Debug)]
pub struct CaBundle {
    /// The usable certificates; at least one.
    pub certificates: Vec<CertificateDer<'static>>,
    /// The number of unusable certificates.
    pub unusable: usize,
}

/// Reads the certificates of a PEM file.
///
/// # Errors
/// A predicate that follows the file's name in a sentence.
pub fn read(path: &Path, wait_limit: &WaitLimit) -> Result<CaBundle, String> {
    let bytes = files::read(path, LARGEST, wait_limit).map_err(|why| why.to_string())?;
    let text = text(&bytes);
    let mut bundle = CaBundle {
        certificates: Vec::new(),
        unusable: 0,
    };
    for block in blocks(&text) {
        match block.and_then(certificate) {
            Some(certificate) => bundle.certificates.push(certificate),
            None => bundle.unusable += 1,
        }
    }
    if !bundle.certificates.is_empty() {
        return Ok(bundle);
    }
    Err(match bundle.unusable {
        0 => nothing(&bytes, &text),
        1 => "the certificate in it can't be used".to_owned(),
        count => format!("none of the {count} certificates in it can be used"),
    })
}

/// The error for a file without certificates, with advice for other formats.
fn nothing(bytes: &[u8], text: &str) -> String {
    let other = if bytes.is_empty() {
        return "is empty".to_owned();
    } else if bytes.starts_with(&[0x30]) {
        "; to convert DER: openssl x509 -inform DER -in FILE -out FILE.pem"
    } else if text.contains("-----BEGIN PKCS7") {
        "; to convert PKCS #7: openssl pkcs7 -print_certs -in FILE -out FILE.pem"
    } else if text.contains("-----BEGIN TRUSTED CERTIFICATE") {
        "; to convert OpenSSL's own format: openssl x509 -in FILE -out FILE.pem"
    } else {
        ""
    };
    format!("contains no PEM certificate{other}")
}

/// The file as text. Other bytes are treated as comments.
fn text(bytes: &[u8]) -> String {
    let utf16 = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..]
            .as_chunks()
            .0
            .iter()
            .map(|pair| of(*pair))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The text between the markers of each certificate, or `None` if the end marker is missing.
fn blocks(text: &str) -> impl Iterator<Item = Option<&str>> {
    let parts = text.split("-----BEGIN ").skip(1);
    parts.filter_map(|part| {
        let (label, rest) = part.split_once("-----")?;
        matches!(label, "CERTIFICATE" | "X509 CERTIFICATE")
            .then(|| rest.split_once("-----END ").map(|(block, _)| block))
    })
}

/// The certificate, if it is usable as a CA.
fn certificate(block: &str) -> Option<CertificateDer<'static>> {
    let letters: String = block.split_whitespace().collect();
    let certificate = CertificateDer::from(STANDARD.decode(letters).ok()?);
    webpki::anchor_from_trusted_cert(&certificate).ok()?;
    Some(certificate)
}
