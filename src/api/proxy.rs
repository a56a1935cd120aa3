//! Proxies: reads the variables and decides which hosts bypass the proxy.

use std::net::IpAddr;

use ipnet::IpNet;
use reqwest::Url;

use super::retry::AttemptOutcome;
use crate::base_url::BaseUrl;
use crate::error::{Error, Exit};

/// The proxy schemes that the HTTP library supports.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A variable that is set.
#[derive(Clone)]
struct ProxySetting {
    name: &'static str,
    value: String,
}

/// The proxy variables, as set.
#[derive(Clone, Default)]
pub struct ProxySettings {
    http: Option<ProxySetting>,
    https: Option<ProxySetting>,
    all: Option<ProxySetting>,
    /// The hosts that bypass the proxy.
    none: Option<ProxySetting>,
}

/// A proxy as shown in messages, without credentials.
#[derive(Clone)]
pub struct ProxyUse {
    /// `scheme://host:port`.
    shown: String,
    /// The variable that sets it.
    variable: &'static str,
}

impl ProxyUse {
    /// The proxy and its origin.
    pub(super) fn text(&self) -> String {
        format!("{} (from {})", self.shown, self.variable)
    }

    /// The hint for a proxy that requires credentials.
    pub(super) fn credentials_hint(&self) -> String {
        format!(
            "add the proxy's credentials to {}: scheme://USER:PASSWORD@host:port",
            self.variable
        )
    }
}

/// A proxy in use.
#[derive(Clone)]
pub(super) struct Proxy {
    /// The URL with credentials.
    url: Url,
    pub(super) via: ProxyUse,
}

impl Proxy {
    pub(super) fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(super) fn for_client(&self) -> Result<reqwest::Proxy, Error> {
        reqwest::Proxy::all(self.url.clone()).map_err(|_| unusable(self.via.variable))
    }
}

impl ProxySettings {
    /// Reads the variables, lower case first, as curl does. If `REQUEST_METHOD` is set, `HTTP_PROXY` is ignored, because in
    /// a CGI process it contains a request header.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name| variable(name).map(|value| ProxySetting { name, value });
        let either = |lower, upper| read(lower).or_else(|| read(upper));
        let cgi = variable("REQUEST_METHOD").is_some();
        Self {
            http: read("http_proxy").or_else(|| read("HTTP_PROXY").filter(|_| !cgi)),
            https: either("https_proxy", "HTTPS_PROXY"),
            all: either("all_proxy", "ALL_PROXY"),
            none: either("no_proxy", "NO_PROXY"),
        }
    }

    /// The proxy for a base URL. Loopback hosts have none.
    ///
    /// # Errors
    /// Exit 3 if the variable in effect is not a valid proxy. The client never connects directly instead.
    pub(super) fn to(&self, base: &BaseUrl) -> Result<Option<Proxy>, Error> {
        let origin = base.origin();
        let scheme = if origin.scheme == "https" {
            &self.https
        } else {
            &self.http
        };
        let exempt = |list: &ProxySetting| is_exempt(&list.value, &origin.host, origin.port);
        let Some(setting) = scheme.as_ref().or(self.all.as_ref()) else {
            return Ok(None);
        };
        if base.is_loopback() || self.none.as_ref().is_some_and(exempt) {
            return Ok(None);
        }
        let url = read_url(&setting.value).ok_or_else(|| unusable(setting.name))?;
        let port = url
            .port()
            .map_or_else(String::new, |port| format!(":{port}"));
        let host = url.host_str().unwrap_or_default();
        Ok(Some(Proxy {
            via: ProxyUse {
                shown: format!("{}://{host}{port}", url.scheme()),
                variable: setting.name,
            },
            url,
        }))
    }
}

fn unusable(variable: &str) -> Error {
    Error::config(format!("{variable} does not hold the URL of a proxy"))
        .hint(format!(
            "write http://HOST:PORT (schemes: {}; special characters in a password percent-encoded)",
            SCHEMES.join(", ")
        ))
        .hint("or unset it, or add the server's host to NO_PROXY")
}

