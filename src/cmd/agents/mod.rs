//! `xeroctl agents`: the records of the fleet. A flag selects the action; everything else about agents is a verb.

pub mod candidates;
pub mod control;
pub mod curve_rotate;
pub mod join_keys;
pub mod pause_exec;
pub mod resume_exec;
pub mod revoke_credentials;

use super::commands;
use super::group::{self, Act, Row};
use super::slips;
use super::values::{self, Tiers};
use crate::api::Id;
use crate::api::agents::{self, Agent, Event, Fields};
use crate::api::page::Span;
use crate::error::{Error, Exit};
use crate::line;
use crate::session::{Consent, Context, ListText, Session};
use crate::view::column::{Cell, Column};

commands! {
    /// The verbs of the group.
    Verb {
        JoinKeys: join_keys,
        PauseExec: pause_exec,
        ResumeExec: resume_exec,
        RevokeCredentials: revoke_credentials,
        Candidates: candidates,
        CurveRotate: curve_rotate,
    }
}

/// The verbs as typed.
pub const VERBS: &[&str] = &[
    "join-keys",
    "pause-exec",
    "resume-exec",
    "revoke-credentials",
    "candidates",
    "curve-rotate",
];

/// List, show, create, update and delete agents, and see their history
///
/// Without an action flag this lists the agents of the project, or shows the one that is named.
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs",
    override_usage = "\
xeroctl agents [OPTIONS]                  list agents
       xeroctl agents [OPTIONS] AGENT            show an agent
       xeroctl agents [OPTIONS] --create --name NAME --worker-id ID --public-key KEY --region REGION
       xeroctl agents [OPTIONS] AGENT --update [--name NAME] [--status STATUS] …
       xeroctl agents [OPTIONS] AGENT --delete | --events
       xeroctl agents VERB …",
    after_help = "\
Examples:
  xeroctl agents
  xeroctl agents agt_abc123 -o json
  xeroctl agents --create --name gpu-worker-1 --worker-id w-001 --public-key KEY --region us-east
  xeroctl agents agt_abc123 --update --status suspended
  xeroctl agents agt_abc123 --delete --dry-run
  xeroctl agents agt_abc123 --events --limit 20

An agent that is named like a verb, or begins with a dash, comes after `--`: xeroctl agents -- join-keys"
)]
pub struct Args {
    #[command(flatten)]
    own: Own,
    #[command(subcommand)]
    verb: Option<Verb>,
}

/// The options of the group itself.
#[derive(clap::Args, Clone, Debug, Default)]
#[group(skip)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag on the line")]
struct Own {
    /// The agent's id
    #[arg(value_name = "AGENT")]
    id: Option<Id>,

    /// Create an agent record
    #[arg(long, group = "action", help_heading = "Actions")]
    create: bool,
    /// Change the given fields of an agent
    #[arg(long, group = "action", help_heading = "Actions")]
    update: bool,
    /// Delete an agent record; asks first
    #[arg(long, group = "action", help_heading = "Actions")]
    delete: bool,
    /// List the history of an agent
    #[arg(long, group = "action", help_heading = "Actions")]
    events: bool,

    /// The display name
    #[arg(long, allow_hyphen_values = true, value_parser = values::text, help_heading = "Fields (--create, --update)")]
    name: Option<String>,
    /// The worker's identifier in the mesh
    #[arg(long, value_name = "ID", value_parser = values::text, help_heading = "Fields (--create, --update)")]
    worker_id: Option<String>,
    /// The agent's Curve25519 public key, base64 of 32 bytes
    #[arg(long, value_name = "KEY", allow_hyphen_values = true, value_parser = values::public_key, help_heading = "Fields (--create, --update)")]
    public_key: Option<String>,
    /// The deployment region, for example us-east or eu-west
    #[arg(long, value_parser = values::region, help_heading = "Fields (--create, --update)")]
    region: Option<String>,
    /// Concurrent inference requests; 0 leaves it to the router
    #[arg(long, value_name = "N", value_parser = values::count, help_heading = "Fields (--create, --update)")]
    max_concurrent: Option<u32>,
    /// A text for people; '' empties it
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        help_heading = "Fields (--create, --update)"
    )]
    description: Option<String>,
    /// Service tiers, separated by commas; '' empties the list
    #[arg(long, value_name = "TIERS", value_parser = values::tiers, help_heading = "Fields (--create, --update)")]
    supported_tiers: Option<Tiers>,
    /// The status, for example active or suspended (--update)
    #[arg(long, value_parser = values::text, help_heading = "Fields (--create, --update)")]
    status: Option<String>,

    #[command(flatten)]
    paging: Paging,

    /// Delete without asking
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// The options of every list.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(skip)]
pub struct Paging {
    /// How many items in all
    #[arg(long, value_name = "N", value_parser = values::limit, help_heading = "Lists")]
    pub limit: Option<usize>,
    /// Begin after this id
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true, value_parser = values::text, help_heading = "Lists")]
    pub after: Option<String>,
    /// Everything, page by page
    #[arg(long, conflicts_with = "limit", help_heading = "Lists")]
    pub all: bool,
}

