//! Random IDs and secrets, and hashes of secrets.

use std::io;
use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Length of a random ID. With 36^16 values, collisions are not a concern.
const LENGTH: usize = 16;

/// A random ID such as `agt_k3v9…`.
pub(super) fn random(prefix: &str) -> String {
    random_from(prefix, &mut fastrand::Rng::new())
}

/// An ID from a given generator, so that the demo data has the same IDs everywhere.
pub(super) fn random_from(prefix: &str, random: &mut fastrand::Rng) -> String {
    prefix
        .chars()
        .chain(iter::repeat_with(|| random.digit(36)).take(LENGTH))
        .collect()
}

/// A random version 4 UUID, as used for invocations and executions.
pub(super) fn uuid() -> String {
    let mut bits = fastrand::u128(..);
    bits &= !(0xf << 76 | 0x3 << 62);
    bits |= 0x4 << 76 | 0x2 << 62;
    let digits = format!("{bits:032x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    parts.join("-")
}

/// A secret from the system's random source.
pub(super) fn random_secret(prefix: &str) -> io::Result<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Hash of a secret, as stored.
pub(super) fn hash(secret: &str) -> String {
    STANDARD.encode(Sha256::digest(secret.as_bytes()))
}
