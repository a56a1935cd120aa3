//! Secrets known by their text: the keys in use, and secrets from the command line.

use std::borrow::Cow;
use std::sync::OnceLock;

use aho_corasick::packed;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;
use memchr::{memchr3, memchr3_iter};

use super::MASK;
use crate::secret::Secret;

/// Shorter secrets are masked only as separate words; otherwise, they would mask parts of ordinary text.
const SHORTEST_INSIDE: usize = 6;
/// Shorter secrets are not masked in documents, where they could be member names.
const SHORTEST_IN_DOCUMENTS: usize = 8;
/// From this length on, secrets are also matched in lower and upper case, because header names arrive in lower case.
const SHORTEST_ANY_CASE: usize = 8;
/// Shorter base64 texts are too unspecific to match.
const SHORTEST_BASE64: usize = 12;

/// The maximum length of a numeric character reference in HTML.
const LONGEST_ENTITY: usize = 10;

/// Longer texts are searched for all secrets at once, before they are searched for each.
const LONG: usize = 4 * 1024;

/// Secrets that are masked everywhere: verbatim, percent-encoded, escaped as in JSON or HTML, and in base64.
#[derive(Clone, Default)]
pub struct KnownSecrets {
    patterns: Vec<Pattern>,
    /// Finds the literals of all patterns in one pass; none if the processor has no instructions for that. Made for the
    /// first long text.
    any: OnceLock<Option<Box<packed::Searcher>>>,
}

#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each depends on the length only"
)]
struct Pattern {
    bytes: Vec<u8>,
    /// The secret verbatim, in lower case, and in upper case. A fast check, because most documents contain none of them.
    literal: Vec<Finder<'static>>,
    any_case: bool,
    whole_word: bool,
    in_documents: bool,
    /// Whether escaped spellings are also matched.
    escaped: bool,
}

impl KnownSecrets {
    /// Creates the set from these secrets.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        let mut known = Self::default();
        for secret in secrets {
            known.add(secret);
        }
        known
    }

    /// Adds a secret.
    pub fn add(&mut self, secret: &Secret) {
        let bytes = secret.expose().as_bytes();
        let is_known = |pattern: &Pattern| pattern.bytes == bytes;
        if bytes.is_empty() || self.patterns.iter().any(is_known) {
            return;
        }
        self.patterns.push(Pattern::of_secret(bytes));
        self.patterns.extend(in_base64(bytes));
        self.any.take();
    }

    /// A message with the secrets masked.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact_in(text, |_| true)
    }

    /// A server's document with the secrets masked. Secrets as short as an ordinary word are kept, so that the document
    /// keeps its meaning.
    pub fn redact_document<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redact_in(text, |pattern| pattern.in_documents)
    }

    fn redact_in<'t>(&self, text: &'t str, counts: impl Fn(&Pattern) -> bool) -> Cow<'t, str> {
        match self.replaced(text.as_bytes(), counts) {
            None => Cow::Borrowed(text),
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        }
    }

    /// As [`KnownSecrets::redact_document`], for arbitrary bytes. Returns `None` if nothing was masked.
    pub fn redact_bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.replaced(bytes, |pattern| pattern.in_documents)
    }

    /// The number of bytes at the end that may be the start of a secret.
    pub fn started(&self, bytes: &[u8]) -> usize {
        let started = |pattern: &Pattern| {
            let longest = pattern.bytes.len().saturating_sub(1).min(bytes.len());
            let is_begun = |length: &usize| {
                let end = &bytes[bytes.len() - length..];
                let mut pairs = pattern.bytes.iter().zip(end);
                pairs.all(|(own, other)| pattern.is_same(*own, *other))
            };
            (1..=longest).rev().find(is_begun).unwrap_or(0)
        };
        let counted = self.patterns.iter().filter(|pattern| pattern.in_documents);
        counted.map(started).max().unwrap_or(0)
    }

    fn replaced(&self, text: &[u8], counts: impl Fn(&Pattern) -> bool) -> Option<Vec<u8>> {
        if text.len() >= LONG && !self.may_be_in(text) {
            return None;
        }
        let mut found = Vec::new();
        for pattern in self.patterns.iter().filter(|pattern| counts(pattern)) {
            pattern.find(text, &mut found);
        }
        if found.is_empty() {
            return None;
        }
        // The longest first, because a key may be a prefix of another.
        found.sort_by_key(|(begin, end)| (*begin, std::cmp::Reverse(*end)));
        let mut out = Vec::with_capacity(text.len());
        let mut written = 0;
        for (begin, end) in found {
            if begin >= written {
                out.extend_from_slice(&text[written..begin]);
                out.extend_from_slice(MASK.as_bytes());
            }
            written = written.max(end);
        }
        out.extend_from_slice(&text[written..]);
        Some(out)
    }
}

