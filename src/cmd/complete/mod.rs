//! What the completion scripts ask for: the values that may follow on a command line. Never fails, never prompts, and
//! prints nothing but values.

mod cache;
mod columns;
mod engine;
pub mod live;
mod live_squads;
mod one_page;
mod position;

use std::path::PathBuf;
use std::time::Duration;

use crate::config::GlobalArgs;
use crate::sanitize;

/// The word in the place of a command. It isn't in the tree of commands, because only the scripts use it.
pub const COMMAND: &str = "__complete";

/// All that a completion may take. The shell waits for it.
pub const LIMIT: Duration = Duration::from_millis(250);

/// A longer command line is not completed.
pub const LONGEST: usize = 64 * 1024;

/// A longer description would push others off the screen.
const LONGEST_HELP: usize = 70;

/// A value, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The word to insert.
    pub value: String,
    /// Its description.
    pub help: String,
}

impl Candidate {
    fn new(value: impl Into<String>, help: impl AsRef<str>) -> Self {
        Self {
            value: value.into(),
            help: sanitize::cell(help.as_ref()).into_owned(),
        }
    }
}

/// What may follow.
#[derive(Default)]
pub struct Completion {
    /// What precedes the value in its word, as in `--output=`.
    prefix: String,
    /// What is typed of the value.
    typed: String,
    /// So much of the word stays as it is in bash, which replaces only what is behind `=` or `:`.
    kept: usize,
    /// The values that are known here.
    values: Vec<Candidate>,
    /// The values that the router or the configuration knows.
    pub live: Option<live::Source>,
    /// File names may follow.
    files: bool,
    /// The options that select the router.
    pub globals: GlobalArgs,
}

/// What may follow these words, the last of which is being typed. `text` has one word per line.
pub fn find(shell: &str, text: &str) -> Completion {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let words: Vec<String> = text
        .split('\n')
        .map(|word| word.trim_end_matches('\r').to_owned())
        .collect();
    engine::complete(&words, shell == "bash")
}

impl Completion {
    /// Adds values.
    pub fn add(&mut self, values: Vec<Candidate>) {
        self.values.extend(values);
    }

    /// What the script reads: a line that says whether file names may follow, and one line per value.
    pub fn text(&self) -> String {
        let mut text = String::from(if self.files { ":files\n" } else { ":values\n" });
        for candidate in &self.values {
            if !candidate.value.starts_with(&self.typed) || !is_safe(&candidate.value) {
                continue;
            }
            let word = format!("{}{}", self.prefix, candidate.value);
            let Some(word) = word.get(self.kept..).filter(|word| !word.is_empty()) else {
                continue;
            };
            text.push_str(word);
            let help = sanitize::capped(candidate.help.trim(), LONGEST_HELP);
            if !help.is_empty() {
                text.push('\t');
                text.push_str(&help);
            }
            text.push('\n');
        }
        text
    }
}

/// Whether a value means nothing else to a shell. Names come from elsewhere, and bash inserts them as they are.
fn is_safe(value: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:@+=%,".contains(c);
    !value.is_empty() && value.chars().all(is_plain)
}

/// The options that select the router, as far as they were typed. None if no router may be asked: a key that was typed
/// isn't used, and neither is one from standard input.
fn globals(given: impl Fn(&str) -> Option<String>) -> Option<GlobalArgs> {
    let file = given("api-key-file");
    if given("api-key").is_some() || file.as_deref() == Some("-") {
        return None;
    }
    let allow_http = given("allow-http").map(|word| word != "false");
    Some(GlobalArgs {
        context: given("context"),
        base_url: given("base-url"),
        api_key_file: file.map(PathBuf::from),
        allow_http,
        no_input: true,
        quiet: true,
        timeout: Some(LIMIT),
        ..GlobalArgs::default()
    })
}
