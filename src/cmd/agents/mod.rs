//! `xeroctl agents`: the records of the fleet. A flag selects the action; everything else is a subcommand.

mod action;
mod agent_lookup;
pub mod candidates;
pub mod control;
pub mod curve_rotate;
mod delete;
mod filter;
mod join_key_columns;
mod join_key_lookup;
mod join_key_revoke;
mod join_key_wait;
pub mod join_keys;
mod join_token;
pub mod pause_exec;
pub mod resume_exec;
pub mod revoke_credentials;
mod rotate_fleet;
mod rotate_follow;
mod rotate_plan;
mod rotate_summary;
mod rotation;
mod selection;
pub mod stats;
pub mod wait;

use clap::Subcommand as _;

use super::aliases;
use super::commands;
use super::list_watch::Watched;
use super::suggestions::{self, Group};
use crate::api::Id;
use crate::api::agents::{self, Agent, Event};
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::{Context, Filter, ListText, Session, described};
use crate::view::column::{Cell, Column};
use action::{Action, AgentArgs};

commands! {
    /// The subcommands of the group.
    Subcommand {
        JoinKeys: join_keys,
        PauseExec: pause_exec,
        ResumeExec: resume_exec,
        RevokeCredentials: revoke_credentials,
        Candidates: candidates,
        CurveRotate: curve_rotate,
        Stats: stats,
        Wait: wait,
    }
}

/// Suggestions for words in place of an ID.
pub const SUGGESTIONS: Group = Group {
    command: "agents",
    words: &[
        ("describe", "<id>"),
        ("add", "--create"),
        ("new", "--create"),
        ("set", "<id> --update"),
        ("remove", "<id> --delete"),
        ("history", "<id> --events"),
        ("logs", "<id> --events"),
        ("revoke", "revoke-credentials <id>"),
        ("pause", "pause-exec <id>"),
        ("resume", "resume-exec <id>"),
        ("rotate", "curve-rotate <id>"),
    ],
};

/// List, show, create, update, and delete agents, and list their events
///
/// Without an action flag, lists the project's agents, or shows one agent. The router can't filter agents, so a filtered
/// list reads page after page until enough agents match (--limit, or 20), or the list ends. The actions are also
/// available as subcommands: `agents list`, `get`, `create`, `update`, `delete`, and `events`.
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "COMMAND",
    subcommand_help_heading = "Commands",
    override_usage = "\
xeroctl agents [OPTIONS]                  list agents
       xeroctl agents [OPTIONS] AGENT            show an agent
       xeroctl agents [OPTIONS] --create --name NAME --worker-id ID
                                --public-key KEY --region REGION
       xeroctl agents [OPTIONS] AGENT --update [--name NAME] [--status STATUS] …
       xeroctl agents [OPTIONS] AGENT --delete | --events
       xeroctl agents [OPTIONS] delete AGENT… | --ids-from FILE | --status …
       xeroctl agents COMMAND …",
    after_help = "\
Examples:
  xeroctl agents
  xeroctl agents --status suspended,dead --region us-east
  xeroctl agents --name 'gpu-*' --older-than 10m --sort last-heartbeat
  xeroctl agents --status active --count
  xeroctl agents --region us-east --all --watch
  xeroctl agents agt_abc123 -o json
  xeroctl agents --create --name gpu-worker-1 --worker-id w-001 \\
      --public-key KEY --region us-east
  xeroctl agents agt_abc123 --update --status suspended
  xeroctl agents agt_abc123 --delete --dry-run
  xeroctl agents delete --status dead --older-than 30d --dry-run
  xeroctl agents agt_abc123 --events --limit 20

An ID that is also a subcommand, or starts with a dash, must follow `--`:
  xeroctl agents -- list"
)]
pub struct Args {
    #[command(flatten)]
    own: AgentArgs,
    #[command(subcommand)]
    subcommand: Option<Subcommand>,
}

/// The columns of an agent. The first six are documented.
pub(crate) const AGENT: &[Column<Agent>] = &[
    Column::id("ID", |agent| Cell::from(agent.id())),
    Column::text("NAME", |agent| Cell::from(agent.name())),
    Column::text("WORKER_ID", |agent| Cell::from(agent.worker_id())),
    Column::state("STATUS", status),
    Column::text("REGION", |agent| Cell::from(agent.region())),
    Column::text("LAST_HEARTBEAT", |agent| Cell::from(agent.last_heartbeat())),
    Column::extra("MAX_CONCURRENT", |agent| {
        Cell::from(agent.max_concurrent_requests())
    }),
    Column::extra("TIERS", |agent: &Agent| Cell::list(agent.supported_tiers())).priority(1),
    Column::extra("DESCRIPTION", |agent| Cell::from(agent.description())),
    Column::extra("CREATED", |agent| Cell::from(agent.created_at())),
    Column::detail("UPDATED", |agent| Cell::from(agent.updated_at())),
    Column::detail("PUBLIC_KEY", |agent| Cell::from(agent.public_key())),
    Column::detail("STORAGE_LIMIT_ENABLED", |agent| {
        Cell::from(agent.storage_limit_enabled())
    }),
    Column::detail("STORAGE_LIMIT_BYTES", |agent| {
        let count = agent.storage_limit_bytes();
        count.map_or(Cell::Absent, Cell::Bytes)
    }),
    Column::detail("TOOLS", |agent| Cell::list(agent.tools())),
    Column::extra("ROLE", |agent: &Agent| Cell::from(agent.agent_role())).priority(2),
    Column::detail("WORKSPACES", |agent| Cell::list(agent.workspaces())),
    Column::detail("EXEC_PAUSED", |agent| {
        match (agent.exec_paused(), agent.exec_paused_workspaces()) {
            (Some(true), _) => "yes".into(),
            (Some(false), workspaces) if workspaces.is_empty() => "no".into(),
            (_, workspaces) => Cell::list(workspaces),
        }
    }),
    Column::detail("CREDENTIALS_REVOKED", |agent| {
        Cell::list(agent.credentials_revoked_workspaces())
    }),
];

