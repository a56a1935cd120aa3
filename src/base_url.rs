//! Server URLs: a router's base URL, `https://api.example/<project>/v1`, or the root URL of a squads API.

use std::net::IpAddr;

use reqwest::Url;

/// A validated URL: http or https, a host, a path, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    origin: Origin,
    project: String,
}

/// Scheme, host, and port (RFC 6454). A key belongs to one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: String,
    /// The host, in lower case; an IPv6 address in brackets.
    pub host: String,
    /// The port, or the scheme's default if the URL has none.
    pub port: u16,
}

impl BaseUrl {
    /// Parses a router's base URL. One trailing slash is removed.
    ///
    /// # Errors
    /// A sentence with the problem and an example.
    pub fn parse(text: &str) -> Result<Self, String> {
        let example =
            |what| format!("{what}; expected a base URL like https://api.example/PROJECT/v1");
        let wrong = |what| Err(example(what));
        let (url, origin) = checked(text).map_err(|wrong| wrong.with(example))?;
        let path = url.path().strip_suffix('/').unwrap_or(url.path());
        let Some(before) = path.strip_suffix("/v1") else {
            return wrong("the base URL does not end in /v1");
        };
        let project = before.rsplit('/').next().unwrap_or_default();
        if project.is_empty() {
            return wrong("the base URL has no project before /v1");
        }
        // Many servers merge slashes, so two URLs could name the same server.
        if path.contains("//") {
            return wrong("the base URL has an empty segment in its path");
        }
        Ok(Self {
            text: url
                .as_str()
                .strip_suffix('/')
                .unwrap_or(url.as_str())
                .to_owned(),
            project: project.to_owned(),
            origin,
        })
    }

    /// Parses the root URL of a squads API, whose paths all start with `/api`. Trailing slashes and a trailing `/api` are
    /// accepted and removed.
    ///
    /// # Errors
    /// A sentence with the problem and an example.
    pub fn parse_root(text: &str) -> Result<Self, String> {
        let example = |what| format!("{what}; expected a root URL like http://localhost:3100");
        let (url, origin) = checked(text).map_err(|wrong| wrong.with(example))?;
        let root = url.as_str().trim_end_matches('/');
        let path = url.path().trim_end_matches('/');
        let root = match path.strip_suffix("/api") {
            Some(_) => root.strip_suffix("/api").unwrap_or(root),
            None => root,
        };
        Ok(Self {
            text: root.trim_end_matches('/').to_owned(),
            project: String::new(),
            origin,
        })
    }

    /// The URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The segment before `/v1`. Empty in the root URL of a squads API.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The host, with the port if it is not the scheme's own.
    pub fn authority(&self) -> String {
        let Origin { scheme, host, port } = &self.origin;
        match (scheme.as_str(), port) {
            ("https", 443) | ("http", 80) => host.clone(),
            _ => format!("{host}:{port}"),
        }
    }

    /// What a key belongs to.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether a key may be sent: over https, or to this machine.
    pub fn is_safe_for_keys(&self) -> bool {
        self.origin.scheme == "https" || self.is_loopback()
    }

    /// Whether both URLs may reach the same project on the same router, allowing for all spellings and for lenient servers.
    pub fn is_same_place(&self, other: &Self) -> bool {
        let (a, b) = (&self.origin, &other.origin);
        let host = |base: &Self| base.origin.host.trim_end_matches('.').to_owned();
        let path = |base: &Self| plain_path(base.text.splitn(4, '/').nth(3).unwrap_or_default());
        a.scheme == b.scheme
            && a.port == b.port
            && (host(self) == host(other)
                || self.address().is_some() && self.address() == other.address()
                || self.is_this_machine() && other.is_this_machine())
            && path(self) == path(other)
    }

    /// Whether the host is a loopback address or name. A name can resolve to any address, so check the address before
    /// sending a key.
    pub fn is_loopback(&self) -> bool {
        if let Some(address) = self.address() {
            return address.is_loopback();
        }
        let host = self.origin.host.trim_end_matches('.');
        host == "localhost" || host.ends_with(".localhost")
    }

