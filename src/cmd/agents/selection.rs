//! Which agents a change is for: IDs, a file of IDs, or filters.

use super::filter::AgentFilter;
use crate::api::Id;
use crate::api::agents::{self, Agent};
use crate::cmd::bulk::{BulkArgs, Selected, Target};
use crate::error::Error;
use crate::session::{Context, Session, described};

/// The options that select agents.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(skip)]
pub(super) struct SelectArgs {
    /// Agent IDs
    #[arg(value_name = "AGENT")]
    pub(super) ids: Vec<Id>,
    #[command(flatten)]
    pub(super) bulk: BulkArgs,
    #[command(flatten)]
    pub(super) filter: AgentFilter,
}

impl SelectArgs {
    /// Whether the agents are named by their IDs on the command line.
    pub(super) fn names_ids(&self) -> bool {
        self.bulk.ids_from.is_none() && !self.bulk.all && !self.filter.is_given()
    }

    /// The only ID on the command line, if nothing else selects anything.
    pub(super) fn only_id(&self) -> Option<&Id> {
        match &self.ids[..] {
            [id] if self.names_ids() && self.bulk.expect_count.is_none() => Some(id),
            _ => None,
        }
    }

    /// Checks that one way of selection was used.
    ///
    /// # Errors
    /// Exit 2 if none was, or more than one.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.bulk.check("agent", &self.ids, self.filter.is_given())
    }

    /// The selection in words, by which a checkpoint recognizes it.
    pub(super) fn text(&self) -> String {
        if !self.bulk.all && !self.filter.is_given() {
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

    /// The selected agents; none as [`BulkArgs::resolve`].
    ///
    /// # Errors
    /// As [`BulkArgs::resolve`].
    pub(super) async fn resolve(
        &self,
        session: &Session<'_>,
    ) -> Result<Option<Vec<Selected<Agent>>>, Error> {
        self.filter.check(session);
        let describe = |agent: &Agent| {
            if !self.filter.matches(agent, session.server_now()) {
                return None;
            }
            let id: Id = agent.id()?.parse().ok()?;
            let facts = [agent.status(), agent.region()];
            let subject = described("agent", &id, agent.name(), &facts);
            Some(Target { id, subject })
        };
        let list = &agents::List;
        self.bulk
            .resolve(session, "agent", &self.ids, list, describe)
            .await
    }
}

/// The session of a command that selects agents, after the check of its options.
pub(super) fn open<'c>(args: &SelectArgs, context: &'c Context) -> Result<Session<'c>, Error> {
    args.check()?;
    context.open()
}
