//! Secrets in the documents of the squads API: an adapter's configuration may hold them in plain text.

use super::text::{self, command_line};
use crate::json::{self, Rules};

/// Words in the name of a member whose texts are secrets, in lower case.
const WORDS: [&str; 11] = [
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "credential",
    "auth",
    "bearer",
    "jwt",
    "cookie",
    "connectionstring",
];

/// Names that hold one of the words and no secret.
const SHOWN: [&str; 4] = ["urlKey", "permissionKey", "adapterConfigKey", "issueKey"];

/// The document of one agent or several with `***` in place of every text that may be a secret, and how many there
/// were.
pub fn masked(document: &str) -> (String, usize) {
    json::mask_by(document, &Agents)
}

struct Agents;

impl Rules for Agents {
    fn hides(&self, above: Option<&str>, name: &str) -> bool {
        name == "runtimeConfig"
            || matches!(name, "env" | "headers") && above == Some("adapterConfig")
            || names_secret(name)
    }

    fn shows(&self, above: Option<&str>, name: &str) -> bool {
        // `{"TOKEN": {"type": "plain", "value": …}}`; a variable of this name is directly below `env`.
        name == "type" && above != Some("env")
    }

    fn text(&self, name: Option<&str>, before: Option<&str>, text: &str) -> Option<String> {
        if matches!(name, Some("args" | "command" | "extraArgs")) {
            let is_option = |word: &&str| word.starts_with('-') && !word.contains('=');
            if before
                .filter(is_option)
                .is_some_and(|word| names_secret(word) && !text.starts_with('-'))
            {
                return Some(super::MASK.to_owned());
            }
            return Some(text::all_queries(&command_line(text, names_secret)));
        }
        Some(text::all_queries(text))
    }
}

/// Whether a member of this name holds a secret, by the words of the API's contract.
fn names_secret(name: &str) -> bool {
    if SHOWN.contains(&name) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    // `pat` is a word of its own: `githubPat`, but not `path` and `compat`.
    let is_pat = |word: &String| word.ends_with("pat") && !word.ends_with("compat");
    WORDS.iter().any(|word| lower.contains(word))
        || lower
            .replace(['_', '-', ' '], "")
            .contains("connectionstring")
        || super::words(name).iter().any(is_pat)
}