/// The status; on a terminal with a remark if execution is paused, because a paused agent stays `active`.
fn status(agent: &Agent) -> Cell<'_> {
    match (agent.status(), agent.exec_paused()) {
        (Some(status), Some(true)) => Cell::Remarked(status, "paused"),
        (Some(status), _) if agent.is_paused_somewhere() => Cell::Remarked(status, "partly paused"),
        (status, _) => Cell::from(status),
    }
}

/// The columns of an event. Documented.
pub(crate) const EVENT: &[Column<Event>] = &[
    Column::id("ID", |event| Cell::from(&event.id)),
    Column::text("EVENT_TYPE", |event| Cell::from(&event.event_type)),
    Column::text("DETAILS", |event| Cell::from(&event.details)),
    Column::text("CREATED", |event| Cell::from(&event.created_at)),
];

impl Args {
    /// Runs the subcommand, or the action that the flags select.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self.subcommand {
            Some(subcommand) => Box::pin(subcommand.run(context)).await,
            None => act(self.own.action()?, &context.open()?).await,
        }
    }
}

async fn act(action: Action, session: &Session<'_>) -> Result<Exit, Error> {
    match action {
        Action::List(span, filter, view, watch) => {
            let text = ListText {
                empty: "no agents in this project",
                paged: true,
            };
            filter.check(session);
            let keep = |agent: &Agent| filter.matches(agent, session.render_options.server_now());
            let keep: Filter<'_, Agent> = filter.is_given().then_some(&keep);
            let list = Watched {
                list: &agents::List,
                columns: AGENT,
                span,
                view,
                text,
                keep,
            };
            return list.show(session, &watch).await;
        }
        Action::Events(id, span) => {
            let text = ListText {
                empty: "no events for this agent",
                paged: true,
            };
            let events = agents::Events(&id);
            let listed = session.list(&events, EVENT, &span, &text, |_, _| ()).await;
            return explained(session, listed, &id).await;
        }
        Action::Get(id) => {
            session.declare(AGENT)?;
            let reply = session.get(&agents::Get(&id)).await;
            if let Some(reply) = explained(session, reply, &id).await? {
                session.show(&reply, AGENT)?;
            }
        }
        Action::Create(fields) => {
            session.declare(AGENT)?;
            let create = agents::Create(&fields);
            if let Some(reply) = session.change(&create, "agents --all").await? {
                session.show(&reply, AGENT)?;
                if let Some(id) = reply.value.id() {
                    session
                        .ui()
                        .next("list its events", &command(&id, "--events"));
                }
            }
        }
        Action::Update(id, fields) => {
            session.declare(AGENT)?;
            let update = agents::Update(&id, &fields);
            let reply = session.change(&update, &command(id.as_str(), "")).await;
            if let Some(reply) = explained(session, reply, &id).await? {
                session.show(&reply, AGENT)?;
                session
                    .ui()
                    .next("list its events", &command(id.as_str(), "--events"));
            }
        }
        Action::Delete(delete) => return delete.run(session).await,
    }
    Ok(Exit::Success)
}

/// An agent as a prompt names it. It is read first if there will be a prompt.
pub(super) async fn subject(session: &Session<'_>, id: &Id, forced: bool) -> Result<String, Error> {
    let read = session.read_for_prompt(&agents::Get(id), id, forced).await;
    let agent = explained(session, read, id).await?;
    Ok(match &agent {
        Some(agent) => {
            let facts = [agent.status(), agent.region()];
            described("agent", id, agent.name(), &facts)
        }
        None => format!("agent {id}"),
    })
}

/// The same result. If the ID does not exist, the error suggests what was probably meant: an agent's name, or a
/// subcommand.
pub(super) async fn explained<T>(
    session: &Session<'_>,
    result: Result<T, Error>,
    id: &Id,
) -> Result<T, Error> {
    let error = match result {
        Err(error) if error.exit() == Exit::NotFound => error,
        result => return result,
    };
    if let Some(meant) = suggestions::not_an_id(&SUGGESTIONS, id.as_str()) {
        return Err(error.without_hints().hint(meant));
    }
    let error = match error.api_error().code {
        // An error code has its own advice; without one, the hint is added here.
        None => error.next("list agents", "agents"),
        Some(_) => error,
    };
    Err(agent_lookup::explain(session, error, id).await)
}

/// The words of a command for one agent. An ID that would be parsed as an option or a subcommand comes last, after
/// `--`.
pub(super) fn command(id: &str, options: &str) -> String {
    let words =
        if id.starts_with('-') || Subcommand::has_subcommand(id) || aliases::is_alias("agents", id)
        {
            format!("agents {options} -- {}", command_line::quote(id))
        } else {
            format!("agents {} {options}", command_line::quote(id))
        };
    words
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
