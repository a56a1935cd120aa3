//! Recognizes secrets by the surrounding sentence or command, or by their form.

use std::sync::LazyLock;

use regex::Regex;

use super::names_secret;
use super::pairs::{Source, is_sentence};
use super::pattern::{mask_group, pattern, word};

/// A shorter word without digits after `Bearer` or `Basic` is prose.
const SHORTEST_CREDENTIALS: usize = 16;

/// `--password S` and `-password S`.
static OPTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"(?:^|[\s"'`(\[,])(--?["#,
        word!(),
        "%][",
        word!(),
        r#".%\[\]-]+)[ \t]+(?:\\*["'`])?([^\s"'`<>\\-][^\s"'`<>\\]*)"#,
    ))
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

/// A long word of random characters after the name of a secret.
static LONG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        "([",
        word!(),
        r#".-]+)[ \t]+["'`]?([A-Za-z0-9+/_=-]{32,})"#
    ))
});

/// One value per line or column: `password<TAB>S`.
static COLUMN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^([^\t\r\n]+)\t+([^\t\r\n]+)"));

/// User info in a URL without a scheme.
static USER_INFO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"(?:^|[\s"'`=(<,])(["#,
        word!(),
        r#".%+~-]+:[^\s/@:"'`<>][^\s/@"'`<>]*)@["#,
        word!(),
        r".\[-]",
    ))
});

/// Words that are keys by their form: all of ASCII.
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(eyJ[0-9A-Za-z_-]{6,}\.[0-9A-Za-z_-]{6,}\.[0-9A-Za-z_-]*",
        r"|AKIA[A-Z0-9]{16}",
        r"|(?:xero|ere|xjt)_[0-9A-Za-z_-]{4,}",
        r"|(?:sk|rk|pk)[_-][0-9A-Za-z_-]{10,}",
        r"|gh[opsur]_[0-9A-Za-z_]{16,}|github_pat_[0-9A-Za-z_]{16,}",
        r"|glpat-[0-9A-Za-z_-]{16,}|xox[abeoprs]-[0-9A-Za-z_-]{10,})",
    ))
});

/// Each alternative of [`KEY`] starts with one of these.
const KEY_STARTS: [&str; 19] = [
    "eyJ",
    "AKIA",
    "xero_",
    "ere_",
    "xjt_",
    "sk_",
    "sk-",
    "rk_",
    "rk-",
    "pk_",
    "pk-",
    "gho_",
    "ghp_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xox",
];

/// Masks secrets recognized by their surroundings or their form.
pub(super) fn shapes(mut text: String, source: Source) -> String {
    // To compile a pattern takes longer than the rest of a start: none is used where it can't match.
    if text.contains('@') {
        text = mask_group(text, &USER_INFO, 1, |found| {
            !found[1].starts_with("mailto:")
        });
    }
    if text.contains('-') && text.contains([' ', '\t']) {
        text = mask_group(text, &OPTION, 2, |found| {
            names_secret(&found[1]) && !(source == Source::Prose && is_sentence(&found[2]))
        });
    }
    if text.contains(':') && (text.contains("-u") || text.contains("user")) {
        text = mask_group(text, &USER, 1, |_| true);
    }
    if text.contains(char::is_whitespace) {
        text = mask_group(text, &CREDENTIALS, 1, |found| {
            let word = &found[1];
            word.len() >= SHORTEST_CREDENTIALS || has_digit(word)
        });
        text = mask_group(text, &LOGIN, 1, |_| true);
        text = mask_group(text, &PASSWORD, 1, |found| has_digit(&found[1]));
        text = mask_group(text, &LONG, 2, |found| names_secret(&found[1]));
    }
    if text.contains('\t') {
        text = mask_group(text, &COLUMN, 2, |found| names_secret(&found[1]));
    }
    if KEY_STARTS.iter().any(|start| text.contains(start)) {
        text = keys(text);
    }
    text
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Masks complete words with the form of a key, but not parts of paths or file names.
fn keys(text: String) -> String {
    let shown = text.clone();
    mask_group(text, &KEY, 1, |found| {
        let Some(key) = found.get(1) else {
            return false;
        };
        let before = shown[..key.start()].chars().next_back();
        let mut after = shown[key.end()..].chars();
        // A three-part token is never a file name.
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
