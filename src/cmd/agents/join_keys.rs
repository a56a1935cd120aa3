//! `xeroctl agents join-keys`: limited-use tokens that workers use to enroll.

pub(crate) use super::join_key_columns::JOIN_KEY;
use super::join_key_lookup::{self, Notice};
use super::join_key_revoke::{KeyFilter, RevokeArgs};
use super::join_key_wait;
use super::join_token::New;
use crate::api::Id;
use crate::api::join_keys::{Create, JoinKey, List};
use crate::api::page::ListParams;
use crate::cmd::bulk::BulkArgs;
use crate::cmd::list_options::{self, ViewArgs};
use crate::cmd::list_watch::{WatchArgs, Watched};
use crate::cmd::option_rules::{self, ActionFlag, OptionRule};
use crate::cmd::paging::Paging;
use crate::cmd::suggestions::Group;
use crate::cmd::token;
use crate::cmd::values::{self, Tiers};
use crate::cmd::wait::WaitArgs;
use crate::error::{Error, Exit};
use crate::session::{Context, Filter, ListText, ListView, Session};

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag on the command line"
)]
/// Manage join keys, the tokens workers use to enroll
///
/// Without an action flag, lists the keys that can still be used. The router has no route to a single key: with an ID,
/// the list is printed with a note on whether it contains the key; with -o json, all pages are searched, and only that
/// key is printed. The actions are also available as subcommands: `join-keys list`, `create`,
/// `revoke`, and `wait`.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(
    override_usage = "\
xeroctl agents join-keys [OPTIONS]                 list join keys
       xeroctl agents join-keys [OPTIONS] --create --name NAME
                                --region REGION --router-addr ADDR…
       xeroctl agents join-keys [OPTIONS] KEY --revoke
       xeroctl agents join-keys [OPTIONS] revoke KEY… | --ids-from FILE
                                | --status STATUS | …
       xeroctl agents join-keys [OPTIONS] wait KEY --for STATUS",
    after_help = "\
Examples:
  xeroctl agents join-keys
  xeroctl agents join-keys --include-terminal
  xeroctl agents join-keys --include-terminal --watch --interval 10s
  xeroctl agents join-keys --status expired,exhausted --region us-east
  xeroctl agents join-keys --create --name gpu-pool --region us-east \\
      --router-addr tcp://router:5555
  xeroctl agents join-keys --create --name xem --region us-east \\
      --router-addr tcp://router:5555 --agent-role execution \\
      --max-enrollments 5 --ttl 24h --token-file xem.token
  xeroctl agents join-keys jk_abc123 --revoke --force
  xeroctl agents join-keys wait jk_abc123 --for exhausted --timeout 1h

The token is shown once, when the key is created. --token-file writes it to a
new file that only you can read."
)]
pub struct Args {
    /// Join key ID
    #[arg(value_name = "KEY")]
    id: Option<Id>,

    // Set by the subcommands `list` and `get`; without them, the ID decides.
    /// List join keys
    #[arg(long, group = "action", hide = true)]
    list: bool,
    /// Find a join key in the list
    #[arg(long, group = "action", hide = true)]
    get: bool,
    /// Wait until a join key has a status
    #[arg(long, group = "action", hide = true)]
    wait: bool,
    /// Create a join key and print its token (once)
    #[arg(long, group = "action", help_heading = "Actions")]
    create: bool,
    /// Revoke a join key, or several (prompts for confirmation)
    #[arg(long, group = "action", num_args = 0.., value_name = "KEY", help_heading = "Actions")]
    revoke: Option<Vec<Id>>,

