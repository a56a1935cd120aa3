//! The context of a command (streams, environment, configuration), and its session with the server.

mod batch;
mod consent;
mod download;
mod dry_run;
pub mod event_stream;
mod key;
mod list;
mod list_view;
pub mod pages;
pub mod probe;
mod send;
mod show;
mod snapshot;
mod tracer;
mod unpaged_list;

use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use jiff::tz::TimeZone;

use crate::api::client::{Client, Deadline};
use crate::api::id::is_uuid;
use crate::api::proxy::ProxySettings;
use crate::api::service::{ServerConfig, Service};
use crate::api::transport::{KeyUse, Transport};
use crate::command_line::CommandLine;
use crate::config::edit::Edit;
use crate::config::settings::given_output;
use crate::config::{
    Config, GlobalArgs, KeySource, Origin, Protection, ServerLocation, Settings, Sources,
};
use crate::env::Env;
use crate::error::Error;
use crate::files::WaitLimit;
use crate::interrupt::Interrupt;
use crate::secret::Secret;
use crate::time::TimeFormat;
use crate::ui::Ui;
use crate::view::{ClockSkew, Format, RenderOptions};

pub use batch::{ActionLabels, BatchResult};
pub use consent::{Consent, described};
pub use download::BodySink;
pub use list::ListText;
pub use list_view::{Filter, ListView, SortOrder};
pub use send::Scope;
pub use snapshot::Snapshot;
pub use unpaged_list::ListSummary;

/// The variable that names the run which changes through the squads API belong to.
const RUN_ID: &str = "SLAW_RUN_ID";

/// A router that runs in this process until it is dropped.
pub trait LocalRouter {
    /// Its base URL.
    fn base_url(&self) -> String;
    /// Its key.
    fn key(&self) -> String;
    /// The root URL of its squads API.
    fn squads_url(&self) -> String;
    /// A key for its squads API: an agent's or an operator's.
    fn squads_key(&self, of_agent: bool) -> String;
    /// A warning to show to the user, if any.
    fn warning(&self) -> Option<String>;
}

/// Starts the embedded router. Passed in, so that this module doesn't depend on the sandbox.
pub type StartLocal = fn(&Context) -> Result<Box<dyn LocalRouter>, Error>;

/// What every command works with.
pub struct Context {
    /// The streams and prompts.
    pub ui: Ui,
    /// The environment.
    pub env: Env,
    /// The process's signals.
    pub interrupt: Interrupt,
    /// When the command started; `--timeout` counts from here.
    pub started: Instant,
    /// The command line as typed.
    pub line: CommandLine,
    /// The global options.
    pub globals: GlobalArgs,
    /// Whether the program has a command of this name.
    pub is_command: fn(&str) -> bool,
    /// Starts the embedded router.
    pub start_local: StartLocal,
    /// The base URL shown for the embedded router in a dry run.
    pub local_base_url: String,
    /// The root URL shown for its squads API in a dry run.
    pub local_squads_url: String,
    /// The ID of its only squad.
    pub local_squad: &'static str,
}

impl Context {
    /// The render options of a command that doesn't use a server.
    ///
    /// # Errors
    /// Exit 3 if `XEROCTL_OUTPUT` is not a valid format.
    pub fn render_options(&self) -> Result<RenderOptions, Error> {
        let given = given_output(self.globals.output, &self.env)?;
        Ok(self.render_options_in(given.map(|given| given.value).unwrap_or_default()))
    }

    fn render_options_in(&self, format: Format) -> RenderOptions {
        let terminals = self.ui.terminals();
        let columns = self.globals.columns.clone();
        // A format that was not chosen for this command gives way to columns that were.
        let format = if columns.is_some() && !format.has_columns() {
            Format::default()
        } else {
            format
        };
        let human = !format.is_machine();
        let time = if terminals.output && human {
            TimeFormat::Relative
        } else {
            TimeFormat::Utc
        };
        let time = self.globals.time.unwrap_or(time);
        RenderOptions {
            format,
            filter: self.globals.jq.clone(),
            columns,
            width: terminals.width,
            color: self.ui.output_mode().color_output && human,
            headers: !self.globals.no_headers,
            time,
            now: self.ui.now(),
            skew: ClockSkew::default(),
            // Determining the zone takes reading files.
            zone: match time {
                TimeFormat::Local => self.zone(),
                _ => TimeZone::UTC,
            },
            ascii: self.env.is_ascii(),
        }
    }

    /// The time zone from `TZ`, or else the system's.
    pub fn zone(&self) -> TimeZone {
        self.env
            .text("TZ")
            .and_then(|name| TimeZone::get(name.trim_start_matches(':')).ok())
            .unwrap_or_else(TimeZone::system)
    }

