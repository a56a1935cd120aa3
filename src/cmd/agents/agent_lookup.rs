//! Looks up the ID of an agent that was given by name, for the error message. No command accepts a name.

use std::borrow::Cow;

use crate::api::Id;
use crate::api::agents::{self, Agent};
use crate::api::page::ListParams;
use crate::error::{Error, Exit};
use crate::session::{Scope, Session};

/// The prefix of agent IDs. Documented only by example, so nothing but this lookup depends on it.
const PREFIX: &str = "agt_";

/// The maximum number of agents to search, because the error must not wait for a large fleet.
const MOST_AGENTS: usize = 1000;

/// The maximum number of agents listed for one name.
const MOST_NAMED: usize = 5;

/// The error of an agent that was not found, with the IDs of the agents that have this name.
pub(super) async fn explain(session: &Session<'_>, error: Error, id: &Id) -> Error {
    let name = id.as_str();
    let code = error.api_error().code.as_deref();
    let is_of_agent = code.is_none_or(|code| code.contains("agent"));
    if error.exit() != Exit::NotFound || !is_of_agent || name.starts_with(PREFIX) {
        return error;
    }
    let span = ListParams {
        limit: Some(MOST_AGENTS),
        ..ListParams::default()
    };
    // If the search fails, the first error is still the one to report.
    let pages = session.pages(&agents::List, &span, Scope::Command);
    let agents = pages.collect().await.unwrap_or_default();
    let named = agents.iter();
    let named = named.filter(|agent| agent.name().as_deref() == Some(name));
    let ids: Vec<Cow<'_, str>> = named.filter_map(Agent::id).collect();
    match &ids[..] {
        [] => error,
        [one] => {
            let line = session.context.line.with_word(name, one);
            error
                .without_hints()
                .detail(format!("`{name}` is the name of agent {one}"))
                .hint(format!("use its ID: {}", line.command()))
        }
        several => {
            let count = several.len();
            let ids = several.iter().take(MOST_NAMED);
            let ids = ids.map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
            let more = if count > MOST_NAMED { ", …" } else { "" };
            error
                .without_hints()
                .detail(format!(
                    "{count} agents have the name `{name}`: {ids}{more}"
                ))
                .hint("use the ID of one of them")
        }
    }
}