    /// Display name; in a list, a pattern such as 'pool-*' (repeatable)
    #[arg(long, allow_hyphen_values = true, value_parser = values::text, help_heading = "Fields (--create)")]
    name: Vec<String>,
    /// Region of the key; in a list, any of several (repeatable)
    #[arg(long, value_parser = values::regions, help_heading = "Fields (--create)")]
    region: Vec<String>,
    /// Router address for enrolled agents, tcp://host:port (repeatable)
    #[arg(long, value_name = "ADDR", value_parser = values::router_address, help_heading = "Fields (--create)")]
    router_addr: Vec<String>,
    /// Maximum number of enrollments
    #[arg(long, value_name = "N", value_parser = values::positive, help_heading = "Fields (--create)")]
    max_enrollments: Option<u32>,
    /// Lifetime of the key (30d, 24h, or a number of seconds)
    #[arg(long, value_name = "DURATION", value_parser = values::whole_seconds, help_heading = "Fields (--create)")]
    ttl: Option<u32>,
    /// Lifetime of the key in seconds
    #[arg(long, value_name = "N", conflicts_with = "ttl", value_parser = values::positive, help_heading = "Fields (--create)", hide_short_help = true)]
    ttl_seconds: Option<u32>,
    /// Service tiers of the enrolling agents, comma-separated ('' for none)
    #[arg(long, hide_short_help = true, value_name = "TIERS", value_parser = values::tiers, help_heading = "Fields (--create)")]
    supported_tiers: Option<Tiers>,
    /// Role of the enrolling agents [default: inference]
    #[arg(long, value_name = "ROLE", value_parser = ["inference", "execution"], help_heading = "Fields (--create)")]
    agent_role: Option<String>,
    /// Write the token to this new file (mode 0600) instead of standard output
    #[arg(long, value_name = "FILE", value_parser = values::new_file, help_heading = "Fields (--create)")]
    token_file: Option<std::path::PathBuf>,

    /// Only keys with one of these statuses (comma-separated; others than active include terminal keys)
    #[arg(long, value_delimiter = ',', value_parser = values::text, help_heading = "Lists")]
    status: Vec<String>,
    /// With --revoke: read key IDs from FILE, one per line (- for standard input)
    #[arg(long, hide_short_help = true, value_name = "FILE", value_parser = values::text, help_heading = "Selection (--revoke; the filters of lists too)")]
    ids_from: Option<String>,
    /// With --revoke: revoke nothing unless exactly N keys are selected (exit code 6)
    #[arg(long, hide_short_help = true, value_name = "N", allow_negative_numbers = true, value_parser = values::count, help_heading = "Selection (--revoke; the filters of lists too)")]
    expect_count: Option<u32>,
    /// With --revoke: number of parallel requests [default: 8]
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = values::concurrency, help_heading = "Selection (--revoke; the filters of lists too)")]
    concurrency: Option<usize>,
    #[command(flatten)]
    view: ViewArgs,
    /// Repeat the list and show what changes, until Ctrl-C or --timeout
    #[arg(long, help_heading = "Lists")]
    watch: bool,
    #[command(flatten)]
    waiting: WaitArgs,

    /// Include revoked, exhausted, and expired keys
    #[arg(long, help_heading = "Lists")]
    include_terminal: bool,
    #[command(flatten)]
    paging: Paging,

    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// Suggestions for words in place of an ID.
pub const SUGGESTIONS: Group = Group {
    command: "agents join-keys",
    words: &[
        ("describe", "<id>"),
        ("add", "--create"),
        ("new", "--create"),
        ("update", "--help"),
        ("edit", "--help"),
        ("events", "--help"),
        ("remove", "<id> --revoke"),
    ],
};

/// Requests in flight.
const CONCURRENCY: usize = 8;

/// What a flag selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionKind {
    List,
    Find,
    Create,
    Revoke,
    Wait,
}

impl ActionFlag for ActionKind {
    fn chosen_by(self) -> &'static str {
        match self {
            Self::List => "a list (no ID)",
            Self::Find => "`get`",
            Self::Create => "`--create`",
            Self::Revoke => "`--revoke`",
            Self::Wait => "`wait`",
        }
    }
}

/// An action with its parameters.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    List {
        /// A key to find in the list, because there is no route to a single key.
        named: Option<Id>,
        include_terminal: bool,
        span: ListParams,
        filter: KeyFilter,
        view: ListView,
        watch: WatchArgs,
    },
    Create {
        create: Create,
        token_file: Option<std::path::PathBuf>,
    },
    Revoke(RevokeArgs),
    Wait(Id, WaitArgs),
}

