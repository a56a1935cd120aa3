//! Where a command of the squads API goes: the server, the squad, the agent.

use std::cell::Cell;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::api::Id;
use crate::api::id::is_uuid;
use crate::api::page::ListParams;
use crate::api::reply::Reply;
use crate::api::request::Endpoint;
use crate::api::squads::agents::{Agent, List};
use crate::api::squads::masked;
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::json::{self, Members};
use crate::redact;
use crate::session::{Context, Scope, Session};

/// The server.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Server {
    /// Root URL of the squads API, with or without /api
    #[arg(long, value_name = "URL", value_parser = values::squads_url)]
    squads_url: Option<String>,
}

/// The server and the squad.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct SquadArgs {
    #[command(flatten)]
    server: Server,
    /// Squad ID
    #[arg(long, value_name = "ID")]
    squad: Option<Id>,
}

/// Whether secrets may be shown.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(super) struct Secrets {
    /// Include secrets from agents' configurations in -o json
    #[arg(long)]
    show_secrets: bool,
}

/// One agent, and where it is.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct AgentTarget {
    /// Agent ID, or a name that is unique in the squad
    #[arg(value_name = "AGENT")]
    pub(super) agent: Id,
    #[command(flatten)]
    pub(super) place: SquadArgs,
}

/// A session with the squads API.
pub(super) struct Squads<'c> {
    /// The session.
    pub(super) session: Session<'c>,
    squad: Option<Id>,
    /// The options of the line that lead to the same place, with a blank before each.
    options: String,
    veils: bool,
    /// The note about masked secrets was shown.
    told: Cell<bool>,
}

impl Server {
    /// Opens a session; `as_agent` takes the agent's key in the sandbox.
    pub(super) fn open<'c>(
        &self,
        context: &'c Context,
        as_agent: bool,
    ) -> Result<Squads<'c>, Error> {
        open(context, self.squads_url.as_deref(), None, as_agent)
    }
}

impl SquadArgs {
    /// Opens a session.
    pub(super) fn open<'c>(&self, context: &'c Context) -> Result<Squads<'c>, Error> {
        let url = self.server.squads_url.as_deref();
        open(context, url, self.squad.as_ref(), false)
    }
}

impl AgentTarget {
    /// The agent as a prompt names it: its ID, and the name that was typed.
    pub(super) fn told(&self, id: &Id) -> String {
        if *id == self.agent {
            id.to_string()
        } else {
            format!("{} ({id})", self.agent)
        }
    }

    /// Opens a session and finds the agent.
    pub(super) async fn open<'c>(&self, context: &'c Context) -> Result<(Squads<'c>, Id), Error> {
        let squads = self.place.open(context)?;
        let agent = squads.agent(&self.agent).await?;
        Ok((squads, agent))
    }
}

fn open<'c>(
    context: &'c Context,
    url: Option<&str>,
    squad: Option<&Id>,
    as_agent: bool,
) -> Result<Squads<'c>, Error> {
    let squad = squad.map(Id::as_str);
    let (session, named) = context.open_squads(url, squad, as_agent)?;
    let named = named.map(|id| id.parse().map_err(|why| format!("the squad {id:?}: {why}")));
    let mut options = String::new();
    for (name, value) in [("--squads-url", url), ("--squad", squad)] {
        if let Some(value) = value {
            options.push_str(&format!(
                " {}",
                command_line::quote(&redact::word(&format!("{name}={value}")))
            ));
        }
    }
    Ok(Squads {
        session,
        squad: named.transpose().map_err(Error::config)?,
        options,
        veils: true,
        told: Cell::new(false),
    })
}

