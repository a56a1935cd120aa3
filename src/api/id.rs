//! Identifiers assigned by the router: opaque, but never able to change a request's route.

use std::fmt;
use std::str::FromStr;

/// An opaque identifier. It is not empty and not a dot segment (URL libraries resolve `..` to the parent collection), and
/// contains neither `/` nor control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Id(String);

impl Id {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is a UUID in the form of RFC 9562 (section 4), in either case.
pub fn is_uuid(text: &str) -> bool {
    let is_part = |(part, length): (&str, usize)| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    text.split('-').count() == 5 && text.split('-').zip([8, 4, 4, 4, 12]).all(is_part)
}

impl FromStr for Id {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            Err("an ID can't be empty".to_owned())
        } else if matches!(text, "." | "..") {
            Err(format!("{text} is not an ID: it would change the route"))
        } else if text.contains('/') {
            Err("an ID can't contain `/`".to_owned())
        } else if text.chars().any(char::is_control) {
            Err("an ID can't contain control characters".to_owned())
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
