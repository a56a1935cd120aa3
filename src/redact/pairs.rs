//! Values after the name of a secret, in all spellings: `name=value`, `name: "value"`, `name => value`.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::{is_masked, pattern, word};
use super::{MASK, names_secret, words};

/// The origin of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Prose, such as an error message: `invalid token: expired` contains no token.
    Prose,
    /// An argument or a body, in which every such value is a secret.
    Composed,
}

/// A name, the quote after it, and the separator before its value.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        "([",
        word!(),
        r#".%\[\]$@-]+?)(\\*["'`]?)([ \t]*(?::=|=>|={1,2}|:|%(?:25)*3[DdAa])[ \t]*)"#,
    ))
});

/// The text before a name at the start of a line in a configuration file, a script, or a diff.
static LINE_START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)^[ \t]*(?:(?:[-+*>#;|]+|export|set|setx|env|declare|-x|let|const|var)[ \t]+|[\[{(,+\\"'`-])*$"#,
    )
});

/// The scheme of an `Authorization` header, which may be shown.
static SCHEME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(basic|bearer|digest|token|api-?key|negotiate|ntlm|hawk|aws4-hmac-sha256)[ \t]+")
});

/// A block indicator: the value is on the lines below.
static BLOCK_MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[|>][-+0-9]*[ \t]*(?:\r?\n|\\n)"));

/// The start of the next pair on the same line.
static NEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"[&;,][ \t]*\\*["']?["#,
        word!(),
        r#".\[\]-]+\\*["']?[ \t]*[=:]|[ \t]+["']?["#,
        word!(),
        r#".-]+["']?=|(?:\\[rn])+[ \t]*["#,
        word!(),
        r".-]+[ \t]*[=:]",
    ))
});

