//! The resolved settings for one server, each with its origin.

use super::KeySource;
use super::file::{Config, Deployment};
use super::source::{GlobalArgs, Origin, Sourced};
use crate::api::service::Service;
use crate::api::tls::CaFile;
use crate::base_url::BaseUrl;
use crate::env::Env;
use crate::error::Error;
use crate::redact;
use crate::view::Format;

/// The destination of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerLocation {
    /// The embedded router.
    Sandbox,
    /// The server at this URL.
    At(BaseUrl),
}

/// A protected deployment: changes require its name on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The deployment's name.
    pub deployment: String,
    /// Whether it is named on the command line.
    pub is_named: bool,
}

/// All settings for requests to one server.
pub struct Settings {
    /// The deployment in use, if any.
    pub deployment: Option<Sourced<String>>,
    /// The server.
    pub location: Sourced<ServerLocation>,
    /// The key.
    pub key: Sourced<KeySource>,
    /// The output format.
    pub output: Sourced<Format>,
    /// Whether the key may be sent over plain HTTP.
    pub allow_http: Sourced<bool>,
    /// The file with CA certificates that replace the system's.
    pub ca: Option<CaFile>,
    /// The squad. `None` if not set, for the router, and in the sandbox, which has its own squad.
    pub squad: Option<Sourced<String>>,
    /// Environment variables that are ignored because a deployment is named on the command line.
    pub ignored: Vec<&'static str>,
    /// The protected deployment that the base URL belongs to.
    pub protection: Option<Protection>,
}

pub(super) fn allow_http(
    args: &GlobalArgs,
    env: &Env,
    stored: Option<&Deployment>,
    deployment: Origin,
) -> Result<Sourced<bool>, Error> {
    const NAME: &str = "XEROCTL_ALLOW_HTTP";
    if let Some(allowed) = args.allow_http {
        return Ok(Sourced::new(allowed, Origin::Flag("--allow-http")));
    }
    if let Some(text) = env.text(NAME) {
        let allowed = match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => true,
            "0" | "false" | "no" | "off" => false,
            _ => return Err(Error::config(format!("{NAME} is neither true nor false"))),
        };
        return Ok(Sourced::new(allowed, Origin::Variable(NAME)));
    }
    Ok(match stored.and_then(|stored| stored.allow_http) {
        Some(allowed) => Sourced::new(allowed, deployment),
        None => Sourced::new(false, Origin::Default),
    })
}

pub(super) fn output(
    args: &GlobalArgs,
    env: &Env,
    stored: Option<&Deployment>,
    deployment: Origin,
) -> Result<Sourced<Format>, Error> {
    if let Some(given) = given_output(args.output, env)? {
        return Ok(given);
    }
    let Some(word) = stored.and_then(|stored| stored.output.as_deref()) else {
        return Ok(Sourced::new(Format::default(), Origin::Default));
    };
    let format =
        Format::read(word).ok_or_else(|| unknown_format(&format!("{deployment}.output"), word))?;
    Ok(Sourced::new(format, deployment))
}

/// The output format from the command line or the environment, for commands that don't use a deployment.
///
/// # Errors
/// Exit 3 if the variable is not a valid format.
pub fn given_output(flag: Option<Format>, env: &Env) -> Result<Option<Sourced<Format>>, Error> {
    const NAME: &str = "XEROCTL_OUTPUT";
    if let Some(format) = flag {
        return Ok(Some(Sourced::new(format, Origin::Flag("--output"))));
    }
    let Some(word) = env.text(NAME) else {
        return Ok(None);
    };
    let format = Format::read(&word).ok_or_else(|| unknown_format(NAME, &word))?;
    Ok(Some(Sourced::new(format, Origin::Variable(NAME))))
}

fn unknown_format(source: &str, word: &str) -> Error {
    let word = redact::word(word);
    Error::config(format!(
        "{source}: {word} is not an output format (valid: table, wide, json, ndjson, yaml, csv, name)"
    ))
}

/// The deployment's `ca_cert`, or else `SSL_CERT_FILE`. A relative `ca_cert` is resolved against the configuration
/// file's directory.
pub(super) fn ca(env: &Env, stored: Option<&Deployment>, config: &Config) -> Option<CaFile> {
    if let Some(path) = stored.and_then(|stored| stored.ca_cert.as_ref()) {
        let directory = config.path.as_deref().and_then(std::path::Path::parent);
        return Some(CaFile {
            path: directory.map_or_else(|| path.clone(), |directory| directory.join(path)),
            setting: "ca_cert",
        });
    }
    env.os("SSL_CERT_FILE").map(|path| CaFile {
        path: env.absolute(path.as_ref()),
        setting: "SSL_CERT_FILE",
    })
}

/// The protected deployment with this URL.
pub(super) fn protection(
    service: &Service,
    url: &BaseUrl,
    config: &Config,
    from_flag: Option<&str>,
) -> Option<Protection> {
    let owners = config.deployments.iter().filter(|(_, deployment)| {
        deployment.protected == Some(true)
            && deployment
                .url(service)
                .and_then(|own| service.read_url(own).ok())
                .is_some_and(|own| own.is_same_place(url))
    });
    let owners: Vec<&String> = owners.map(|(name, _)| name).collect();
    let named = owners.iter().find(|name| Some(name.as_str()) == from_flag);
    named.or(owners.first()).map(|name| Protection {
        deployment: (*name).clone(),
        is_named: named.is_some(),
    })
}
