//! Recognizes and masks secrets. Hints, errors, traces, dry runs, and documents all use this module.

mod known_secrets;
mod location;
mod markup;
mod names;
mod pairs;
mod pattern;
mod shapes;
mod squads;
mod text;
mod trace;
mod typed;

pub use known_secrets::KnownSecrets;
pub use location::location;
pub use names::names_secret;
use names::{decoded, words};
pub use squads::masked as squads_document;
pub use text::{body, payload, text, url, word};
pub use trace::{is_plain_name, shown_header, traced};
pub use typed::Typed;

/// The replacement for a secret.
pub const MASK: &str = "***";

/// Request headers whose values may be shown. Any other may contain a secret.
const HARMLESS_HEADERS: &[&str] = &[
    "accept",
    "accept-language",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "prefer",
];

/// Whether the value of a request header may be shown. `name` is in lower case.
pub fn is_harmless_header(name: &str) -> bool {
    HARMLESS_HEADERS.contains(&name)
}

#[cfg(test)]
mod spellings;
#[cfg(test)]
mod tests;
