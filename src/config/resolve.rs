//! Which router, which key, which settings: the line, then the environment, then the file, each with its origin.

use super::file::{Config, Deployment};
use super::source::{Flags, Origin, Sourced};
use super::{KeySource, SANDBOX, key};
use crate::api::trust::CaFile;
use crate::base_url::BaseUrl;
use crate::env::Env;
use crate::error::Error;
use crate::ui::Ui;
use crate::view::Format;

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// To the router embedded in this program.
    Sandbox,
    /// To a router at this address.
    Router(BaseUrl),
}

/// A deployment whose router is changed only where the line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The deployment.
    pub deployment: String,
    /// The line names it.
    pub is_named: bool,
}

/// What the line, the environment and the file come to.
pub struct Resolved {
    /// The deployment in use, if any.
    pub deployment: Option<Sourced<String>>,
    /// The router.
    pub place: Sourced<Place>,
    /// The key.
    pub key: Sourced<KeySource>,
    /// The output format.
    pub output: Sourced<Format>,
    /// Whether the key may go over plain http.
    pub allow_http: Sourced<bool>,
    /// The CA certificates in the place of the system's.
    pub ca: Option<CaFile>,
    /// Set variables that do not count because a deployment was named on the line.
    pub ignored: Vec<&'static str>,
    /// The protected deployment that the base URL belongs to.
    pub protection: Option<Protection>,
}

impl Resolved {
    /// Says which variables do not count.
    pub fn tell_ignored(&self, ui: &Ui) {
        for name in &self.ignored {
            ui.note(&format!("{name} is ignored: the deployment decides"));
        }
    }
}

/// Resolves everything.
///
/// # Errors
/// Exit 3 when no router is named, or when the sources are wrong or contradict each other; exit 2 when the line does.
pub fn resolve(flags: &Flags, env: &Env, config: &Config) -> Result<Resolved, Error> {
    let chosen = choose(flags, env, config)?;
    let mut ignored = Vec::new();
    let base = base_url(flags, env, &chosen, &mut ignored)?;
    let stored = chosen.stored;
    let asked = key::Asked {
        flags,
        env,
        stored,
        deployment: chosen.origin(),
        on_line: chosen.on_line(),
        in_sandbox: chosen.is_sandbox() && base.is_none(),
    };
    let key = key::choose(&asked, &mut ignored)?;
    let own = own_base_url(&chosen)?;
    let place = match (base, &own) {
        (Some(base), _) => Sourced::new(Place::Router(base.value), base.origin),
        (None, _) if chosen.is_sandbox() => Sourced::new(Place::Sandbox, Origin::Default),
        (None, Some(own)) => Sourced::new(Place::Router(own.clone()), chosen.origin()),
        (None, None) => return Err(nothing_configured(&chosen)),
    };
    let router = match &place.value {
        Place::Router(base) => Some(base),
        Place::Sandbox => None,
    };
    let at_home = router.is_none_or(|base| {
        own.as_ref()
            .is_some_and(|own| own.origin() == base.origin())
    });
    if !at_home && matches!(key.value, KeySource::Stored(_) | KeySource::Keychain(_)) {
        return Err(strange_origin(&chosen, router, &ignored));
    }
    let settings = stored.filter(|_| at_home);
    let allow_http = allow_http(flags, env, settings, chosen.origin())?;
    let has_key = !matches!(key.value, KeySource::Missing);
    if let Some(base) = router
        && has_key
        && !allow_http.value
        && !base.is_safe_for_keys()
    {
        return Err(in_the_clear(base));
    }
    Ok(Resolved {
        output: output(flags, env, stored, chosen.origin())?,
        ca: ca(env, settings, config),
        protection: router.and_then(|base| protection(base, config, flags.context.as_deref())),
        allow_http,
        ignored,
        place,
        key,
        deployment: chosen.name,
    })
}

/// The deployment in use.
struct Chosen<'a> {
    name: Option<Sourced<String>>,
    stored: Option<&'a Deployment>,
}

impl Chosen<'_> {
    fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.value.as_str())
    }

    fn is_sandbox(&self) -> bool {
        self.name() == Some(SANDBOX)
    }

    fn on_line(&self) -> bool {
        let origin = self.name.as_ref().map(|name| &name.origin);
        matches!(origin, Some(Origin::Flag(_)))
    }

    fn origin(&self) -> Origin {
        self.name()
            .map_or(Origin::Default, |name| Origin::Deployment(name.to_owned()))
    }
}

