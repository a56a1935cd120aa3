//! Texts of a document put out of sight, the rest left as it is.

use super::Tokens;

/// What stands in the place of a secret text.
const MASK: &str = "\"***\"";

/// An object or an array that is open.
struct Open {
    /// The member that it is the value of.
    name: Option<String>,
    /// Every text in it is a secret.
    is_secret: bool,
}

/// The document with `***` in the place of every text below a member that is secret, and how many there were.
/// `is_secret` is given the name of the member and of the member above it. `text` must be valid JSON.
#[must_use]
pub fn mask(text: &str, is_secret: impl Fn(Option<&str>, &str) -> bool) -> (String, usize) {
    let mut out = String::with_capacity(text.len());
    let mut open: Vec<Open> = Vec::new();
    // The member whose value comes next.
    let mut member: Option<String> = None;
    let mut count = 0;
    let mut written = 0;
    let mut tokens = Tokens(text).peekable();
    while let Some(token) = tokens.next() {
        let around = open.last();
        let secret = |member: Option<&str>| {
            around.is_some_and(|open| open.is_secret)
                || member.is_some_and(|name| {
                    is_secret(around.and_then(|open| open.name.as_deref()), name)
                })
        };
        match token.as_bytes().first() {
            Some(b'{' | b'[') => {
                let is_secret = secret(member.as_deref());
                // An array is no level of its own: its items belong to the same member.
                let name = match (member.take(), around) {
                    (None, Some(open)) => open.name.clone(),
                    (name, _) => name,
                };
                open.push(Open { name, is_secret });
            }
            Some(b'}' | b']') => drop(open.pop()),
            Some(b',') => member = None,
            Some(b'"') if tokens.peek() == Some(&":") => {
                // One that is no Unicode can only be looked at as it is spelled.
                let name = serde_json::from_str(token).unwrap_or_else(|_| token.to_owned());
                member = Some(name);
            }
            Some(b'"') if token != MASK && secret(member.as_deref()) => {
                let start = token.as_ptr().addr() - text.as_ptr().addr();
                out.push_str(&text[written..start]);
                out.push_str(MASK);
                written = start + token.len();
                count += 1;
            }
            _ => {}
        }
    }
    out.push_str(&text[written..]);
    (out, count)
}