    /// Whether the host is this machine. This includes the unspecified address. Systems connect it to this machine by
    /// convention only, so no key is sent to it.
    fn is_this_machine(&self) -> bool {
        self.is_loopback()
            || self
                .address()
                .is_some_and(|address| address.is_unspecified())
    }

    /// The host's IP address, if it is one. An IPv4-mapped IPv6 address is returned as IPv4.
    fn address(&self) -> Option<IpAddr> {
        let host = self.origin.host.trim_start_matches('[');
        let address: IpAddr = host.trim_end_matches(']').parse().ok()?;
        Some(address.to_canonical())
    }
}

/// A problem with a URL.
enum Wrong {
    /// A wrong form, which is shown with an example.
    Form(&'static str),
    /// Another problem, as a complete sentence.
    Other(&'static str),
}

impl Wrong {
    fn with(self, example: impl Fn(&'static str) -> String) -> String {
        match self {
            Self::Form(what) => example(what),
            Self::Other(sentence) => sentence.to_owned(),
        }
    }
}

/// Parses an http or https URL with nothing after its path, and normalizes its spelling.
fn checked(text: &str) -> Result<(Url, Origin), Wrong> {
    // The URL parser would silently remove these.
    if text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return Err(Wrong::Form(
            "the base URL contains spaces, backslashes, or control characters",
        ));
    }
    let host = text.split(['/', '?', '#']).nth(2).unwrap_or_default();
    if host.contains('[') && host.contains('%') {
        return Err(Wrong::Other(
            "the base URL has an IPv6 zone ID (%…), which is not supported; use an address without one, or a host name",
        ));
    }
    let Ok(mut url) = Url::parse(text) else {
        return Err(Wrong::Form("this is not a URL"));
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Wrong::Form(
            "the base URL does not start with https:// or http://",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Wrong::Other(
            "the base URL contains a user name or password; store keys with --api-key-file or `xeroctl config`",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Wrong::Form("the base URL contains a query or a fragment"));
    }
    let plain = unreserved(url.path());
    url.set_path(&plain);
    match origin(&url) {
        Some(origin) => Ok((url, origin)),
        None => Err(Wrong::Form("the base URL has no host")),
    }
}

/// Decodes percent-encoded unreserved characters in a path (RFC 3986, section 6.2.2.2).
fn unreserved(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let (before, encoded) = rest.split_at(at);
        out.push_str(before);
        let length = encoded.len().min(3);
        let code = encoded.get(1..length);
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        let character = byte
            .map(char::from)
            .filter(|c| c.is_ascii_alphanumeric() || "-._~".contains(*c));
        match character {
            Some(c) => out.push(c),
            None => out.push_str(encoded.get(..length).unwrap_or(encoded)),
        }
        rest = encoded.get(length..).unwrap_or_default();
    }
    out + rest
}

fn origin(url: &Url) -> Option<Origin> {
    Some(Origin {
        scheme: url.scheme().to_owned(),
        host: url.host_str()?.to_owned(),
        port: url.port_or_known_default()?,
    })
}

/// The segments of a path as the most lenient server reads them: percent-decoded, without empty segments or text after
/// a semicolon, and with dot segments resolved.
fn plain_path(path: &str) -> Vec<String> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut segments = Vec::new();
    for segment in decoded.split(['/', '\\']) {
        match segment.split(';').next().unwrap_or_default() {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment.to_owned()),
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_trailing_slash_and_finds_project() {
        let base = BaseUrl::parse("https://API.Example:443/mount/proj_1/v1/").expect("is valid");
        assert_eq!(base.as_str(), "https://api.example/mount/proj_1/v1");
        assert_eq!(base.project(), "proj_1");
        assert_eq!(base.origin().port, 443);
    }

    #[test]
    fn squads_root_is_the_same_with_and_without_api() {
        for (text, root) in [
            ("http://localhost:3100", "http://localhost:3100"),
            ("http://localhost:3100//", "http://localhost:3100"),
            ("http://LOCALHOST:3100/api", "http://localhost:3100"),
            ("https://squads.example:443/api/", "https://squads.example"),
            (
                "https://host.example/mount/api",
                "https://host.example/mount",
            ),
            ("https://host.example/mount/", "https://host.example/mount"),
            ("https://host.example/api/api", "https://host.example/api"),
            ("https://host.example/myapi", "https://host.example/myapi"),
        ] {
            let parsed = BaseUrl::parse_root(text).expect(text);
            assert_eq!(parsed.as_str(), root, "{text}");
        }
        for text in [
            "",
            "localhost:3100",
            "ftp://h",
            "http://u:p@h",
            "http://h/?x=1",
        ] {
            assert!(BaseUrl::parse_root(text).is_err(), "{text}");
        }
    }

    #[test]
    fn recognizes_all_spellings_of_a_url() {
        let same = |a: &str, b: &str| {
            let parse = |text| BaseUrl::parse(text).expect(text);
            parse(a).is_same_place(&parse(b))
        };
        let prod = "https://api.example/proj/v1";
        for other in [
            "https://API.example/proj/v1/",
            "https://api.example:443/proj/v1",
            "https://api.example./proj/v1",
            "https://api.example/%70roj/v1",
            "https://api.example/x/../proj/v1",
            "https://api.example/%2Fproj/v1",
            "https://api.example/x/..%2fproj/v1",
            "https://api.example/proj;a/v1",
        ] {
            assert!(same(prod, other), "{other}");
        }
        let root = |text: &str| BaseUrl::parse_root(text).expect("a root");
        assert!(root("http://h//team").is_same_place(&root("http://h/team/api")));
        let local = "http://127.0.0.1:8/p/v1";
        for host in [
            "localhost",
            "localhost.",
            "router.localhost",
            "127.9.9.9",
            "127.1",
            "0.0.0.0",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:0.0.0.0]",
        ] {
            assert!(same(local, &format!("http://{host}:8/p/v1")), "{host}");
        }
        assert!(!same(local, "http://192.0.2.1:8/p/v1"));
        assert!(same(
            "http://[::ffff:192.0.2.1]/p/v1",
            "http://192.0.2.1/p/v1"
        ));
        for other in [
            "http://api.example/proj/v1",
            "https://api.example:8443/proj/v1",
            "https://api.example/other/v1",
            "https://api.example/mount/proj/v1",
        ] {
            assert!(!same(prod, other), "{other}");
        }
    }

    #[test]
    fn rejects_invalid_base_urls() {
        for text in [
            "",
            "api.example/p/v1",
            "ftp://api.example/p/v1",
            "https://api.example/v1",
            "https://api.example/p",
            "https://api.example/p/v1//",
            "https://api.example/p/v1?x=1",
            "https://api.example/p/v1#x",
            "https://user:word@api.example/p/v1",
            "https://api.example/../v1",
            "https://api.example/p/v1 ",
            "https://api.example//v1",
            "https://api.example//p/v1",
            "https:///p/v1x",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn explains_zone_ids() {
        for text in [
            "http://[fe80::1%25eth0]:8/p/v1",
            "http://[fe80::1%eth0]/p/v1",
        ] {
            let why = BaseUrl::parse(text).expect_err(text);
            assert!(why.contains("zone ID"), "{why}");
        }
    }

    #[test]
    fn key_requires_https_or_loopback() {
        for (text, safe) in [
            ("https://api.example/p/v1", true),
            ("http://127.0.0.1:1/p/v1", true),
            ("http://127.9.9.9/p/v1", true),
            ("http://[::1]:8080/p/v1", true),
            ("http://localhost/p/v1", true),
            ("http://localhost./p/v1", true),
            ("http://router.localhost/p/v1", true),
            ("http://[::ffff:127.0.0.1]/p/v1", true),
            ("http://0.0.0.0/p/v1", false),
            ("http://[::]/p/v1", false),
            ("http://[::ffff:0.0.0.0]/p/v1", false),
            ("http://[::ffff:10.0.0.1]/p/v1", false),
            ("http://api.example/p/v1", false),
            ("http://10.0.0.1/p/v1", false),
            ("http://localhost.example/p/v1", false),
        ] {
            let base = BaseUrl::parse(text).expect(text);
            assert_eq!(base.is_safe_for_keys(), safe, "{text}");
        }
    }
}