fn choose<'a>(flags: &Flags, env: &Env, config: &'a Config) -> Result<Chosen<'a>, Error> {
    let name = if let Some(name) = &flags.context {
        Some(Sourced::new(name.clone(), Origin::Flag("--context")))
    } else if let Some(name) = env.text("XEROCTL_CONTEXT") {
        if env.os("XEROCTL_BASE_URL").is_some() {
            return Err(Error::config(
                "XEROCTL_CONTEXT and XEROCTL_BASE_URL are both set: which router is meant?",
            )
            .hint("unset one of them, or name the deployment on the line with --context"));
        }
        Some(Sourced::new(name, Origin::Variable("XEROCTL_CONTEXT")))
    } else {
        let name = config.current.clone();
        name.map(|name| Sourced::new(name, Origin::Current))
    };
    let stored = name
        .as_ref()
        .and_then(|name| config.deployments.get(&name.value))
        .filter(|_| name.as_ref().is_some_and(|name| name.value != SANDBOX));
    let chosen = Chosen { name, stored };
    let elsewhere = flags.base_url.is_some() || env.os("XEROCTL_BASE_URL").is_some();
    match &chosen.name {
        Some(name) if chosen.stored.is_none() && !chosen.is_sandbox() => {
            if elsewhere && name.origin == Origin::Current {
                return Ok(Chosen {
                    name: None,
                    stored: None,
                });
            }
            Err(Error::config(format!(
                "there is no deployment {} (named by {})",
                name.value, name.origin
            ))
            .hint(format!("there are: {}", config.names()))
            .hint("add one: xeroctl config add NAME --base-url URL"))
        }
        _ => Ok(chosen),
    }
}

fn base_url(
    flags: &Flags,
    env: &Env,
    chosen: &Chosen<'_>,
    ignored: &mut Vec<&'static str>,
) -> Result<Option<Sourced<BaseUrl>>, Error> {
    let from_env = env.text("XEROCTL_BASE_URL");
    if let Some(text) = &flags.base_url {
        if chosen.is_sandbox() && chosen.on_line() {
            return Err(Error::usage(
                "--context sandbox and --base-url exclude each other",
            ));
        }
        let base =
            BaseUrl::parse(text).map_err(|why| Error::usage(format!("--base-url: {why}")))?;
        return Ok(Some(Sourced::new(base, Origin::Flag("--base-url"))));
    }
    let Some(text) = from_env else {
        return Ok(None);
    };
    if chosen.on_line() {
        ignored.push("XEROCTL_BASE_URL");
        return Ok(None);
    }
    let base =
        BaseUrl::parse(&text).map_err(|why| Error::config(format!("XEROCTL_BASE_URL: {why}")))?;
    Ok(Some(Sourced::new(
        base,
        Origin::Variable("XEROCTL_BASE_URL"),
    )))
}

fn own_base_url(chosen: &Chosen<'_>) -> Result<Option<BaseUrl>, Error> {
    let Some(text) = chosen.stored.and_then(|stored| stored.base_url.as_deref()) else {
        return Ok(None);
    };
    BaseUrl::parse(text)
        .map(Some)
        .map_err(|why| Error::config(format!("{}.base_url: {why}", chosen.origin())))
}

fn allow_http(
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

fn output(
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
fn ca(env: &Env, stored: Option<&Deployment>, config: &Config) -> Option<CaFile> {
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

fn protection(base: &BaseUrl, config: &Config, on_line: Option<&str>) -> Option<Protection> {
    let owners = config.deployments.iter().filter(|(_, deployment)| {
        let own = deployment.base_url.as_deref();
        deployment.protected == Some(true)
            && own
                .and_then(|own| BaseUrl::parse(own).ok())
                .is_some_and(|own| own.is_same_place(base))
    });
    let owners: Vec<&String> = owners.map(|(name, _)| name).collect();
    let named = owners.iter().find(|name| Some(name.as_str()) == on_line);
    named.or(owners.first()).map(|name| Protection {
        deployment: (*name).clone(),
        is_named: named.is_some(),
    })
}

fn nothing_configured(chosen: &Chosen<'_>) -> Error {
    match chosen.name() {
        Some(name) => Error::config(format!("the deployment {name} has no base_url")).hint(
            format!("set it: xeroctl config set {name} --base-url https://api.example/PROJECT/v1"),
        ),
        None => Error::config("no router is configured")
            .hint("set one up: xeroctl config init")
            .hint("or try everything without one: xeroctl --context sandbox agents"),
    }
}

fn strange_origin(chosen: &Chosen<'_>, base: Option<&BaseUrl>, ignored: &[&'static str]) -> Error {
    let name = chosen.name().unwrap_or_default();
    let host = base.map_or("", |base| base.origin().host.as_str());
    Error::config(format!(
        "the key of the deployment {name} goes only to that deployment's own host, not to {host}"
    ))
    .hint(match ignored {
        [] => "give the key for this base URL: --api-key-file FILE, or XEROCTL_API_KEY".to_owned(),
        names => format!(
            "give the key for this base URL: --api-key-file FILE ({} does not count beside --context)",
            names.join(" and ")
        ),
    })
    .hint("or add a deployment for it: xeroctl config add NAME --base-url URL")
}

fn in_the_clear(base: &BaseUrl) -> Error {
    Error::config(format!(
        "the key would go to {} in the clear: {} is not https",
        base.origin().host,
        base.as_str()
    ))
    .hint("use an https base URL; where the network between is trusted: --allow-http")
}