    /// Reads the configuration, and warns if the file's permissions are too open.
    ///
    /// # Errors
    /// Exit 3 if the file can't be read or parsed.
    pub fn config(&self) -> Result<Config, Error> {
        let config = Config::read(&self.env, &self.wait_limit())?;
        for warning in &config.warnings {
            self.ui.warn(warning);
        }
        for name in config.aliases.keys().filter(|name| (self.is_command)(name)) {
            self.ui.warn(&format!(
                "the alias {name} is ignored: xeroctl has a command of that name"
            ));
        }
        Ok(config)
    }

    /// The time limit for reading files and waiting for locks, from `--timeout`.
    pub fn wait_limit(&self) -> WaitLimit {
        let deadline = self.globals.timeout;
        let ui = self.ui.clone();
        WaitLimit::new(
            deadline.map(|after| (self.started + after, after)),
            move |text| ui.note(text),
        )
    }

    /// Locks and reads the configuration file for editing.
    pub fn edit(&self) -> Result<Edit, Error> {
        self.without_columns()?;
        Edit::begin(&self.env, &self.wait_limit(), &self.interrupt)
    }

    /// Writes the edited configuration file, and warns about problems that did not prevent the write.
    pub fn save(&self, edit: Edit) -> Result<(), Error> {
        self.ui.stop_paging();
        for warning in edit.write()? {
            self.ui.warn(&warning);
        }
        Ok(())
    }

    /// Opens a session with the router: resolves the configuration, gets the key, and creates the client. A dry run has
    /// no client.
    ///
    /// # Errors
    /// Exit 2 or 3 if the command line and the configuration do not provide a router and a key.
    pub fn open(&self) -> Result<Session<'_>, Error> {
        self.open_router(self.globals.dry_run)
    }

    /// Opens a session with the router that reads even in a dry run: for what a dry run can't show without asking.
    ///
    /// # Errors
    /// As [`Context::open`].
    pub fn open_for_reading(&self) -> Result<Session<'_>, Error> {
        self.open_router(false)
    }

    fn open_router(&self, is_dry: bool) -> Result<Session<'_>, Error> {
        let config = self.config()?;
        let settings = Sources::of_router(&self.globals, &self.env, &config)?.resolve()?;
        self.connect(settings, Service::ROUTER, is_dry, |router| {
            (router.base_url(), router.key())
        })
    }

    /// Opens a session with the squads API, which may work without a key, and returns the configured squad, if any. In
    /// the sandbox, the key is an operator's or an agent's.
    ///
    /// # Errors
    /// Exit 2 or 3 if the command line or the configuration is invalid.
    pub fn open_squads(
        &self,
        url: Option<&str>,
        squad: Option<&str>,
        as_agent: bool,
    ) -> Result<(Session<'_>, Option<String>), Error> {
        let config = self.config()?;
        let sources = Sources::of_squads(url, squad, &self.globals, &self.env, &config)?;
        let settings = sources.resolve()?;
        let squad = match (&settings.squad, &settings.location.value) {
            (Some(squad), _) => Some(squad.value.clone()),
            (None, ServerLocation::Sandbox) => Some(self.local_squad.to_owned()),
            (None, ServerLocation::At(_)) => None,
        };
        let local: fn(&dyn LocalRouter) -> (String, String) = if as_agent {
            |router| (router.squads_url(), router.squads_key(true))
        } else {
            |router| (router.squads_url(), router.squads_key(false))
        };
        let is_dry = self.globals.dry_run;
        let session = self.connect(settings, Service::SQUADS, is_dry, local)?;
        Ok((session, squad))
    }

    /// Reports which environment variables are ignored.
    pub fn warn_ignored_vars(&self, settings: &Settings) {
        for name in &settings.ignored {
            self.ui.note(&format!(
                "{name} is ignored: the deployment's own setting is used"
            ));
        }
    }

    /// `local` returns the URL and the key of the embedded router.
    fn connect(
        &self,
        settings: Settings,
        service: &'static Service,
        is_dry: bool,
        local: fn(&dyn LocalRouter) -> (String, String),
    ) -> Result<Session<'_>, Error> {
        self.warn_ignored_vars(&settings);
        let render_options = self.render_options_in(settings.output.value);
        // A URL from elsewhere isn't the deployment's, so prompts must not use its name.
        let deployment = match settings.location.origin {
            Origin::Flag(_) | Origin::Variable(_) => None,
            _ => settings.deployment.as_ref().map(|name| name.value.clone()),
        };
        let is_format_chosen = settings.output.origin != Origin::Default;
        let mode = if is_dry {
            Mode::Dry {
                base_url: match &settings.location.value {
                    ServerLocation::At(url) => url.as_str().to_owned(),
                    ServerLocation::Sandbox if service == Service::SQUADS => {
                        self.local_squads_url.clone()
                    }
                    ServerLocation::Sandbox => self.local_base_url.clone(),
                },
            }
        } else {
            self.go_online(&settings, service, local)?
        };
        Ok(Session {
            context: self,
            render_options,
            is_format_chosen,
            service,
            deployment,
            protection: settings.protection,
            mode,
            has_checked_columns: Cell::new(false),
        })
    }

    fn go_online(
        &self,
        settings: &Settings,
        service: &'static Service,
        local: fn(&dyn LocalRouter) -> (String, String),
    ) -> Result<Mode, Error> {
        let deadline = self.globals.timeout.map(|after| Deadline {
            after,
            at: self.started + after,
        });
        let name = settings.deployment.as_ref().map(|name| name.value.as_str());
        let read = |key: &KeySource| match key {
            // The squads API may accept requests without a key.
            KeySource::Missing if !service.needs_key => Ok(None),
            key => self.key(key, name).map(Some),
        };
        let (url, key, running) = match &settings.location.value {
            ServerLocation::At(url) => (url.clone(), read(&settings.key.value)?, None),
            ServerLocation::Sandbox => {
                let running = (self.start_local)(self)?;
                if let Some(warning) = running.warning() {
                    self.ui.warn(&warning);
                }
                let (url, key) = local(&*running);
                let key = match &settings.key.value {
                    KeySource::Sandbox => Some(Secret::new(key)),
                    given => read(given)?,
                };
                let url = service.read_url(&url).map_err(Error::unavailable)?;
                (url, key, Some(running))
            }
        };
        if let Some(key) = &key {
            self.ui.register_secret(key);
        }
        // Loopback hosts, including the sandbox, are never proxied.
        let proxies = ProxySettings::read(|name| self.env.text(name));
        let key_use = KeyUse {
            is_sent: key.is_some(),
            is_exposed: settings.allow_http.value,
        };
        let has_key = key.is_some();
        let ca = settings.ca.as_ref();
        let way = Transport::to(&url, ca, &proxies, key_use, &self.wait_limit())?;
        if let Some(note) = way.note() {
            self.ui.trace(1, note);
        }
        let target = ServerConfig {
            base_url: url.as_str().to_owned(),
            service,
            key,
            change_headers: if service == Service::SQUADS {
                self.run_headers()
            } else {
                Vec::new()
            },
            via: way.via(),
        };
        let observer = Arc::new(tracer::Tracer::new(self.ui.clone(), service.noun, has_key));
        let client = Client::new(&way, target, observer, deadline, self.env.clock())?
            .with_time_scale(self.env.time_scale());
        Ok(Mode::Online {
            client,
            local: running,
        })
    }

    /// The run that changes through the squads API belong to. It must be a UUID.
    pub fn run_id(&self) -> Option<String> {
        self.env.text(RUN_ID).filter(|id| is_uuid(id))
    }

    /// The headers of changes through the squads API.
    fn run_headers(&self) -> Vec<(&'static str, String)> {
        let id = self.run_id();
        if id.is_none() && self.env.text(RUN_ID).is_some() {
            self.ui
                .note(&format!("{RUN_ID} is ignored: it is not a UUID"));
        }
        id.map(|id| ("x-slaw-run-id", id)).into_iter().collect()
    }
}

