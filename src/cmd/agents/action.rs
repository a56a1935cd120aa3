//! The options of `xeroctl agents`, and the action that they select.

use std::time::Duration;

use super::filter::AgentFilter;
use crate::api::Id;
use crate::api::agents::Fields;
use crate::api::page::ListParams;
use crate::cmd::list_options::{self, ViewArgs};
use crate::cmd::option_rules::{self, ActionFlag, OptionRule};
use crate::cmd::paging::Paging;
use crate::cmd::values::{self, Tiers};
use crate::error::Error;
use crate::session::ListView;
use crate::time;

/// The options of the group itself.
#[derive(clap::Args, Clone, Debug, Default)]
#[group(skip)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag on the command line"
)]
pub(super) struct AgentArgs {
    /// Agent ID
    #[arg(value_name = "AGENT")]
    id: Option<Id>,

    // Set by the subcommands `list` and `get`; without them, the ID decides.
    /// List agents
    #[arg(long, group = "action", hide = true)]
    list: bool,
    /// Show an agent
    #[arg(long, group = "action", hide = true)]
    get: bool,
    /// Create an agent record
    #[arg(long, group = "action", help_heading = "Actions")]
    create: bool,
    /// Change fields of an agent
    #[arg(long, group = "action", help_heading = "Actions")]
    update: bool,
    /// Delete an agent record (prompts for confirmation)
    #[arg(long, group = "action", help_heading = "Actions")]
    delete: bool,
    /// List an agent's events
    #[arg(long, group = "action", help_heading = "Actions")]
    events: bool,

    /// Display name; in a list, a pattern such as 'gpu-*' (repeatable)
    #[arg(long, allow_hyphen_values = true, value_parser = values::text, help_heading = "Fields (--create, --update) and filters")]
    name: Vec<String>,
    /// Worker ID in the mesh
    #[arg(long, value_name = "ID", value_parser = values::text, help_heading = "Fields (--create, --update) and filters")]
    worker_id: Option<String>,
    /// Curve25519 public key (32 bytes in base64)
    #[arg(long, value_name = "KEY", allow_hyphen_values = true, value_parser = values::public_key, help_heading = "Fields (--create, --update) and filters")]
    public_key: Option<String>,
    /// Region, such as us-east or eu-west; in a list, any of several (repeatable)
    #[arg(long, value_parser = values::regions, help_heading = "Fields (--create, --update) and filters")]
    region: Vec<String>,
    /// Maximum number of concurrent inference requests (0 lets the router decide)
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = values::count, help_heading = "Fields (--create, --update) and filters")]
    max_concurrent: Option<u32>,
    /// Free-text description ('' clears it)
    #[arg(
        hide_short_help = true,
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        help_heading = "Fields (--create, --update) and filters"
    )]
    description: Option<String>,
    /// Service tiers, comma-separated ('' clears the list)
    #[arg(long, hide_short_help = true, value_name = "TIERS", value_parser = values::tiers, help_heading = "Fields (--create, --update) and filters")]
    supported_tiers: Option<Tiers>,
    /// Status, such as active or suspended (not with --create); in a list, any of several (repeatable)
    #[arg(long, value_parser = values::text, help_heading = "Fields (--create, --update) and filters")]
    status: Vec<String>,

    /// Only agents with one of these roles, such as execution (comma-separated)
    #[arg(long, value_delimiter = ',', value_parser = values::text, help_heading = "Lists")]
    role: Vec<String>,
    /// Only agents that support one of these service tiers (comma-separated)
    #[arg(long, value_delimiter = ',', value_parser = values::text, help_heading = "Lists")]
    tier: Vec<String>,
    /// Only agents whose last heartbeat is older than this
    #[arg(long, value_name = "DURATION", value_parser = time::duration, help_heading = "Lists")]
    older_than: Option<Duration>,
    #[command(flatten)]
    view: ViewArgs,

    #[command(flatten)]
    paging: Paging,

    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// What a flag selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionKind {
    List,
    Get,
    Create,
    Update,
    Delete,
    Events,
}

impl ActionFlag for ActionKind {
    fn chosen_by(self) -> &'static str {
        match self {
            Self::List => "a list (no ID)",
            Self::Get => "`get`",
            Self::Create => "`--create`",
            Self::Update => "`--update`",
            Self::Delete => "`--delete`",
            Self::Events => "`--events`",
        }
    }
}

