//! Requests composed by the user: the allowed paths below the base URL, and the allowed headers.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, HeaderValue,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

use super::request::{Method, Request};
use crate::redact::is_harmless_header;

/// Headers that only this program sets, because they select the router, carry the key, or frame the message (RFC 9110,
/// section 7.6.1; RFC 9112, section 6).
const OWN: &[HeaderName] = &[
    AUTHORIZATION,
    PROXY_AUTHORIZATION,
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    UPGRADE,
    TE,
    TRAILER,
    EXPECT,
];

/// The maximum number of characters of a path in a request's name.
const LONGEST_SHOWN: usize = 200;

/// A path below the base URL, with its query. It starts with `/` and contains only characters that are valid in a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// The path as used in the URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its query has a parameter of this name.
    pub fn asks_for(&self, name: &str) -> bool {
        let query = self.0.split_once('?').map_or("", |(_, query)| query);
        let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
        names.any(|found| found == name)
    }

    /// A request for this path. Only a read is retried.
    pub fn request(&self, method: Method) -> Request {
        let mut request = Request::new("", method, [""; 0]);
        // A query may contain secrets, and a long path is not readable.
        let path = self.0.split('?').next().unwrap_or_default();
        let begin: String = path.chars().take(LONGEST_SHOWN).collect();
        let dots = if begin.len() < path.len() { "…" } else { "" };
        request.action = format!("{} {begin}{dots}", method.word()).into();
        let path = self.0.split(['/', '?']).skip(1);
        request.path = path
            .map(|segment| String::from_utf8_lossy(&decoded(segment)).into_owned())
            .collect();
        request.target = Some(self.0.clone());
        request.once = method.writes();
        request
    }
}

impl std::str::FromStr for Path {
    type Err = String;

    /// Parses a path as typed, or as copied from the documents with a leading `/v1`. Escapes are kept; other characters
    /// that are invalid in a URL are escaped.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = match text.strip_prefix("/v1") {
            Some(rest) if rest.starts_with('/') => rest.to_owned(),
            Some(rest) if rest.is_empty() || rest.starts_with('?') => format!("/{rest}"),
            _ => text.to_owned(),
        };
        if text.chars().any(char::is_control) {
            return Err("a path can't contain control characters".to_owned());
        }
        if text.contains("://") && !text.starts_with('/') {
            return Err("a path is required instead of a complete URL; to use another router: --base-url or --context".to_owned());
        }
        if !text.starts_with('/') {
            return Err(format!("a path must start with `/`: /{text}"));
        }
        if text.contains('#') {
            return Err("a path can't have a fragment; write `#` as %23".to_owned());
        }
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query).filter(|query| !query.is_empty())),
            None => (text.as_str(), None),
        };
        if path.starts_with("//") {
            return Err("a path can't start with `//`, which would name another host".to_owned());
        }
        let decoded = decoded(path);
        let mut segments = decoded.split(|byte| matches!(byte, b'/' | b'\\'));
        // Some servers ignore the text after a semicolon.
        let name = |segment: &[u8]| {
            segment
                .split(|byte| *byte == b';')
                .next()
                .map(<[u8]>::to_vec)
        };
        if segments.any(|segment| matches!(name(segment).as_deref(), Some(b"." | b".."))) {
            return Err("a path can't contain the segments `.` and `..`".to_owned());
        }
        let mut target = escaped(path);
        if let Some(query) = query {
            target.push('?');
            target.push_str(&escaped(query));
        }
        Ok(Self(target))
    }
}

/// A request's headers from the command line, with values masked if needed.
pub fn shown_headers(request: &Request) -> impl Iterator<Item = (&str, &str)> {
    let headers = request.headers.iter().filter(|_| request.target.is_some());
    headers.map(|(name, value)| {
        let name = name.as_ref();
        (
            name,
            if is_harmless_header(name) {
                value
            } else {
                "***"
            },
        )
    })
}

