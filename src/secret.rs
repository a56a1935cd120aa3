//! A key or a token: it can be sent and stored, but not printed.

/// A secret text. It has neither `Display` nor `Debug`, so that no message, trace or panic can hold it.
#[derive(Clone, serde::Deserialize)]
#[serde(from = "String")]
pub struct Secret(String);

/// Why a text can't be a key. None of the reasons repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// There is nothing in it.
    Empty,
    /// It holds control characters or characters that an HTTP header can't carry.
    Characters,
}

impl Unusable {
    /// The second half of a sentence that starts with where the key came from.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::Characters => {
                "holds line breaks, spaces or other characters that a key can't have"
            }
        }
    }
}

impl Secret {
    /// Wraps a text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Takes a key out of a file, a variable or an argument: one trailing newline goes, the rest must
    /// be visible ASCII, for it travels in a header (RFC 9110, section 5.5).
    ///
    /// # Errors
    /// When nothing is left, or when it holds what a header can't carry.
    pub fn key(text: &str) -> Result<Self, Unusable> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            return Err(Unusable::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Unusable::Characters);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text itself, for the header or the file that it belongs in.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}
