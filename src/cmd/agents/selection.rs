//! Which agents a change is for: IDs, a file of IDs, or filters.

use super::filter::AgentFilter;
use crate::api::Id;
use crate::api::agents::{self, Agent};
use crate::api::page::ListParams;
use crate::cmd::bulk::{self, Target};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::{Context, Scope, Session, described};

/// The options that select agents.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(super) struct SelectArgs {
    /// Agent IDs
    #[arg(value_name = "AGENT")]
    pub(super) ids: Vec<Id>,
    /// Read the agent IDs from FILE, one per line (- for standard input)
    #[arg(long, value_name = "FILE", value_parser = values::text, help_heading = "Selection")]
    ids_from: Option<String>,
    /// Select all agents, or all that match the filters
    #[arg(long, help_heading = "Selection")]
    all: bool,
    #[command(flatten)]
    filter: AgentFilter,
    /// Change nothing unless exactly N agents are selected (exit code 6)
    #[arg(long, value_name = "N", value_parser = values::count, help_heading = "Selection")]
    pub(super) expect_count: Option<u32>,
}

/// A selected agent.
pub(super) struct Selected {
    pub(super) target: Target,
    /// As listed; none if it was named by its ID.
    pub(super) agent: Option<Agent>,
}

impl SelectArgs {
    /// Whether the agents are named by their IDs on the command line.
    pub(super) fn names_ids(&self) -> bool {
        self.ids_from.is_none() && !self.all && !self.filter.is_given()
    }

    /// The only ID on the command line, if nothing else selects anything.
    pub(super) fn only_id(&self) -> Option<&Id> {
        match &self.ids[..] {
            [id] if self.names_ids() && self.expect_count.is_none() => Some(id),
            _ => None,
        }
    }

    /// Checks that one way of selection was used.
    ///
    /// # Errors
    /// Exit 2 if none was, or more than one.
    pub(super) fn check(&self) -> Result<(), Error> {
        let by_filter = self.all || self.filter.is_given();
        let ways = [!self.ids.is_empty(), self.ids_from.is_some(), by_filter];
        match ways.iter().filter(|way| **way).count() {
            1 => Ok(()),
            0 => Err(Error::usage("no agent is selected").hint(
                "give agent IDs, --ids-from FILE, a filter such as --region us-east, or --all",
            )),
            _ => Err(Error::usage(
                "agent IDs, `--ids-from`, and filters can't be combined",
            )),
        }
    }

    /// The selection in words, by which a checkpoint recognizes it.
    pub(super) fn text(&self) -> String {
        if !self.all && !self.filter.is_given() {
            return "ids".to_owned();
        }
        let filter = &self.filter;
        let lists = [
            ("status", &filter.status),
            ("region", &filter.region),
            ("role", &filter.role),
            ("tier", &filter.tier),
            ("name", &filter.name),
        ];
        let mut words = Vec::new();
        for (name, values) in lists {
            let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
            values.sort_unstable();
            if !values.is_empty() {
                words.push(format!("{name}={}", values.join(",")));
            }
        }
        let age = filter.older_than.map(crate::time::show_duration);
        words.extend(age.map(|age| format!("older-than={age}")));
        if words.is_empty() {
            words.push("all".to_owned());
        }
        words.join(" ")
    }

    /// The selected agents. A selection by filters reads the whole list, also in a dry run, because it can't be shown
    /// without; none in a dry run that has no key, and prints the request for the list instead.
    ///
    /// # Errors
    /// Exit 2 for a file that holds no IDs; whatever reading the list fails with.
    pub(super) async fn resolve(
        &self,
        session: &Session<'_>,
    ) -> Result<Option<Vec<Selected>>, Error> {
        let context = session.context;
        let ids = match &self.ids_from {
            Some(place) => bulk::ids_from(place, context)?,
            None => self.ids.clone(),
        };
        if !ids.is_empty() {
            let named = |id: Id| Selected {
                target: Target {
                    subject: format!("agent {id}"),
                    id,
                },
                agent: None,
            };
            let ids = bulk::distinct(ids).into_iter();
            return Ok(Some(ids.map(named).collect()));
        }
        if !session.is_dry() {
            return self.list(session).await.map(Some);
        }
        let reader = match context.open_for_reading() {
            Err(error) if error.exit() == Exit::Config => {
                let span = ListParams {
                    all: true,
                    ..ListParams::default()
                };
                let list = session.pages(&agents::List, &span, Scope::Command);
                session.plan(&[list.request()])?;
                context.ui.note(
                    "without a key, the agents can't be listed: one request per agent would follow",
                );
                return Ok(None);
            }
            reader => reader?,
        };
        let selected = self.list(&reader).await?;
        context
            .ui
            .note("the list of agents was read to resolve the selection");
        Ok(Some(selected))
    }

    async fn list(&self, session: &Session<'_>) -> Result<Vec<Selected>, Error> {
        self.filter.check(session);
        let span = ListParams {
            all: true,
            ..ListParams::default()
        };
        let pages = session.pages(&agents::List, &span, Scope::Command);
        let agents = pages.ahead().collect().await?;
        let now = session.server_now();
        let wanted = agents
            .into_iter()
            .filter(|agent| self.filter.matches(agent, now));
        let selected = wanted.filter_map(|agent| {
            let id: Id = agent.id.as_deref()?.parse().ok()?;
            let facts = [agent.status.as_ref(), agent.region.as_ref()];
            let subject = described("agent", &id, agent.name.as_ref(), &facts);
            Some(Selected {
                target: Target { id, subject },
                agent: Some(agent),
            })
        });
        Ok(selected.collect())
    }
}

/// The context of a command that selects agents, with the check of its options.
pub(super) fn open<'c>(args: &SelectArgs, context: &'c Context) -> Result<Session<'c>, Error> {
    args.check()?;
    context.open()
}