/// Parses a proxy URL. The default scheme is http, as in curl.
fn read_url(text: &str) -> Option<Url> {
    let text = text.trim();
    let url = if text.contains("://") {
        Url::parse(text)
    } else {
        Url::parse(&format!("http://{text}"))
    };
    let url = url.ok()?;
    // The HTTP library would ignore an invalid proxy.
    let uri: hyper::Uri = url.as_str().parse().ok()?;
    let is_usable = SCHEMES.contains(&url.scheme())
        && url.host_str().is_some_and(|host| !host.is_empty())
        && uri.authority().is_some()
        && url.query().is_none()
        && url.fragment().is_none();
    is_usable.then_some(url)
}

/// Whether `NO_PROXY` includes this host. As in curl, entries are separated by commas or spaces. An entry is a name, which
/// includes its subdomains and may have dots around it, an address, or a network. In addition, `*.name` means `name`,
/// and an entry may have a port and brackets.
fn is_exempt(list: &str, host: &str, port: u16) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().ok();
    let entries = list.split(|c: char| c == ',' || c.is_whitespace());
    entries.filter(|entry| !entry.is_empty()).any(|entry| {
        let (entry, only) = split_port(entry);
        let is_named = match address {
            Some(address) => names_address(&entry, address),
            None => names_host(&entry, bare),
        };
        only.is_none_or(|only| only == port) && (entry == "*" || is_named)
    })
}

/// An entry without brackets, and its port.
fn split_port(entry: &str) -> (String, Option<u16>) {
    if let Some((address, rest)) = entry
        .strip_prefix('[')
        .and_then(|inner| inner.split_once(']'))
    {
        let port = rest.strip_prefix(':').and_then(|port| port.parse().ok());
        return match port {
            Some(port) => (address.to_owned(), Some(port)),
            // The prefix length of a network, if any.
            None => (format!("{address}{rest}"), None),
        };
    }
    if let Some((name, port)) = entry.split_once(':')
        && let Ok(port) = port.parse()
        && !name.is_empty()
    {
        return (name.to_owned(), Some(port));
    }
    (entry.to_owned(), None)
}

fn names_address(entry: &str, address: IpAddr) -> bool {
    let is_it = |named: IpAddr| named.to_canonical() == address.to_canonical();
    entry.parse().is_ok_and(is_it)
        || entry
            .parse::<IpNet>()
            .is_ok_and(|network| network.contains(&address))
}

