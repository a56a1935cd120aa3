//! Values from the configuration and the router.

use super::live_squads::{self, SquadList};
use super::one_page::{page, words};
use super::{Candidate, cache};
use crate::api::document::Document;
use crate::api::page::ListEndpoint;
use crate::api::{
    Id, agents, approvals, candidates, executions, invocations, join_keys, learnings, tools,
    workspaces,
};
use crate::config::{Config, KeySource, SANDBOX, ServerLocation, Settings, Sources};
use crate::session::{Context, Session};

/// So many values are offered.
const MOST: usize = 100;

/// The learnings of so many workspaces are offered: a list has those of one workspace.
const MOST_WORKSPACES: usize = 4;

/// What knows the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The configuration.
    Deployments,
    /// The router's agents.
    Agents,
    /// The active join keys.
    JoinKeys,
    /// The tools.
    Tools,
    /// The workspaces.
    Workspaces,
    /// The executions.
    Executions,
    /// The invocations.
    Invocations,
    /// The approvals.
    Approvals,
    /// The approvals that can be decided on.
    Pending,
    /// The pending candidates of the agent with this ID.
    Candidates(String),
    /// The learnings of the workspaces.
    Learnings,
    /// A list of a squads server.
    Squads(SquadList),
}

impl Source {
    /// Whether the values come from the router.
    pub fn asks_the_router(&self) -> bool {
        *self != Self::Deployments
    }

    /// What the list is about, if there is more than one of its kind.
    fn about(&self) -> String {
        match self {
            Self::Candidates(agent) => agent.clone(),
            Self::Squads(list) => list.about(),
            _ => String::new(),
        }
    }

    /// The name in the cache.
    fn word(&self) -> &'static str {
        match self {
            Self::Deployments => "deployments",
            Self::Agents => "agents",
            Self::JoinKeys => "join-keys",
            Self::Tools => "tools",
            Self::Workspaces => "workspaces",
            Self::Executions => "executions",
            Self::Invocations => "invocations",
            Self::Approvals => "approvals",
            Self::Pending => "pending",
            Self::Candidates(_) => "candidates",
            Self::Learnings => "learnings",
            Self::Squads(_) => "squads",
        }
    }
}

/// The values, as far as they are known in time.
pub async fn values(source: Source, context: &Context) -> Vec<Candidate> {
    let Ok(config) = Config::read(&context.env, &context.wait_limit()) else {
        return Vec::new();
    };
    if source == Source::Deployments {
        return deployments(&config);
    }
    let (globals, env) = (&context.globals, &context.env);
    let sources = match &source {
        Source::Squads(list) => Sources::of_squads(list.url(), list.squad(), globals, env, &config),
        _ => Sources::of_router(globals, env, &config),
    };
    let Ok(settings) = sources.and_then(Sources::resolve) else {
        return Vec::new();
    };
    // The sandbox is as near as the cache, and what was just created in it is there.
    let place = match &settings.location.value {
        ServerLocation::Sandbox => None,
        ServerLocation::At(url) => cache::place(
            &context.env,
            &identity(&settings, url.as_str(), &source.about()),
            source.word(),
        ),
    };
    let now = context.env.now();
    if let Some(known) = place.as_deref().and_then(|place| cache::read(place, now)) {
        return known;
    }
    if !is_silent(&settings.key.value) {
        return Vec::new();
    }
    let found = match &source {
        Source::Squads(list) => live_squads::fetch(list, context).await,
        source => match context.open_with(settings) {
            Ok(session) => fetch(source, &session).await,
            Err(_) => None,
        },
    };
    let Some(found) = found else {
        return Vec::new();
    };
    if let Some(place) = place {
        cache::write(&place, now, &found);
    }
    found
}

/// What tells the values of one deployment from those of another.
fn identity(settings: &Settings, url: &str, about: &str) -> String {
    let name = settings.deployment.as_ref().map(|name| name.value.as_str());
    let squad = settings.squad.as_ref().map(|squad| squad.value.as_str());
    let mut identity = format!(
        "{url}\n{}\n{}",
        name.unwrap_or_default(),
        settings.key.origin
    );
    for part in [squad.unwrap_or_default(), about] {
        if !part.is_empty() {
            identity.push('\n');
            identity.push_str(part);
        }
    }
    identity
}

/// Whether reading the key neither prompts nor waits for anything.
fn is_silent(key: &KeySource) -> bool {
    match key {
        KeySource::FlagFile(_, path) | KeySource::VariableFile(_, path) => path.as_os_str() != "-",
        KeySource::Variable(..) | KeySource::Stored(..) | KeySource::Sandbox => true,
        _ => false,
    }
}

