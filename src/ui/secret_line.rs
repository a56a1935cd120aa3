//! A line of hidden input, built from single keys.

/// The terminal's control characters; `None` for a function that has no key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keys {
    pub(super) interrupt: Option<u8>,
    pub(super) quit: Option<u8>,
    pub(super) suspend: Option<u8>,
    pub(super) erase: Option<u8>,
    pub(super) kill: Option<u8>,
    pub(super) end: Option<u8>,
}

/// A key that sends a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Interrupt,
    Quit,
    Suspend,
}

/// The effect of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The line continues.
    More,
    /// Enter.
    Done,
    /// The end of input.
    End,
    /// A key that sends a signal.
    Signal(Key),
}

/// The line typed so far.
pub(super) struct SecretLine {
    bytes: Vec<u8>,
    most: usize,
    is_too_long: bool,
}

const BACKSPACE: u8 = 8;
const DELETE: u8 = 127;

impl SecretLine {
    /// An empty line of at most `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self {
            bytes: Vec::new(),
            most,
            is_too_long: false,
        }
    }

    /// Takes a byte.
    pub(super) fn take(&mut self, byte: u8, keys: &Keys) -> Step {
        let is = |key: Option<u8>| key == Some(byte);
        if matches!(byte, b'\r' | b'\n') {
            return Step::Done;
        }
        if is(keys.interrupt) {
            self.clear();
            return Step::Signal(Key::Interrupt);
        }
        if is(keys.quit) {
            self.clear();
            return Step::Signal(Key::Quit);
        }
        if is(keys.suspend) {
            self.clear();
            return Step::Signal(Key::Suspend);
        }
        if is(keys.end) {
            return if self.is_empty() {
                Step::End
            } else {
                Step::More
            };
        }
        if is(keys.kill) {
            self.clear();
        } else if is(keys.erase) || matches!(byte, BACKSPACE | DELETE) {
            self.erase();
        } else if self.bytes.len() < self.most {
            self.bytes.push(byte);
        } else {
            self.is_too_long = true;
        }
        Step::More
    }

    /// Whether the line is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.is_too_long
    }

    /// The line, or `None` if it is too long.
    pub(super) fn finish(self) -> Option<String> {
        let text = || String::from_utf8_lossy(&self.bytes).into_owned();
        (!self.is_too_long).then(text)
    }

    /// Deletes the last character.
    fn erase(&mut self) {
        let is_inner = |byte: u8| byte & 0xc0 == 0x80;
        while self.bytes.pop().is_some_and(is_inner) {}
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.is_too_long = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Keys = Keys {
        interrupt: Some(3),
        quit: Some(28),
        suspend: Some(26),
        erase: Some(b'#'),
        kill: Some(21),
        end: Some(4),
    };

    /// Types on a line of at most eight bytes.
    fn typed(keys: &str) -> (Step, Option<String>) {
        let mut line = SecretLine::new(8);
        let mut last = Step::More;
        for byte in keys.bytes() {
            assert_eq!(last, Step::More, "{keys:?}");
            last = line.take(byte, &KEYS);
        }
        (last, line.finish())
    }

    #[test]
    fn accepts_every_form_of_enter() {
        for enter in ["\r", "\n"] {
            let (step, line) = typed(&format!("abc{enter}"));
            assert_eq!((step, line.as_deref()), (Step::Done, Some("abc")));
        }
    }

    #[test]
    fn edits_the_line() {
        for (keys, line) in [
            ("ab\u{7f}c", "ac"),
            ("ab\u{8}c", "ac"),
            ("ab#c", "ac"),
            ("a\u{e9}\u{20ac}\u{7f}\u{7f}b", "ab"),
            ("\u{7f}\u{7f}a", "a"),
            ("abc\u{15}d", "d"),
            ("123456789\u{15}ab", "ab"),
        ] {
            let (step, typed) = typed(keys);
            assert_eq!(
                (step, typed.as_deref()),
                (Step::More, Some(line)),
                "{keys:?}"
            );
        }
    }

    #[test]
    fn rejects_overlong_lines() {
        assert_eq!(typed("12345678\r").1.as_deref(), Some("12345678"));
        assert_eq!(typed("123456789\r"), (Step::Done, None));
        assert_eq!(typed("123456789\u{7f}\u{7f}\r"), (Step::Done, None));
    }

    #[test]
    fn input_ends_only_on_an_empty_line() {
        assert_eq!(typed("\u{4}").0, Step::End);
        let (step, line) = typed("a\u{4}");
        assert_eq!((step, line.as_deref()), (Step::More, Some("a")));
        assert_eq!(typed("a\u{15}\u{4}").0, Step::End);
    }

    #[test]
    fn signal_keys_discard_the_line() {
        for (key, sent) in [
            ("\u{3}", Key::Interrupt),
            ("\u{1c}", Key::Quit),
            ("\u{1a}", Key::Suspend),
        ] {
            let (step, line) = typed(&format!("ab{key}"));
            assert_eq!((step, line.as_deref()), (Step::Signal(sent), Some("")));
        }
    }
}
