//! The two services of a deployment, each with its own URL and key.

use super::proxy::ProxyUse;
use crate::base_url::BaseUrl;
use crate::secret::Secret;

/// A service: its names, the sources of its URL and key, and the form of its URL.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// The service's name in messages.
    pub noun: &'static str,
    /// The URL's name in messages.
    pub url_noun: &'static str,
    /// The option for the URL.
    pub url_option: &'static str,
    /// The variable for the URL.
    pub url_variable: &'static str,
    /// The variable for the key.
    pub key_variable: &'static str,
    /// The variable for a key file.
    pub key_file_variable: Option<&'static str>,
    /// The deployment's setting for the URL.
    pub url_setting: &'static str,
    /// The deployment's setting for the key.
    pub key_setting: &'static str,
    /// The default URL.
    pub default_url: Option<&'static str>,
    /// Whether a key is required.
    pub needs_key: bool,
    /// Whether the URL ends in a project and `/v1`. Otherwise, it is a root URL.
    pub has_project: bool,
}

impl Service {
    /// The router of the fleet.
    pub const ROUTER: &'static Self = &Self {
        noun: "router",
        url_noun: "base URL of a router",
        url_option: "--base-url",
        url_variable: "XEROCTL_BASE_URL",
        key_variable: "XEROCTL_API_KEY",
        key_file_variable: Some("XEROCTL_API_KEY_FILE"),
        url_setting: "base_url",
        key_setting: "api_key",
        default_url: None,
        needs_key: true,
        has_project: true,
    };

    /// The squads API, with its established variables and default.
    pub const SQUADS: &'static Self = &Self {
        noun: "squads API",
        url_noun: "root of a squads API",
        url_option: "--squads-url",
        url_variable: "SLAW_API_URL",
        key_variable: "SLAW_API_KEY",
        key_file_variable: None,
        url_setting: "squads_url",
        key_setting: "squads_api_key",
        default_url: Some("http://localhost:3100"),
        needs_key: false,
        has_project: false,
    };

    /// Parses its URL.
    ///
    /// # Errors
    /// A sentence with the problem.
    pub fn read_url(&self, text: &str) -> Result<BaseUrl, String> {
        if self.has_project {
            BaseUrl::parse(text)
        } else {
            BaseUrl::parse_root(text)
        }
    }
}

/// The destination of requests.
#[derive(Clone)]
pub struct ServerConfig {
    /// The base URL, without a trailing slash.
    pub base_url: String,
    /// The service.
    pub service: &'static Service,
    /// The key. Without it, no `Authorization` header is sent.
    pub key: Option<Secret>,
    /// Additional headers for changes.
    pub change_headers: Vec<(&'static str, String)>,
    /// The proxy, if any.
    pub via: Option<ProxyUse>,
}