/// Parses a header as typed, `name: value`.
///
/// # Errors
/// If it is not a header, or one that only this program sets.
pub fn header(text: &str) -> Result<(String, String), String> {
    let Some((name, value)) = text.split_once(':') else {
        return Err("a header must have the form `name: value`".to_owned());
    };
    let (name, value) = (name.trim(), value.trim());
    let Ok(known) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(format!("{name:?} is not a valid header name"));
    };
    if OWN.contains(&known) {
        return Err(format!(
            "the header {name} is set by this program{}",
            if known == AUTHORIZATION {
                ": the key comes from --api-key-file, or from the deployment"
            } else {
                ""
            }
        ));
    }
    if HeaderValue::from_str(value).is_err() {
        return Err(format!(
            "the value of {name} contains characters that are not allowed in a header"
        ));
    }
    Ok((known.as_str().to_owned(), value.to_owned()))
}

/// Decodes percent-encoding (RFC 3986, section 2.1).
fn decoded(text: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(text).collect()
}

/// Percent-encodes characters that are invalid in a path or a query (RFC 3986, sections 3.3 and 3.4).
fn escaped(text: &str) -> String {
    let is_escape = |tail: &str| matches!(tail.as_bytes(), [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('%').enumerate() {
        if at > 0 {
            out.push_str(if is_escape(part) { "%" } else { "%25" });
        }
        out.extend(utf8_percent_encode(part, FOREIGN));
    }
    out
}

/// Characters that are invalid in a path or a query.
const FOREIGN: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> Result<String, String> {
        text.parse().map(|Path(path)| path)
    }

    #[test]
    fn shortens_only_long_paths() {
        let action = |path: &str| {
            let path: Path = path.parse().expect("a path");
            path.request(Method::Get).action.into_owned()
        };
        assert_eq!(action("/agents?token=x"), "GET /agents");
        let long = action(&format!("/{}", "a".repeat(LONGEST_SHOWN)));
        assert_eq!(long, format!("GET /{}…", "a".repeat(LONGEST_SHOWN - 1)));
    }

    #[test]
    fn accepts_typed_and_copied_paths() {
        for (typed, sent) in [
            ("/agents", "/agents"),
            ("/", "/"),
            ("/v1/agents", "/agents"),
            ("/v1agents", "/v1agents"),
            ("/v1", "/"),
            ("/v1?a=b", "/?a=b"),
            ("/agents?limit=5&status=a b", "/agents?limit=5&status=a%20b"),
            ("/a%2Fb/c%", "/a%2Fb/c%25"),
            ("/a\\b", "/a%5Cb"),
            ("/bücher?q=a/b?c", "/b%C3%BCcher?q=a/b?c"),
            ("/a?to=../../x", "/a?to=../../x"),
            ("/a/...", "/a/..."),
        ] {
            assert_eq!(path(typed), Ok(sent.to_owned()), "{typed}");
        }
    }

    #[test]
    fn rejects_paths_to_other_hosts() {
        for typed in [
            "",
            "agents",
            "?limit=1",
            "//evil.example/x",
            "/v1//evil.example/x",
            "https://evil.example/v1",
            "/a/../b",
            "/..",
            "/a/./b",
            "/a/%2e%2E/b",
            "/a/%2e",
            "/a/.%2e/b",
            "/a%2f..%2fb",
            "/a\\..\\b",
            "/a#b",
            "/a/..;x/b",
            "/a\r\nb",
            "/a\u{7f}",
        ] {
            assert!(path(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn rejects_reserved_headers() {
        for text in [
            "Authorization: Bearer x",
            "HOST: evil.example",
            "content-length: 0",
            "Transfer-Encoding: chunked",
            "authorization : x",
            "no colon",
            ": empty",
            "a b: c",
            "x: a\r\nhost: b",
        ] {
            assert!(header(text).is_err(), "{text}");
        }
        assert_eq!(
            header("X-Trace-Id:  a: b "),
            Ok(("x-trace-id".to_owned(), "a: b".to_owned()))
        );
    }

    proptest! {
        /// For any input, the resulting URL is below the base URL.
        #[test]
        fn no_path_escapes_the_base_url(text in "(/|/v1/|//)?([a-z.%/\\\\?#@: \t\u{e9}]|%2[eEfF]|\\.\\.){0,12}") {
            if let Ok(Path(path)) = text.parse::<Path>() {
                let url = reqwest::Url::parse(&format!("https://router.example/p/v1{path}"));
                let url = url.expect("a URL");
                prop_assert_eq!(url.host_str(), Some("router.example"));
                prop_assert!(url.path().starts_with("/p/v1/"), "{}", url);
                prop_assert_eq!(url.as_str(), format!("https://router.example/p/v1{path}"));
            }
        }
    }
}
