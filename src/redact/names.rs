//! Recognizes the names of secrets.

use percent_encoding::percent_decode_str;

/// Parts that make a name the name of a secret anywhere in it, in lower case and without separators.
const PARTS: &[&str] = &[
    "accesskey",
    "apikey",
    "authorization",
    "bearer",
    "connectionstring",
    "connstr",
    "connstring",
    "cookie",
    "credential",
    "jwt",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "recoverycode",
    "secret",
    "seedphrase",
    "sessid",
    "sessionid",
    "signature",
    "token",
];

/// Singular words that make a name the name of a secret only as complete words: `auth` but not `author`, `pat` but not
/// `path`.
const WORDS: &[&str] = &[
    "authn", "authz", "cred", "cvc", "cvv", "dsn", "hmac", "mnemonic", "otp", "pass", "pat", "pin",
    "psk", "pw", "sas", "session", "sid", "sig", "totp",
];

/// Word endings that make a name the name of a secret: `auth`, `basicauth`, `dbpwd`.
const ENDS: &[&str] = &["auth", "pwd"];

/// Words that look like names of secrets but aren't.
const HARMLESS_WORDS: &[&str] = &[
    "secretariat",
    "secretary",
    "tokenization",
    "tokenize",
    "tokenized",
    "tokenizer",
];

/// Words before `key` that make it a name or an identifier instead of a secret.
const OPEN_KEYS: &[&str] = &[
    "cache",
    "config",
    "foreign",
    "group",
    "hot",
    "idempotency",
    "issue",
    "object",
    "partition",
    "permission",
    "primary",
    "pub",
    "public",
    "routing",
    "sort",
    "task",
    "url",
];

/// Words that end in `key` but don't mean a key.
const NO_KEYS: &[&str] = &[
    "donkey", "hockey", "jockey", "lackey", "latchkey", "mickey", "monkey", "turkey", "turnkey",
    "whiskey",
];

/// A name that ends in one of these describes a secret instead of containing it: `token_type`, `--api-key-file`,
/// `keys_total`, `password_changed_at`.
const ABOUT: &[&str] = &[
    "age",
    "algo",
    "algorithm",
    "at",
    "budget",
    "command",
    "count",
    "enabled",
    "expiration",
    "expires",
    "expiry",
    "file",
    "in",
    "keychain",
    "kind",
    "left",
    "length",
    "limit",
    "max",
    "method",
    "min",
    "mode",
    "name",
    "path",
    "policy",
    "remaining",
    "required",
    "scope",
    "size",
    "status",
    "total",
    "ttl",
    "type",
    "usage",
    "used",
    "version",
];

/// Words before a plural that make it a count: `max_tokens`, `total_keys`.
const NUMBERS: &[&str] = &["count", "max", "min", "num", "number", "total"];

/// Words before `tokens` that make it a count.
const COUNTED: &[&str] = &[
    "cached",
    "completion",
    "input",
    "output",
    "prompt",
    "reasoning",
    "used",
];

/// Whether a member, a field, a query parameter, or an option of this name contains a secret, in any spelling:
/// `apiKey`, `X-API-KEY`, `%74oken`, `user[password]`.
pub fn names_secret(name: &str) -> bool {
    let name = decoded(name);
    let words = words(&name);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let previous = before.last().map(String::as_str).unwrap_or_default();
    // `--show-secrets` shows them.
    let is_about = |word: &str| ABOUT.contains(&word);
    if is_about(last) || is_about(singular(last)) || words[0] == "show" && last == "secrets" {
        return false;
    }
    let is_rate = |pair: &[String]| pair[0] == "tokens" && pair[1] == "per";
    let is_number = singular(last) != last && NUMBERS.contains(&previous);
    if is_number || words.windows(2).any(is_rate) {
        return false;
    }
    // An access key ID is half of a credential pair. Other key IDs aren't secret.
    let is_id =
        matches!(last.as_str(), "id" | "ids") && matches!(previous, "key" | "token" | "keys");
    if is_id && !words.iter().any(|word| word == "access") {
        return false;
    }
    if last == "tokens" && COUNTED.contains(&previous)
        || last == "token" && matches!(previous, "page" | "continuation")
    {
        return false;
    }
    let squashed = words.concat();
    let is_part = |text: &str| PARTS.iter().any(|part| text.contains(part));
    let is_word = |word: &str| {
        let word = singular(word);
        WORDS.contains(&word) || ENDS.iter().any(|end| word.ends_with(end))
    };
    let is_harmless = |word: &&String| HARMLESS_WORDS.contains(&word.as_str());
    if words.iter().any(|word| is_word(word)) || is_word(&squashed) {
        return true;
    }
    if is_part(&squashed) && !words.iter().any(|word| is_harmless(&word)) {
        return true;
    }
    squashed == "key" || names_key(&words)
}

/// A word without its plural `s`; `pass` isn't a plural.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') && word != "sas" => stem,
        _ => word,
    }
}

/// Whether one of the words means a secret key.
fn names_key(words: &[String]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let word = word.strip_suffix('s').unwrap_or(word);
        let before = match word.strip_suffix("key") {
            // The previous word, or the start of the same word: `public_key`, `publickey`.
            Some("") => at.checked_sub(1).map_or("", |at| words[at].as_str()),
            Some(before) => before,
            None => return false,
        };
        let is_open = OPEN_KEYS.iter().any(|open| before.ends_with(open));
        !is_open && !NO_KEYS.contains(&word)
    })
}

/// Decodes percent-encoding, including nested encoding.
pub(super) fn decoded(text: &str) -> String {
    const ROUNDS: usize = 3;
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        if !text.contains('%') {
            break;
        }
        text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
    }
    text
}

/// The words of a name in lower case, without trailing digits: `AWSAccessKeyId2` gives `aws access key id`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut end = |word: &mut String| {
        let text = word.trim_matches(|c: char| c.is_ascii_digit());
        if !text.is_empty() {
            words.push(text.to_lowercase());
        }
        word.clear();
    };
    let mut chars = name.chars().peekable();
    let mut previous = ' ';
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() {
            let begins = c.is_uppercase()
                && (previous.is_lowercase()
                    || previous.is_ascii_digit()
                    || previous.is_uppercase() && chars.peek().is_some_and(|c| c.is_lowercase()));
            if begins {
                end(&mut word);
            }
            word.push(c);
        } else {
            end(&mut word);
        }
        previous = c;
    }
    end(&mut word);
    words
}