/// An action with its parameters.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    List(ListParams, AgentFilter, ListView),
    Get(Id),
    Create(Fields),
    Update(Id, Fields),
    Delete { id: Id, force: bool },
    Events(Id, ListParams),
}

impl AgentArgs {
    fn kind(&self) -> ActionKind {
        match self {
            Self { create: true, .. } => ActionKind::Create,
            Self { update: true, .. } => ActionKind::Update,
            Self { delete: true, .. } => ActionKind::Delete,
            Self { events: true, .. } => ActionKind::Events,
            Self { list: true, .. } => ActionKind::List,
            Self { get: true, .. } | Self { id: Some(_), .. } => ActionKind::Get,
            _ => ActionKind::List,
        }
    }

    /// Which option belongs to which action.
    fn rows(&self) -> [OptionRule<ActionKind>; 18] {
        use ActionKind::{Create, Delete, Events, Get, List, Update};
        const WRITE: &[ActionKind] = &[Create, Update];
        const FILTERS: &[ActionKind] = &[Create, Update, List];
        const PAGES: &[ActionKind] = &[List, Events];
        const ONE: &[ActionKind] = &[Get, Update, Delete, Events];
        let row = |option, given, takes, requires| OptionRule {
            option,
            given,
            takes,
            requires,
        };
        [
            row("AGENT", self.id.is_some(), ONE, ONE),
            row("--name", !self.name.is_empty(), FILTERS, &[Create]),
            row("--worker-id", self.worker_id.is_some(), WRITE, &[Create]),
            row("--public-key", self.public_key.is_some(), WRITE, &[Create]),
            row("--region", !self.region.is_empty(), FILTERS, &[Create]),
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
            row("--status", !self.status.is_empty(), &[Update, List], &[]),
            row("--role", !self.role.is_empty(), &[List], &[]),
            row("--tier", !self.tier.is_empty(), &[List], &[]),
            row("--older-than", self.older_than.is_some(), &[List], &[]),
            row("--count", self.view.count, &[List], &[]),
            row("--sort", self.view.sort.is_some(), &[List], &[]),
            row("--limit", self.paging.limit.is_some(), PAGES, &[]),
            row("--after", self.paging.after.is_some(), PAGES, &[]),
            row("--all", self.paging.all, PAGES, &[]),
            row("--force", self.force, &[Delete], &[]),
        ]
    }

    /// The selected action.
    ///
    /// # Errors
    /// Exit 2, with every usage error.
    pub(super) fn action(self) -> Result<Action, Error> {
        let kind = self.kind();
        option_rules::check(kind, &self.rows())?;
        if kind == ActionKind::List {
            let filter = AgentFilter {
                status: list_options::split(&self.status),
                region: list_options::split(&self.region),
                role: self.role,
                tier: self.tier,
                name: list_options::split(&self.name),
                older_than: self.older_than,
            };
            return Ok(Action::List(self.paging.into(), filter, self.view.into()));
        }
        let one = |option, values| option_rules::one(kind, option, values);
        let fields = Fields {
            name: one("--name", self.name)?,
            worker_id: self.worker_id,
            public_key: self.public_key,
            region: one("--region", self.region)?
                .map(|region| values::region(&region))
                .transpose()
                .map_err(|error| Error::usage(format!("`--region`: {error}")))?,
            max_concurrent_requests: self.max_concurrent,
            description: self.description,
            supported_tiers: self.supported_tiers.map(|Tiers(tiers)| tiers),
            status: one("--status", self.status)?,
        };
        let span = self.paging.into();
        Ok(match (kind, self.id) {
            (ActionKind::Get, Some(id)) => Action::Get(id),
            (ActionKind::Update, Some(_)) if fields == Fields::default() => {
                return Err(Error::usage("`--update` needs at least one field to change")
                    .hint("fields: --name, --worker-id, --public-key, --region, --max-concurrent, --description, --supported-tiers, --status"));
            }
            (ActionKind::Update, Some(id)) => Action::Update(id, fields),
            (ActionKind::Delete, Some(id)) => Action::Delete {
                id,
                force: self.force,
            },
            (ActionKind::Events, Some(id)) => Action::Events(id, span),
            _ => Action::Create(fields),
        })
    }
}
