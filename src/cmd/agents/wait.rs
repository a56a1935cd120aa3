//! `xeroctl agents wait`.

use std::borrow::Cow;

use jiff::Timestamp;

use super::AGENT;
use super::selection::{self, SelectArgs};
use crate::api::Id;
use crate::api::agents::{Agent, Event, Events, Get, STATUSES};
use crate::api::page::ListParams;
use crate::cmd::bulk;
use crate::cmd::wait::{Entry, Reading, Snapshot, WaitArgs, Watched};
use crate::error::{Error, Exit};
use crate::session::{Context, Scope, Session};
use crate::time::WireTime;

/// Wait until agents have a status
///
/// Polls the agents, prints each change on standard error, and in the end the agents. A status that came and went between
/// two polls counts, as far as the agent's events show it. A deleted agent has the status `deleted`.
///
/// The exit code is 0 if the conditions are met, 10 if --fail-on applies, or 14 after ten minutes or --timeout.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl agents wait agt_abc123 --for active
  xeroctl agents wait agt_abc123 --for status=active --fail-on dead,deleted \\
      --timeout 10m
  xeroctl agents wait --region us-east --for active --any
  xeroctl agents wait agt_abc123 --for event=curve.rotation_promoted")]
pub struct Args {
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    wait: WaitArgs,
}

/// The newest events that are read.
const RECENT: usize = 50;

/// Agents.
struct Agents;

impl Watched for Agents {
    type Item = Agent;
    const NOUN: &'static str = "agent";
    const STATUSES: &'static [&'static str] = STATUSES;

    async fn read(&self, session: &Session<'_>, id: &Id) -> Result<Option<Reading<Agent>>, Error> {
        Reading::of(session.get(&Get(id)).await)
    }

    fn snapshot(agent: &Agent) -> Snapshot {
        Snapshot {
            status: agent.status().map(Cow::into_owned),
            is_paused: agent.exec_paused(),
        }
    }

    async fn history(
        &self,
        session: &Session<'_>,
        id: &Id,
        since: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        let span = ListParams {
            limit: Some(RECENT),
            ..ListParams::default()
        };
        let pages = session.pages(Events(id), &span, Scope::Command);
        let mut events = match pages.collect().await {
            Ok(events) => events,
            Err(error) if error.exit() == Exit::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        events.retain(|event| {
            let created = event.created_at.as_ref().and_then(WireTime::at);
            created.is_some_and(|created| created.as_second() >= since.as_second())
        });
        events.reverse();
        Ok(events.into_iter().map(entry).collect())
    }
}

/// What an event tells. Assumed: that a status stands in the details, or at the end of the type, as in `agent.suspended`.
fn entry(event: Event) -> Entry {
    let kind = event.event_type.unwrap_or_default();
    let details: Option<serde_json::Value> = event
        .details
        .and_then(|details| serde_json::from_str(&details).ok());
    let named = details.and_then(|details| {
        let status = details.get("status").or_else(|| details.get("to"))?;
        status.as_str().map(str::to_owned)
    });
    let of_kind = kind.strip_prefix("agent.").filter(|word| {
        let known = crate::api::agents::STATUSES;
        known.contains(word)
    });
    let status = named.or_else(|| of_kind.map(str::to_owned));
    Entry {
        id: event.id.unwrap_or_default(),
        kind,
        status,
    }
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        self.wait.check()?;
        let session = selection::open(&self.select, context)?;
        session.declare(AGENT)?;
        let Some(selected) = self.select.resolve(&session).await? else {
            return Ok(Exit::Success);
        };
        let ids: Vec<Id> = selected.into_iter().map(|(target, _)| target.id).collect();
        bulk::check_count_of_read("agent", self.select.bulk.expect_count, ids.len())?;
        if ids.is_empty() {
            return Err(Error::new(Exit::NotFound, "no agents match").next("list agents", "agents"));
        }
        if session.is_dry() {
            use crate::api::request::Endpoint as _;
            let requests = ids.iter().map(|id| Get(id).request());
            session.plan(&requests.collect::<Vec<_>>())?;
            return Ok(Exit::Success);
        }
        self.wait.run(&session, &Agents, &ids, AGENT).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_tells_of_a_status_by_its_details_or_its_type() {
        let status = |json: &str| {
            let event = serde_json::from_str(json).expect("an event");
            entry(event).status
        };
        let details = r#"{"event_type":"agent.updated","details":{"status":"active"}}"#;
        assert_eq!(status(details).as_deref(), Some("active"));
        let kind = r#"{"event_type":"agent.suspended","details":null}"#;
        assert_eq!(status(kind).as_deref(), Some("suspended"));
        assert_eq!(
            status(r#"{"event_type":"agent.error","details":"x"}"#),
            None
        );
        assert_eq!(status(r#"{"event_type":"model.active"}"#), None);
    }
}
