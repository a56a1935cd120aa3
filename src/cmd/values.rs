//! Parsers of option values: each rejects invalid values before any request.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;

/// Text that is not empty.
///
/// # Errors
/// If it is empty.
pub fn text(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Err("the value is empty".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// A base URL, unchanged.
pub fn base_url(text: &str) -> Result<String, String> {
    crate::base_url::BaseUrl::parse(text).map(|_| text.to_owned())
}

/// An ID that is sent in a body or a query, unchanged.
pub fn id(text: &str) -> Result<String, String> {
    text.parse::<crate::api::Id>().map(|id| id.to_string())
}

/// The root of a squads API, unchanged.
pub fn squads_url(text: &str) -> Result<String, String> {
    crate::base_url::BaseUrl::parse_root(text).map(|_| text.to_owned())
}

/// A path that is not empty and has no control characters, since it may be stored or shown in a hint.
///
/// # Errors
/// If it is empty or has control characters.
pub fn path(path: &str) -> Result<PathBuf, String> {
    if path.chars().any(char::is_control) {
        return Err("the path has control characters".to_owned());
    }
    text(path).map(PathBuf::from)
}

/// A file to write. `-` is rejected, because standard output is the default.
pub fn new_file(path: &str) -> Result<PathBuf, String> {
    named_file(path, "without this option, standard output is used")
}

/// A file to read that cannot be a stream.
pub fn file(path: &str) -> Result<PathBuf, String> {
    named_file(path, "standard input cannot be used here")
}

fn named_file(text: &str, instead: &str) -> Result<PathBuf, String> {
    if text == "-" {
        return Err(format!(
            "name a file ({instead}; for a file named `-`, write ./-)"
        ));
    }
    path(text)
}

/// A duration in whole seconds, from 1 to 2147483647.
pub fn whole_seconds(text: &str) -> Result<u32, String> {
    let duration = crate::time::duration(text)?;
    u32::try_from(duration.as_secs())
        .ok()
        .filter(|seconds| duration.subsec_nanos() == 0 && *seconds <= i32::MAX.cast_unsigned())
        .ok_or_else(|| {
            format!(
                "write a duration of whole seconds, at most {} seconds",
                i32::MAX
            )
        })
}

/// A deployment's name.
pub fn deployment(name: &str) -> Result<String, String> {
    crate::config::check_name(name).map(|()| name.to_owned())
}

/// A region: 1 to 24 printable ASCII characters without spaces. Documented.
pub fn region(region: &str) -> Result<String, String> {
    if (1..=24).contains(&region.len()) && region.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(region.to_owned())
    } else {
        Err("a region has 1 to 24 printable ASCII characters and no spaces".to_owned())
    }
}

/// A region, or several with commas between them.
pub fn regions(text: &str) -> Result<String, String> {
    if let Err(error) = region(text) {
        let mut parts = text.split(',').map(str::trim);
        if !text.contains(',') || parts.any(|part| region(part).is_err()) {
            return Err(error);
        }
    }
    Ok(text.to_owned())
}

/// A whole number from 1 to 2147483647.
pub fn positive(text: &str) -> Result<u32, String> {
    number(text, 1)
}

/// A whole number from 0 to 2147483647.
pub fn count(text: &str) -> Result<u32, String> {
    number(text, 0)
}

fn number(text: &str, min_width: u32) -> Result<u32, String> {
    text.parse::<u32>()
        .ok()
        .filter(|number| (min_width..=i32::MAX.cast_unsigned()).contains(number))
        .ok_or_else(|| format!("write a whole number from {min_width} to {}", i32::MAX))
}

/// A number of items, 1 or more.
pub fn limit(text: &str) -> Result<usize, String> {
    positive(text).map(|number| number as usize)
}

/// A tool name: opaque, may contain `/`; not empty, not a dot segment, and without control characters.
pub fn tool(name: &str) -> Result<String, String> {
    if matches!(name, "." | "..") {
        return Err(format!(
            "{name} is not a tool name: it would change the route"
        ));
    }
    if name.chars().any(char::is_control) {
        return Err("a tool name cannot have control characters".to_owned());
    }
    text(name)
}

/// A polling interval, 500ms to 60s.
///
/// # Errors
/// If it is not a duration within these bounds.
pub fn interval(text: &str) -> Result<Duration, String> {
    let bounds = Duration::from_millis(500)..=Duration::from_mins(1);
    crate::time::duration(text)
        .ok()
        .filter(|interval| bounds.contains(interval))
        .ok_or_else(|| "write a duration from 500ms to 60s".to_owned())
}

/// A time in the future: absolute, or how long from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FutureTime {
    /// A moment.
    At(Timestamp),
    /// This long from now.
    In(Duration),
}

