//! What counts as a secret, and how text is shown without it. The one place that decides: hints, errors, traces, dry
//! runs and documents ask here.

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

/// What is shown in place of a secret.
pub const MASK: &str = "***";

/// Request headers whose values may be shown. Any other may hold a secret.
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

/// Whether the value of a request header may be shown; `name` in lower case.
pub fn is_harmless_header(name: &str) -> bool {
    HARMLESS_HEADERS.contains(&name)
}

#[cfg(test)]
mod spellings;
#[cfg(test)]
mod tests;