impl Args {
    fn kind(&self) -> ActionKind {
        if self.create {
            ActionKind::Create
        } else if self.revoke.is_some() {
            ActionKind::Revoke
        } else if self.wait {
            ActionKind::Wait
        } else if self.get || (self.id.is_some() && !self.list) {
            ActionKind::Find
        } else {
            ActionKind::List
        }
    }

    /// Which option belongs to which action.
    fn rows(&self) -> [OptionRule<ActionKind>; 26] {
        use ActionKind::{Create, Find, List, Revoke, Wait};
        const LISTS: &[ActionKind] = &[List, Find];
        const FILTERS: &[ActionKind] = &[List, Revoke];
        const FIELDS: &[ActionKind] = &[Create, List, Revoke];
        const ONE: &[ActionKind] = &[Find, Revoke, Wait];
        let row = |option, given, takes, requires| OptionRule {
            option,
            given,
            takes,
            requires,
        };
        [
            row(
                "KEY",
                self.id.is_some(),
                ONE,
                if self.selects() { &[] } else { ONE },
            ),
            row("--name", !self.name.is_empty(), FIELDS, &[Create]),
            row("--region", !self.region.is_empty(), FIELDS, &[Create]),
            row("--status", !self.status.is_empty(), FILTERS, &[]),
            row("--ids-from", self.ids_from.is_some(), &[Revoke], &[]),
            row(
                "--expect-count",
                self.expect_count.is_some(),
                &[Revoke],
                &[],
            ),
            row("--concurrency", self.concurrency.is_some(), &[Revoke], &[]),
            row(
                "--for",
                !self.waiting.conditions.is_empty(),
                &[Wait],
                &[Wait],
            ),
            row("--any", self.waiting.any, &[Wait], &[]),
            row("--fail-on", !self.waiting.fail_on.is_empty(), &[Wait], &[]),
            row(
                "--interval",
                self.waiting.interval.is_some(),
                if self.watch { &[List] } else { &[Wait] },
                &[],
            ),
            row("--watch", self.watch, &[List], &[]),
            row("--count", self.view.count, &[List], &[]),
            row("--sort", self.view.sort.is_some(), &[List], &[]),
            row(
                "--router-addr",
                !self.router_addr.is_empty(),
                &[Create],
                &[Create],
            ),
            row(
                "--max-enrollments",
                self.max_enrollments.is_some(),
                &[Create],
                &[],
            ),
            row("--ttl", self.ttl.is_some(), &[Create], &[]),
            row("--ttl-seconds", self.ttl_seconds.is_some(), &[Create], &[]),
            row(
                "--supported-tiers",
                self.supported_tiers.is_some(),
                &[Create],
                &[],
            ),
            row("--agent-role", self.agent_role.is_some(), &[Create], &[]),
            row("--token-file", self.token_file.is_some(), &[Create], &[]),
            row("--include-terminal", self.include_terminal, LISTS, &[]),
            row("--limit", self.paging.limit.is_some(), LISTS, &[]),
            row("--after", self.paging.after.is_some(), LISTS, &[]),
            row("--all", self.paging.all, &[List, Find, Revoke], &[]),
            row("--force", self.force, &[Revoke], &[]),
        ]
    }

    /// Whether more than one ID, filters, a file, or `--all` select the keys of `--revoke`.
    fn selects(&self) -> bool {
        self.revoke.as_ref().is_some_and(|ids| {
            !ids.is_empty()
                || self.filter().map_or(true, |filter| filter.is_given())
                || self.ids_from.is_some()
                || self.paging.all
        })
    }

    /// The filters of a list or of `--revoke`.
    ///
    /// # Errors
    /// Exit 2 if a value is none.
    fn filter(&self) -> Result<KeyFilter, Error> {
        Ok(KeyFilter {
            status: self.status.clone(),
            region: list_options::split("--region", &self.region)?,
            name: list_options::split_patterns("--name", &self.name)?,
        })
    }