impl Squads<'_> {
    /// Shows secrets if `--show-secrets` was given.
    pub(super) fn with(mut self, secrets: Secrets) -> Self {
        self.veils = !secrets.show_secrets;
        if secrets.show_secrets && !self.session.look.format.is_json() {
            let ui = self.session.ui();
            ui.note("--show-secrets counts with -o json alone: no table shows a configuration");
        }
        self
    }

    /// The words of a command about the same place: a subcommand, and its arguments as they are typed.
    pub(super) fn command(&self, verb: &str, arguments: &str) -> String {
        format!("squads {verb}{} {arguments}", self.options)
            .trim_end()
            .to_owned()
    }

    /// The words of a command about an agent of the same place.
    pub(super) fn about(&self, verb: &str, agent: &Id) -> String {
        self.command(verb, &command_line::id(agent.as_str()))
    }

    /// The squad.
    ///
    /// # Errors
    /// Exit 2 where nothing names one.
    pub(super) fn squad(&self) -> Result<&str, Error> {
        self.squad.as_ref().map(Id::as_str).ok_or_else(|| {
            Error::usage("no squad is named")
                .hint("name one: --squad ID, SLAW_SQUAD_ID, or squad_id of the deployment")
        })
    }

    /// Finds the agent by its ID, or by a name that is unique in the squad.
    ///
    /// # Errors
    /// Exit 2 where several have the name, or no squad is known; exit 5 where none has it.
    pub(super) async fn agent(&self, word: &Id) -> Result<Id, Error> {
        if is_uuid(word.as_str()) {
            return Ok(word.clone());
        }
        let squad = self.squad().map_err(|error| {
            error.because_of(format!(
                "{word} is no id of an agent, and names are known within a squad"
            ))
        })?;
        let ui = self.session.ui();
        if self.session.is_dry() {
            ui.note(&format!("skipped: which agent {word} is"));
            return Ok(word.clone());
        }
        let is_meant = |agent: &Agent| {
            [&agent.id, &agent.name, &agent.url_key]
                .into_iter()
                .any(|text| text.as_deref() == Some(word.as_str()))
        };
        let list = List { squad };
        let pages = self
            .session
            .pages(&list, &ListParams::default(), Scope::Command);
        let mut agents = pages.collect().await?;
        agents.retain(is_meant);
        let with = |text: fn(&Agent) -> &Option<String>| -> Vec<&Agent> {
            let is_it = |agent: &&Agent| text(agent).as_deref() == Some(word.as_str());
            agents.iter().filter(is_it).collect()
        };
        let found = [
            with(|agent| &agent.id),
            with(|agent| &agent.name),
            with(|agent| &agent.url_key),
        ];
        let found = found.into_iter().find(|found| !found.is_empty());
        let id = |agent: &Agent| agent.id.clone().unwrap_or_default();
        match found.as_deref() {
            None => Err(Error::new(
                Exit::NotFound,
                format!("no agent of the squad {squad} has the ID or the name {word}"),
            )
            .next("those that there are", self.command("agents", ""))),
            Some([agent]) => id(agent)
                .parse()
                .map_err(|why| Error::unavailable(format!("the ID of {word}: {why}"))),
            Some(several) => {
                let error = Error::usage(format!(
                    "{} agents of the squad are called {word}: give the id",
                    several.len()
                ));
                Err(several.iter().fold(error, |error, agent| {
                    let title = agent.title.as_deref().or(agent.role.as_deref());
                    error.detail(format!("{} ({})", id(agent), title.unwrap_or("-")))
                }))
            }
        }
    }

    /// Reads something about an agent.
    pub(super) async fn get<E: Endpoint>(
        &self,
        endpoint: &E,
    ) -> Result<Option<Reply<E::Reply>>, Error> {
        let reply = self.session.get(endpoint).await;
        reply.map_err(|error| self.advise(error))
    }

    /// Where to look for what the server says is not there.
    fn advise(&self, error: Error) -> Error {
        if error.exit() == Exit::NotFound {
            error.next("the agents that there are", self.command("agents", ""))
        } else {
            error
        }
    }

    /// Changes something. `check` is the command that says what became of it.
    pub(super) async fn change<E: Endpoint>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Option<Reply<E::Reply>>, Error> {
        let reply = self.session.change(endpoint, check).await;
        reply.map_err(|error| match error.exit() {
            Exit::Conflict => error.next("what there is now", check),
            _ => self.advise(error),
        })
    }

    /// The reply, with secrets masked if its document will be shown.
    ///
    /// # Errors
    /// Exit 1 should the masked document be no JSON.
    pub(super) fn redact<T: DeserializeOwned>(&self, reply: Reply<T>) -> Result<Reply<T>, Error> {
        if !self.session.look.format.is_json() {
            return Ok(reply);
        }
        let document =
            RawValue::from_string(self.redact_document(reply.document.get())).map_err(|error| {
                Error::new(Exit::Failure, "the response can't be shown").cause(error)
            })?;
        Ok(Reply {
            value: reply.value,
            document,
        })
    }

    /// As [`Squads::redact`], for responses that need not hold an agent and are left alone where they hold none.
    pub(super) fn redact_agent<T: DeserializeOwned>(
        &self,
        reply: Reply<T>,
    ) -> Result<Reply<T>, Error> {
        let of_agent = ["agent", "adapterConfig", "runtimeConfig"];
        if Members::of(reply.document.get())
            .any(|(name, _)| of_agent.contains(&json::string(name).as_ref()))
        {
            self.redact(reply)
        } else {
            Ok(reply)
        }
    }

    /// A document with its secrets masked, unless they may be shown; says so once.
    pub(super) fn redact_document(&self, document: &str) -> String {
        if !self.veils {
            return document.to_owned();
        }
        let (document, count) = masked(document);
        if count > 0 && !self.told.replace(true) {
            self.session
                .ui()
                .note("secrets are masked as ***; with -o json, --show-secrets shows them");
        }
        document
    }
}
