//! Values from a squads server: the agents of a squad, and the keys of an agent.

use std::collections::HashMap;

use super::Candidate;
use super::one_page::{page, words};
use crate::api::squads::{agents, keys};
use crate::session::{Context, Session};

/// A list, and how the command line selects its server and squad.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SquadList {
    /// `--squads-url`.
    pub(super) url: Option<String>,
    /// `--squad`.
    pub(super) squad: Option<String>,
    /// The agent whose keys are wanted, by its ID or name; `None` for the agents themselves.
    pub(super) keys_of: Option<String>,
}

impl SquadList {
    /// The URL on the command line.
    pub(super) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The squad on the command line.
    pub(super) fn squad(&self) -> Option<&str> {
        self.squad.as_deref()
    }

    /// What tells the list from others of the same server and squad.
    pub(super) fn about(&self) -> String {
        match &self.keys_of {
            Some(agent) => format!("keys of {agent}"),
            None => "agents".to_owned(),
        }
    }
}

/// The values, or `None` if they do not come in time.
pub(super) async fn fetch(list: &SquadList, context: &Context) -> Option<Vec<Candidate>> {
    let (session, squad) = context.open_squads(list.url(), list.squad(), false).ok()?;
    let agents = agents(&session, &squad?).await?;
    let Some(word) = &list.keys_of else {
        return Some(named(&agents));
    };
    let is_meant = |agent: &&agents::Agent| {
        let names = [&agent.id, &agent.name, &agent.url_key];
        names.iter().any(|name| name.as_ref() == Some(word))
    };
    let mut meant = agents.iter().filter(is_meant);
    let (agent, None) = (meant.next()?.id.clone()?, meant.next()) else {
        return None;
    };
    let found = page(&session, keys::List { agent: &agent }, None).await?;
    let active = found.iter().filter(|key| key.revoked_at.is_none());
    let one = |key: &keys::Key| Candidate::new(words(&[&key.id]), words(&[&key.name]));
    Some(active.map(one).collect())
}

async fn agents(session: &Session<'_>, squad: &str) -> Option<Vec<agents::Agent>> {
    page(session, agents::List { squad }, None).await
}

/// The names that one agent alone has, which are easier to type than IDs, and then the IDs.
fn named(agents: &[agents::Agent]) -> Vec<Candidate> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in agents.iter().filter_map(|agent| agent.name.as_deref()) {
        *counts.entry(name).or_default() += 1;
    }
    let is_unique = |agent: &&agents::Agent| {
        let name = agent.name.as_deref();
        name.is_some_and(|name| counts.get(name) == Some(&1))
    };
    let names = agents.iter().filter(is_unique).map(|agent| {
        let help = words(&[&agent.title, &agent.role, &agent.status]);
        Candidate::new(words(&[&agent.name]), help)
    });
    let ids = agents
        .iter()
        .map(|agent| Candidate::new(words(&[&agent.id]), words(&[&agent.name, &agent.status])));
    names.chain(ids).collect()
}