fn names_host(entry: &str, host: &str) -> bool {
    let lower = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    let (entry, host) = (lower(entry), lower(host));
    let entry = entry.strip_prefix('*').unwrap_or(&entry);
    let entry = entry.strip_prefix('.').unwrap_or(entry);
    let before = host.strip_suffix(entry);
    !entry.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The proxy problem in an error of the HTTP library, if any. The error types are private, so this matches texts, which
/// the tests check.
pub(super) fn failure(causes: &str) -> Option<(AttemptOutcome<'static>, &'static str)> {
    const AUTH: AttemptOutcome<'_> = AttemptOutcome::Barred(Exit::Auth);
    let about = |part: &str| causes.contains(part);
    if about("proxy authorization required") {
        Some((AUTH, "the proxy requires credentials (HTTP 407)"))
    } else if about("credentials not accepted") || about("user/pass authentication") {
        Some((AUTH, "the proxy does not accept the credentials"))
    } else if about("underlying connection") || about("connecting to socks proxy") {
        Some((AttemptOutcome::Unreachable, "no connection to the proxy"))
    } else if about("tunnel error") {
        let what = "the proxy does not connect to the host of the base URL";
        Some((AttemptOutcome::Unreachable, what))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_matches_hosts_networks_and_ports() {
        for (list, host, exempt) in [
            ("corp.example", "router.corp.example", true),
            ("corp.example", "corp.example", true),
            (".corp.example", "router.corp.example", true),
            (".corp.example", "corp.example", true),
            ("*.corp.example", "router.corp.example", true),
            ("ROUTER.Corp.Example", "router.corp.example", true),
            ("corp.example.", "router.corp.example", true),
            ("corp.example", "router.corp.example.", true),
            ("router.corp.example:443", "router.corp.example", true),
            ("router.corp.example:8443", "router.corp.example", false),
            ("*.corp.example:443", "router.corp.example", true),
            (" x ,\trouter.corp.example , y", "router.corp.example", true),
            ("x router.corp.example", "router.corp.example", true),
            (",,corp.example", "router.corp.example", true),
            ("*", "router.corp.example", true),
            ("x, *", "router.corp.example", true),
            ("example", "router.corp.example", true),
            ("orp.example", "router.corp.example", false),
            ("router.corp.example.org", "router.corp.example", false),
            ("x;router.corp.example", "router.corp.example", false),
            ("<local>", "router.corp.example", false),
            (".", "router.corp.example", false),
            ("*.", "router.corp.example", false),
            (":443", "router.corp.example", false),
            ("router.corp.example:", "router.corp.example", false),
            ("", "router.corp.example", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3:443", "10.1.2.3", true),
            ("10.1.2.3:80", "10.1.2.3", false),
            ("10.1.2.99/24", "10.1.2.3", true),
            ("10.2.0.0/16", "10.1.2.3", false),
            ("10.", "10.1.2.3", false),
            ("10.*", "10.1.2.3", false),
            ("10.0.0.0/33", "10.1.2.3", false),
            ("2.3", "10.1.2.3", false),
            ("0.0.0.0/0", "[2001:db8::7]", false),
            ("2001:db8::/32", "[2001:db8::7]", true),
            ("2001:DB8:0::7", "[2001:db8::7]", true),
            ("[2001:db8::7]", "[2001:db8::7]", true),
            ("[2001:db8::7]:443", "[2001:db8::7]", true),
            ("[2001:db8::7]:80", "[2001:db8::7]", false),
            ("[2001:db8::]/32", "[2001:db8::7]", true),
            ("2001:db9::/32", "[2001:db8::7]", false),
        ] {
            assert_eq!(is_exempt(list, host, 443), exempt, "{list:?} {host}");
        }
    }

    #[test]
    fn accepts_only_known_proxy_schemes() {
        for (text, url) in [
            ("proxy.example:3128", Some("http://proxy.example:3128/")),
            (" http://proxy.example \r", Some("http://proxy.example/")),
            ("HTTP://proxy.example", Some("http://proxy.example/")),
            ("https://[::1]:1", Some("https://[::1]:1/")),
            ("socks5h://u:p@proxy:1", Some("socks5h://u:p@proxy:1")),
            ("http://u:p%40ss@proxy", Some("http://u:p%40ss@proxy/")),
            ("http://u s:p@proxy", Some("http://u%20s:p@proxy/")),
            ("http://u:p#ss@proxy:1", None),
            ("http://proxy:1/?x", None),
            ("ftp://proxy:1", None),
            ("direct://", None),
            ("http://", None),
            ("://", None),
            ("DIRECT PROXY", None),
            ("http://proxy:port", None),
        ] {
            let read = read_url(text);
            assert_eq!(read.as_ref().map(Url::as_str), url, "{text:?}");
        }
    }

    #[test]
    fn ignores_http_proxy_in_cgi_processes() {
        let with = |set: &'static [&'static str]| {
            ProxySettings::read(|name| set.contains(&name).then(|| "http://proxy:1".to_owned()))
        };
        assert!(with(&["HTTP_PROXY"]).http.is_some());
        assert!(with(&["HTTP_PROXY", "REQUEST_METHOD"]).http.is_none());
        assert!(with(&["http_proxy", "REQUEST_METHOD"]).http.is_some());
    }
}
