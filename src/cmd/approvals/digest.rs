//! The digest of an approval's tool, workspace, and arguments, and the check that a response is unambiguous.

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
                "expected sha256: and 64 hexadecimal digits, as printed by `approvals show`"
                    .to_owned(),
            )
        }
    }
}

/// Limits for an approval that can be reviewed: bytes, and members at any depth.
const LONGEST: usize = 16 * 1024 * 1024;
const MOST_MEMBERS: usize = 100_000;

/// Refuses an approval that is too long to review, or has a duplicate member, or different values under two names of the
/// same fact (`args` and `arguments`, `risk` and `Risk`), because it would be unclear which one the router uses.
pub(super) fn check(document: &str) -> Result<(), Error> {
    if document.len() > LONGEST || json::has_more_members(document, MOST_MEMBERS) {
        return Err(Error::unavailable(format!(
            "the approval is too long to be reviewed (limits: {} MiB, {MOST_MEMBERS} members)",
            LONGEST / (1024 * 1024)
        )));
    }
    if let Some(duplicate) = json::duplicate_key(document) {
        return Err(Error::unavailable(format!(
            "the router's response has the duplicate member {duplicate:?}, so it is unclear what would run"
        )));
    }
    let members = json::entries(document).unwrap_or_default();
    for (names, others) in approvals::FACTS {
        let known = || names.iter().chain(*others);
        let present = members.iter().filter(|(name, value)| {
            value.get() != "null" && known().any(|known| case_folded(known) == case_folded(name))
        });
        let present: Vec<_> = present
            .map(|(name, value)| (name, canonical(value.get())))
            .collect();
        let Some((first, value)) = present.first() else {
            continue;
        };
        if let Some((other, _)) = present.iter().find(|(_, other)| other != value) {
            return Err(Error::unavailable(format!(
                "the router's response contradicts itself in {first} and {other}, so it is unclear what would run"
            )));
        }
        // A value under an unknown spelling would be ignored.
        let is_read = |name: &String| names.contains(&&**name);
        if let Some((unknown, _)) = present.iter().find(|(name, _)| !is_read(name))
            && !present.iter().any(|(name, _)| is_read(name))
        {
            return Err(Error::unavailable(format!(
                "the router's response spells {} as {unknown}, so it is unclear what would run",
                names[0]
            )));
        }
    }
    Ok(())
}

/// A name without case, underscores, hyphens, and invisible characters.
fn case_folded(name: &str) -> String {
    let letters = name.chars().filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// A value as text, independent of its layout.
fn canonical(value: &str) -> String {
    json::canonical(value).unwrap_or_else(|| json::compact(value))
}

/// The digest of the UTF-8 of `{"args":…,"tool":…,"workspace":…}` in its canonical text (see [`json::canonical`]).
/// `document` is the router's response.
///
/// # Errors
/// Exit 17 if the document is ambiguous or nested too deeply.
pub(super) fn of(document: &str) -> Result<Digest, Error> {
    check(document)?;
    let parts: Document = serde_json::from_str(document)
        .map_err(|_| Error::unavailable("the router's response is not an approval"))?;
    // As JSON, so that the number 1 and the text "1" differ.
    let part = |names: &[&str]| parts.json(names).unwrap_or_else(|| "null".to_owned());
    let text = json::object([
        ("args", &*part(approvals::ARGS)),
        ("tool", &*part(approvals::TOOL)),
        ("workspace", &*part(approvals::WORKSPACE)),
    ]);
    let Some(canonical) = json::canonical(&text) else {
        return Err(Error::unavailable(
            "the arguments are nested too deeply or contain invalid Unicode, so it is unclear what would run",
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
    fn digest_ignores_layout() {
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
    fn rejects_duplicate_members() {
        let duplicate = r#"{"tool_name":"t","args":{"a":{"x":1,"x":2}}}"#;
        assert_eq!(digest(duplicate).expect_err("refused").exit().code(), 17);
    }
}