/// The end of a value without spaces.
static TOKEN_END: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"[\s"'`<>&]|[,;)}\]](?:[,;.)}\]]*(?:\s|$)|\\*["'`])"#));

/// The end of a value in a percent-encoded pair.
static ENCODED_END: LazyLock<Regex> = LazyLock::new(|| pattern(r"%(?:25)*(?:26|23)"));

/// Words that continue a sentence about a secret instead of being one.
const SENTENCE: &[&str] = &[
    "a",
    "an",
    "and",
    "array",
    "at",
    "be",
    "boolean",
    "by",
    "can",
    "cannot",
    "cant",
    "contains",
    "could",
    "denied",
    "does",
    "doesn",
    "empty",
    "expected",
    "expired",
    "failed",
    "false",
    "field",
    "for",
    "forbidden",
    "from",
    "had",
    "has",
    "have",
    "in",
    "incorrect",
    "integer",
    "invalid",
    "is",
    "isn",
    "it",
    "its",
    "length",
    "malformed",
    "may",
    "missing",
    "must",
    "no",
    "none",
    "not",
    "null",
    "number",
    "object",
    "of",
    "on",
    "only",
    "optional",
    "or",
    "please",
    "required",
    "revoked",
    "should",
    "string",
    "the",
    "this",
    "to",
    "too",
    "true",
    "unauthorized",
    "unexpected",
    "unknown",
    "unsupported",
    "use",
    "value",
    "was",
    "were",
    "with",
    "without",
    "wrong",
    "you",
    "your",
];

/// Words before a name that make the text after it a name or part of a sentence.
const BEFORE: &[&str] = &["expected", "missing", "required", "unexpected"];

/// The first words of a sentence about a secret, which is not a value.
pub(super) fn is_sentence(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_alphabetic());
    let word = &text[..end.unwrap_or(text.len())];
    let after =
        text[word.len()..].trim_start_matches([',', '.', ';', ':', '!', '?', '\'', '’', ')']);
    let ends = after.is_empty() || after.starts_with(char::is_whitespace);
    ends && SENTENCE.contains(&word.to_lowercase().as_str())
}

/// Masks the values after names of secrets.
pub(super) fn pairs(text: String, source: Source) -> String {
    // As in `shapes`: the pattern is not compiled where it can't match.
    if !text.contains(['=', ':', '%']) {
        return text;
    }
    let mut out = String::new();
    let mut written = 0;
    let mut from = 0;
    while let Some(found) = PAIR.captures_at(&text, from) {
        let (Some(all), Some(name)) = (found.get(0), found.get(1)) else {
            break;
        };
        from = all.end();
        if !names_secret(name.as_str()) {
            continue;
        }
        let pair = Pair {
            text: &text,
            name: name.as_str(),
            begin: name.start(),
            is_quoted: !found[2].is_empty(),
            separator: &found[3],
            value: all.end(),
            source,
        };
        if let Some((begin, end)) = pair.hidden() {
            out.push_str(&text[written..begin]);
            out.push_str(MASK);
            written = end;
            from = end;
        }
    }
    if written == 0 {
        return text;
    }
    out + &text[written..]
}

/// A pair named like a secret.
struct Pair<'t> {
    text: &'t str,
    name: &'t str,
    begin: usize,
    /// Whether a quote ends the name, as in JSON.
    is_quoted: bool,
    separator: &'t str,
    /// The start of the value.
    value: usize,
    source: Source,
}

impl Pair<'_> {
    /// The range of the secret in the text.
    fn hidden(&self) -> Option<(usize, usize)> {
        let rest = &self.text[self.value..];
        let is_colon = self.separator.trim() == ":";
        if is_colon && (rest.starts_with(':') || rest.starts_with("//") || self.is_in_name())
            || self.is_label(rest)
            || BLOCK_MARK.is_match(rest)
        {
            return None;
        }
        if let Some(scheme) = SCHEME.find(rest) {
            let credentials = &rest[scheme.end()..];
            let is_one_word = !is_any(scheme.as_str(), &["digest", "hawk", "aws4"]);
            let end = match credentials.chars().next() {
                Some('"' | '\'') => 0,
                _ if is_one_word => token_end(credentials),
                _ => self.line_end(credentials, false),
            };
            if end > 0 {
                let is_text = self.source == Source::Prose
                    && (is_sentence(credentials)
                        || is_any(credentials, &["authentication", "token"]));
                return self
                    .found(scheme.end(), scheme.end() + end)
                    .filter(|_| !is_text);
            }
        }
        if let Some(inner) = quoted(rest) {
            return self.found(inner.0, inner.1);
        }
        if rest.starts_with(['{', '[']) {
            let end = bracket(rest).unwrap_or(rest.len());
            return self.found(1, end);
        }
        if self.is_quoted {
            let end = rest.find([',', '}', ']', '\n']).unwrap_or(rest.len());
            let value = rest[..end].trim_end();
            let is_plain = matches!(value.trim_start(), "null" | "true" | "false");
            return self.found(0, value.len()).filter(|_| !is_plain);
        }
        if self.source == Source::Prose && is_colon && self.is_remark(rest) {
            return None;
        }
        let end = if is_colon && is_any(self.name, &["cookie", "authorization"]) {
            self.line_end(rest, self.is_nested())
        } else if self.begins_line() && (is_colon || self.is_loose()) {
            self.line_end(rest, true)
        } else if self.separator.contains('%') {
            let end = token_end(rest);
            ENCODED_END
                .find(&rest[..end])
                .map_or(end, |next| next.start())
        } else {
            self.token_end(rest)
        };
        let is_plain = matches!(rest[..end].trim(), "null" | "true" | "false");
        self.found(0, end).filter(|_| !is_plain)
    }

    fn found(&self, begin: usize, end: usize) -> Option<(usize, usize)> {
        let hidden = &self.text[self.value + begin..self.value + end];
        (!is_masked(hidden)).then_some((self.value + begin, self.value + end))
    }

    /// Whether the value may contain spaces: after `=` in a configuration file, or in an argument or a body.
    fn is_loose(&self) -> bool {
        let is_spaced = self.separator.contains([' ', '\t']);
        !self.separator.contains('%') && (is_spaced || self.source == Source::Composed)
    }

    /// Whether the colon is part of a longer name: `/keys:rotate`, `urn:ietf:params:oauth:token-type`.
    fn is_in_name(&self) -> bool {
        let before = &self.text[..self.begin];
        let begin = before.rfind(|c: char| c.is_whitespace() || "\"'`=<>(,".contains(c));
        let before = &before[begin.map_or(0, |at| at + 1)..];
        let is_spaced = self.separator.len() > 1;
        !is_spaced
            && (before.ends_with('/') || before.starts_with("urn:") || before.starts_with("arn:"))
    }

    /// Whether it is an attribute that names another one: `<add key="password" value="…"/>`.
    fn is_label(&self, rest: &str) -> bool {
        let before = &self.text[..self.begin];
        let is_in_tag = before.rfind('<') > before.rfind('>');
        let tag = rest.split('>').next().unwrap_or_default();
        self.name.eq_ignore_ascii_case("key") && is_in_tag && tag.contains(" value=")
    }

    /// Whether the pair is inside braces on the same line.
    fn is_nested(&self) -> bool {
        let before = &self.text[..self.begin];
        before[before.rfind('\n').map_or(0, |at| at + 1)..].contains('{')
    }

    /// The end of a value without spaces. In a URL, the fragment is not part of it.
    fn token_end(&self, rest: &str) -> usize {
        let end = token_end(rest);
        let before = &self.text[..self.begin];
        let word = before.rsplit(char::is_whitespace).next();
        let is_url = word.is_some_and(|word| word.contains("://") || word.contains('?'));
        let end = rest[..end].find('#').filter(|_| is_url).unwrap_or(end);
        NEXT.find(&rest[..end]).map_or(end, |next| next.start())
    }

    /// Whether the text after the colon is a statement about the secret or its name.
    fn is_remark(&self, rest: &str) -> bool {
        let before = self.text[..self.begin].trim_end();
        let before = before.rsplit(|c: char| !c.is_alphanumeric()).next();
        let before = before.unwrap_or_default().to_lowercase();
        if is_sentence(rest) || BEFORE.contains(&before.as_str()) {
            return true;
        }
        // `duplicate key: name`
        let is_key =
            matches!(words(self.name).as_slice(), [word] if word == "key" || word == "keys");
        let value = &rest[..token_end(rest)];
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let is_mixed = digits > 0 && value.bytes().any(|byte| byte.is_ascii_uppercase());
        is_key && !self.begins_line() && digits < 2 && !is_mixed
    }

    /// Whether the name is the first word of its line or its quotes.
    fn begins_line(&self) -> bool {
        let before = &self.text[..self.begin];
        let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        self.quote_before().is_some() || LINE_START.is_match(&before[line..])
    }

    /// The quote directly before the name.
    fn quote_before(&self) -> Option<char> {
        let last = self.text[..self.begin].chars().next_back();
        last.filter(|c| "\"'`".contains(*c))
    }

    /// The end of a value that may contain spaces: the end of its line or quotes, or the next pair.
    fn line_end(&self, rest: &str, stops_at_pairs: bool) -> usize {
        let mut end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        if let Some(quote) = self.quote_before() {
            end = rest[..end].find(quote).unwrap_or(end);
        }
        if stops_at_pairs && let Some(next) = NEXT.find(&rest[..end]) {
            end = next.start();
        }
        let is_nested = self.is_nested();
        let value = rest[..end].trim_end();
        let value = value.trim_end_matches(|c: char| is_nested && c == '}');
        value.trim_end().len()
    }
}