    pub(super) fn action(self) -> Result<Action, Error> {
        let kind = self.kind();
        option_rules::check(kind, &self.rows())?;
        let filter = match kind {
            ActionKind::Create | ActionKind::Wait => KeyFilter::default(),
            _ => self.filter()?,
        };
        if kind == ActionKind::Revoke {
            let ids = self.id.into_iter().chain(self.revoke.unwrap_or_default());
            let revoke = RevokeArgs {
                ids: ids.collect(),
                bulk: BulkArgs {
                    ids_from: self.ids_from,
                    all: self.paging.all,
                    expect_count: self.expect_count,
                },
                filter,
                concurrency: self.concurrency.unwrap_or(CONCURRENCY),
                force: self.force,
            };
            revoke.check()?;
            return Ok(Action::Revoke(revoke));
        }
        let one = |option, values| option_rules::one(kind, option, values);
        Ok(match (kind, self.id) {
            (ActionKind::Wait, Some(id)) => Action::Wait(id, self.waiting),
            (ActionKind::Create, _) => Action::Create {
                create: Create {
                    // The table above requires them.
                    name: one("--name", self.name)?.unwrap_or_default(),
                    region: option_rules::one_region(kind, self.region)?.unwrap_or_default(),
                    router_addrs: self.router_addr,
                    max_enrollments: self.max_enrollments,
                    ttl_seconds: self.ttl.or(self.ttl_seconds),
                    supported_tiers: self.supported_tiers.map(|Tiers(tiers)| tiers),
                    agent_role: self.agent_role,
                },
                token_file: self.token_file,
            },
            (_, named) => Action::List {
                named,
                include_terminal: self.include_terminal || filter.needs_terminal(),
                span: self.paging.into(),
                filter,
                view: self.view.into(),
                watch: WatchArgs {
                    watch: self.watch,
                    interval: self.waiting.interval,
                },
            },
        })
    }

    /// Runs the action that the flags select.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let action = self.action()?;
        let session = context.open()?;
        match action {
            Action::List {
                named,
                include_terminal,
                span,
                filter,
                view,
                watch,
            } => match named {
                Some(id) if session.render_options.format.has_documents() && !session.is_dry() => {
                    join_key_lookup::show(&session, &id, &span).await
                }
                Some(id) => list_named(&session, &id, include_terminal, &span).await,
                None => {
                    filter.check(&session);
                    let keep = |key: &JoinKey| filter.matches(key);
                    let keep: Filter<'_, JoinKey> = filter.is_given().then_some(&keep);
                    let list = Watched {
                        list: &List { include_terminal },
                        columns: JOIN_KEY,
                        span,
                        view,
                        text: EMPTY,
                        keep,
                    };
                    list.show(&session, &watch).await
                }
            },
            Action::Create { create, token_file } => {
                let destination = token::prepare::<New>(&session, token_file.as_deref())?;
                let kind = New {
                    role: create.agent_role.clone(),
                };
                token::create(&session, &kind, &create, destination).await?;
                Ok(Exit::Success)
            }
            Action::Revoke(revoke) => revoke.run(&session).await,
            Action::Wait(id, args) => join_key_wait::wait(&session, &id, &args).await,
        }
    }
}

const EMPTY: ListText = ListText {
    empty: "no join keys in this project",
    paged: true,
};

/// The list, with a notice whether it holds the named key.
async fn list_named(
    session: &Session<'_>,
    id: &Id,
    include_terminal: bool,
    span: &ListParams,
) -> Result<Exit, Error> {
    let is_all = include_terminal && span.all && span.after.is_none();
    let mut notice = Notice::new(id, &SUGGESTIONS, is_all);
    let seen = |keys: &mut dyn Iterator<Item = JoinKey>, last: bool| {
        notice.see(session, keys, last);
    };
    let list = List { include_terminal };
    session.list(&list, JOIN_KEY, span, &EMPTY, seen).await
}
