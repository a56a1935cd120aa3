//! The options of `xeroctl agents`, and the action that they select.

use std::time::Duration;

use clap::Subcommand as _;

use super::Subcommand;
use super::delete::DeleteArgs;
use super::filter::AgentFilter;
use super::selection::SelectArgs;
use crate::api::Id;
use crate::api::agents::Fields;
use crate::api::page::ListParams;
use crate::cmd::aliases;
use crate::cmd::bulk::BulkArgs;
use crate::cmd::list_options::{self, ViewArgs};
use crate::cmd::list_watch::WatchArgs;
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
    /// Delete an agent record, or several (prompts for confirmation)
    #[arg(long, group = "action", num_args = 0.., value_name = "AGENT", help_heading = "Actions")]
    delete: Option<Vec<Id>>,
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
    /// With --delete: read agent IDs from FILE, one per line (- for standard input)
    #[arg(long, hide_short_help = true, value_name = "FILE", value_parser = values::text, help_heading = "Selection (--delete; the filters of lists too)")]
    ids_from: Option<String>,
    /// With --delete: delete nothing unless exactly N agents are selected (exit code 6)
    #[arg(long, hide_short_help = true, value_name = "N", allow_negative_numbers = true, value_parser = values::count, help_heading = "Selection (--delete; the filters of lists too)")]
    expect_count: Option<u32>,
    /// With --delete: number of parallel requests [default: 8]
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = values::concurrency, help_heading = "Selection (--delete; the filters of lists too)")]
    concurrency: Option<usize>,
    #[command(flatten)]
    view: ViewArgs,
    #[command(flatten)]
    watch: WatchArgs,

    #[command(flatten)]
    paging: Paging,

    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// Requests in flight.
const CONCURRENCY: usize = 8;

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
    List(ListParams, AgentFilter, ListView, WatchArgs),
    Get(Id),
    Create(Fields),
    Update(Id, Fields),
    Delete(DeleteArgs),
    Events(Id, ListParams),
}

impl AgentArgs {
    fn kind(&self) -> ActionKind {
        match self {
            Self { create: true, .. } => ActionKind::Create,
            Self { update: true, .. } => ActionKind::Update,
            Self {
                delete: Some(_), ..
            } => ActionKind::Delete,
            Self { events: true, .. } => ActionKind::Events,
            Self { list: true, .. } => ActionKind::List,
            Self { get: true, .. } | Self { id: Some(_), .. } => ActionKind::Get,
            _ => ActionKind::List,
        }
    }

    /// Which option belongs to which action.
    fn rows(&self) -> [OptionRule<ActionKind>; 23] {
        use ActionKind::{Create, Delete, Events, Get, List, Update};
        const WRITE: &[ActionKind] = &[Create, Update];
        const FIELDS: &[ActionKind] = &[Create, Update, List, Delete];
        const FILTERS: &[ActionKind] = &[List, Delete];
        const PAGES: &[ActionKind] = &[List, Events];
        const ONE: &[ActionKind] = &[Get, Update, Delete, Events];
        let row = |option, given, takes, requires| OptionRule {
            option,
            given,
            takes,
            requires,
        };
        [
            row(
                "AGENT",
                self.id.is_some(),
                ONE,
                if self.selects() { &[] } else { ONE },
            ),
            row("--name", !self.name.is_empty(), FIELDS, &[Create]),
            row("--worker-id", self.worker_id.is_some(), WRITE, &[Create]),
            row("--public-key", self.public_key.is_some(), WRITE, &[Create]),
            row("--region", !self.region.is_empty(), FIELDS, &[Create]),
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
            row(
                "--status",
                !self.status.is_empty(),
                &[Update, List, Delete],
                &[],
            ),
            row("--role", !self.role.is_empty(), FILTERS, &[]),
            row("--tier", !self.tier.is_empty(), FILTERS, &[]),
            row("--older-than", self.older_than.is_some(), FILTERS, &[]),
            row("--ids-from", self.ids_from.is_some(), &[Delete], &[]),
            row(
                "--expect-count",
                self.expect_count.is_some(),
                &[Delete],
                &[],
            ),
            row("--concurrency", self.concurrency.is_some(), &[Delete], &[]),
            row("--count", self.view.count, &[List], &[]),
            row("--sort", self.view.sort.is_some(), &[List], &[]),
            row("--watch", self.watch.watch, &[List], &[]),
            row("--interval", self.watch.interval.is_some(), &[List], &[]),
            row("--limit", self.paging.limit.is_some(), PAGES, &[]),
            row("--after", self.paging.after.is_some(), PAGES, &[]),
            row("--all", self.paging.all, &[List, Events, Delete], &[]),
            row("--force", self.force, &[Delete], &[]),
        ]
    }

    /// Whether more than one ID, filters, a file, or `--all` select the agents of `--delete`.
    fn selects(&self) -> bool {
        self.delete.as_ref().is_some_and(|ids| {
            !ids.is_empty()
                || self.filter().map_or(true, |filter| filter.is_given())
                || self.ids_from.is_some()
                || self.paging.all
        })
    }

    /// The filters of a list or of `--delete`.
    ///
    /// # Errors
    /// Exit 2 if a value is none.
    fn filter(&self) -> Result<AgentFilter, Error> {
        Ok(AgentFilter {
            status: list_options::split("--status", &self.status)?,
            region: list_options::split("--region", &self.region)?,
            role: self.role.clone(),
            tier: self.tier.clone(),
            name: list_options::split_patterns("--name", &self.name)?,
            older_than: self.older_than,
        })
    }

    fn delete(self) -> Result<Action, Error> {
        let filter = self.filter()?;
        let more = self.delete.unwrap_or_default();
        let is_word = |id: &&Id| {
            aliases::is_alias("agents", id.as_str()) || Subcommand::has_subcommand(id.as_str())
        };
        if let Some(word) = more.iter().find(is_word) {
            return Err(Error::usage(format!(
                "`{word}` is a subcommand; an agent with this ID comes after `--`"
            )));
        }
        let ids: Vec<Id> = self.id.into_iter().chain(more).collect();
        let select = SelectArgs {
            ids,
            bulk: BulkArgs {
                ids_from: self.ids_from,
                all: self.paging.all,
                expect_count: self.expect_count,
            },
            filter,
        };
        select.check()?;
        Ok(Action::Delete(DeleteArgs {
            select,
            concurrency: self.concurrency.unwrap_or(CONCURRENCY),
            force: self.force,
        }))
    }

    /// The selected action.
    ///
    /// # Errors
    /// Exit 2, with every usage error.
    pub(super) fn action(self) -> Result<Action, Error> {
        let kind = self.kind();
        option_rules::check(kind, &self.rows())?;
        match kind {
            ActionKind::List => {
                let filter = self.filter()?;
                let (span, view) = (self.paging.into(), self.view.into());
                return Ok(Action::List(span, filter, view, self.watch));
            }
            ActionKind::Delete => return self.delete(),
            _ => {}
        }
        let one = |option, values| option_rules::one(kind, option, values);
        let fields = Fields {
            name: one("--name", self.name)?,
            worker_id: self.worker_id,
            public_key: self.public_key,
            region: option_rules::one_region(kind, self.region)?,
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
            (ActionKind::Events, Some(id)) => Action::Events(id, span),
            _ => Action::Create(fields),
        })
    }
}