fn deployments(config: &Config) -> Vec<Candidate> {
    let stored = config.deployments.iter();
    let stored = stored
        .filter(|(name, _)| *name != SANDBOX)
        .map(|(name, deployment)| {
            Candidate::new(name, deployment.base_url.clone().unwrap_or_default())
        });
    stored
        .chain([Candidate::new(SANDBOX, "the built-in router")])
        .collect()
}

async fn fetch(source: &Source, session: &Session<'_>) -> Option<Vec<Candidate>> {
    Some(match source {
        Source::Deployments | Source::Squads(_) => Vec::new(),
        Source::Agents => {
            let found = first(session, agents::List).await?;
            let one = |agent: &agents::Agent| {
                let id = agent.id().unwrap_or_default().into_owned();
                let words = [agent.name(), agent.status()];
                Candidate::new(
                    id,
                    words.into_iter().flatten().collect::<Vec<_>>().join(", "),
                )
            };
            found.iter().map(one).collect()
        }
        Source::JoinKeys => {
            let list = join_keys::List {
                include_terminal: false,
            };
            let found = first(session, list).await?;
            let one = |key: &join_keys::JoinKey| {
                Candidate::new(words(&[&key.id]), words(&[&key.name, &key.status]))
            };
            found.iter().map(one).collect()
        }
        Source::Tools => {
            let found = first(session, tools::List).await?;
            let one = |tool: &tools::Tool| {
                Candidate::new(
                    words(&[&tool.name]),
                    words(&[&tool.risk, &tool.description]),
                )
            };
            found.iter().map(one).collect()
        }
        Source::Workspaces => {
            let found = workspaces(session).await?;
            let known = found.into_iter();
            known.map(|(id, name)| Candidate::new(id, name)).collect()
        }
        Source::Candidates(agent) => {
            let agent: Id = agent.parse().ok()?;
            // Only these can be decided on. Whether the list has pages is not known.
            let found = page(session, candidates::List(&agent), None).await?;
            let is_wanted =
                |found: &&candidates::Candidate| found.status.as_deref() == Some("pending");
            let one =
                |found: &candidates::Candidate| Candidate::new(words(&[&found.id]), "pending");
            found.iter().filter(is_wanted).map(one).collect()
        }
        Source::Learnings => {
            let one = |found: &learnings::Learning| {
                Candidate::new(words(&[&found.id]), words(&[&found.content]))
            };
            let mut all = Vec::new();
            for (workspace, _) in workspaces(session).await?.iter().take(MOST_WORKSPACES) {
                let Some(found) = first(session, learnings::List { workspace }).await else {
                    break;
                };
                all.extend(found.iter().map(one));
            }
            all
        }
        Source::Executions => {
            let found = first(session, executions::List).await?;
            let one = |run: &executions::Execution| {
                Candidate::new(words(&[&run.id]), words(&[&run.tool_name, &run.status]))
            };
            found.iter().map(one).collect()
        }
        Source::Invocations => {
            let found = first(session, invocations::List).await?;
            let one = |run: &invocations::Invocation| {
                Candidate::new(words(&[&run.id]), words(&[&run.tool_name, &run.status]))
            };
            found.iter().map(one).collect()
        }
        Source::Approvals | Source::Pending => {
            let found = first(session, approvals::List { risk: None }).await?;
            let one = |found: &approvals::Approval| {
                Candidate::new(
                    words(&[&found.id]),
                    words(&[&found.tool_name, &found.risk, &found.status]),
                )
            };
            let is_wanted = |found: &&approvals::Approval| {
                *source == Source::Approvals || found.status.as_deref() == Some("pending")
            };
            found.iter().filter(is_wanted).map(one).collect()
        }
    })
}

/// The IDs of the workspaces, with their names.
async fn workspaces(session: &Session<'_>) -> Option<Vec<(String, String)>> {
    // Whether it has pages is not known.
    let found = page(session, workspaces::List, None).await?;
    let one = |found: &Document| {
        let id = found.text(&["external_id", "id"]);
        let name = found.text(&["name"]);
        (id.unwrap_or_default(), name.unwrap_or_default())
    };
    Some(found.iter().map(one).collect())
}

/// One page of a list; none if it does not come in time.
async fn first<L: ListEndpoint>(session: &Session<'_>, list: L) -> Option<Vec<L::Item>> {
    page(session, list, Some(MOST)).await
}
