//! The sources of settings: the global options, the environment, and the file; and the selection of the deployment.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use super::SANDBOX;
use super::file::{Config, Deployment};
use crate::api::service::Service;
use crate::env::Env;
use crate::error::Error;
use crate::jq::Filter;
use crate::secret::Secret;
use crate::time::TimeFormat;
use crate::view::Format;

/// The global options.
#[derive(Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag on the command line"
)]
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
    /// `--jq`; then `output` is a JSON format.
    pub jq: Option<Filter>,
    /// `--columns`; then `output` is not a format without columns.
    pub columns: Option<Rc<[String]>>,
    /// `--no-headers`.
    pub no_headers: bool,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--color`; without it, color depends on the stream.
    pub color: Option<bool>,
    /// `--time`.
    pub time: Option<TimeFormat>,
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// `--quiet`.
    pub quiet: bool,
    /// The number of `--verbose` flags.
    pub verbose: u8,
    /// `--no-input`.
    pub no_input: bool,
}

/// The origin of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An option on the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// The `current` setting of the file.
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

/// A setting and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    pub(super) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// The sources of a server's settings, with the deployment selected.
pub struct Sources<'a> {
    pub(super) service: &'static Service,
    pub(super) args: &'a GlobalArgs,
    pub(super) env: &'a Env,
    pub(super) config: &'a Config,
    /// The URL from the command line.
    pub(super) url: Option<&'a str>,
    /// The squad from the command line.
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
    /// Exit 3 if the deployment doesn't exist, or if the sources contradict each other.
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

    /// The sources for the squads API. `url` and `squad` are from the command line.
    ///
    /// # Errors
    /// As [`Sources::of_router`]; exit 2 if the command line has the router's URL.
    pub fn of_squads(
        url: Option<&'a str>,
        squad: Option<&'a str>,
        args: &'a GlobalArgs,
        env: &'a Env,
        config: &'a Config,
    ) -> Result<Self, Error> {
        if args.base_url.is_some() {
            return Err(Error::usage(
                "--base-url sets the router's URL; for the squads API, use --squads-url",
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

    /// Selects the deployment.
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
        // A deployment without a URL contradicts none, if the URL is optional.
        let has_url = self
            .stored
            .is_none_or(|stored| stored.url(service).is_some());
        if name.origin == Origin::Variable(VARIABLE)
            && url_is_set
            && (has_url || service.default_url.is_none())
        {
            let (variable, noun) = (service.url_variable, service.noun);
            return Err(Error::config(format!(
                "{VARIABLE} and {variable} are both set, so it is unclear which {noun} to use"
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
            "unknown deployment {} (from {})",
            name.value, name.origin
        ))
        .hint(format!("known deployments: {}", self.config.names()))
        .hint("add one: xeroctl config add NAME --base-url URL"))
    }

    /// The name of the deployment in use.
    pub fn deployment(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.value.as_str())
    }

    pub(super) fn is_sandbox(&self) -> bool {
        self.deployment() == Some(SANDBOX)
    }

    /// Whether the deployment is named on the command line, so that it overrides the environment.
    pub(super) fn is_named(&self) -> bool {
        self.args.context.is_some()
    }

    /// The deployment, as an origin.
    pub(super) fn origin(&self) -> Origin {
        self.deployment()
            .map_or(Origin::Default, |name| Origin::Deployment(name.to_owned()))
    }
}