impl FutureTime {
    /// The moment.
    pub fn after(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::In(time) => now.checked_add(time).unwrap_or(Timestamp::MAX),
        }
    }
}

/// A time as RFC 3339, or how long from now.
pub fn until(text: &str) -> Result<FutureTime, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(FutureTime::At(at));
    }
    crate::time::duration(text)
        .map(FutureTime::In)
        .map_err(|_| {
            "write a time as 2026-11-23T08:00:00Z, or how long from now as 90m, 24h or 30d"
                .to_owned()
        })
}

/// A name and its value.
///
/// # Errors
/// If there is no `=` after a name.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// A number of parallel requests, 1 to 64.
pub fn concurrency(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| (1..=64).contains(number))
        .ok_or_else(|| "write a whole number from 1 to 64".to_owned())
}

/// Service tiers, comma-separated. A type of its own, because clap reads a `Vec` as a repeated option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers(pub Vec<String>);

/// Service tiers, comma-separated; an empty text is an empty list.
///
/// # Errors
/// If one of several is empty.
pub fn tiers(text: &str) -> Result<Tiers, String> {
    if text.is_empty() {
        return Ok(Tiers(Vec::new()));
    }
    let tiers: Vec<String> = text.split(',').map(|tier| tier.trim().to_owned()).collect();
    if tiers.iter().any(String::is_empty) {
        Err("a tier between two commas is empty".to_owned())
    } else {
        Ok(Tiers(tiers))
    }
}

/// Words, comma-separated. A type of its own, as [`Tiers`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

/// Words, comma-separated; at least one.
///
/// # Errors
/// If one is empty.
pub fn words(text: &str) -> Result<Words, String> {
    let words: Vec<String> = text.split(',').map(|word| word.trim().to_owned()).collect();
    if words.iter().any(String::is_empty) {
        Err("write words with commas between them; none may be empty".to_owned())
    } else {
        Ok(Words(words))
    }
}

/// A router address for workers: `tcp://host:port`.
pub fn router_address(text: &str) -> Result<String, String> {
    let parts = text
        .strip_prefix("tcp://")
        .and_then(|rest| rest.rsplit_once(':'));
    let is_address = parts.is_some_and(|(host, port)| {
        is_host(host)
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if is_address {
        Ok(text.to_owned())
    } else {
        Err("a router address looks like tcp://host:5555, with a port from 1 to 65535".to_owned())
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// A Curve25519 public key: base64 of exactly 32 bytes, in the standard or the URL-safe alphabet (RFC 4648, sections
/// 4 and 5), padded or not. Returned as it was given.
///
/// # Errors
/// If it is not one. Z85, the encoding that `ZeroMQ` prints, is recognized, and the error shows the key in base64.
pub fn public_key(text: &str) -> Result<String, String> {
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let standard = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let url_safe = GeneralPurpose::new(&base64::alphabet::URL_SAFE, lenient);
    let decoded = standard.decode(text).or_else(|_| url_safe.decode(text));
    match decoded {
        Ok(bytes) if bytes.len() == 32 => Ok(text.to_owned()),
        _ if let Some(bytes) = z85(text) => Err(format!(
            "this is Z85 (the ZeroMQ encoding); the same key in base64 is {}",
            base64::engine::general_purpose::STANDARD.encode(bytes)
        )),
        Ok(bytes) => Err(format!(
            "a public key is 32 bytes in base64, but this is {} bytes",
            bytes.len()
        )),
        Err(_) => Err("a public key is 32 bytes in base64, but this is not base64".to_owned()),
    }
}

/// The 32 bytes of 40 characters of Z85 (`ZeroMQ` RFC 32).
fn z85(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 85] =
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    if text.len() != 40 {
        return None;
    }
    let mut bytes = Vec::with_capacity(32);
    for group in text.as_bytes().chunks(5) {
        let mut number: u32 = 0;
        for character in group {
            let digit = ALPHABET.iter().position(|known| known == character)?;
            number = number
                .checked_mul(85)?
                .checked_add(u32::try_from(digit).ok()?)?;
        }
        bytes.extend(number.to_be_bytes());
    }
    Some(bytes)
}
