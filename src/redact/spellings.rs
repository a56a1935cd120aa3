//! Tests each name of a secret in each spelling: the secret is masked, and everything else stays.

use proptest::prelude::*;

use super::pairs::Source;
use super::tests::SECRETS;
use super::*;

/// Texts with a name and a secret. Only the secret is masked.
const SPELLINGS: &[&str] = &[
    "NAME: §",
    "NAME = §",
    "NAME=§",
    "NAME:§",
    "NAME=\"§\"",
    "NAME = '§'",
    "NAME: \"§\"\nuser: joe\n",
    "user: joe\nNAME: §\nregion: eu",
    "a:\n  - NAME: §\n    user: joe\n",
    "[db]\nuser = joe\nNAME = §\nport = 5\n",
    "# A comment\nexport NAME=§\nUSER=joe\n",
    "NAME:\t§\r\nuser:\tjoe\r\n",
    "user\tjoe\nNAME\t§\nregion\teu",
    "user=joe&NAME=§&limit=5",
    "Server=h;NAME=§;Database=d",
    "{NAME: §, user: joe}",
    "{NAME: '§', user: 'joe'}",
    "{\"user\":\"joe\",\"NAME\":\"§\"",
    "{'user': 'joe', 'NAME': '§'}",
    "{\\\"NAME\\\":\\\"§\\\",\\\"n\\\":1}",
    ":NAME => \"§\", :user => \"joe\"",
    "NAME := \"§\"",
    "bad NAME=§ here",
    "the request had NAME: §",
    "curl -d NAME=§ https://h/p",
    "curl -d 'NAME=§' https://h/p",
    "https://h/p?user=joe&NAME=§#top",
    "see https://h/p#NAME=§",
    "to=https%3A%2F%2Fh%2F%3FNAME%3D§%26user%3Djoe",
    "run --NAME=§ --limit 5",
    "run --NAME § --limit 5",
    "NAME: |\n  §\n  §\nuser: joe\n",
    "NAME: >-\n  §\nuser: joe\n",
    "Content-Disposition: form-data; name=\"NAME\"\r\n\r\n§\r\n--x--",
    "<r><user>joe</user><TAG>§</TAG></r>",
    "<r><TAG type=\"x\"> § </TAG><user>joe</user></r>",
    "<ns:TAG><![CDATA[§]]></ns:TAG><user>joe</user>",
    "<add key=\"NAME\" value=\"§\"/><add key=\"user\" value=\"joe\"/>",
    "<string name=\"NAME\">§</string><string name=\"user\">joe</string>",
    "<plist><key>NAME</key>\n<string>§</string><key>user</key><string>joe</string></plist>",
];

/// Spellings of credentials without a name.
const ALONE: &[&str] = &[
    "Authorization: Basic §",
    "Authorization: Bearer §",
    "curl -H 'Authorization: Bearer §' https://h/p",
    "curl -H \"Authorization: Token §\" https://h/p",
    "PUT /x HTTP/1.1\r\nHost: h\r\nAuthorization: Basic §\r\nAccept: */*\r\n",
    "Proxy-Authorization: Digest §",
    "bad header Bearer §",
    "curl -u joe:§ https://h/p",
    "curl --user joe:§ https://h/p",
    "machine h login joe password §",
    "the password is § now",
    "-----BEGIN RSA PRIVATE KEY-----§-----END RSA PRIVATE KEY-----",
];

/// A name that is valid in a spelling: in XML, only letters, digits, and some punctuation.
fn spelled(spelling: &str, name: &str) -> Option<String> {
    let is_plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let name = name.trim_start_matches('-');
    let is_tag = is_plain && !name.starts_with(|c: char| c.is_ascii_digit());
    (!spelling.contains("TAG") || is_tag)
        .then(|| spelling.replace("TAG", name).replace("NAME", name))
}

#[test]
fn masks_every_name_in_every_spelling() {
    for name in SECRETS.split(' ') {
        for spelling in SPELLINGS {
            let Some(text) = spelled(spelling, name) else {
                continue;
            };
            for source in [Source::Prose, Source::Composed] {
                let given = text.replace('§', "hunter2_0A");
                let masked = text::text_from(&given, source);
                assert_eq!(masked, text.replace('§', MASK), "{source:?}: {given}");
            }
        }
    }
}

#[test]
fn masks_a_short_key_in_prose_but_not_the_name_of_a_member() {
    for (text, shown) in [
        ("the request had key: AA+q.8R", "the request had key: ***"),
        ("duplicate key: name", "duplicate key: name"),
        ("duplicate key: node1", "duplicate key: node1"),
    ] {
        assert_eq!(text::text(text), shown);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, max_shrink_iters: 8, ..ProptestConfig::with_cases(24)
    })]

    #[test]
    fn masks_any_secret_and_nothing_else(
        secret in "[A-Za-z0-9][A-Za-z0-9_/+.-]{4,20}[0-9][A-Z]",
        name in prop::sample::select(SECRETS.split(' ').collect::<Vec<_>>()),
    ) {
        let texts = SPELLINGS.iter().filter_map(|spelling| spelled(spelling, name));
        for text in texts.chain(ALONE.iter().map(|text| (*text).to_owned())) {
            check(&text, &secret)?;
        }
    }
}

/// Checks a text with `§` as the placeholder for the secret.
fn check(spelling: &str, secret: &str) -> Result<(), TestCaseError> {
    let given = spelling.replace('§', secret);
    let shown = spelling.replace('§', MASK);
    for source in [Source::Prose, Source::Composed] {
        let masked = text::text_from(&given, source);
        prop_assert_eq!(&*masked, &*shown, "{:?}: {}", source, given);
        let again = text::text_from(&masked, source);
        prop_assert_eq!(&*again, &*shown, "again: {}", given);
    }
    prop_assert!(!payload(&given).contains(secret), "{}", given);
    prop_assert!(!word(&given).contains(secret), "{}", given);
    Ok(())
}
