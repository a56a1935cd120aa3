//! Masks texts in a JSON document and leaves the rest as it is.

use super::Tokens;

/// What stands instead of a secret text.
const MASK: &str = "\"***\"";

/// What of a document is secret.
pub trait Rules {
    /// Whether all below the member `name` is secret; `above` is the member that holds it.
    fn hides(&self, above: Option<&str>, name: &str) -> bool;

    /// Whether the text of the member `name` is shown although it is below a secret member.
    fn shows(&self, _above: Option<&str>, _name: &str) -> bool {
        false
    }

    /// Whether numbers are secret as texts are.
    fn hides_numbers(&self) -> bool {
        false
    }

    /// A text with its secret parts masked; none where it has none. `name` is the member that holds it, `before` the
    /// text before it in an array.
    fn text(&self, _name: Option<&str>, _before: Option<&str>, _text: &str) -> Option<String> {
        None
    }
}

/// Rules that go by the names of members alone.
struct ByName<F>(F);

impl<F: Fn(Option<&str>, &str) -> bool> Rules for ByName<F> {
    fn hides(&self, above: Option<&str>, name: &str) -> bool {
        self.0(above, name)
    }
}

/// An object or an array that is open.
struct Open {
    /// The member that it is the value of.
    name: Option<String>,
    /// Every text in it is a secret.
    is_secret: bool,
    /// The text before, in an array.
    before: Option<String>,
}

/// The document with `***` instead of every text below a member that is secret, and how many there were.
/// `is_secret` is given the name of the member and of the member above it. `text` must be valid JSON.
pub fn mask(text: &str, is_secret: impl Fn(Option<&str>, &str) -> bool) -> (String, usize) {
    mask_by(text, &ByName(is_secret))
}

/// As [`mask`], by rules of any kind.
pub fn mask_by(text: &str, rules: &impl Rules) -> (String, usize) {
    let mut out = String::with_capacity(text.len());
    let mut open: Vec<Open> = Vec::new();
    // The member whose value comes next.
    let mut member: Option<String> = None;
    let mut count = 0;
    let mut written = 0;
    let mut tokens = Tokens(text).peekable();
    while let Some(token) = tokens.next() {
        let around = open.last();
        let above = around.and_then(|open| open.name.as_deref());
        let secret = |member: Option<&str>| {
            around.is_some_and(|open| open.is_secret)
                || member.is_some_and(|name| rules.hides(above, name))
        };
        let first = token.as_bytes().first();
        let replacement = match first {
            Some(b'{' | b'[') => {
                let is_secret = secret(member.as_deref());
                // An array is not a level of its own: its items belong to the same member.
                let name = match (member.take(), around) {
                    (None, Some(open)) => open.name.clone(),
                    (name, _) => name,
                };
                open.push(Open {
                    name,
                    is_secret,
                    before: None,
                });
                continue;
            }
            Some(b'}' | b']') => {
                open.pop();
                continue;
            }
            Some(b',') => {
                member = None;
                continue;
            }
            Some(b'"') if tokens.peek() == Some(&":") => {
                // One that is not Unicode can only be looked at as it is spelled.
                let name = serde_json::from_str(token).unwrap_or_else(|_| token.to_owned());
                member = Some(name);
                continue;
            }
            Some(b'"') if token == MASK => None,
            Some(b'"') => {
                let shown = member
                    .as_deref()
                    .is_some_and(|name| rules.shows(above, name));
                if secret(member.as_deref()) && !shown {
                    Some(MASK.to_owned())
                } else {
                    in_part(rules, token, member.as_deref(), &mut open)
                }
            }
            Some(b'-' | b'0'..=b'9') if rules.hides_numbers() && secret(member.as_deref()) => {
                Some(MASK.to_owned())
            }
            _ => None,
        };
        if let Some(replacement) = replacement {
            let start = token.as_ptr().addr() - text.as_ptr().addr();
            out.push_str(&text[written..start]);
            out.push_str(&replacement);
            written = start + token.len();
            count += 1;
        }
    }
    out.push_str(&text[written..]);
    (out, count)
}

/// A text with its secret parts masked, as JSON; none where it has none.
fn in_part(
    rules: &impl Rules,
    token: &str,
    member: Option<&str>,
    open: &mut [Open],
) -> Option<String> {
    let value = serde_json::from_str::<String>(token).ok()?;
    let around = open.last_mut();
    // An item of an array belongs to the member that the array is the value of.
    let (name, before) = match (member, around) {
        (None, Some(open)) => (open.name.as_deref(), open.before.replace(value.clone())),
        (member, _) => (member, None),
    };
    let masked = rules.text(name, before.as_deref(), &value)?;
    (masked != value).then(|| serde_json::Value::from(masked).to_string())
}