impl KnownSecrets {
    /// Whether a text contains a literal or an escape; most have neither.
    fn may_be_in(&self, text: &[u8]) -> bool {
        let any = self.any.get_or_init(|| {
            let literals = self.patterns.iter().flat_map(|pattern| &pattern.literal);
            let literals = literals.map(|literal| literal.needle().to_owned());
            let any = packed::Config::new().builder().extend(literals).build();
            any.map(Box::new)
        });
        memchr3(b'%', b'\\', b'&', text).is_some()
            || any.as_ref().is_none_or(|any| any.find(text).is_some())
    }
}

/// The base64 of a secret inside a longer text: the part that doesn't depend on adjacent bytes.
fn in_base64(secret: &[u8]) -> Vec<Pattern> {
    let mut patterns: Vec<Pattern> = Vec::new();
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let mut padded = vec![0; before];
            padded.extend_from_slice(secret);
            let whole = padded.len() / 3 * 3;
            // Each character encodes six bits. Characters with bits of preceding bytes are left out.
            let begin = (before * 8).div_ceil(6);
            let text = engine.encode(&padded[..whole]);
            let core = text.as_bytes().get(begin..).unwrap_or_default();
            let is_new = patterns.iter().all(|pattern| pattern.bytes != core);
            if core.len() >= SHORTEST_BASE64 && is_new {
                patterns.push(Pattern {
                    bytes: core.to_owned(),
                    literal: vec![Finder::new(core).into_owned()],
                    any_case: false,
                    whole_word: false,
                    in_documents: true,
                    escaped: false,
                });
            }
        }
    }
    patterns
}

impl Pattern {
    fn of_secret(bytes: &[u8]) -> Self {
        let any_case = bytes.len() >= SHORTEST_ANY_CASE;
        let mut spellings = vec![bytes.to_owned()];
        if any_case {
            spellings.extend([bytes.to_ascii_lowercase(), bytes.to_ascii_uppercase()]);
            spellings.sort();
            spellings.dedup();
        }
        Self {
            bytes: bytes.to_owned(),
            literal: spellings
                .iter()
                .map(|spelling| Finder::new(spelling).into_owned())
                .collect(),
            any_case,
            whole_word: bytes.len() < SHORTEST_INSIDE,
            in_documents: bytes.len() >= SHORTEST_IN_DOCUMENTS,
            escaped: true,
        }
    }

    /// Adds the ranges of its occurrences.
    fn find(&self, text: &[u8], found: &mut Vec<(usize, usize)>) {
        let mut add = |begin: usize, end: usize| {
            if self.counts(text, begin, end) {
                found.push((begin, end));
            }
        };
        for literal in &self.literal {
            for begin in literal.find_iter(text) {
                add(begin, begin + self.bytes.len());
            }
        }
        if !self.escaped {
            return;
        }
        let mut may_be = [false; 256];
        for byte in &self.bytes {
            for byte in [*byte, byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
                may_be[usize::from(byte)] = true;
            }
        }
        // An occurrence that was not found contains an escape. The first escape encodes one of its characters, and the
        // characters before it are verbatim.
        for at in memchr3_iter(b'%', b'\\', b'&', text) {
            let escape = character(&text[at..]).filter(|(_, length)| *length > 1);
            let is_backslash = text[at] == b'\\';
            let stands_for = |own: u8| {
                escape.is_some_and(|(byte, _)| self.is_same(own, byte))
                    || is_backslash && own == b'\\'
            };
            if !is_backslash && !escape.is_some_and(|(byte, _)| may_be[usize::from(byte)]) {
                continue;
            }
            for (before, own) in self.bytes.iter().enumerate() {
                let begin = at.checked_sub(before).filter(|_| stands_for(*own));
                let Some(begin) = begin.filter(|begin| self.begins(&text[*begin..at])) else {
                    continue;
                };
                // JSON inside JSON has twice as many backslashes.
                let mut levels = [2, 4].into_iter();
                if let Some(end) = levels.find_map(|level| self.decoded(text, begin, level)) {
                    add(begin, end);
                    break;
                }
            }
        }
    }

