//! Resolves the server, the key, and the settings: first the command line, then the environment, then the file.

use super::settings::{self, ServerLocation, Settings};
use super::source::{Origin, Sourced, Sources};
use super::{KeySource, key};
use crate::api::service::Service;
use crate::base_url::BaseUrl;
use crate::error::Error;

/// The variable with the squad's ID.
const SQUAD: &str = "SLAW_SQUAD_ID";

impl Sources<'_> {
    /// Resolves all settings of the server.
    ///
    /// # Errors
    /// Exit 2 for errors on the command line. Exit 3 if no server is configured, or if the environment and the file are
    /// invalid or contradict each other.
    pub fn resolve(self) -> Result<Settings, Error> {
        let (args, env) = (self.args, self.env);
        let mut ignored = Vec::new();
        let given = self.explicit_url(&mut ignored)?;
        let in_sandbox = self.is_sandbox() && given.is_none();
        let key = key::choose(&self, in_sandbox, &mut ignored)?;
        let own = self.stored_url()?;
        let location = match (given, &own) {
            (Some(url), _) => Sourced::new(ServerLocation::At(url.value), url.origin),
            (None, _) if in_sandbox => Sourced::new(ServerLocation::Sandbox, Origin::Default),
            (None, Some(own)) => {
                Sourced::new(ServerLocation::At(own.value.clone()), own.origin.clone())
            }
            (None, None) => return Err(self.nothing_configured()),
        };
        let url = match &location.value {
            ServerLocation::At(url) => Some(url),
            ServerLocation::Sandbox => None,
        };
        let at_home = url.is_none_or(|url| {
            own.as_ref()
                .is_some_and(|own| own.value.origin() == url.origin())
        });
        if !at_home && key.value.is_stored() {
            return Err(self.check_origin(url, &ignored));
        }
        let stored_here = self.stored.filter(|_| at_home);
        let allow_http = settings::allow_http(args, env, stored_here, self.origin())?;
        let has_key = !matches!(key.value, KeySource::Missing);
        if let Some(url) = url
            && has_key
            && !allow_http.value
            && !url.is_safe_for_keys()
        {
            return Err(refuse_unencrypted(url));
        }
        let named = args.context.as_deref();
        Ok(Settings {
            output: settings::output(args, env, self.stored, self.origin())?,
            ca: settings::ca(env, stored_here, self.config),
            protection: url
                .and_then(|url| settings::protection(self.service, url, self.config, named)),
            squad: self.squad(&mut ignored),
            allow_http,
            ignored,
            location,
            key,
            deployment: self.name,
        })
    }

    /// The URL from the command line or the environment.
    fn explicit_url(
        &self,
        ignored: &mut Vec<&'static str>,
    ) -> Result<Option<Sourced<BaseUrl>>, Error> {
        let service = self.service;
        let read = |text: &str, name: &str| {
            service
                .read_url(text)
                .map_err(|why| format!("{name}: {why}"))
        };
        if let Some(text) = self.url {
            let option = service.url_option;
            if self.is_sandbox() && self.is_named() {
                return Err(Error::usage(format!(
                    "--context sandbox and {option} exclude each other"
                )));
            }
            let url = read(text, option).map_err(Error::usage)?;
            return Ok(Some(Sourced::new(url, Origin::Flag(option))));
        }
        let name = service.url_variable;
        let Some(text) = self.env.text(name) else {
            return Ok(None);
        };
        if self.is_named() {
            ignored.push(name);
            return Ok(None);
        }
        let url = read(&text, name).map_err(Error::config)?;
        Ok(Some(Sourced::new(url, Origin::Variable(name))))
    }

    /// The deployment's URL, or else the built-in one.
    fn stored_url(&self) -> Result<Option<Sourced<BaseUrl>>, Error> {
        let service = self.service;
        let stored = self.stored.and_then(|stored| stored.url(service));
        let (text, origin) = match (stored, service.default_url) {
            (Some(text), _) => (text, self.origin()),
            (None, Some(text)) => (text, Origin::Default),
            (None, None) => return Ok(None),
        };
        let url = service.read_url(text).map_err(|why| {
            let setting = service.url_setting;
            Error::config(format!("{origin}.{setting}: {why}"))
        })?;
        Ok(Some(Sourced::new(url, origin)))
    }

    /// The squad.
    fn squad(&self, ignored: &mut Vec<&'static str>) -> Option<Sourced<String>> {
        if self.service != Service::SQUADS {
            return None;
        }
        if let Some(squad) = self.squad {
            return Some(Sourced::new(squad.to_owned(), Origin::Flag("--squad")));
        }
        let stored = self.stored.and_then(|stored| stored.squad_id.clone());
        let stored = stored.map(|squad| Sourced::new(squad, self.origin()));
        let variable = self.env.text(SQUAD);
        // As with the key, a deployment named on the command line overrides the environment.
        if self.is_sandbox() || self.is_named() && stored.is_some() {
            ignored.extend(variable.map(|_| SQUAD));
            return stored;
        }
        variable
            .map(|squad| Sourced::new(squad, Origin::Variable(SQUAD)))
            .or(stored)
    }

    fn check_origin(&self, url: Option<&BaseUrl>, ignored: &[&'static str]) -> Error {
        let name = self.deployment().unwrap_or_default();
        let host = url.map_or("", |url| url.origin().host.as_str());
        Error::config(format!(
            "refusing to send the stored key of the deployment {name} to another host: {host}"
        ))
        .hint(match ignored {
            [] => format!(
                "give the key for this base URL: --api-key-file FILE, or {}",
                self.service.key_variable
            ),
            names => format!(
                "give the key for this base URL: --api-key-file FILE ({} is ignored with --context)",
                names.join(" and ")
            ),
        })
        .hint(if self.service == Service::SQUADS {
            "or store both: xeroctl config set NAME --squads-url URL --squads-api-key-file FILE"
        } else {
            "or add a deployment for it: xeroctl config add NAME --base-url URL"
        })
    }

    fn nothing_configured(&self) -> Error {
        match self.deployment() {
            Some(name) => {
                Error::config(format!("the deployment {name} has no base_url")).hint(format!(
                    "set it: xeroctl config set {name} --base-url https://api.example/PROJECT/v1"
                ))
            }
            // A key in the environment is not enough without a base URL.
            None => match self.lone_key() {
                Some(key) => Error::config(format!(
                    "no router is configured: {key} is set, but XEROCTL_BASE_URL is not"
                ))
                .hint("set it: export XEROCTL_BASE_URL=https://api.xerotier.ai/PROJECT/v1")
                .hint("or store both: xeroctl config init"),
                None => Error::config("no router is configured")
                    .hint("set one up: xeroctl config init")
                    .hint("or try the built-in sandbox: xeroctl --context sandbox agents"),
            },
        }
    }

    /// The option or the variable with a key for the router, which is not enough without a base URL.
    fn lone_key(&self) -> Option<&'static str> {
        if self.service != Service::ROUTER {
            return None;
        }
        let variables = [
            Some(self.service.key_variable),
            self.service.key_file_variable,
        ];
        let mut set = variables.into_iter().flatten();
        match (&self.args.api_key, &self.args.api_key_file) {
            (Some(_), _) => Some("--api-key"),
            (None, Some(_)) => Some("--api-key-file"),
            (None, None) => set.find(|name| self.env.text(name).is_some()),
        }
    }
}

fn refuse_unencrypted(base: &BaseUrl) -> Error {
    Error::config(format!(
        "refusing to send the key to {} unencrypted: {} is not https",
        base.origin().host,
        base.as_str()
    ))
    .hint("use an https base URL, or on a trusted network: --allow-http")
}
