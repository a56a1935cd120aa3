//! The command line as typed, and suggested commands: POSIX-quoted, and never with a key.

use std::ffi::OsString;
use std::fmt;
use std::sync::OnceLock;

use crate::redact::{self, MASK, is_harmless_header, names_secret};

/// A word that starts a header: the option, and the header if it is in the same word.
fn header_of(word: &str) -> Option<(&str, &str)> {
    const LONG: &str = "--header=";
    if word == "--header" {
        return Some((word, ""));
    }
    if word.starts_with(LONG) {
        return Some(word.split_at(LONG.len()));
    }
    let at = word.find('H')? + 1;
    let flags = word.strip_prefix('-')?.split('H').next()?;
    // Only flags without a value can precede it in the same word.
    let is_it = flags.chars().all(|flag| "iqvy".contains(flag));
    is_it.then(|| word.split_at(at))
}

/// Whether the word is an option with a secret as its value: not one of this program, but a mistyped one or another
/// program's.
fn is_option_of_secret(word: &str) -> bool {
    word.starts_with("--") && !word.contains('=') && names_secret(word)
}

/// A header with its value masked if needed.
fn redacted(header: &str) -> String {
    let name = header.split(':').next().unwrap_or_default();
    if is_harmless_header(&name.trim().to_ascii_lowercase()) {
        redact::text(header).into_owned()
    } else {
        format!("{name}: {MASK}")
    }
}

/// Splits a text into words as a shell does, without expanding anything: blanks separate words, quotes of both kinds keep
/// them together, and a backslash keeps the next character. `None` if a quote is not closed.
pub fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().push(chars.next()?),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// The arguments as typed, without the program's name and without secrets.
#[derive(Clone, Default)]
pub struct CommandLine {
    /// The arguments with their secrets.
    typed: Vec<OsString>,
    /// The words without them. Most commands show none, and the search for secrets takes longer than the rest of the
    /// start.
    words: OnceLock<Vec<String>>,
}

impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.words()).finish()
    }
}

impl CommandLine {
    /// Creates a command line from the arguments after the program's name.
    pub fn new(arguments: &[OsString]) -> Self {
        Self {
            typed: arguments.to_owned(),
            words: OnceLock::new(),
        }
    }

    fn of(words: Vec<String>) -> Self {
        Self {
            typed: Vec::new(),
            words: words.into(),
        }
    }

    fn words(&self) -> &[String] {
        self.words.get_or_init(|| {
            let words = self.typed.iter();
            let words = words.map(|word| word.to_string_lossy().into_owned());
            Self::of(words.collect())
                .without("--api-key", true)
                .redacted()
        })
    }

    /// The words with secrets masked as `***`: header values that are not known to be harmless, and values whose names
    /// mark them as secrets.
    fn redacted(&self) -> Vec<String> {
        let mut words = Vec::with_capacity(self.words().len());
        let mut rest = self.words().iter().cloned().peekable();
        while let Some(word) = rest.next() {
            match header_of(&word) {
                Some((option, "")) => {
                    words.push(option.to_owned());
                    words.extend(rest.next().map(|header| redacted(&header)));
                }
                Some((option, header)) => words.push(option.to_owned() + &redacted(header)),
                None if word == "--" => {
                    words.push(word);
                    words.extend(rest.by_ref().map(|word| redact::word(&word)));
                }
                None => {
                    let is_secret = is_option_of_secret(&word);
                    words.push(redact::word(&word));
                    if is_secret && let Some(_value) = rest.next_if(|word| !word.starts_with('-')) {
                        words.push(MASK.to_owned());
                    }
                }
            }
        }
        words
    }

    /// The program's name and the options that select the router. Suggested commands for the same router start with it.
    pub fn program(&self) -> String {
        const OPTIONS: [&str; 3] = ["--context", "--base-url", "--api-key-file"];
        let mut words = vec!["xeroctl".to_owned()];
        let mut rest = self.words().iter().take_while(|word| *word != "--");
        while let Some(word) = rest.next() {
            let name = word.split('=').next().unwrap_or_default();
            if OPTIONS.contains(&name) || name == "--allow-http" {
                words.push(quote(word));
                if OPTIONS.contains(&word.as_str()) {
                    words.extend(rest.next().map(|value| quote(value)));
                }
            }
        }
        words.join(" ")
    }

    /// The same command line without an option and its value, if it takes one.
    pub fn without(&self, option: &str, takes_value: bool) -> Self {
        let mut words = Vec::new();
        let mut rest = self.words().iter();
        while let Some(word) = rest.next() {
            if word == "--" {
                words.push(word.clone());
                words.extend(rest.by_ref().cloned());
            } else if word == option {
                if takes_value {
                    rest.next();
                }
            } else if word
                .strip_prefix(option)
                .is_none_or(|tail| !tail.starts_with('='))
            {
                words.push(word.clone());
            }
        }
        Self::of(words)
    }

    /// The same command line with an option set to a value, replacing its previous value.
    pub fn with(&self, option: &str, value: &str) -> Self {
        // `--option=value` also works for a value that starts with a dash.
        let words = if value.starts_with('-') {
            vec![format!("{option}={value}")]
        } else {
            vec![option.to_owned(), value.to_owned()]
        };
        self.without(option, true).inserting(words)
    }

    /// The same command line with a flag added.
    pub fn with_flag(&self, flag: &str) -> Self {
        self.without(flag, false).inserting(vec![flag.to_owned()])
    }

    /// The same command line with one word replaced, such as a name by an ID.
    pub fn with_word(&self, old: &str, new: &str) -> Self {
        let replaced = |word: &String| if word == old { new } else { word }.to_owned();
        Self::of(self.words().iter().map(replaced).collect())
    }

    /// Adds words at the end, but before a `--`.
    fn inserting(self, words: Vec<String>) -> Self {
        let mut all = self.words().to_vec();
        let end = all.iter().position(|word| word == "--");
        let end = end.unwrap_or(all.len());
        all.splice(end..end, words);
        Self::of(all)
    }

    /// The complete command, quoted for a POSIX shell.
    pub fn command(&self) -> String {
        std::iter::once("xeroctl".to_owned())
            .chain(self.words().iter().map(|word| quote(word)))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// One word, quoted for a POSIX shell if needed.
pub fn quote(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    // zsh expands a word that starts with `=` to a path.
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(safe) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// An ID as an argument. After `--` if it starts with a dash, which would make it an option.
pub fn id(word: &str) -> String {
    if word.starts_with('-') {
        format!("-- {}", quote(word))
    } else {
        quote(word)
    }
}
