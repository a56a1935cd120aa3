//! Secrets in documents of the squads API. An adapter's configuration may contain them in plain text.

use super::pairs::Source;
use super::text::{self, command_line};
use crate::json::{self, Rules};

/// Words in the names of members with secret values, in lower case.
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

/// Names that contain one of these words but have no secret value.
const SHOWN: [&str; 4] = ["urlKey", "permissionKey", "adapterConfigKey", "issueKey"];

/// Replaces every string that may be a secret with `***` in the document of one or more agents. Returns the document
/// and the number of replacements.
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
        // The form is `{"TOKEN": {"type": "plain", "value": …}}`; a variable named `type` is directly below `env`.
        name == "type" && above != Some("env")
    }

    fn text(&self, name: Option<&str>, before: Option<&str>, text: &str) -> Option<String> {
        if matches!(name, Some("args" | "cmd" | "command" | "extraArgs")) {
            let is_option = |word: &&str| word.starts_with('-') && !word.contains('=');
            if before
                .filter(is_option)
                .is_some_and(|word| names_secret(word) && !text.starts_with('-'))
            {
                return Some(super::MASK.to_owned());
            }
            let masked = text::all_queries(&command_line(text, names_secret));
            // A header, or a pair in a script.
            return Some(text::text_from(&masked, Source::Composed).into_owned());
        }
        Some(text::all_queries(text))
    }
}

/// Whether a member of this name has a secret value, according to the API's contract.
fn names_secret(name: &str) -> bool {
    if SHOWN.contains(&name) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    // `pat` matches only as a word: `githubPat`, but not `path` or `compat`.
    let is_pat = |word: &String| word.ends_with("pat") && !word.ends_with("compat");
    WORDS.iter().any(|word| lower.contains(word))
        || lower
            .replace(['_', '-', ' '], "")
            .contains("connectionstring")
        || super::words(name).iter().any(is_pat)
}