/// What a command that uses a server works with.
pub struct Session<'c> {
    /// What every command is given.
    pub context: &'c Context,
    /// How results are rendered.
    pub render_options: RenderOptions,
    /// Whether the output format was set: on the command line, in the environment, or by the deployment.
    pub is_format_chosen: bool,
    service: &'static Service,
    /// The deployment that the server's URL comes from.
    deployment: Option<String>,
    protection: Option<Protection>,
    mode: Mode,
    /// The selected columns exist.
    has_checked_columns: Cell<bool>,
}

enum Mode {
    /// Nothing is sent.
    Dry { base_url: String },
    Online {
        client: Client,
        /// Keeps the embedded router running until the session ends.
        local: Option<Box<dyn LocalRouter>>,
    },
}

impl Session<'_> {
    /// The streams and prompts.
    pub fn ui(&self) -> &Ui {
        &self.context.ui
    }

    /// Whether the server runs in this process.
    pub fn is_local(&self) -> bool {
        matches!(&self.mode, Mode::Online { local: Some(_), .. })
    }

    /// The server's name.
    pub fn noun(&self) -> &'static str {
        self.service.noun
    }

    /// The URL of the server.
    pub fn base_url(&self) -> &str {
        match &self.mode {
            Mode::Dry { base_url } => base_url,
            Mode::Online { client, .. } => client.base_url(),
        }
    }

    /// Whether requests carry a key.
    pub fn has_key(&self) -> bool {
        self.client().is_ok_and(Client::has_key)
    }

    /// Whether nothing is sent.
    pub fn is_dry(&self) -> bool {
        matches!(self.mode, Mode::Dry { .. })
    }
}