impl From<Paging> for Span {
    fn from(paging: Paging) -> Self {
        Self {
            limit: paging.limit,
            all: paging.all,
            after: paging.after,
        }
    }
}

/// What a flag selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    List,
    Get,
    Create,
    Update,
    Delete,
    Events,
}

impl Act for Kind {
    fn chosen_by(self) -> &'static str {
        match self {
            Self::List => "the list (no id)",
            Self::Get => "an id without an action",
            Self::Create => "`--create`",
            Self::Update => "`--update`",
            Self::Delete => "`--delete`",
            Self::Events => "`--events`",
        }
    }
}

/// What is to be done, with all that it takes.
#[derive(Debug, PartialEq, Eq)]
enum Action {
    List(Span),
    Get(Id),
    Create(Fields),
    Update(Id, Fields),
    Delete { id: Id, force: bool },
    Events(Id, Span),
}

impl Own {
    fn kind(&self) -> Kind {
        match self {
            Self { create: true, .. } => Kind::Create,
            Self { update: true, .. } => Kind::Update,
            Self { delete: true, .. } => Kind::Delete,
            Self { events: true, .. } => Kind::Events,
            Self { id: Some(_), .. } => Kind::Get,
            _ => Kind::List,
        }
    }

    /// Which option belongs to which action.
    fn rows(&self) -> [Row<Kind>; 13] {
        use Kind::{Create, Delete, Events, Get, List, Update};
        const WRITE: &[Kind] = &[Create, Update];
        const PAGES: &[Kind] = &[List, Events];
        const ONE: &[Kind] = &[Get, Update, Delete, Events];
        let row = |option, given, takes, requires| Row {
            option,
            given,
            takes,
            requires,
        };
        [
            row("AGENT", self.id.is_some(), ONE, ONE),
            row("--name", self.name.is_some(), WRITE, &[Create]),
            row("--worker-id", self.worker_id.is_some(), WRITE, &[Create]),
            row("--public-key", self.public_key.is_some(), WRITE, &[Create]),
            row("--region", self.region.is_some(), WRITE, &[Create]),
            row(
                "--max-concurrent",
                self.max_concurrent.is_some(),
                WRITE,
                &[],
            ),
            row("--description", self.description.is_some(), WRITE, &[]),
            row(
                "--supported-tiers",
                self.supported_tiers.is_some(),
                WRITE,
                &[],
            ),
            row("--status", self.status.is_some(), &[Update], &[]),
            row("--limit", self.paging.limit.is_some(), PAGES, &[]),
            row("--after", self.paging.after.is_some(), PAGES, &[]),
            row("--all", self.paging.all, PAGES, &[]),
            row("--force", self.force, &[Delete], &[]),
        ]
    }

    fn action(self) -> Result<Action, Error> {
        let kind = self.kind();
        group::check(kind, &self.rows())?;
        let fields = Fields {
            name: self.name,
            worker_id: self.worker_id,
            public_key: self.public_key,
            region: self.region,
            max_concurrent_requests: self.max_concurrent,
            description: self.description,
            supported_tiers: self.supported_tiers.map(|Tiers(tiers)| tiers),
            status: self.status,
        };
        let span = self.paging.into();
        Ok(match (kind, self.id) {
            (Kind::Get, Some(id)) => Action::Get(id),
            (Kind::Update, Some(_)) if fields == Fields::default() => {
                return Err(Error::usage("`--update` needs at least one field to change")
                    .hint("fields: --name, --worker-id, --public-key, --region, --max-concurrent, --description, --supported-tiers, --status"));
            }
            (Kind::Update, Some(id)) => Action::Update(id, fields),
            (Kind::Delete, Some(id)) => Action::Delete {
                id,
                force: self.force,
            },
            (Kind::Events, Some(id)) => Action::Events(id, span),
            (Kind::Create, _) => Action::Create(fields),
            _ => Action::List(span),
        })
    }
}

