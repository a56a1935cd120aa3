//! Tests: names of secrets, secrets in texts, and known secrets.

use base64::Engine as _;

use super::*;
use crate::secret::Secret;

/// Names of secrets.
pub(super) const SECRETS: &str = "\
key KEY api-key api_key apikey apiKey X-API-Key access_key AWSAccessKeyId private_key privatekey sshKey keys \
secret client_secret secret_id token tokens access_token accesstoken refreshToken ToKeN password db_password \
PASSWORD2 passwd pwd user[password] pass passphrase auth X-Auth oauth2 authorization sig X-Amz-Signature \
signature jwt session session_id PHPSESSID jsessionid bearer credential X-Amz-Credential credentials cookie \
set-cookie connectionString connection_string pat github_pat githubPat otp pin %74oken %2574oken to%6Ben \
p%61ssword --api-key --password config.token pwds passphrases passwords authz authn apikey2 apiKeys APIKEYS \
private-key-pem client_secret_1 clientSecrets dsn sentryDsn database_dsn db_dsn_2 connection_strings connString \
creds oauth pats pins sessions basicauth httpAuth dbpwd p%61sswords %61pi%4Bey pass%2Dword 2ndPassword \
signingKey3 refresh-tokens hmac pw1 session_id_2 recovery_codes";

/// Names that only look like it.
const OTHERS: &str = "\
= name monkey keyboard keyword author authority path cwdPath compat pattern patch dispatch public_key \
publicKey pubkey --public-key urlKey permissionKey adapterConfigKey issueKey idempotency-key task_key key_id \
api_key_id token_type key_name --api-key-file --token-file --api-key-command --show-secrets max_tokens \
totalInputTokens tokenizer secretary passive compass pinned design assign signal obsession sessionless \
region page_token data sort_key keys_total total_keys num_tokens token_count tokenCounts tokens_used tokensUsed \
tokens_per_minute key_ids public_keys publicKeyPem signing_public_key author authored_at authors authorId \
password_changed_at token_expires_at token_expires_in secret_version key_version auth_method password_required \
max_sessions token_status keystroke max_output_tokens used_tokens passport passes passenger assets sid%65bar";

#[test]
fn recognizes_names_in_every_spelling() {
    for name in SECRETS.split(' ') {
        assert!(names_secret(name), "{name}");
    }
    for name in OTHERS.split(' ').chain(["", "="]) {
        assert!(!names_secret(name), "{name}");
    }
}

