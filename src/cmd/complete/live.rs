//! Values from the configuration and the router.

use super::{Candidate, cache};
use crate::api::document::Document;
use crate::api::page::{ListEndpoint, ListParams};
use crate::api::{agents, approvals, executions, invocations, join_keys, tools, workspaces};
use crate::config::{Config, KeySource, SANDBOX, ServerLocation, Settings, Sources};
use crate::session::{Context, Scope, Session};

/// So many values are offered.
const MOST: usize = 100;

/// What knows the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl Source {
    /// Whether the values come from the router.
    pub fn asks_the_router(self) -> bool {
        self != Self::Deployments
    }

    /// The name in the cache.
    fn word(self) -> &'static str {
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
    let sources = Sources::of_router(&context.globals, &context.env, &config);
    let Ok(settings) = sources.and_then(Sources::resolve) else {
        return Vec::new();
    };
    // The sandbox is as near as the cache, and what was just created in it is there.
    let place = match &settings.location.value {
        ServerLocation::Sandbox => None,
        ServerLocation::At(url) => cache::place(
            &context.env,
            &identity(&settings, url.as_str()),
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
    let Ok(session) = context.open_with(settings) else {
        return Vec::new();
    };
    let Some(found) = fetch(source, &session).await else {
        return Vec::new();
    };
    if let Some(place) = place {
        cache::write(&place, now, &found);
    }
    found
}

/// What tells the values of one deployment from those of another.
fn identity(settings: &Settings, url: &str) -> String {
    let name = settings.deployment.as_ref().map(|name| name.value.as_str());
    format!(
        "{url}\n{}\n{}",
        name.unwrap_or_default(),
        settings.key.origin
    )
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

async fn fetch(source: Source, session: &Session<'_>) -> Option<Vec<Candidate>> {
    let text = |word: &Option<String>| word.clone().unwrap_or_default();
    let words = |words: &[&Option<String>]| {
        let words = words.iter().filter_map(|word| word.as_deref());
        words.collect::<Vec<_>>().join(", ")
    };
    Some(match source {
        Source::Deployments => Vec::new(),
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
                Candidate::new(text(&key.id), words(&[&key.name, &key.status]))
            };
            found.iter().map(one).collect()
        }
        Source::Tools => {
            let found = first(session, tools::List).await?;
            let one = |tool: &tools::Tool| {
                Candidate::new(text(&tool.name), words(&[&tool.risk, &tool.description]))
            };
            found.iter().map(one).collect()
        }
        Source::Workspaces => {
            // Whether it has pages is not known.
            let found = page(session, workspaces::List, None).await?;
            let one = |found: &Document| {
                Candidate::new(
                    found.text(&["external_id", "id"]).unwrap_or_default(),
                    found.text(&["name"]).unwrap_or_default(),
                )
            };
            found.iter().map(one).collect()
        }
        Source::Executions => {
            let found = first(session, executions::List).await?;
            let one = |run: &executions::Execution| {
                Candidate::new(text(&run.id), words(&[&run.tool_name, &run.status]))
            };
            found.iter().map(one).collect()
        }
        Source::Invocations => {
            let found = first(session, invocations::List).await?;
            let one = |run: &invocations::Invocation| {
                Candidate::new(text(&run.id), words(&[&run.tool_name, &run.status]))
            };
            found.iter().map(one).collect()
        }
        Source::Approvals | Source::Pending => {
            let found = first(session, approvals::List { risk: None }).await?;
            let one = |found: &approvals::Approval| {
                Candidate::new(
                    text(&found.id),
                    words(&[&found.tool_name, &found.risk, &found.status]),
                )
            };
            let is_wanted = |found: &&approvals::Approval| {
                source == Source::Approvals || found.status.as_deref() == Some("pending")
            };
            found.iter().filter(is_wanted).map(one).collect()
        }
    })
}

/// One page of a list; none if it does not come in time.
async fn first<L: ListEndpoint>(session: &Session<'_>, list: L) -> Option<Vec<L::Item>> {
    page(session, list, Some(MOST)).await
}

async fn page<L: ListEndpoint>(
    session: &Session<'_>,
    list: L,
    limit: Option<usize>,
) -> Option<Vec<L::Item>> {
    let params = ListParams {
        limit,
        ..ListParams::default()
    };
    let pages = session.pages(list, &params, Scope::Command);
    pages.collect().await.ok()
}
