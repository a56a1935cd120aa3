//! New ids and secrets.

use std::io;
use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Characters of a random id. With 36^16 to draw from, nobody meets the same one twice.
const LENGTH: usize = 16;

/// A fresh id such as `agt_k3v9…`.
pub(super) fn fresh(prefix: &str) -> String {
    from(prefix, &mut fastrand::Rng::new())
}

/// An id drawn from a given source: the demonstration fleet has the same ids everywhere.
pub(super) fn from(prefix: &str, random: &mut fastrand::Rng) -> String {
    prefix
        .chars()
        .chain(iter::repeat_with(|| random.digit(36)).take(LENGTH))
        .collect()
}

/// A fresh UUID of version 4, as calls and runs have them.
pub(super) fn uuid() -> String {
    let mut bits = fastrand::u128(..);
    bits &= !(0xf << 76 | 0x3 << 62);
    bits |= 0x4 << 76 | 0x2 << 62;
    let digits = format!("{bits:032x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    parts.join("-")
}

/// An unguessable word, from the system's own source.
pub(super) fn secret(prefix: &str) -> io::Result<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}