#[test]
fn masks_command_line_words_by_name() {
    for (given, shown) in [
        ("password=s3cret", "password=***"),
        ("-fpassword=s3cret", "-fpassword=***"),
        ("-qFpwd=1", "-qFpwd=***"),
        ("--raw-field=api_key=s3cret", "--raw-field=api_key=***"),
        ("name=n", "name=n"),
        ("/a?token=s3cret&after=x", "/a?token=***&after=x"),
        ("/a?%74oken=s3cret", "/a?%74oken=***"),
        ("/tokens?after=x", "/tokens?after=x"),
        ("/a;sid=s3cret/b", "/a;sid=***"),
        ("/a?x=1#access_token=s3cret", "/a?x=1#access_token=***"),
        ("/a?to=https%3A%2F%2Fh%2F%3Fsig%3Ds3cret", "/a?to=***"),
        (
            "--base-url=https://u:s3cret@h/p/v1",
            "--base-url=https://***@h/p/v1",
        ),
        (
            "--base-url=https://u:s3/c@ret@h/p/v1",
            "--base-url=https://***@h/p/v1",
        ),
        ("u:s3cret@h/p/v1", "***@h/p/v1"),
        ("s3cret@h/p/v1", "***@h/p/v1"),
        ("--base-url=u:s3cret@h:80/p/v1", "--base-url=***@h:80/p/v1"),
        ("https://h/p/v1#token=s3cret", "https://h/p/v1#token=***"),
        ("https://h/p/v1#token:s3cret", "https://h/p/v1#token:***"),
        ("https://h:8080/a@b", "https://h:8080/a@b"),
        ("joe@example.com", "joe@example.com"),
        ("password:s3cret", "password:***"),
        ("-fpin:s3cret two", "-fpin:***"),
        ("password:must", "password:***"),
        ("bearer s3cret0", "bearer ***"),
        ("sk-abcdefghijklmnop", "***"),
        ("xero_live_s3cret", "***"),
        ("eyJhbGciOi.eyJzdWIiOi.s3cret", "***"),
        ("@xero_arguments.json", "@xero_arguments.json"),
        ("/keys:rotate", "/keys:rotate"),
        (
            "/x?type=urn:ietf:params:oauth:token",
            "/x?type=urn:ietf:params:oauth:token",
        ),
        ("https://h/p/v1?key=s3cret", "https://h/p/v1?key=***"),
        (
            r#"{"password":"s3cret","n":1}"#,
            r#"{"password":"***","n":1}"#,
        ),
        (
            r#"{"a":{"pin":1234,"ok":true}}"#,
            r#"{"a":{"pin":"***","ok":true}}"#,
        ),
        (r#"{"password":"s3cret"#, r#"{"password":"***"#),
        (r#"body={"jwt":"s3cret"}"#, r#"body={"jwt":"***"}"#),
        (r#"credentials={"a":"s3cret"}"#, "credentials=***"),
        ("url=https://h/?sig=s3cret", "url=https://h/?sig=***"),
        ("token=", "token="),
        ("--limit=5", "--limit=5"),
        ("agt_1", "agt_1"),
    ] {
        assert_eq!(word(given), shown, "{given}");
        assert_eq!(word(shown), shown, "again: {given}");
    }
}

#[test]
fn masks_prose_and_keeps_it_readable() {
    for (given, shown) in [
        ("bad token=s3cret here", "bad token=*** here"),
        (r#"bad "apiKey": "s3 cret", n"#, r#"bad "apiKey": "***", n"#),
        (
            r#"{\"apiKey\":\"s3cret\",\"n\":1}"#,
            r#"{\"apiKey\":\"***\",\"n\":1}"#,
        ),
        (r#"{"pin": 1234, "n": 1}"#, r#"{"pin": ***, "n": 1}"#),
        (
            "at https://u:p@h/?sig=a%20b&c=d.",
            "at https://***@h/?sig=***&c=d.",
        ),
        (
            "authorization: Bearer abc123def",
            "authorization: Bearer ***",
        ),
        (
            "Bearer authentication is missing",
            "Bearer authentication is missing",
        ),
        ("invalid token: expired", "invalid token: expired"),
        (r#"secret="two words" x"#, r#"secret="***" x"#),
        ("a == b", "a == b"),
        ("invalid key: agent_id", "invalid key: agent_id"),
        ("unexpected token: foo", "unexpected token: foo"),
        (
            "password: must be at least 8",
            "password: must be at least 8",
        ),
        ("auth::Token is unknown", "auth::Token is unknown"),
        ("missing <password> in it", "missing <password> in it"),
        (
            "--api-key and --api-key-file",
            "--api-key and --api-key-file",
        ),
        ("Basic infrastructure", "Basic infrastructure"),
        ("a=1 (token=s3cret).", "a=1 (token=***)."),
        ("Cookie: a=s3cret; b=s3cret", "Cookie: ***"),
        (
            "Authorization: Digest a=\"s3cret\", r=\"s3cret\"",
            "Authorization: Digest ***",
        ),
        ("token abcdefghijklmnopqrstuvwxyzabcdefgh", "token ***"),
        ("key AKIAIOSFODNN7EXAMPLE used", "key *** used"),
        ("", ""),
    ] {
        assert_eq!(text(given), shown, "{given}");
        assert_eq!(text(shown), shown, "again: {given}");
    }
}

const KEY: &str = "xero_test/Sentinel+Key\"0\\1";

/// The key with each byte spelled in another way.
fn spelled(byte: impl Fn(u8) -> String) -> String {
    KEY.bytes().map(byte).collect::<Vec<_>>().concat()
}

#[test]
fn masks_known_secrets_in_every_spelling() {
    let known = KnownSecrets::new([&Secret::new(KEY)]);
    let percent: String = spelled(|byte| format!("%{byte:02x}"));
    let twice = percent.replace('%', "%25");
    let json = serde_json::Value::from(KEY).to_string();
    let units: String = spelled(|byte| format!("\\u{byte:04X}"));
    let nested = serde_json::Value::from(json.as_str()).to_string();
    let html: String = spelled(|byte| format!("&#{byte};"));
    let html = html.replace("&#34;", "&quot;");
    let spellings = [
        KEY.to_owned(),
        KEY.to_lowercase(),
        percent.to_uppercase().replace("%5F", "_"),
        percent,
        twice,
        json.trim_matches('"').replace('/', "\\/"),
        json,
        units,
        html,
    ];
    // Long texts are searched in another way first.
    let long = "plain text ".repeat(1000);
    for (around, spelling) in ["", &long]
        .into_iter()
        .flat_map(|around| spellings.iter().map(move |spelling| (around, spelling)))
    {
        let text = format!("{around}<{spelling}>{around}");
        assert_eq!(known.redact(&text).matches("***").count(), 1, "{text}");
        let left = known.redact(&text).replace("***", "").replace(around, "");
        assert!(left.len() <= 4, "{text}: {left}");
    }
    assert_eq!(known.redact(&long), long);
    assert!(!known.redact(&nested).contains("Sentinel"), "{nested}");
    for before in ["", "a", "ab", "abc"] {
        let text = base64::engine::general_purpose::STANDARD.encode(format!("{before}{KEY}"));
        let left = known.redact(&text).replace("***", "");
        assert!(left.len() <= 8, "{before}: {text}: {left}");
        let masked = known.redact(&format!("{long}{text}")).replace(&long, "");
        assert_eq!(masked.replace("***", ""), left, "{before}: {text}");
    }
}

#[test]
fn short_secrets_mask_only_whole_words() {
    let redact = |secret: &str, text: &str| {
        let known = KnownSecrets::new([&Secret::new(secret)]);
        (
            known.redact(text).into_owned(),
            known.redact_document(text).into_owned(),
        )
    };
    let both = |text: &str| (text.to_owned(), text.to_owned());
    assert_eq!(redact("abcd1234", "x abcd1234y"), both("x ***y"));
    assert_eq!(
        redact("abc123", r#"{"abc123":"xabc123"}"#),
        (
            r#"{"***":"x***"}"#.to_owned(),
            r#"{"abc123":"xabc123"}"#.to_owned()
        )
    );
    assert_eq!(redact("abc", "bad key abc.").0, "bad key ***.");
    assert_eq!(
        redact("abc", "alphabet abc_d 'abc'").0,
        "alphabet abc_d '***'"
    );
    assert_eq!(redact("", "anything"), both("anything"));
}

#[test]
fn masks_non_text_bytes() {
    let known = KnownSecrets::new([&Secret::new("xero_test_0123456789")]);
    let bytes = b"\xff\x00xero_test_0123456789\xfe";
    assert_eq!(
        known.redact_bytes(bytes).as_deref(),
        Some(&b"\xff\x00***\xfe"[..])
    );
    assert_eq!(known.redact_bytes(b"\xff\x00"), None);
}

#[test]
fn trace_shows_only_harmless_members() {
    let token = "xjt_Sentinel0123456789";
    let body = serde_json::json!({
        "id": "jk_1", "name": format!("n {token}"), "token": token, token: "x", "unknown": "y",
        "public_key": "AAAA", "publicKey": "BBBB", "description": "d token=abc",
        "storage_limit_bytes": 5, "pin": 1234, "count": 7, "on": true, "none": null,
        "message": format!("see https://h/?a={token}"),
        "adapterConfig": {"env": {"A": "s3"}}, "supported_tiers": ["a", token],
    });
    let expected = serde_json::json!({
        "id": "jk_1", "name": "n ***", "token": "***", "***": "***", "unknown": "***",
        "public_key": "AAAA", "publicKey": "BBBB", "description": "d token=***",
        "storage_limit_bytes": 5, "pin": "***", "count": 7, "on": true, "none": null,
        "message": "see https://h/?a=***",
        "adapterConfig": "***", "supported_tiers": ["a", "***"],
    });
    assert_eq!(traced(body), expected);
    assert_eq!(shown_header("set-cookie", "a=b"), "***");
    assert_eq!(
        shown_header("location", "https://h/?code=1&token=x"),
        "https://h/?code=***&token=***"
    );
}
