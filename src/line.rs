//! The command line as it was typed, and what would be typed next: POSIX-quoted, and never with a key.

use std::ffi::OsString;

/// Headers whose values may be shown. Any other may hold a secret.
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

/// Whether what a header holds may be shown; `name` in lower case.
#[must_use]
pub fn is_harmless_header(name: &str) -> bool {
    HARMLESS_HEADERS.contains(&name)
}

/// A word that begins a header: the option, and the header if it is in the same word.
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
    // Only flags without a value may stand before it in one word.
    let is_it = flags.chars().all(|flag| "iqvy".contains(flag));
    is_it.then(|| word.split_at(at))
}

/// A header as it may be shown.
fn concealed(header: &str) -> String {
    let name = header.split(':').next().unwrap_or_default();
    if is_harmless_header(&name.trim().to_ascii_lowercase()) {
        header.to_owned()
    } else {
        format!("{name}: ***")
    }
}

/// What was typed, without the program's name.
#[derive(Clone, Debug, Default)]
pub struct Line {
    words: Vec<String>,
}

impl Line {
    /// Takes the arguments after the program's name.
    #[must_use]
    pub fn new(arguments: &[OsString]) -> Self {
        Self {
            words: arguments
                .iter()
                .map(|word| word.to_string_lossy().into_owned())
                .collect(),
        }
        .without("--api-key", true)
        .concealing_headers()
    }

    /// The same line with `***` in the place of what headers hold, but for those that are harmless.
    fn concealing_headers(self) -> Self {
        let mut words = Vec::with_capacity(self.words.len());
        let mut rest = self.words.into_iter();
        while let Some(word) = rest.next() {
            match header_of(&word) {
                Some((option, "")) => {
                    words.push(option.to_owned());
                    words.extend(rest.next().map(|header| concealed(&header)));
                }
                Some((option, header)) => words.push(option.to_owned() + &concealed(header)),
                None if word == "--" => {
                    words.push(word);
                    words.extend(rest.by_ref());
                }
                None => words.push(word),
            }
        }
        Self { words }
    }

    /// The program's name with the options of this line that choose the router: what every next command against the
    /// same router begins with.
    #[must_use]
    pub fn program(&self) -> String {
        const OPTIONS: [&str; 3] = ["--context", "--base-url", "--api-key-file"];
        let mut words = vec!["xeroctl".to_owned()];
        let mut rest = self.words.iter().take_while(|word| *word != "--");
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

    /// The value of an option, looked up before the line is parsed: `--output json`, `--output=json`, `-o json`,
    /// `-ojson`, `-qo json`.
    #[must_use]
    pub fn value_of(&self, long: &str, short: Option<char>) -> Option<String> {
        let mut rest = self.words.iter().take_while(|word| *word != "--");
        while let Some(word) = rest.next() {
            if let Some(tail) = word.strip_prefix(long) {
                match tail.strip_prefix('=') {
                    Some(value) => return Some(value.to_owned()),
                    None if tail.is_empty() => return rest.next().cloned(),
                    None => {}
                }
            } else if let Some(short) = short
                && let Some(letters) = word.strip_prefix('-')
                && let Some((flags, tail)) = letters.split_once(short)
                // Only flags without a value may stand before it in one word.
                && flags.chars().all(|flag| "qvy".contains(flag))
            {
                let value = tail.strip_prefix('=').unwrap_or(tail);
                return if value.is_empty() {
                    rest.next().cloned()
                } else {
                    Some(value.to_owned())
                };
            }
        }
        None
    }

    /// The same line without an option, and without its value if it takes one.
    #[must_use]
    pub fn without(&self, option: &str, takes_value: bool) -> Self {
        let mut words = Vec::new();
        let mut rest = self.words.iter();
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
        Self { words }
    }

    /// The same line with an option set to a value, in the place of the one that it had.
    #[must_use]
    pub fn with(&self, option: &str, value: &str) -> Self {
        // `--option=value` also carries a value that begins with a dash.
        let words = if value.starts_with('-') {
            vec![format!("{option}={value}")]
        } else {
            vec![option.to_owned(), value.to_owned()]
        };
        self.without(option, true).inserting(words)
    }

    /// The same line with a flag.
    #[must_use]
    pub fn with_flag(&self, flag: &str) -> Self {
        self.without(flag, false).inserting(vec![flag.to_owned()])
    }

    /// Adds words at the end, but before a `--` after which everything is a value.
    fn inserting(mut self, words: Vec<String>) -> Self {
        let end = self
            .words
            .iter()
            .position(|word| word == "--")
            .unwrap_or(self.words.len());
        self.words.splice(end..end, words);
        self
    }

    /// The whole command, ready to paste into a POSIX shell.
    #[must_use]
    pub fn command(&self) -> String {
        std::iter::once("xeroctl".to_owned())
            .chain(self.words.iter().map(|word| quote(word)))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// One word, quoted for a POSIX shell where it must be.
#[must_use]
pub fn quote(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    // zsh puts a path in the place of a word that begins with `=`.
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(safe) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// An id as an argument: one that begins with a dash would be taken for an option.
#[must_use]
pub fn id(word: &str) -> String {
    if word.starts_with('-') {
        format!("-- {}", quote(word))
    } else {
        quote(word)
    }
}
