//! Uninterpreted bytes on standard output.

use crate::error::Error;
use crate::sanitize;
use crate::session::BodySink;
use crate::ui::Ui;

/// Writes bytes to standard output unchanged, or on a terminal with control characters escaped.
pub(super) struct Stream<'a> {
    ui: &'a Ui,
    escape: bool,
    /// The bytes of an incomplete character.
    rest: Vec<u8>,
    last: u8,
}

impl BodySink for Stream<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.last = bytes.last().copied().unwrap_or(self.last);
        if !self.escape {
            return self.ui.write(bytes);
        }
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        let (text, rest) = shown(&all, false);
        self.rest = rest;
        self.ui.print(&text)
    }

    fn is_out_of_sight(&self) -> bool {
        !self.ui.terminals().output && self.ui.has_own_output()
    }

    fn restart(&mut self) -> bool {
        false
    }
}

impl<'a> Stream<'a> {
    /// Creates a stream; `unsafe_raw` disables escaping.
    pub(super) fn new(ui: &'a Ui, unsafe_raw: bool) -> Self {
        Self {
            ui,
            escape: ui.terminals().output && !unsafe_raw,
            rest: Vec::new(),
            last: b'\n',
        }
    }

    /// Writes the remaining bytes.
    pub(super) fn finish(self) -> Result<(), Error> {
        if !self.escape {
            return Ok(());
        }
        let (mut text, _) = shown(&self.rest, true);
        // The shell's prompt must start on a new line.
        if self.last != b'\n' {
            text.push('\n');
        }
        self.ui.print(&text)
    }
}

/// The bytes as text for a terminal, and the bytes of an incomplete character at their end.
fn shown(mut bytes: &[u8], is_end: bool) -> (String, Vec<u8>) {
    let mut text = String::new();
    loop {
        match std::str::from_utf8(bytes) {
            Ok(rest) => {
                text.push_str(&sanitize::block(rest));
                return (text, Vec::new());
            }
            Err(error) => {
                let (good, bad) = bytes.split_at(error.valid_up_to());
                text.push_str(&sanitize::block(&String::from_utf8_lossy(good)));
                let Some(count) = error.error_len() else {
                    if !is_end {
                        return (text, bad.to_vec());
                    }
                    for byte in bad {
                        text.push_str(&format!("\\x{byte:02x}"));
                    }
                    return (text, Vec::new());
                };
                for byte in &bad[..count] {
                    text.push_str(&format!("\\x{byte:02x}"));
                }
                bytes = &bad[count..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_non_text_bytes() {
        let (text, rest) = shown(b"a\tb\n\x1b[31m\xff\xe2\x82", false);
        assert_eq!(text, "a\tb\n\\u001b[31m\\xff");
        assert_eq!(rest, b"\xe2\x82");
        assert_eq!(shown(b"\xe2\x82", true).0, "\\xe2\\x82");
    }

    proptest! {
        #[test]
        fn chunk_boundaries_do_not_matter(
            bytes in proptest::collection::vec(any::<u8>(), 0..80),
            at in 0_usize..80,
        ) {
            let at = at.min(bytes.len());
            let (first, mut rest) = shown(&bytes[..at], false);
            rest.extend_from_slice(&bytes[at..]);
            let (second, _) = shown(&rest, true);
            prop_assert_eq!(first + &second, shown(&bytes, true).0);
        }
    }
}
