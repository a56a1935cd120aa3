//! The target of a squads command: the server, the squad, and the agent.

use std::cell::Cell;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::hints;
use crate::api::Id;
use crate::api::id::is_uuid;
use crate::api::page::ListParams;
use crate::api::reply::Reply;
use crate::api::request::Endpoint;
use crate::api::squads::agents::{Agent, List};
use crate::api::squads::masked;
use crate::api::squads::page_only::{PageOnly, TwoDialects, extra_members};
use crate::cmd::values;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::json::{self, Members};
use crate::redact;
use crate::session::{Context, Scope, Session};
use crate::view::Column;

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
    /// Squad ID (a UUID)
    #[arg(long, value_name = "ID", value_parser = squad_id)]
    squad: Option<Id>,
}

/// Whether secrets may be shown.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(super) struct Secrets {
    /// Include secrets from agents' configurations in -o json
    #[arg(long)]
    show_secrets: bool,
}

/// The ID of a squad. The server fails on one that is not a UUID.
fn squad_id(text: &str) -> Result<Id, String> {
    let id: Id = text.parse()?;
    if is_uuid(text) {
        Ok(id)
    } else {
        Err("a squad ID is a UUID, such as 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24".to_owned())
    }
}

/// An agent and its squad.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct AgentTarget {
    /// Agent ID, or a name that is unique in the squad
    #[arg(value_name = "AGENT")]
    pub(super) agent: Id,
    #[command(flatten)]
    pub(super) squad: SquadArgs,
}

/// An agent that was looked up.
pub(super) struct Found {
    /// Its ID.
    pub(super) id: Id,
    /// The agent, if it was read.
    pub(super) agent: Option<Agent>,
}

/// Whether an error names this member of the request.
fn names(error: &Error, member: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let lines = error.lines("");
    let texts = lines.iter().map(String::as_str);
    let mut texts = texts.chain([hints::server_message(error)]);
    texts.any(|text| text.split(|c| !is_of_name(c)).any(|word| word == member))
}

/// A session with the squads API.
pub(super) struct Squads<'c> {
    /// The session.
    pub(super) session: Session<'c>,
    /// The squad, or why the value from the variable or the deployment is not a valid squad ID.
    squad: Option<Result<Id, String>>,
    /// The options that select the same server and squad, each preceded by a space.
    options: String,
    masks_secrets: bool,
    /// Whether the command requires an agent's key.
    as_agent: bool,
    /// Whether the note about masked secrets was shown.
    has_noted_masking: Cell<bool>,
}

impl Server {
    /// Opens a session; in the sandbox, `as_agent` selects the agent's key.
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
    /// Opens a session and finds the agent.
    pub(super) async fn open<'c>(&self, context: &'c Context) -> Result<(Squads<'c>, Id), Error> {
        let (squads, found) = self.open_found(context).await?;
        Ok((squads, found.id))
    }

    /// The same for a command whose result has columns.
    pub(super) async fn open_for<'c, T>(
        &self,
        context: &'c Context,
        columns: &[Column<T>],
    ) -> Result<(Squads<'c>, Id), Error> {
        let squads = self.squad.open(context)?;
        squads.session.declare(columns)?;
        let found = squads.find(&self.agent).await?;
        Ok((squads, found.id))
    }

    /// The same, with the agent if it was read to find its ID.
    pub(super) async fn open_found<'c>(
        &self,
        context: &'c Context,
    ) -> Result<(Squads<'c>, Found), Error> {
        let squads = self.squad.open(context)?;
        let found = squads.find(&self.agent).await?;
        Ok((squads, found))
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
    let named = named.map(|id| squad_id(&id).map_err(|why| format!("the squad {id:?}: {why}")));
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
        squad: named,
        options,
        masks_secrets: true,
        as_agent,
        has_noted_masking: Cell::new(false),
    })
}