/// Whether a text starts with one of these words, or contains one if it is a name.
fn is_any(text: &str, parts: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    let word = text.split_whitespace().next().unwrap_or_default();
    parts.iter().any(|part| word.contains(part))
}

fn token_end(rest: &str) -> usize {
    TOKEN_END.find(rest).map_or(rest.len(), |end| end.start())
}

/// The range of the quoted text that starts here, at any depth of escaping.
pub(super) fn quoted(rest: &str) -> Option<(usize, usize)> {
    for triple in ["\"\"\"", "'''"] {
        if let Some(inner) = rest.strip_prefix(triple) {
            let end = inner.find(triple).unwrap_or(inner.len());
            return Some((3, 3 + end));
        }
    }
    let value = rest.trim_start_matches('\\');
    let depth = rest.len() - value.len();
    let quote = value.chars().next().filter(|c| "\"'`".contains(*c))?;
    let begin = depth + 1;
    let end = closing(&rest[begin..], quote, depth > 0).unwrap_or(rest.len() - begin);
    Some((begin, begin + end))
}

/// The position of the closing quote.
fn closing(value: &str, quote: char, nested: bool) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in value.char_indices() {
        match c {
            '\\' if nested && value[at..].trim_start_matches('\\').starts_with(quote) => {
                return Some(at);
            }
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// The position of the bracket that closes the first one.
fn bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            '"' | '\'' => at += quoted(&text[at..]).map_or(0, |(_, end)| end),
            _ => {}
        }
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    None
}
