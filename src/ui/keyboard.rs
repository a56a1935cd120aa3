//! Single keys, for screens that are operated with them.

#[cfg(unix)]
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
};

/// A key that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Ctrl-U, which clears a line.
    Clear,
    /// Ctrl-L, which draws the screen again.
    Redraw,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Page Up.
    PageUp,
    /// Page Down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
    /// The end of input: the terminal is gone.
    Gone,
}

/// The names of keys in the sequences of terminals.
const SEQUENCES: [(&str, Key); 16] = [
    ("[A", Key::Up),
    ("OA", Key::Up),
    ("[B", Key::Down),
    ("OB", Key::Down),
    ("[5~", Key::PageUp),
    ("[6~", Key::PageDown),
    ("[H", Key::Home),
    ("OH", Key::Home),
    ("[1~", Key::Home),
    ("[7~", Key::Home),
    ("[F", Key::End),
    ("OF", Key::End),
    ("[4~", Key::End),
    ("[8~", Key::End),
    ("[Z", Key::BackTab),
    ("OM", Key::Enter),
];

const ESCAPE: u8 = 0x1b;

/// Takes the first key from the bytes that were read. `None` if there is none, or if more of it is to come, which is not
/// the case when nothing came for a while (`is_idle`). Unknown keys are skipped.
pub(super) fn next(bytes: &mut Vec<u8>, is_idle: bool) -> Option<Key> {
    while let Some(first) = bytes.first().copied() {
        let (count, key) = match first {
            ESCAPE => sequence(bytes, is_idle)?,
            b'\r' | b'\n' => (1, Some(Key::Enter)),
            b'\t' => (1, Some(Key::Tab)),
            0x08 | 0x7f => (1, Some(Key::Backspace)),
            0x15 => (1, Some(Key::Clear)),
            0x0c => (1, Some(Key::Redraw)),
            0x04 => (1, Some(Key::Gone)),
            0..0x20 => (1, None),
            _ => character(bytes, is_idle)?,
        };
        bytes.drain(..count.min(bytes.len()));
        if key.is_some() {
            return key;
        }
    }
    None
}

/// The length of a sequence that starts with Escape, and its key.
fn sequence(bytes: &[u8], is_idle: bool) -> Option<(usize, Option<Key>)> {
    let rest = &bytes[1..];
    let known = SEQUENCES
        .iter()
        .find(|(name, _)| rest.starts_with(name.as_bytes()));
    if let Some((name, key)) = known {
        return Some((1 + name.len(), Some(*key)));
    }
    match rest.first() {
        // More may follow, unless it was Escape itself.
        None => is_idle.then_some((1, Some(Key::Escape))),
        Some(b'[') => {
            let end = rest[1..]
                .iter()
                .position(|byte| (0x40..=0x7e).contains(byte));
            match end {
                Some(end) => Some((end + 3, None)),
                None => is_idle.then_some((bytes.len(), None)),
            }
        }
        Some(b'O') if rest.len() > 1 => Some((3, None)),
        Some(b'O') if !is_idle => None,
        Some(_) => Some((1, Some(Key::Escape))),
    }
}

/// The length of a character, and the character if it is one.
fn character(bytes: &[u8], is_idle: bool) -> Option<(usize, Option<Key>)> {
    let start = &bytes[..bytes.len().min(4)];
    let (valid, error) = match std::str::from_utf8(start) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default();
            (valid, Some(error))
        }
    };
    if let Some(c) = valid.chars().next() {
        let key = (!c.is_control()).then_some(Key::Char(c));
        return Some((c.len_utf8(), key));
    }
    let is_begun = error.is_some_and(|error| error.error_len().is_none());
    (!is_begun || is_idle).then_some((1, None))
}

/// The keyboard in a mode in which keys are read one by one and not shown. Keys that send signals still do.
#[cfg(unix)]
#[derive(Default)]
pub(super) struct Keyboard {
    /// The modes that were found, while ours are set.
    found: Option<Termios>,
}

#[cfg(unix)]
impl Keyboard {
    /// Sets the modes, again if another program has changed them, and drops what was typed before that.
    pub(super) fn set(&mut self) {
        let is_new = self.found.is_none();
        let found = match self.found.take() {
            Some(found) => found,
            None => match tcgetattr(rustix::stdio::stdin()) {
                Ok(found) => found,
                Err(_) => return,
            },
        };
        let mut wanted = found.clone();
        wanted.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        wanted.local_modes |= LocalModes::ISIG;
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &wanted);
        if is_new {
            let _ = tcflush(rustix::stdio::stdin(), QueueSelector::IFlush);
        }
        self.found = Some(found);
    }

    /// Restores the modes that were found.
    pub(super) fn restore(&mut self) {
        if let Some(found) = self.found.take() {
            let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &found);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut bytes = bytes.to_vec();
        std::iter::from_fn(|| next(&mut bytes, true)).collect()
    }

    #[test]
    fn reads_characters_and_the_sequences_of_terminals() {
        assert_eq!(keys(b"q/"), [Key::Char('q'), Key::Char('/')]);
        assert_eq!(keys("日é".as_bytes()), [Key::Char('日'), Key::Char('é')]);
        assert_eq!(
            keys(b"\x1b[A\x1bOB\x1b[5~\x1b[Z\t\r\x7f\x15"),
            [
                Key::Up,
                Key::Down,
                Key::PageUp,
                Key::BackTab,
                Key::Tab,
                Key::Enter,
                Key::Backspace,
                Key::Clear,
            ]
        );
        assert_eq!(keys(b"\x1b"), [Key::Escape]);
        assert_eq!(keys(b"\x1bq"), [Key::Escape, Key::Char('q')]);
        // An arrow with Ctrl, a function key, and bytes that are no text.
        assert_eq!(keys(b"\x1b[1;5Aq"), [Key::Char('q')]);
        assert_eq!(keys(b"\x1bOPq\xff\xfeq"), [Key::Char('q'); 2]);
    }

    #[test]
    fn waits_for_the_rest_of_a_key() {
        for start in [&b"\x1b"[..], b"\x1b[", b"\x1b[1;", b"\x1bO", b"\xe6\x97"] {
            let mut bytes = start.to_vec();
            assert_eq!(next(&mut bytes, false), None, "{start:?}");
            assert_eq!(bytes, start);
        }
        let mut bytes = b"\x1b[".to_vec();
        assert_eq!(next(&mut bytes, true), None);
        assert!(bytes.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut left = bytes.clone();
            let mut count = 0;
            while next(&mut left, true).is_some() {
                count += 1;
            }
            prop_assert!(left.is_empty() && count <= bytes.len());
        }
    }
}
