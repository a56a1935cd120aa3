//! The two servers that a deployment may name: a URL and a key of its own each, under the same rules.

use super::file::Deployment;
use crate::base_url::BaseUrl;
use crate::secret::Secret;

/// A URL and the key that belongs to it: what their settings are called, and how they are read.
pub struct Pair {
    /// What answers at the URL, in a word.
    pub noun: &'static str,
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
    /// How to store a URL with its key.
    pub store_url: &'static str,
    /// The URL where nothing names one.
    pub default_url: Option<&'static str>,
    pub(super) read_url: fn(&str) -> Result<BaseUrl, String>,
    pub(super) url_of: fn(&Deployment) -> Option<&str>,
    pub(super) key_of: fn(&Deployment) -> Option<&Secret>,
    pub(super) keychain_of: fn(&Deployment) -> Option<&str>,
}

/// The router.
pub const ROUTER: Pair = Pair {
    noun: "router",
    url_option: "--base-url",
    url_variable: "XEROCTL_BASE_URL",
    key_variable: "XEROCTL_API_KEY",
    key_file_variable: Some("XEROCTL_API_KEY_FILE"),
    url_setting: "base_url",
    key_setting: "api_key",
    store_url: "or add a deployment for it: xeroctl config add NAME --base-url URL",
    default_url: None,
    read_url: BaseUrl::parse,
    url_of: |deployment| deployment.base_url.as_deref(),
    key_of: |deployment| deployment.api_key.as_ref(),
    keychain_of: |deployment| deployment.api_key_keychain.as_deref(),
};

/// The squads API. Its variables and its default are those that its own users know.
pub const SQUADS: Pair = Pair {
    noun: "squads server",
    url_option: "--squads-url",
    url_variable: "SLAW_API_URL",
    key_variable: "SLAW_API_KEY",
    key_file_variable: None,
    url_setting: "squads_url",
    key_setting: "squads_api_key",
    store_url: "or store both: xeroctl config set NAME --squads-url URL --squads-api-key-file FILE",
    default_url: Some("http://localhost:3100"),
    read_url: BaseUrl::parse_root,
    url_of: |deployment| deployment.squads_url.as_deref(),
    key_of: |deployment| deployment.squads_api_key.as_ref(),
    keychain_of: |_| None,
};
