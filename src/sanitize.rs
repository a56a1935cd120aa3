//! Escapes hidden characters, so that untrusted text can't control the terminal or mislead the reader.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

/// The maximum number of combining marks on one character. Further ones are escaped. No script needs more.
const MOST_MARKS: usize = 10;
/// The maximum number of joiners in one emoji. The longest standard emoji has three.
const MOST_JOINERS: usize = 4;
/// Zero-width joiner: joins two emoji into one.
const JOINER: char = '\u{200d}';
/// Variation selector 16: selects the emoji form of a character.
const AS_EMOJI: char = '\u{fe0f}';
/// Variation selector 15: selects the text form.
const AS_TEXT: char = '\u{fe0e}';
/// Combining keycap: turns a digit into a keycap emoji.
const KEYCAP: char = '\u{20e3}';
/// Black flag: starts the flags of subdivisions, such as Scotland.
const FLAG: char = '\u{1f3f4}';
/// The invisible tag sequences after the black flag: the three standard ones.
const REGIONS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

/// Whether a character is invisible or moves text: C0, DEL, C1, bidirectional controls, zero-width characters, line
/// and paragraph separators, and other invisible format characters (Unicode category Cf).
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{70f}'
        | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1345f}'
        | '\u{16fe4}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d159}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character is or may become an emoji (Unicode property `Extended_Pictographic`, approximated by blocks).
fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}'
        | '\u{24c2}'
        | '\u{25aa}'..='\u{25fe}'
        | '\u{2600}'..='\u{27bf}'
        | '\u{2900}'..='\u{297f}'
        | '\u{2b00}'..='\u{2bff}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Whether a character only changes the skin tone of the preceding emoji.
fn is_skin(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Scans a text and decides for each character whether to escape it. Escaped are hidden characters that aren't part of
/// an emoji, and excess combining marks.
struct Walk {
    /// The last base character.
    base: char,
    previous: char,
    marks: usize,
    joiners: usize,
    /// The number of following characters that belong to a flag.
    of_flag: usize,
}

impl Walk {
    fn new() -> Self {
        Self {
            base: ' ',
            previous: ' ',
            marks: 0,
            joiners: 0,
            of_flag: 0,
        }
    }

    /// Whether `c` must be escaped; `rest` follows it.
    fn escapes(&mut self, c: char, rest: &str) -> bool {
        let previous = std::mem::replace(&mut self.previous, c);
        if self.of_flag > 0 {
            self.of_flag -= 1;
            return false;
        }
        let next = || rest.chars().next();
        let escapes = match c {
            JOINER => {
                let joins = is_picture(self.base)
                    && (previous == AS_EMOJI || is_picture(previous))
                    && next().is_some_and(is_picture)
                    && self.joiners < MOST_JOINERS;
                self.joiners += usize::from(joins);
                !joins
            }
            AS_EMOJI if "0123456789#*".contains(previous) => next() != Some(KEYCAP),
            AS_EMOJI | AS_TEXT => !is_picture(previous),
            // Variation selectors for ideographs.
            '\u{fe00}'..='\u{fe02}' => previous.is_ascii() || !previous.is_alphanumeric(),
            c if is_hidden(c) => true,
            c if !c.is_ascii() && c.width() == Some(0) => {
                self.marks += 1;
                self.marks > MOST_MARKS
            }
            c if is_skin(c) && is_picture(previous) => false,
            c => {
                if previous != JOINER {
                    self.joiners = 0;
                }
                self.base = c;
                self.marks = 0;
                if c == FLAG {
                    self.of_flag = flag(rest);
                }
                false
            }
        };
        if escapes {
            // An escape is separate text: later characters can't combine with anything before it.
            self.previous = ' ';
        }
        escapes
    }
}

/// The number of characters after the black flag that belong to a standard flag sequence.
fn flag(rest: &str) -> usize {
    let is_tag = |c: &char| ('\u{e0020}'..='\u{e007f}').contains(c);
    let tags = rest.chars().take_while(is_tag);
    let letters: String = tags
        .clone()
        .filter_map(|c| char::from_u32(u32::from(c) - 0xe0000))
        .collect();
    let region = letters.strip_suffix('\u{7f}');
    if region.is_some_and(|region| REGIONS.contains(&region)) {
        tags.count()
    } else {
        0
    }
}

/// Calls `each` with every character of the text and whether to escape it.
pub(crate) fn walk(text: &str, mut each: impl FnMut(char, bool)) {
    let mut walk = Walk::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        each(c, walk.escapes(c, rest.as_str()));
    }
}

