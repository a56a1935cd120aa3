//! Secrets in blocks of longer texts: private keys, XML, multipart forms, YAML, and INI.

use std::sync::LazyLock;

use regex::Regex;

use super::pairs::Source;
use super::pattern::{is_masked, mask_group, pattern, word};
use super::{MASK, names_secret};

static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(.*?)(?:-----END|\z)")
});

static PROPERTY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"<key>([^<]*)</key>\s*<[a-z]+>([^<]*)</"));

static PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?is)content-disposition:[^\r\n]*\bname="?([^";\r\n]+)"?[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n(.*?)(?:\r?\n--|\z)"#,
    )
});

static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?s)<(/?)([A-Za-z_][\w:.-]*)((?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?)>((?:\s*<!\[CDATA\[.*?(?:\]\]>|\z)|[^<]+)*)"#,
    )
});

static ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')"#));

/// A line that opens a block: its indentation, the name, and the indicator of a multi-line text.
static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"^([ \t]*(?:- +)*)["']?(["#,
        word!(),
        r#".%$@/\[\] -]+?)["']?[ \t]*:[ \t]*([|>][-+0-9]*)?[ \t]*(?:#.*)?$"#,
    ))
});

static SECTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \t]*\[+([^\[\]]+)\]+[ \t]*$"));

/// The value of a line in a block of secrets.
static VALUE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*(?:- +)*(?:[^\s:=#][^:=#]*(?::[ \t]+|[ \t]*=[ \t]*))?(.+)$"));

/// Masks secrets in blocks.
pub(super) fn blocks(text: &str, source: Source) -> String {
    let mut text = text.to_owned();
    // As in `shapes`: a pattern is not compiled where it can't match.
    if text.contains("-----BEGIN") {
        text = mask_group(text, &PRIVATE_KEY, 1, |_| true);
    }
    if text.contains("<key>") {
        text = mask_group(text, &PROPERTY, 2, |found| names_secret(&found[1]));
    }
    if text.contains('\n') && text.contains(':') {
        text = mask_group(text, &PART, 2, |found| names_secret(&found[1]));
    }
    indented(&elements(text), source)
}

/// Masks the content of elements named like a secret, or with such a name in an attribute.
fn elements(text: String) -> String {
    if !text.contains('<') {
        return text;
    }
    let mut hidden = Vec::new();
    // The end of the element with secret content.
    let mut secret_until = 0;
    for found in TAG.captures_iter(&text) {
        let (Some(name), Some(attributes), Some(content)) =
            (found.get(2), found.get(3), found.get(4))
        else {
            continue;
        };
        let local = name.as_str().rsplit(':').next().unwrap_or_default();
        // In a property list, the element `key` contains a name.
        let is_name = local == "key" && PROPERTY.is_match_at(&text, name.start() - 1);
        let mut is_secret = names_secret(local) && !is_name;
        let pairs = || ATTRIBUTE.captures_iter(attributes.as_str());
        let labels = ["name", "key", "id", "field", "property", "param"];
        let labelled = pairs().any(|pair| {
            let value = pair.get(2).or(pair.get(3));
            let value = value.map_or("", |value| value.as_str());
            labels.contains(&pair[1].to_ascii_lowercase().as_str()) && names_secret(value)
        });
        if labelled {
            is_secret = true;
            for pair in pairs() {
                let name = pair[1].to_ascii_lowercase();
                if let Some(value) = pair.get(2).or(pair.get(3))
                    && matches!(name.as_str(), "value" | "val" | "content" | "default")
                {
                    let begin = attributes.start();
                    hidden.push((begin + value.start(), begin + value.end()));
                }
            }
        }
        let is_open = found[1].is_empty() && !attributes.as_str().ends_with('/');
        if is_secret && is_open {
            let end = text[name.end()..].find(&format!("</{}", name.as_str()));
            // Without an end tag, the text may be cut, or it is a placeholder like `<KEY>` in a sentence.
            let begins = content.as_str().starts_with(|c: char| c.is_alphanumeric());
            match end {
                Some(end) => secret_until = secret_until.max(name.end() + end),
                None if begins => secret_until = secret_until.max(content.end()),
                None => {}
            }
        }
        if content.start() < secret_until && !content.is_empty() {
            let inner = content.as_str().trim();
            let inner = inner.strip_prefix("<![CDATA[").unwrap_or(inner);
            let inner = inner.strip_suffix("]]>").unwrap_or(inner);
            let begin = inner.as_ptr().addr() - text.as_ptr().addr();
            hidden.push((begin, begin + inner.len()));
        }
    }
    masked(&text, hidden)
}

/// The text with these ranges masked.
fn masked(text: &str, hidden: Vec<(usize, usize)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut written = 0;
    for (begin, end) in hidden {
        if begin >= written && !is_masked(&text[begin..end]) {
            out.push_str(&text[written..begin]);
            out.push_str(MASK);
            written = end;
        }
    }
    out + &text[written..]
}

/// Masks lines indented below the name of a secret, and sections with such a name in a configuration file.
fn indented(text: &str, source: Source) -> String {
    let mut hidden = Vec::new();
    // The open block: the indentation of its name, and whether a multi-line text follows.
    let mut open: Option<(usize, bool)> = None;
    let mut in_section = false;
    for line in text.lines() {
        let begin = line.as_ptr().addr() - text.as_ptr().addr();
        let bare = line.trim_start();
        let indentation = line.len() - bare.len();
        if bare.is_empty() {
            continue;
        }
        if let Some((above, is_text)) = open {
            let is_item = !is_text && indentation == above && bare.starts_with("- ");
            if indentation > above && is_text {
                hidden.push((begin + indentation, begin + line.len()));
                continue;
            }
            if indentation > above || is_item {
                hide_value(line, begin, &mut hidden);
                continue;
            }
            open = None;
        }
        if bare.starts_with('[')
            && let Some(section) = SECTION.captures(line)
        {
            in_section = source == Source::Composed && names_secret(&section[1]);
        } else if in_section {
            hide_value(line, begin, &mut hidden);
        } else if opens_block(line)
            && let Some(block) = BLOCK.captures(line)
            && names_secret(&block[2])
        {
            let is_text = block.get(3).is_some();
            // In prose, a colon may introduce a list.
            let counts = is_text || source == Source::Composed;
            open = counts.then_some((block[1].len(), is_text));
        }
    }
    masked(text, hidden)
}

/// Whether a line may be one that [`BLOCK`] matches: nothing but a mark or a comment stands behind a colon.
fn opens_block(line: &str) -> bool {
    let mut colons = line.match_indices(':');
    colons.any(|(at, _)| {
        let rest = line[at + 1..].trim_start();
        rest.is_empty() || rest.starts_with(['|', '>', '#'])
    })
}

/// Masks the value after the name in a line, or the complete line.
fn hide_value(line: &str, begin: usize, hidden: &mut Vec<(usize, usize)>) {
    let is_name = BLOCK
        .captures(line)
        .is_some_and(|block| block.get(3).is_none());
    if let Some(value) = VALUE.captures(line).and_then(|found| found.get(1))
        && !is_name
    {
        hidden.push((begin + value.start(), begin + value.end()));
    }
}