/// What is shown of an agent. The first six are documented as the columns of the list.
const AGENT: &[Column<Agent>] = &[
    Column::id("ID", |agent| Cell::from(&agent.id)),
    Column::text("NAME", |agent| Cell::from(&agent.name)),
    Column::text("WORKER_ID", |agent| Cell::from(&agent.worker_id)),
    Column::state("STATUS", |agent| Cell::from(&agent.status)),
    Column::text("REGION", |agent| Cell::from(&agent.region)),
    Column::text("LAST_HEARTBEAT", |agent| Cell::from(&agent.last_heartbeat)),
    Column::extra("MAX_CONCURRENT", |agent| {
        Cell::from(&agent.max_concurrent_requests)
    }),
    Column::extra("TIERS", |agent| Cell::list(&agent.supported_tiers)),
    Column::extra("DESCRIPTION", |agent| Cell::from(&agent.description)),
    Column::extra("CREATED", |agent| Cell::from(&agent.created_at)),
    Column::detail("UPDATED", |agent| Cell::from(&agent.updated_at)),
    Column::detail("PUBLIC_KEY", |agent| Cell::from(&agent.public_key)),
    Column::detail("STORAGE_LIMIT_ENABLED", |agent| {
        Cell::from(&agent.storage_limit_enabled)
    }),
    Column::detail("STORAGE_LIMIT_BYTES", |agent| {
        Cell::from(&agent.storage_limit_bytes)
    }),
    Column::detail("TOOLS", |agent| Cell::list(&agent.tools)),
];

/// What is shown of an event. Documented.
const EVENT: &[Column<Event>] = &[
    Column::id("ID", |event| Cell::from(&event.id)),
    Column::text("EVENT_TYPE", |event| Cell::from(&event.event_type)),
    Column::text("DETAILS", |event| Cell::from(&event.details)),
    Column::text("CREATED", |event| Cell::from(&event.created_at)),
];

impl Args {
    /// Runs the verb, or the action that the flags select.
    ///
    /// # Errors
    /// Whatever it fails with.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self.verb {
            Some(verb) => Box::pin(verb.run(context)).await,
            None => act(self.own.action()?, &context.open()?).await,
        }
    }
}

async fn act(action: Action, session: &Session<'_>) -> Result<Exit, Error> {
    match action {
        Action::List(span) => {
            let text = ListText {
                empty: "no agents in this project",
                paged: true,
            };
            return session
                .list(&agents::List, AGENT, &span, &text, |_, _| ())
                .await;
        }
        Action::Events(id, span) => {
            let text = ListText {
                empty: "no events of this agent",
                paged: true,
            };
            let events = agents::Events(&id);
            let listed = session.list(&events, EVENT, &span, &text, |_, _| ()).await;
            return listed.map_err(|error| slip(error, &id));
        }
        Action::Get(id) => {
            let reply = session.fetch(&agents::Get(&id)).await;
            if let Some(reply) = reply.map_err(|error| slip(error, &id))? {
                session.show(&reply, AGENT)?;
            }
        }
        Action::Create(fields) => {
            let create = agents::Create(&fields);
            if let Some(reply) = session.apply(&create, "agents --all").await? {
                session.show(&reply, AGENT)?;
                if let Some(id) = &reply.value.id {
                    session.ui().next("its history", &command(id, "--events"));
                }
            }
        }
        Action::Update(id, fields) => {
            let update = agents::Update(&id, &fields);
            let reply = session.apply(&update, &command(id.as_str(), "")).await;
            if let Some(reply) = reply.map_err(|error| slip(error, &id))? {
                session.show(&reply, AGENT)?;
                session
                    .ui()
                    .next("its history", &command(id.as_str(), "--events"));
            }
        }
        Action::Delete { id, force } => {
            let question = format!("Delete agent {id}?");
            session.confirm(&question, &Consent::Yes, force)?;
            let delete = agents::Delete(&id);
            let reply = session.apply(&delete, &command(id.as_str(), "")).await;
            if let Some(reply) = reply.map_err(|error| slip(error, &id))? {
                let sentence = format!("Deleted agent {id}.");
                session.done(&reply, id.as_str(), "deleted", &sentence)?;
                session.ui().next("the agents that are left", "agents");
            }
        }
    }
    Ok(Exit::Done)
}

/// An id that does not exist may be a word that was meant for something else.
pub(super) fn slip(error: Error, id: &Id) -> Error {
    if error.exit() != Exit::NotFound {
        return error;
    }
    let error = match error.router().code {
        // The advice on a code names what to run next; without one it is said here.
        None => error.next("the agents that there are", "agents"),
        Some(_) => error,
    };
    match slips::meant(&slips::AGENTS, id.as_str(), None) {
        Some(meant) => error.hint(meant),
        None => error,
    }
}

/// The words of the command that does something with one agent; an id that would be taken for
/// an option or a verb comes last, behind `--`.
pub(super) fn command(id: &str, options: &str) -> String {
    let words = if id.starts_with('-') || VERBS.contains(&id) {
        format!("agents {options} -- {}", line::quote(id))
    } else {
        format!("agents {} {options}", line::quote(id))
    };
    words
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
