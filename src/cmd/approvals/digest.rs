//! The digest of what an approval would let run: the same tool, workspace and arguments give the same digest.

use sha2::{Digest as _, Sha256};

use crate::api::approvals;
use crate::api::document::Document;
use crate::error::Error;
use crate::json;

/// `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digest(String);

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("sha256:").unwrap_or_default();
        if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(
                "a digest is sha256: and 64 hexadecimal digits, as `approvals show` tells it"
                    .to_owned(),
            )
        }
    }
}

/// Refuses an approval that names a member twice, or says the same under two names in two ways: whether it is a risk, a
/// tool or an argument, nobody could tell which of the two counts.
///
/// # Errors
/// Exit 17.
pub(super) fn check(document: &str) -> Result<(), Error> {
    if let Some(double) = json::doubled(document) {
        return Err(Error::unavailable(format!(
            "the router's answer names the member {double:?} twice, so nobody can tell what would run"
        )));
    }
    let Ok(parts) = serde_json::from_str::<Document>(document) else {
        return Ok(());
    };
    for names in [approvals::TOOL, approvals::WORKSPACE] {
        let mut said = names.iter().filter_map(|name| parts.json(&[*name]));
        let first = said.next();
        if said.any(|other| Some(other) != first) {
            return Err(Error::unavailable(format!(
                "the router's answer contradicts itself in {}, so nobody can tell what would run",
                names.join(" and ")
            )));
        }
    }
    Ok(())
}

/// The digest of the UTF-8 of `{"args":…,"tool":…,"workspace":…}` in its canonical text (see [`json::canonical`]).
/// `document` is the approval as the router sent it.
///
/// # Errors
/// Exit 17 when the document names a member twice or is nested too deeply: two readers could see two things in it.
pub(super) fn of(document: &str) -> Result<Digest, Error> {
    check(document)?;
    let parts: Document = serde_json::from_str(document)
        .map_err(|_| Error::unavailable("the router's answer is no approval"))?;
    // As JSON, so that a text and what merely looks like it are two things.
    let part = |names: &[&str]| parts.json(names).unwrap_or_else(|| "null".to_owned());
    let whole = json::object([
        ("args", &*part(approvals::ARGS)),
        ("tool", &*part(approvals::TOOL)),
        ("workspace", &*part(approvals::WORKSPACE)),
    ]);
    let Some(canonical) = json::canonical(&whole) else {
        return Err(Error::unavailable(
            "what would run is nested too deeply, or holds text that is no Unicode: nobody can tell what it is",
        ));
    };
    let hash = Sha256::digest(canonical.as_bytes());
    let digits = hash
        .iter()
        .fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    Ok(Digest(format!("sha256:{digits}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(document: &str) -> Result<Digest, Error> {
        of(document)
    }

    #[test]
    fn the_layout_does_not_matter_and_the_meaning_does() {
        let one = r#"{"id":"a","tool_name":"t","workspace_id":"w","args":{"b":[1,2],"a":"é"}}"#;
        // printf '%s' '{"args":{"a":"é","b":[1,2]},"tool":"t","workspace":"w"}' | sha256sum
        let expected = "sha256:40524852e03ea216a843e2c6134a3b5bb121d88544bf6949d20d5235b4b3c963";
        let same =
            r#"{"workspace_id":"w", "tool" : "t", "args": {"a":"\u00e9", "b":[1, 2]}, "id":"z"}"#;
        assert_eq!(digest(one).expect("a digest").to_string(), expected);
        assert_eq!(digest(same).expect("a digest").to_string(), expected);
        for other in [
            r#"{"tool_name":"t","workspace_id":"w","args":{"a":"é","b":[1,2.0]}}"#,
            r#"{"tool_name":"T","workspace_id":"w","args":{"a":"é","b":[1,2]}}"#,
            r#"{"tool_name":"t","workspace_id":"w"}"#,
        ] {
            assert_ne!(digest(other).expect("a digest").to_string(), expected);
        }
    }

    #[test]
    fn a_member_twice_is_refused() {
        let twice = r#"{"tool_name":"t","args":{"a":{"x":1,"x":2}}}"#;
        assert_eq!(digest(twice).expect_err("refused").exit().code(), 17);
    }
}
