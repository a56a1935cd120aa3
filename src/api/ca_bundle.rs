//! Files of CA certificates, as companies have them.
//!
//! One certificate that can't be used must not shut out the others, nor must what editors and shells do to a file: a byte
//! order mark, UTF-16, blanks, comments, missing line ends.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;

use crate::files::{self, WaitLimit};

/// All the CAs of a system are less than 1 MiB.
const LARGEST: usize = 16 * 1024 * 1024;

/// What a file holds.
#[derive(Debug)]
pub struct CaBundle {
    /// The certificates that can be used; at least one.
    pub certificates: Vec<CertificateDer<'static>>,
    /// How many can't be.
    pub unusable: usize,
}

/// Reads the certificates of a PEM file.
///
/// # Errors
/// Half a sentence that says why there is none.
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

/// What a file without a certificate is instead.
fn nothing(bytes: &[u8], text: &str) -> String {
    let other = if bytes.is_empty() {
        return "is empty".to_owned();
    } else if bytes.starts_with(&[0x30]) {
        "; DER is converted with: openssl x509 -inform DER -in FILE -out FILE.pem"
    } else if text.contains("-----BEGIN PKCS7") {
        "; PKCS #7 is converted with: openssl pkcs7 -print_certs -in FILE -out FILE.pem"
    } else if text.contains("-----BEGIN TRUSTED CERTIFICATE") {
        "; OpenSSL's own form is converted with: openssl x509 -in FILE -out FILE.pem"
    } else {
        ""
    };
    format!("holds no certificate in PEM form{other}")
}

/// The file as text. What is not text is a comment.
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

/// What stands between the marks of each certificate; none where the end is missing.
fn blocks(text: &str) -> impl Iterator<Item = Option<&str>> {
    let parts = text.split("-----BEGIN ").skip(1);
    parts.filter_map(|part| {
        let (label, rest) = part.split_once("-----")?;
        matches!(label, "CERTIFICATE" | "X509 CERTIFICATE")
            .then(|| rest.split_once("-----END ").map(|(block, _)| block))
    })
}

/// The certificate, if a CA can be made of it.
fn certificate(block: &str) -> Option<CertificateDer<'static>> {
    let letters: String = block.split_whitespace().collect();
    let certificate = CertificateDer::from(STANDARD.decode(letters).ok()?);
    webpki::anchor_from_trusted_cert(&certificate).ok()?;
    Some(certificate)
}
