//! A key or token, which can be sent and stored but not printed.

/// A secret text. It implements neither `Display` nor `Debug`, so that no message, trace, or panic can contain it.
#[derive(Clone, serde::Deserialize)]
#[serde(from = "String")]
pub struct Secret(String);

/// The reason why a text can't be a key. It never contains the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// The text is empty.
    Empty,
    /// The text contains characters that an HTTP header can't carry.
    Characters,
}

impl Unusable {
    /// A predicate that follows the key's origin in a sentence.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::Characters => {
                "contains line breaks, spaces, or other characters that are not allowed in a key"
            }
        }
    }
}

impl Secret {
    /// Wraps a text unchanged.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Creates a key from the content of a file, a variable, or an argument. One trailing newline is removed. The rest must
    /// be visible ASCII, because it is sent in a header (RFC 9110, section 5.5).
    ///
    /// # Errors
    /// If nothing is left, or if it contains characters that a header can't carry.
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

    /// The secret text, for a header or a file.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}
