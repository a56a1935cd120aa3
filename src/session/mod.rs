//! What a command is given: the user's side, the environment, the resolved configuration and the client.

mod consent;
mod download;
pub mod feed;
mod list;
mod many;
mod observe;
mod send;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::api::client::{Client, Deadline, Target};
use crate::api::trust::{self, Proxies};
use crate::base_url::BaseUrl;
use crate::config::{Config, Flags, KeySource, Place, Resolved, resolve};
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
}

impl Context {
    /// The look of results of a command that asks no router.
    ///
    /// # Errors
    /// Exit 3 when `XEROCTL_OUTPUT` holds no format.
    pub fn look(&self) -> Result<Look, Error> {
        let given = resolve::given_output(self.globals.flags.output, &self.env)?;
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

    /// Opens a session: resolves the configuration, gets the key, makes the client. A dry run gets no client.
    ///
    /// # Errors
    /// Exit 2 or 3 when the line or the configuration does not lead to a router and a key.
    pub fn open(&self) -> Result<Session<'_>, Error> {
        let config = self.config()?;
        let resolved = resolve::resolve(&self.globals.flags, &self.env, &config)?;
        resolved.tell_ignored(&self.ui);
        let look = self.look_in(resolved.output.value);
        if self.globals.dry_run {
            let base_url = match &resolved.place.value {
                Place::Router(base) => base.as_str().to_owned(),
                Place::Sandbox => self.local_base_url.clone(),
            };
            return Ok(Session {
                context: self,
                look,
                resolved,
                mode: Mode::Dry { base_url },
            });
        }
        let (client, local) = self.connect(&resolved)?;
        Ok(Session {
            context: self,
            look,
            resolved,
            mode: Mode::Online {
                client,
                _local: local,
            },
        })
    }

    fn connect(
        &self,
        resolved: &Resolved,
    ) -> Result<(Client, Option<Box<dyn LocalRouter>>), Error> {
        let deadline = self.globals.timeout.map(|after| Deadline {
            after,
            at: Instant::now() + after,
        });
        let name = resolved.deployment.as_ref().map(|name| name.value.as_str());
        let (base, key, local) = match &resolved.place.value {
            Place::Router(base) => {
                let key = resolved.key.value.read(&self.ui, name)?;
                (base.clone(), key, None)
            }
            Place::Sandbox => {
                let local = (self.start_local)(&self.env)?;
                if let Some(warning) = local.warning() {
                    self.ui.warn(&warning);
                }
                let key = match &resolved.key.value {
                    KeySource::Sandbox => Secret::new(local.key()),
                    given => given.read(&self.ui, name)?,
                };
                let base = BaseUrl::parse(&local.base_url()).map_err(Error::unavailable)?;
                (base, key, Some(local))
            }
        };
        self.ui.keep_secret(&key);
        // Loopback hosts, and so the sandbox, are never proxied.
        let proxies = Proxies::read(|name| self.env.text(name));
        let builder = trust::builder(&base, resolved.ca.as_ref(), &proxies, true)?;
        let target = Target {
            base_url: base.as_str().to_owned(),
            key: Some(key),
        };
        let observer = Arc::new(observe::Tracer::new(self.ui.clone()));
        let client = Client::new(builder, target, observer, deadline, self.env.clock())?;
        Ok((client, local))
    }
}

/// What a command that asks a router is given.
pub struct Session<'c> {
    /// What every command is given.
    pub context: &'c Context,
    /// The look of its results.
    pub look: Look,
    resolved: Resolved,
    mode: Mode,
}

enum Mode {
    /// Nothing is sent.
    Dry { base_url: String },
    Online {
        client: Client,
        // The embedded router ends with the session.
        _local: Option<Box<dyn LocalRouter>>,
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

    /// Whether nothing is sent.
    #[must_use]
    pub fn is_dry(&self) -> bool {
        matches!(self.mode, Mode::Dry { .. })
    }
}
