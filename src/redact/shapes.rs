//! Secrets that are recognized by what stands around them in a sentence or a command, or by their own form.

use std::sync::LazyLock;

use regex::Regex;

use super::names_secret;
use super::pairs::{Source, is_sentence};
use super::pattern::{mask_group, pattern};

/// A shorter word after `Bearer` or `Basic` without a digit is prose.
const SHORTEST_CREDENTIALS: usize = 16;

/// `--password S` and `-password S`.
static OPTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?:^|[\s"'`(\[,])(--?[\w%][\w.%\[\]-]+)[ \t]+(?:\\*["'`])?([^\s"'`<>\\-][^\s"'`<>\\]*)"#,
    )
});

/// curl's `-u name:S`.
static USER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?:^|\s)(?:-u[ \t]*|--(?:proxy-)?user[ \t=]+)["']?[^\s:"'=]*:([^\s"']+)"#)
});

static CREDENTIALS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)\b(?:bearer|basic)[ \t]+([^\s"'`<>)\]},;&]+)"#));

/// `machine h login u password S`, as in `.netrc`.
static LOGIN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\blogin\s+\S+\s+password\s+(\S+)"));

/// `the password is S`, `password 'S'`.
static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)\b(?:passwords?|passwd|pwd|passphrase)(?:[ \t]+is)?[ \t]+["'`]?([^\s"'`=:<>]{6,}[^\s"'`=:<>.,;)])"#,
    )
});

/// A long word of random characters behind a secret's name.
static LONG: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"([\w.-]+)[ \t]+["'`]?([A-Za-z0-9+/_=-]{32,})"#));

/// One value per line or column: `password<TAB>S`.
static COLUMN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^([^\t\r\n]+)\t+([^\t\r\n]+)"));

/// User info of a URL without a scheme.
static USER_INFO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?:^|[\s"'`=(<,])([\w.%+~-]+:[^\s/@:"'`<>][^\s/@"'`<>]*)@[\w.\[-]"#)
});

/// Words that are keys by their form.
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*",
        r"|AKIA[A-Z0-9]{16}",
        r"|(?:xero|ere|xjt)_[\w-]{4,}",
        r"|(?:sk|rk|pk)[_-][\w-]{10,}",
        r"|gh[opsur]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,})",
    ))
});

/// Masks what is secret by its surroundings or its form.
pub(super) fn shapes(text: String, source: Source) -> String {
    let text = mask_group(text, &USER_INFO, 1, |found| {
        !found[1].starts_with("mailto:")
    });
    let text = mask_group(text, &OPTION, 2, |found| {
        names_secret(&found[1]) && !(source == Source::Prose && is_sentence(&found[2]))
    });
    let text = mask_group(text, &USER, 1, |_| true);
    let text = mask_group(text, &CREDENTIALS, 1, |found| {
        let word = &found[1];
        word.len() >= SHORTEST_CREDENTIALS || has_digit(word)
    });
    let text = mask_group(text, &LOGIN, 1, |_| true);
    let text = mask_group(text, &PASSWORD, 1, |found| has_digit(&found[1]));
    let text = mask_group(text, &LONG, 2, |found| names_secret(&found[1]));
    let text = mask_group(text, &COLUMN, 2, |found| names_secret(&found[1]));
    keys(text)
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Masks whole words that are keys by their form; a part of a path or of a file's name is none.
fn keys(text: String) -> String {
    let shown = text.clone();
    mask_group(text, &KEY, 1, |found| {
        let Some(key) = found.get(1) else {
            return false;
        };
        let before = shown[..key.start()].chars().next_back();
        let mut after = shown[key.end()..].chars();
        // A token in three parts is never a file's name.
        let is_joined = |c: char| c.is_alphanumeric() || "/-_.".contains(c);
        if key.as_str().starts_with("eyJ") {
            return true;
        }
        let is_file = match after.next() {
            Some('.') => after.next().is_some_and(char::is_alphanumeric),
            Some('/') => true,
            _ => false,
        };
        !before.is_some_and(is_joined) && !is_file
    })
}
