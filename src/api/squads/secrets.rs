//! Secrets in the documents of agents: an adapter's configuration may hold them in plain text.

use crate::json;

/// Words in the name of a member whose texts are secrets, in lower case.
const WORDS: [&str; 5] = ["key", "token", "secret", "password", "credential"];

/// The document of one agent or several with `***` in the place of every text that may be a secret, and how many there
/// were: texts below `adapterConfig.env`, below `runtimeConfig`, and below a member whose name tells.
#[must_use]
pub fn masked(document: &str) -> (String, usize) {
    json::mask(document, |above, name| {
        let lower = name.to_ascii_lowercase();
        name == "runtimeConfig"
            || name == "env" && above == Some("adapterConfig")
            || WORDS.iter().any(|word| lower.contains(word))
    })
}
