//! What a command is given: the user's side, the environment, the resolved configuration and the client.

mod consent;
mod download;
pub mod feed;
mod list;
mod many;
mod observe;
mod send;
mod whole;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::api::client::{Client, Deadline, Target};
use crate::api::id::is_uuid;
use crate::api::server::Server;
use crate::api::trust::{self, Proxies};
use crate::base_url::BaseUrl;
use crate::config::Origin;
use crate::config::resolve::Protection;
use crate::config::squads::{self, Wanted};
use crate::config::{Config, Flags, KeySource, Place, Resolved, resolve, settings};
use crate::env::Env;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::line::Line;
use crate::secret::Secret;
use crate::time::Style;
use crate::ui::Ui;
use crate::view::{Format, Look};

pub use consent::Consent;
pub use download::Receiver;
pub use list::ListText;
pub use many::{Many, Words};
pub use send::document_text;

/// The options that every command takes.
#[derive(Default)]
pub struct Globals {
    /// Those that decide which router, key and format.
    pub flags: Flags,
    /// `--no-headers`.
    pub no_headers: bool,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--time`.
    pub time: Option<Style>,
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// `--no-input`.
    pub no_input: bool,
}

/// A router that runs in this process, while it lives.
pub trait LocalRouter {
    /// Its base URL.
    fn base_url(&self) -> String;
    /// Its key.
    fn key(&self) -> String;
    /// The root of its squads API.
    fn squads_url(&self) -> String;
    /// A key of its squads API: an agent's own, or an operator's.
    fn squads_key(&self, of_agent: bool) -> String;
    /// Something that the user should know of it.
    fn warning(&self) -> Option<String>;
}

/// Starts the embedded router; given by the only part that knows it.
pub type StartLocal = fn(&Env) -> Result<Box<dyn LocalRouter>, Error>;

/// What every command is given.
pub struct Context {
    /// The user's side.
    pub ui: Ui,
    /// The environment.
    pub env: Env,
    /// The process's signals.
    pub interrupt: Interrupt,
    /// What was typed.
    pub line: Line,
    /// The options that every command takes.
    pub globals: Globals,
    /// Starts the embedded router.
    pub start_local: StartLocal,
    /// The base URL under which the embedded router appears in a dry run.
    pub local_base_url: String,
    /// The root under which its squads API appears in a dry run.
    pub local_squads_url: String,
    /// The squad that it has.
    pub local_squad: &'static str,
}

impl Context {
    /// The look of results of a command that asks no router.
    ///
    /// # Errors
    /// Exit 3 when `XEROCTL_OUTPUT` holds no format.
    pub fn look(&self) -> Result<Look, Error> {
        let given = settings::given_output(self.globals.flags.output, &self.env)?;
        Ok(self.look_in(given.map(|given| given.value).unwrap_or_default()))
    }

    fn look_in(&self, format: Format) -> Look {
        let terminals = self.ui.terminals();
        let human = matches!(format, Format::Table | Format::Wide);
        let time = if terminals.output && human {
            Style::Relative
        } else {
            Style::Utc
        };
        Look {
            format,
            width: terminals.width,
            colour: self.ui.manner().colour_output && human,
            headers: !self.globals.no_headers,
            time: self.globals.time.unwrap_or(time),
            now: self.ui.now(),
            zone: self.zone(),
        }
    }

    /// `TZ`, else the system's zone.
    fn zone(&self) -> TimeZone {
        self.env
            .text("TZ")
            .and_then(|name| TimeZone::get(name.trim_start_matches(':')).ok())
            .unwrap_or_else(TimeZone::system)
    }

    /// Reads the configuration and says what is wrong with the file's permissions.
    ///
    /// # Errors
    /// Exit 3 when the file is broken.
    pub fn config(&self) -> Result<Config, Error> {
        let config = Config::read(&self.env)?;
        for warning in &config.warnings {
            self.ui.warn(warning);
        }
        Ok(config)
    }

    /// Opens a session with the router: resolves the configuration, gets the key, makes the client. A dry run gets no
    /// client.
    ///
    /// # Errors
    /// Exit 2 or 3 when the line or the configuration does not lead to a router and a key.
    pub fn open(&self) -> Result<Session<'_>, Error> {
        let config = self.config()?;
        let resolved = resolve::resolve(&self.globals.flags, &self.env, &config)?;
        self.connect(resolved, Server::Router, |router| {
            (router.base_url(), router.key())
        })
    }

    /// Opens a session with the squads API, where no key is needed, and tells the squad if one is named. In the sandbox
    /// the key is an operator's, or an agent's own.
    ///
    /// # Errors
    /// Exit 2 or 3 when the line or the configuration is wrong.
    pub fn open_squads(
        &self,
        wanted: Wanted<'_>,
        as_agent: bool,
    ) -> Result<(Session<'_>, Option<String>), Error> {
        let config = self.config()?;
        let squads = squads::resolve(wanted, &self.globals.flags, &self.env, &config)?;
        let mut squad = squads.squad.map(|squad| squad.value);
        let in_sandbox = matches!(squads.resolved.place.value, Place::Sandbox);
        if in_sandbox && squad.is_none() {
            squad = Some(self.local_squad.to_owned());
        }
        let local: fn(&dyn LocalRouter) -> (String, String) = if as_agent {
            |router| (router.squads_url(), router.squads_key(true))
        } else {
            |router| (router.squads_url(), router.squads_key(false))
        };
        let session = self.connect(squads.resolved, Server::Squads, local)?;
        Ok((session, squad))
    }

    /// `local` tells the URL and the key of the embedded router.
    fn connect(
        &self,
        resolved: Resolved,
        server: Server,
        local: fn(&dyn LocalRouter) -> (String, String),
    ) -> Result<Session<'_>, Error> {
        resolved.tell_ignored(&self.ui);
        let look = self.look_in(resolved.output.value);
        let is_format_chosen = resolved.output.origin != Origin::Default;
        let mode = if self.globals.dry_run {
            Mode::Dry {
                base_url: match (&resolved.place.value, server) {
                    (Place::At(url), _) => url.as_str().to_owned(),
                    (Place::Sandbox, Server::Router) => self.local_base_url.clone(),
                    (Place::Sandbox, Server::Squads) => self.local_squads_url.clone(),
                },
            }
        } else {
            self.go_online(&resolved, server, local)?
        };
        Ok(Session {
            context: self,
            look,
            is_format_chosen,
            server,
            protection: resolved.protection,
            mode,
        })
    }

    fn go_online(
        &self,
        resolved: &Resolved,
        server: Server,
        local: fn(&dyn LocalRouter) -> (String, String),
    ) -> Result<Mode, Error> {
        let deadline = self.globals.timeout.map(|after| Deadline {
            after,
            at: Instant::now() + after,
        });
        let name = resolved.deployment.as_ref().map(|name| name.value.as_str());
        let read = |key: &KeySource| match key {
            // The squads API may well be open to everybody.
            KeySource::Missing if server == Server::Squads => Ok(None),
            key => key.read(&self.ui, name).map(Some),
        };
        let (url, key, running) = match &resolved.place.value {
            Place::At(url) => (url.clone(), read(&resolved.key.value)?, None),
            Place::Sandbox => {
                let running = (self.start_local)(&self.env)?;
                if let Some(warning) = running.warning() {
                    self.ui.warn(&warning);
                }
                let (url, key) = local(&*running);
                let key = match &resolved.key.value {
                    KeySource::Sandbox => Some(Secret::new(key)),
                    given => read(given)?,
                };
                let url = match server {
                    Server::Router => BaseUrl::parse(&url),
                    Server::Squads => BaseUrl::parse_root(&url),
                };
                (url.map_err(Error::unavailable)?, key, Some(running))
            }
        };
        if let Some(key) = &key {
            self.ui.keep_secret(key);
        }
        // Loopback hosts, and so the sandbox, are never proxied.
        let proxies = Proxies::read(|name| self.env.text(name));
        let builder = trust::builder(&url, resolved.ca.as_ref(), &proxies, key.is_some())?;
        let target = Target {
            base_url: url.as_str().to_owned(),
            server,
            key,
            change_headers: match server {
                Server::Router => Vec::new(),
                Server::Squads => self.run_id(),
            },
        };
        let observer = Arc::new(observe::Tracer::new(self.ui.clone()));
        let client = Client::new(builder, target, observer, deadline, self.env.clock())?;
        Ok(Mode::Online {
            client,
            local: running,
        })
    }

    /// The run that changes through the squads API belong to. One that is no UUID is no run.
    fn run_id(&self) -> Vec<(&'static str, String)> {
        const VARIABLE: &str = "SLAW_RUN_ID";
        let id = self.env.text(VARIABLE);
        if id.as_deref().is_some_and(|id| !is_uuid(id)) {
            self.ui
                .note(&format!("{VARIABLE} is ignored: it holds no UUID"));
        }
        id.filter(|id| is_uuid(id))
            .map(|id| ("x-slaw-run-id", id))
            .into_iter()
            .collect()
    }
}

/// What a command that asks a server is given.
pub struct Session<'c> {
    /// What every command is given.
    pub context: &'c Context,
    /// The look of its results.
    pub look: Look,
    /// Whether anything chose the output format: the line, the environment or the deployment.
    pub is_format_chosen: bool,
    server: Server,
    protection: Option<Protection>,
    mode: Mode,
}

enum Mode {
    /// Nothing is sent.
    Dry { base_url: String },
    Online {
        client: Client,
        /// The embedded router, which ends with the session.
        local: Option<Box<dyn LocalRouter>>,
    },
}

impl Session<'_> {
    /// The user's side.
    #[must_use]
    pub fn ui(&self) -> &Ui {
        &self.context.ui
    }

    /// The look of what is written now and stays on the screen while time goes on: no time is told as of now, unless the
    /// line asks for it.
    #[must_use]
    pub fn lasting_look(&self) -> Look {
        let mut look = self.look.clone();
        if look.time == Style::Relative && self.context.globals.time.is_none() {
            look.time = Style::Local;
        }
        look.now = self.ui().now();
        look
    }

    /// Whether the server runs in this process, and ends with it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(&self.mode, Mode::Online { local: Some(_), .. })
    }

    /// What the server is called.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        self.server.noun()
    }

    /// The URL of the server.
    #[must_use]
    pub fn base_url(&self) -> &str {
        match &self.mode {
            Mode::Dry { base_url } => base_url,
            Mode::Online { client, .. } => client.base_url(),
        }
    }

    /// Whether requests carry a key.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.client().is_ok_and(Client::has_key)
    }

    /// Whether nothing is sent.
    #[must_use]
    pub fn is_dry(&self) -> bool {
        matches!(self.mode, Mode::Dry { .. })
    }
}
