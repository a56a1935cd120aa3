//! Which server, which key, which settings: the line, then the environment, then the file, each with its origin.

use super::file::{Config, Deployment};
use super::pair::{self, Pair};
use super::settings;
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
    /// To the server at this URL.
    At(BaseUrl),
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
    /// The server.
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

/// Resolves everything about the router.
///
/// # Errors
/// Exit 3 when no router is named, or when the sources are wrong or contradict each other; exit 2 when the line does.
pub fn resolve(flags: &Flags, env: &Env, config: &Config) -> Result<Resolved, Error> {
    let url = flags.base_url.as_deref();
    Sources {
        pair: &pair::ROUTER,
        url,
        flags,
        env,
        config,
    }
    .resolve()
}

/// Where the settings of a pair may come from.
pub(super) struct Sources<'a> {
    pub(super) pair: &'a Pair,
    /// The URL that the line gives.
    pub(super) url: Option<&'a str>,
    pub(super) flags: &'a Flags,
    pub(super) env: &'a Env,
    pub(super) config: &'a Config,
}

impl Sources<'_> {
    pub(super) fn resolve(&self) -> Result<Resolved, Error> {
        let (pair, flags, env) = (self.pair, self.flags, self.env);
        let chosen = self.choose()?;
        let mut ignored = Vec::new();
        let given = self.given_url(&chosen, &mut ignored)?;
        let stored = chosen.stored;
        let asked = key::Asked {
            pair,
            flags,
            env,
            stored,
            deployment: chosen.origin(),
            on_line: chosen.on_line(),
            in_sandbox: chosen.is_sandbox() && given.is_none(),
        };
        let key = key::choose(&asked, &mut ignored)?;
        let own = self.own_url(&chosen)?;
        let place = match (given, &own) {
            (Some(url), _) => Sourced::new(Place::At(url.value), url.origin),
            (None, _) if chosen.is_sandbox() => Sourced::new(Place::Sandbox, Origin::Default),
            (None, Some(own)) => Sourced::new(Place::At(own.value.clone()), own.origin.clone()),
            (None, None) => return Err(nothing_configured(&chosen)),
        };
        let url = match &place.value {
            Place::At(url) => Some(url),
            Place::Sandbox => None,
        };
        let at_home = url.is_none_or(|url| {
            own.as_ref()
                .is_some_and(|own| own.value.origin() == url.origin())
        });
        if !at_home && matches!(key.value, KeySource::Stored(..) | KeySource::Keychain(_)) {
            return Err(self.strange_origin(&chosen, url, &ignored));
        }
        let stored_here = stored.filter(|_| at_home);
        let allow_http = settings::allow_http(flags, env, stored_here, chosen.origin())?;
        let has_key = !matches!(key.value, KeySource::Missing);
        if let Some(url) = url
            && has_key
            && !allow_http.value
            && !url.is_safe_for_keys()
        {
            return Err(in_the_clear(url));
        }
        let on_line = flags.context.as_deref();
        Ok(Resolved {
            output: settings::output(flags, env, stored, chosen.origin())?,
            ca: settings::ca(env, stored_here, self.config),
            protection: url.and_then(|url| settings::protection(pair, url, self.config, on_line)),
            allow_http,
            ignored,
            place,
            key,
            deployment: chosen.name,
        })
    }

    pub(super) fn choose(&self) -> Result<Chosen<'_>, Error> {
        let (pair, flags, env) = (self.pair, self.flags, self.env);
        let url_is_set = env.os(pair.url_variable).is_some();
        let name = if let Some(name) = &flags.context {
            Some(Sourced::new(name.clone(), Origin::Flag("--context")))
        } else if let Some(name) = env.text("XEROCTL_CONTEXT") {
            Some(Sourced::new(name, Origin::Variable("XEROCTL_CONTEXT")))
        } else {
            let name = self.config.current.clone();
            name.map(|name| Sourced::new(name, Origin::Current))
        };
        let stored = name
            .as_ref()
            .and_then(|name| self.config.deployments.get(&name.value))
            .filter(|_| name.as_ref().is_some_and(|name| name.value != SANDBOX));
        let chosen = Chosen { name, stored };
        let by_variable = chosen
            .name
            .as_ref()
            .is_some_and(|name| name.origin == Origin::Variable("XEROCTL_CONTEXT"));
        // A deployment that names no URL contradicts none, where it need not name one.
        let has_url = stored.is_none_or(|stored| (pair.url_of)(stored).is_some());
        if by_variable && url_is_set && (has_url || pair.default_url.is_none()) {
            let name = pair.url_variable;
            return Err(Error::config(format!(
                "XEROCTL_CONTEXT and {name} are both set: which {} is meant?",
                pair.noun
            ))
            .hint("unset one of them, or name the deployment on the line with --context"));
        }
        match &chosen.name {
            Some(name) if chosen.stored.is_none() && !chosen.is_sandbox() => {
                if (self.url.is_some() || url_is_set) && name.origin == Origin::Current {
                    return Ok(Chosen {
                        name: None,
                        stored: None,
                    });
                }
                Err(Error::config(format!(
                    "there is no deployment {} (named by {})",
                    name.value, name.origin
                ))
                .hint(format!("there are: {}", self.config.names()))
                .hint("add one: xeroctl config add NAME --base-url URL"))
            }
            _ => Ok(chosen),
        }
    }

    /// The URL that the line or the environment gives.
    fn given_url(
        &self,
        chosen: &Chosen<'_>,
        ignored: &mut Vec<&'static str>,
    ) -> Result<Option<Sourced<BaseUrl>>, Error> {
        let pair = self.pair;
        let read =
            |text: &str, name: &str| (pair.read_url)(text).map_err(|why| format!("{name}: {why}"));
        if let Some(text) = self.url {
            let option = pair.url_option;
            if chosen.is_sandbox() && chosen.on_line() {
                return Err(Error::usage(format!(
                    "--context sandbox and {option} exclude each other"
                )));
            }
            let url = read(text, option).map_err(Error::usage)?;
            return Ok(Some(Sourced::new(url, Origin::Flag(option))));
        }
        let name = pair.url_variable;
        let Some(text) = self.env.text(name) else {
            return Ok(None);
        };
        if chosen.on_line() {
            ignored.push(name);
            return Ok(None);
        }
        let url = read(&text, name).map_err(Error::config)?;
        Ok(Some(Sourced::new(url, Origin::Variable(name))))
    }

    /// The URL that the deployment names, else the one that is built in.
    fn own_url(&self, chosen: &Chosen<'_>) -> Result<Option<Sourced<BaseUrl>>, Error> {
        let pair = self.pair;
        let (text, origin) = match (chosen.stored.and_then(pair.url_of), pair.default_url) {
            (Some(text), _) => (text, chosen.origin()),
            (None, Some(text)) => (text, Origin::Default),
            (None, None) => return Ok(None),
        };
        let url = (pair.read_url)(text).map_err(|why| {
            let setting = pair.url_setting;
            Error::config(format!("{origin}.{setting}: {why}"))
        })?;
        Ok(Some(Sourced::new(url, origin)))
    }

    fn strange_origin(
        &self,
        chosen: &Chosen<'_>,
        url: Option<&BaseUrl>,
        ignored: &[&'static str],
    ) -> Error {
        let name = chosen.name().unwrap_or_default();
        let host = url.map_or("", |url| url.origin().host.as_str());
        let pair = self.pair;
        Error::config(format!(
            "the key of the deployment {name} goes only to that deployment's own host, not to {host}"
        ))
        .hint(match ignored {
            [] => format!(
                "give the key for this base URL: --api-key-file FILE, or {}",
                pair.key_variable
            ),
            names => format!(
                "give the key for this base URL: --api-key-file FILE ({} does not count beside --context)",
                names.join(" and ")
            ),
        })
        .hint(pair.store_url)
    }
}

/// The deployment in use.
pub(super) struct Chosen<'a> {
    pub(super) name: Option<Sourced<String>>,
    pub(super) stored: Option<&'a Deployment>,
}

impl Chosen<'_> {
    fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.value.as_str())
    }

    pub(super) fn is_sandbox(&self) -> bool {
        self.name() == Some(SANDBOX)
    }

    pub(super) fn on_line(&self) -> bool {
        let origin = self.name.as_ref().map(|name| &name.origin);
        matches!(origin, Some(Origin::Flag(_)))
    }

    pub(super) fn origin(&self) -> Origin {
        self.name()
            .map_or(Origin::Default, |name| Origin::Deployment(name.to_owned()))
    }
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

fn in_the_clear(base: &BaseUrl) -> Error {
    Error::config(format!(
        "the key would go to {} in the clear: {} is not https",
        base.origin().host,
        base.as_str()
    ))
    .hint("use an https base URL; where the network between is trusted: --allow-http")
}
