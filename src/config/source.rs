//! What the line says, where a setting comes from, and which deployment counts.

use std::path::PathBuf;
use std::time::Duration;

use super::SANDBOX;
use super::file::{Config, Deployment};
use crate::api::service::Service;
use crate::env::Env;
use crate::error::Error;
use crate::secret::Secret;
use crate::time::TimeFormat;
use crate::view::Format;

/// The options that every command takes.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the line")]
pub struct GlobalArgs {
    /// `--context`.
    pub context: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--api-key`.
    pub api_key: Option<Secret>,
    /// `--api-key-file`.
    pub api_key_file: Option<PathBuf>,
    /// `--allow-http`.
    pub allow_http: Option<bool>,
    /// `--output`.
    pub output: Option<Format>,
    /// `--no-headers`.
    pub no_headers: bool,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--color`; without it, the stream decides.
    pub color: Option<bool>,
    /// `--time`.
    pub time: Option<TimeFormat>,
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// `--quiet`.
    pub quiet: bool,
    /// The number of `--verbose`.
    pub verbose: u8,
    /// `--no-input`.
    pub no_input: bool,
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An option on the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// `current` in the file.
    Current,
    /// A deployment in the file.
    Deployment(String),
    /// Built in.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::Current => f.write_str("current"),
            Self::Deployment(name) => write!(f, "deployment.{name}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The setting.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    pub(super) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// Where the settings of a server come from, once it is known which deployment counts.
pub struct Sources<'a> {
    pub(super) service: &'static Service,
    pub(super) args: &'a GlobalArgs,
    pub(super) env: &'a Env,
    pub(super) config: &'a Config,
    /// The URL that the line gives.
    pub(super) url: Option<&'a str>,
    /// The squad that the line gives.
    pub(super) squad: Option<&'a str>,
    /// The deployment in use.
    pub(super) name: Option<Sourced<String>>,
    /// The same, unless it is the sandbox.
    pub(super) stored: Option<&'a Deployment>,
}

impl<'a> Sources<'a> {
    /// The sources for the router.
    ///
    /// # Errors
    /// Exit 3 when there is no such deployment, or when it is not clear which one counts.
    pub fn of_router(
        args: &'a GlobalArgs,
        env: &'a Env,
        config: &'a Config,
    ) -> Result<Self, Error> {
        Self {
            service: Service::ROUTER,
            url: args.base_url.as_deref(),
            squad: None,
            args,
            env,
            config,
            name: None,
            stored: None,
        }
        .choose()
    }

    /// The sources for the squads API. `url` and `squad` are those of the line.
    ///
    /// # Errors
    /// As [`Sources::of_router`]; exit 2 when the line gives the router's URL.
    pub fn of_squads(
        url: Option<&'a str>,
        squad: Option<&'a str>,
        args: &'a GlobalArgs,
        env: &'a Env,
        config: &'a Config,
    ) -> Result<Self, Error> {
        if args.base_url.is_some() {
            return Err(Error::usage(
                "--base-url is the router's: the squads API is named with --squads-url",
            ));
        }
        Self {
            service: Service::SQUADS,
            url,
            squad,
            args,
            env,
            config,
            name: None,
            stored: None,
        }
        .choose()
    }

    /// Finds the deployment that counts.
    fn choose(mut self) -> Result<Self, Error> {
        const VARIABLE: &str = "XEROCTL_CONTEXT";
        let (service, args, env) = (self.service, self.args, self.env);
        let url_is_set = env.os(service.url_variable).is_some();
        self.name = if let Some(name) = &args.context {
            Some(Sourced::new(name.clone(), Origin::Flag("--context")))
        } else if let Some(name) = env.text(VARIABLE) {
            Some(Sourced::new(name, Origin::Variable(VARIABLE)))
        } else {
            let name = self.config.current.clone();
            name.map(|name| Sourced::new(name, Origin::Current))
        };
        let Some(name) = &self.name else {
            return Ok(self);
        };
        let stored = self.config.deployments.get(&name.value);
        self.stored = stored.filter(|_| name.value != SANDBOX);
        // A deployment that names no URL contradicts none, where it need not name one.
        let has_url = self
            .stored
            .is_none_or(|stored| stored.url(service).is_some());
        if name.origin == Origin::Variable(VARIABLE)
            && url_is_set
            && (has_url || service.default_url.is_none())
        {
            let (variable, noun) = (service.url_variable, service.noun);
            return Err(Error::config(format!(
                "{VARIABLE} and {variable} are both set: which {noun} is meant?"
            ))
            .hint("unset one of them, or name the deployment on the command line with --context"));
        }
        if self.stored.is_some() || self.is_sandbox() {
            return Ok(self);
        }
        if (self.url.is_some() || url_is_set) && name.origin == Origin::Current {
            self.name = None;
            return Ok(self);
        }
        Err(Error::config(format!(
            "there is no deployment {} (named by {})",
            name.value, name.origin
        ))
        .hint(format!("there are: {}", self.config.names()))
        .hint("add one: xeroctl config add NAME --base-url URL"))
    }

    pub(super) fn deployment(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.value.as_str())
    }

    pub(super) fn is_sandbox(&self) -> bool {
        self.deployment() == Some(SANDBOX)
    }

    /// Whether the deployment is named on the command line, so that it is taken whole.
    pub(super) fn is_named(&self) -> bool {
        self.args.context.is_some()
    }

    /// The deployment, as an origin.
    pub(super) fn origin(&self) -> Origin {
        self.deployment()
            .map_or(Origin::Default, |name| Origin::Deployment(name.to_owned()))
    }
}
