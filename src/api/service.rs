//! The two servers that a deployment may name, each with a URL and a key of its own under the same rules.

use super::proxy::ProxyUse;
use crate::base_url::BaseUrl;
use crate::secret::Secret;

/// A server: what it is called, where its URL and its key come from, and how its URL is read.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// What answers at the URL.
    pub noun: &'static str,
    /// What its URL is called.
    pub url_noun: &'static str,
    /// The option that names the URL.
    pub url_option: &'static str,
    /// The variable that names the URL.
    pub url_variable: &'static str,
    /// The variable that holds the key.
    pub key_variable: &'static str,
    /// The variable that names a file with the key.
    pub key_file_variable: Option<&'static str>,
    /// The setting of a deployment that names the URL.
    pub url_setting: &'static str,
    /// The setting of a deployment that holds the key.
    pub key_setting: &'static str,
    /// The URL if nothing names one.
    pub default_url: Option<&'static str>,
    /// Requests without a key are pointless.
    pub needs_key: bool,
    /// Its URL ends in a project and `/v1`; otherwise it is a root.
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

    /// The squads API. Its variables and its default are those that its own users know.
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

    /// Reads its URL.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read_url(&self, text: &str) -> Result<BaseUrl, String> {
        if self.has_project {
            BaseUrl::parse(text)
        } else {
            BaseUrl::parse_root(text)
        }
    }
}

/// Where requests go.
#[derive(Clone)]
pub struct ServerConfig {
    /// The base URL, without a slash at the end.
    pub base_url: String,
    /// What answers there.
    pub service: &'static Service,
    /// The key; none sends no `Authorization` header.
    pub key: Option<Secret>,
    /// Headers of every change.
    pub change_headers: Vec<(&'static str, String)>,
    /// The proxy on the way there.
    pub via: Option<ProxyUse>,
}
