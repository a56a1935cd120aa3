//! The settings that hold for whichever server a deployment is used for.

use super::file::{Config, Deployment};
use super::pair::Pair;
use super::resolve::Protection;
use super::source::{Flags, Origin, Sourced};
use crate::api::trust::CaFile;
use crate::base_url::BaseUrl;
use crate::env::Env;
use crate::error::Error;
use crate::view::Format;

pub(super) fn allow_http(
    flags: &Flags,
    env: &Env,
    stored: Option<&Deployment>,
    deployment: Origin,
) -> Result<Sourced<bool>, Error> {
    const NAME: &str = "XEROCTL_ALLOW_HTTP";
    if let Some(allowed) = flags.allow_http {
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
    flags: &Flags,
    env: &Env,
    stored: Option<&Deployment>,
    deployment: Origin,
) -> Result<Sourced<Format>, Error> {
    if let Some(given) = given_output(flags.output, env)? {
        return Ok(given);
    }
    let Some(word) = stored.and_then(|stored| stored.output.as_deref()) else {
        return Ok(Sourced::new(Format::default(), Origin::Default));
    };
    let format =
        Format::read(word).ok_or_else(|| unknown_format(&format!("{deployment}.output"), word))?;
    Ok(Sourced::new(format, deployment))
}

/// The format that the line or the environment names: all that a command without a deployment looks at.
///
/// # Errors
/// Exit 3 when the variable holds no format.
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

fn unknown_format(place: &str, word: &str) -> Error {
    Error::config(format!(
        "{place}: {word} is no format; there are table, wide, json, ndjson, csv, name"
    ))
}

/// `ca_cert` of the deployment, from the file's directory where it is relative, else `SSL_CERT_FILE`.
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

/// The protected deployment that names this URL.
pub(super) fn protection(
    pair: &Pair,
    url: &BaseUrl,
    config: &Config,
    on_line: Option<&str>,
) -> Option<Protection> {
    let owners = config.deployments.iter().filter(|(_, deployment)| {
        deployment.protected == Some(true)
            && (pair.url_of)(deployment)
                .and_then(|own| (pair.read_url)(own).ok())
                .is_some_and(|own| own.is_same_place(url))
    });
    let owners: Vec<&String> = owners.map(|(name, _)| name).collect();
    let named = owners.iter().find(|name| Some(name.as_str()) == on_line);
    named.or(owners.first()).map(|name| Protection {
        deployment: (*name).clone(),
        is_named: named.is_some(),
    })
}