    /// Whether to mask an occurrence. A short secret is masked only as a separate word.
    fn counts(&self, text: &[u8], begin: usize, end: usize) -> bool {
        let is_inside = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
        };
        let before = begin.checked_sub(1).and_then(|at| text.get(at));
        !(self.whole_word && (is_inside(before) || is_inside(text.get(end))))
    }

    fn is_same(&self, own: u8, other: u8) -> bool {
        own == other || self.any_case && own.eq_ignore_ascii_case(&other)
    }

    /// Whether the secret starts with this text.
    fn begins(&self, text: &[u8]) -> bool {
        let mut pairs = self.bytes.iter().zip(text);
        pairs.all(|(own, other)| self.is_same(*own, *other))
    }

    /// The end of the occurrence that starts at `at`, with escapes decoded. A backslash is written as `level` backslashes.
    fn decoded(&self, text: &[u8], mut at: usize, level: usize) -> Option<usize> {
        for own in &self.bytes {
            let rest = text.get(at..)?;
            let (other, length) = if *own == b'\\' && backslashes(rest) >= level {
                (b'\\', level)
            } else {
                character(rest)?
            };
            if !self.is_same(*own, other) {
                return None;
            }
            at += length;
        }
        Some(at)
    }
}

/// The first character of a text, decoded, and the length of its escape.
fn character(text: &[u8]) -> Option<(u8, usize)> {
    let escape = match text.first()? {
        b'%' => percent(text),
        b'\\' => backslash(text),
        b'&' => entity(text),
        _ => None,
    };
    escape.or_else(|| Some((*text.first()?, 1)))
}

fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    let value = u32::from_str_radix(text, 16).ok()?;
    u8::try_from(value).ok()
}

/// Decodes `%41`, and `%2541`, which was encoded twice.
fn percent(text: &[u8]) -> Option<(u8, usize)> {
    let mut begin = 1;
    while text.get(begin..begin + 2) == Some(b"25")
        && text.get(begin + 2..begin + 4).and_then(hex).is_some()
    {
        begin += 2;
    }
    Some((hex(text.get(begin..begin + 2)?)?, begin + 2))
}

fn backslashes(text: &[u8]) -> usize {
    text.iter().take_while(|byte| **byte == b'\\').count()
}

/// Decodes `\u0041`, `\/`, and `\"`. JSON inside JSON has more backslashes.
fn backslash(text: &[u8]) -> Option<(u8, usize)> {
    let run = backslashes(text);
    match text.get(run)? {
        b'u' => Some((hex(text.get(run + 1..run + 5)?)?, run + 5)),
        b'x' => Some((hex(text.get(run + 1..run + 3)?)?, run + 3)),
        byte @ (b'/' | b'"' | b'\'') => Some((*byte, run + 1)),
        _ => None,
    }
}

/// Decodes `&amp;`, `&#65;`, and `&#x41;`.
fn entity(text: &[u8]) -> Option<(u8, usize)> {
    const NAMES: [(&[u8], u8); 5] = [
        (b"&amp;", b'&'),
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
        (b"&quot;", b'"'),
        (b"&apos;", b'\''),
    ];
    if let Some((name, byte)) = NAMES.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*byte, name.len()));
    }
    let number = text.strip_prefix(b"&#")?;
    let end = number
        .iter()
        .take(LONGEST_ENTITY)
        .position(|byte| *byte == b';')?;
    let digits = std::str::from_utf8(&number[..end]).ok()?;
    let value = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    Some((u8::try_from(value.ok()?).ok()?, end + 3))
}
