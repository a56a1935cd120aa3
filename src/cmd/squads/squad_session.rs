//! Where a command of the squads API goes: the server, the squad, the agent.

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

/// One agent, and where it is.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct AgentTarget {
    /// Agent ID, or a name that is unique in the squad
    #[arg(value_name = "AGENT")]
    pub(super) agent: Id,
    #[command(flatten)]
    pub(super) place: SquadArgs,
}

/// An agent that was looked for.
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
    /// The squad; why it can't be one where a variable or the deployment names something else.
    squad: Option<Result<Id, String>>,
    /// The options of the line that lead to the same place, with a blank before each.
    options: String,
    veils: bool,
    /// The key is an agent's own.
    as_agent: bool,
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
    /// Opens a session and finds the agent.
    pub(super) async fn open<'c>(&self, context: &'c Context) -> Result<(Squads<'c>, Id), Error> {
        let (squads, found) = self.open_found(context).await?;
        Ok((squads, found.id))
    }

    /// The same, with the agent as far as it was read to find it.
    pub(super) async fn open_found<'c>(
        &self,
        context: &'c Context,
    ) -> Result<(Squads<'c>, Found), Error> {
        let squads = self.place.open(context)?;
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
        veils: true,
        as_agent,
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
    /// Exit 2 where nothing names one; exit 3 where a variable or the deployment names something else.
    pub(super) fn squad(&self) -> Result<&str, Error> {
        match &self.squad {
            Some(Ok(squad)) => Ok(squad.as_str()),
            Some(Err(why)) => {
                Err(Error::config(why).next("where the squad comes from", "config show"))
            }
            None => Err(Error::usage("no squad is named")
                .hint("name one: --squad ID, SLAW_SQUAD_ID, or squad_id of the deployment")),
        }
    }

    /// The squad, if anything names one.
    ///
    /// # Errors
    /// Exit 3 where a variable or the deployment names something else.
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
    /// Exit 2 where several have the name, or no squad is known; exit 5 where none has it.
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
                "{word} is not an agent ID, and names are known within a squad"
            ))
        })?;
        let ui = self.session.ui();
        if self.session.is_dry() {
            ui.note(&format!("skipped: which agent {word} is"));
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
        // The first of these that any agent has counts.
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
                format!("no agent of the squad {squad} has the ID or the name {word}"),
            )
            .detail("terminated agents are found by ID only")
            .next("list the agents", self.command("agents", ""))),
            [agent] => Ok(Found {
                id: id(agent)
                    .parse()
                    .map_err(|why| Error::unavailable(format!("the ID of {word}: {why}")))?,
                agent: agents.pop(),
            }),
            several => {
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

    fn sender(&self) -> hints::Sender<'_> {
        hints::Sender {
            has_key: self.session.has_key(),
            as_agent: self.as_agent,
            squad: self.squad().ok(),
            run: self.session.context.run_id(),
            options: &self.options,
        }
    }

    /// Adds what to do about an error, by its cause.
    pub(super) fn explain(&self, error: Error) -> Error {
        hints::explain(&self.sender(), error)
    }

    /// Names the run as the likely cause of an error, if it is one.
    pub(super) fn with_run_cause(&self, error: Error) -> Error {
        hints::with_run_cause(&self.sender(), error)
    }

    /// What to do about an error, also about one of something that is not there.
    pub(super) fn advise(&self, error: Error) -> Error {
        if error.exit() == Exit::NotFound {
            error.next("list the agents", self.command("agents", ""))
        } else {
            self.explain(error)
        }
    }

    /// What to do about an error of a change; `check` is the command that shows its result.
    pub(super) fn advise_change(&self, error: Error, check: &str) -> Error {
        match error.exit() {
            Exit::Conflict => error.next("what there is now", check),
            _ => self.advise(error),
        }
    }

    /// Changes something. `check` is the command that says what became of it.
    pub(super) async fn change<E: Endpoint>(
        &self,
        endpoint: &E,
        check: &str,
    ) -> Result<Option<Reply<E::Reply>>, Error> {
        let reply = self.session.change(endpoint, check).await;
        reply.map_err(|error| self.advise_change(error, check))
    }

    /// As [`Squads::change`], with a request for both dialects: a server that refuses what is not on its page is sent the
    /// request once more, without it. Also returns the members of the body that were left out.
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
        // A 400 says that nothing was done.
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