/// Whether a text contains characters to escape.
pub fn hides(text: &str) -> bool {
    let mut found = false;
    walk(text, |_, escapes| found |= escapes);
    found
}

/// Sanitizes text for one line, such as a cell, a name, or a message. Newlines and tabs are also escaped.
pub fn cell(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !hides(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    walk(text, |c, escapes| match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if escapes => push_escape(&mut out, c),
        c => out.push(c),
    });
    Cow::Owned(out)
}

/// Sanitizes text of several lines. Newlines and tabs are kept.
pub fn block(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    walk(text, |c, escapes| match c {
        '\n' | '\t' => out.push(c),
        '\r' => out.push_str("\\r"),
        c if escapes => push_escape(&mut out, c),
        c => out.push(c),
    });
    out
}

/// Whether a text is printable ASCII, the common case.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Cuts a text to `most` characters, followed by the size of the rest.
pub fn capped(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let Some((end, _)) = text.char_indices().nth(most) else {
        return Cow::Borrowed(text);
    };
    let more = text.len() - end;
    let more = match more {
        ..1_000 => format!("{more} bytes"),
        1_000..1_000_000 => format!("{} kB", more / 1_000),
        _ => format!("{} MB", more / 1_000_000),
    };
    Cow::Owned(format!("{}… ({more} more)", &text[..end]))
}

/// Appends an escape such as `\u001b` in JSON's form, with a surrogate pair beyond the basic plane, so that it is also
/// valid inside a JSON string (RFC 8259, section 7).
pub(crate) fn push_escape(out: &mut String, c: char) {
    use std::fmt::Write as _;
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        // Writing to a String can't fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_emoji_and_escapes_lone_parts() {
        for whole in [
            "family 👨‍👩‍👧‍👦 x",
            "👩🏻‍❤️‍💋‍👨🏿",
            "🏳️‍🌈 🏴‍☠️ 🇨🇭",
            "heart ❤️ thumb 👍🏽 keycap 1️⃣ #️⃣ ☎︎ ©️",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} eng",
            "葛\u{fe00}",
            "e\u{301}\u{301}\u{301} हिन्दी ไทย עברית",
        ] {
            assert_eq!(cell(whole), whole);
        }
        for (given, shown) in [
            ("zwj\u{200d}x", "zwj\\u200dx"),
            ("👨\u{200d}x", "👨\\u200dx"),
            ("👨\u{200d}\u{200d}👩", "👨\\u200d\\u200d👩"),
            ("a\u{fe0f}b", "a\\ufe0fb"),
            ("❤\u{fe0f}\u{fe0f}", "❤\u{fe0f}\\ufe0f"),
            ("1\u{fe0f}", "1\\ufe0f"),
            ("❤\u{fe05}", "❤\\ufe05"),
            ("a\u{e0041}\u{e007f}", "a\\udb40\\udc41\\udb40\\udc7f"),
            ("🏴\u{e0067}x", "🏴\\udb40\\udc67x"),
            (
                "\u{1bca0}\u{13430}\u{1343f}\u{fff0}\u{fff8}",
                "\\ud82f\\udca0\\ud80d\\udc30\\ud80d\\udc3f\\ufff0\\ufff8",
            ),
        ] {
            assert_eq!(cell(given), shown);
            assert!(!hides(&cell(given)), "{given}");
        }
    }

    #[test]
    fn limits_marks_and_joiners() {
        let marks = format!("e{}x", "\u{301}".repeat(1_000_000));
        let shown = cell(&marks);
        assert_eq!(shown.matches('\u{301}').count(), MOST_MARKS);
        assert!(shown.ends_with("\\u0301x"));
        let crowd = format!("👨{}", "\u{200d}👩".repeat(1000));
        for emoji in cell(&crowd).split("\\u200d") {
            assert!(emoji.matches('\u{200d}').count() <= MOST_JOINERS);
        }
    }

    #[test]
    fn cuts_long_text_and_reports_the_rest() {
        assert_eq!(capped("äöü", 3), "äöü");
        assert_eq!(capped("äöüß", 3), "äöü… (2 bytes more)");
        assert_eq!(capped(&"x".repeat(5_000_100), 4), "xxxx… (5 MB more)");
        assert_eq!(capped(&"x".repeat(5_004), 4), "xxxx… (5 kB more)");
    }
}