impl Squads<'_> {
    /// Shows secrets if `--show-secrets` was given.
    pub(super) fn with(mut self, secrets: Secrets) -> Self {
        self.masks_secrets = !secrets.show_secrets;
        if secrets.show_secrets && !self.session.render_options.format.has_documents() {
            let ui = self.session.ui();
            ui.note("--show-secrets requires -o json: tables do not show configurations");
        }
        self
    }

    /// The words of a command for the same server and squad: a subcommand, and its arguments as typed.
    pub(super) fn command(&self, subcommand: &str, arguments: &str) -> String {
        format!("squads {subcommand}{} {arguments}", self.options)
            .trim_end()
            .to_owned()
    }

    /// The words of a command for an agent on the same server.
    pub(super) fn about(&self, subcommand: &str, agent: &Id) -> String {
        self.command(subcommand, &command_line::id(agent.as_str()))
    }

    /// The squad.
    ///
    /// # Errors
    /// Exit 2 if none is set; exit 3 if the value from the variable or the deployment is invalid.
    pub(super) fn squad(&self) -> Result<&str, Error> {
        match &self.squad {
            Some(Ok(squad)) => Ok(squad.as_str()),
            Some(Err(why)) => {
                Err(Error::config(why).next("show where the squad comes from", "config show"))
            }
            None => Err(Error::usage("no squad is selected")
                .hint("select one: --squad ID, SLAW_SQUAD_ID, or squad_id of the deployment")),
        }
    }

    /// The squad, if one is set.
    ///
    /// # Errors
    /// Exit 3 if the value from the variable or the deployment is invalid.
    pub(super) fn named_squad(&self) -> Result<Option<&str>, Error> {
        match &self.squad {
            Some(_) => self.squad().map(Some),
            None => Ok(None),
        }
    }

    /// Finds the agent by its ID, or by a name that is unique in the squad.
    ///
    /// # Errors
    /// As [`Squads::find`].
    pub(super) async fn agent(&self, word: &Id) -> Result<Id, Error> {
        self.find(word).await.map(|found| found.id)
    }

    /// Finds the agent by its ID, which is not looked up, or by a name that is unique in the squad.
    ///
    /// # Errors
    /// Exit 2 if several have the name, or no squad is set; exit 5 if none has it.
    pub(super) async fn find(&self, word: &Id) -> Result<Found, Error> {
        let unread = || Found {
            id: word.clone(),
            agent: None,
        };
        if is_uuid(word.as_str()) {
            return Ok(unread());
        }
        let squad = self.squad().map_err(|error| {
            error.because_of(format!(
                "{word} is not an agent ID, and names are only resolved within a squad"
            ))
        })?;
        let ui = self.session.ui();
        if self.session.is_dry() {
            ui.note(&format!("not looked up in a dry run: the agent {word}"));
            return Ok(unread());
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
        let agents = pages.collect().await;
        let mut agents = agents.map_err(|error| self.explain(error))?;
        agents.retain(is_meant);
        let is_it = |agent: &Agent, text: fn(&Agent) -> &Option<String>| {
            text(agent).as_deref() == Some(word.as_str())
        };
        let texts: [fn(&Agent) -> &Option<String>; 3] = [
            |agent| &agent.id,
            |agent| &agent.name,
            |agent| &agent.url_key,
        ];
        // The first of these that matches an agent is used.
        if let Some(text) = texts
            .into_iter()
            .find(|text| agents.iter().any(|agent| is_it(agent, *text)))
        {
            agents.retain(|agent| is_it(agent, text));
        }
        let id = |agent: &Agent| agent.id.clone().unwrap_or_default();
        match agents.as_slice() {
            [] => Err(Error::new(
                Exit::NotFound,
                format!("no agent in squad {squad} has the ID or name {word}"),
            )
            .detail("terminated agents can only be found by ID")
            .next("list the agents", self.command("agents", ""))),
            [agent] => Ok(Found {
                id: id(agent)
                    .parse()
                    .map_err(|why| Error::unavailable(format!("the ID of {word}: {why}")))?,
                agent: agents.pop(),
            }),
            several => {
                let error = Error::usage(format!(
                    "{} agents in the squad are named {word}; use the ID",
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

    fn sender(&self) -> hints::Sender<'_> {
        hints::Sender {
            has_key: self.session.has_key(),
            as_agent: self.as_agent,
            squad: self.squad().ok(),
            run: self.session.context.run_id(),
            options: &self.options,
        }
    }

    /// Adds hints to an error, by its cause.
    pub(super) fn explain(&self, error: Error) -> Error {
        hints::explain(&self.sender(), error)
    }

    /// Names the run as the likely cause of an error, if it is one.
    pub(super) fn with_run_cause(&self, error: Error) -> Error {
        hints::with_run_cause(&self.sender(), error)
    }

    /// Adds hints to an error, including one about a missing object.
    pub(super) fn advise(&self, error: Error) -> Error {
        if error.exit() == Exit::NotFound {
            error.next("list the agents", self.command("agents", ""))
        } else {
            self.explain(error)
        }
    }

    /// Adds hints to the error of a change; `check` is the command that shows its result.
    pub(super) fn advise_change(&self, error: Error, check: &str) -> Error {
        match error.exit() {
            Exit::Conflict => error.next("check the result", check),
            _ => self.advise(error),
        }
    }

    /// Changes something. `check` is the command that shows the result.
    pub(super) async fn change<E: Endpoint>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Option<Reply<E::Reply>>, Error> {
        let reply = self.session.change(endpoint, check).await;
        reply.map_err(|error| self.advise_change(error, check))
    }

    /// As [`Squads::change`], with a request for both dialects: if the server rejects undocumented members, the request
    /// is sent again without them. Also returns the members of the body that were left out.
    pub(super) async fn change_in_either<E: TwoDialects>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Option<(Reply<E::Reply>, Vec<String>)>, Error> {
        let with = |reply: Option<Reply<E::Reply>>, left_out| reply.map(|reply| (reply, left_out));
        let error = match self.session.change(endpoint, check).await {
            Ok(reply) => return Ok(with(reply, Vec::new())),
            Err(error) => error,
        };
        // A 400 means that nothing was changed.
        let extra = extra_members(endpoint);
        let is_refused = error.api_error().http_status == Some(400)
            && extra.iter().any(|name| names(&error, name));
        if !is_refused {
            return Err(self.advise_change(error, check));
        }
        self.session.ui().trace(
            1,
            &format!(
                "the server refused a member of the body ({}); sending the request without {}",
                error.message(),
                extra.join(", ")
            ),
        );
        let reply = self.change(&PageOnly(endpoint), check).await?;
        Ok(with(reply, extra))
    }

    /// The reply, with secrets masked if its document will be shown.
    ///
    /// # Errors
    /// Exit 1 if the masked document is not JSON.
    pub(super) fn redact<T: DeserializeOwned>(&self, reply: Reply<T>) -> Result<Reply<T>, Error> {
        if !self.session.render_options.format.has_documents() {
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

    /// As [`Squads::redact`], for responses that may not contain an agent. Those are returned unchanged.
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

    /// A document with its secrets masked, unless they may be shown. The first time, prints a note.
    pub(super) fn redact_document(&self, document: &str) -> String {
        if !self.masks_secrets {
            return document.to_owned();
        }
        let (document, count) = masked(document);
        if count > 0 && !self.has_noted_masking.replace(true) {
            self.session
                .ui()
                .note("secrets are masked as ***; with -o json, --show-secrets shows them");
        }
        document
    }
}
