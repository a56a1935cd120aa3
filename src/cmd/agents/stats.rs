//! `xeroctl agents stats`: the fleet in numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::filter::AgentFilter;
use crate::api::agents::{self, Agent};
use crate::api::join_keys::{self, JoinKey};
use crate::api::page::{ListEndpoint, ListParams};
use crate::error::{Error, Exit};
use crate::session::{Context, Scope, Session};
use crate::time::{self, WireTime};
use crate::view::column::{Cell, Column};

/// Count agents by status, region, and role
///
/// Also counts connected agents with a stale heartbeat, agents whose execution is paused, and active join keys that expire
/// soon (with --region or --role, only those for these regions and roles). Reads the whole list of agents, and the list of
/// join keys.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl agents stats
  xeroctl agents stats --region us-east,us-west
  xeroctl agents stats -o json | jq .status.disconnected")]
pub struct Args {
    #[command(flatten)]
    filter: AgentFilter,
    /// A heartbeat older than this is stale
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = time::duration)]
    stale_after: Duration,
    /// Count join keys that expire within this time
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = time::duration)]
    expiring_within: Duration,
}

/// The numbers.
#[derive(Debug, Default, PartialEq, Eq)]
struct Stats {
    total: usize,
    status: BTreeMap<String, usize>,
    region: BTreeMap<String, usize>,
    role: BTreeMap<String, usize>,
    stale: usize,
    paused: usize,
    /// None if the join keys could not be read.
    expiring: Option<usize>,
}

/// A row of the table.
#[derive(Serialize)]
struct Row {
    group: &'static str,
    value: String,
    count: usize,
}

const ROW: &[Column<Row>] = &[
    Column::text("GROUP", |row| row.group.into()),
    Column::id("VALUE", |row| Cell::from(row.value.as_str())),
    Column::text("COUNT", |row| row.count.to_string().into()),
];

impl Stats {
    fn add(&mut self, agent: &Agent, now: Timestamp, stale_after: Duration) {
        let count = |counts: &mut BTreeMap<String, usize>, value: Option<Cow<'_, str>>| {
            let value = value.map_or("unknown".to_owned(), Cow::into_owned);
            *counts.entry(value).or_default() += 1;
        };
        self.total += 1;
        count(&mut self.status, agent.status());
        count(&mut self.region, agent.region());
        count(&mut self.role, agent.agent_role());
        let is_connected = matches!(agent.status().as_deref(), Some("active" | "suspended"));
        let heard = agent.last_heartbeat().and_then(|stamp| stamp.at());
        let limit = now.checked_sub(stale_after).unwrap_or(Timestamp::MIN);
        let is_stale = is_connected && heard.is_none_or(|heard| heard < limit);
        self.stale += usize::from(is_stale);
        self.paused += usize::from(agent.is_paused_somewhere());
    }

    fn rows(&self) -> Vec<Row> {
        let row = |group, value: &str, count| Row {
            group,
            value: value.to_owned(),
            count,
        };
        let mut rows = vec![row("agents", "total", self.total)];
        for (group, counts) in [
            ("status", &self.status),
            ("region", &self.region),
            ("role", &self.role),
        ] {
            rows.extend(
                counts
                    .iter()
                    .map(|(value, count)| row(group, value, *count)),
            );
        }
        rows.push(row("heartbeat", "stale", self.stale));
        rows.push(row("execution", "paused", self.paused));
        rows.extend(
            self.expiring
                .map(|count| row("join keys", "expiring", count)),
        );
        rows
    }

    fn document(&self) -> Value {
        json!({
            "total": self.total,
            "status": self.status,
            "region": self.region,
            "role": self.role,
            "stale_heartbeats": self.stale,
            "paused": self.paused,
            "join_keys_expiring": self.expiring,
        })
    }
}

/// Whether an active key expires before this time.
fn expires_before(key: &JoinKey, now: Timestamp, end: Timestamp) -> bool {
    let expires = key.expires_at.as_ref().and_then(WireTime::at);
    let is_active = key.status.as_deref() == Some("active");
    is_active && expires.is_some_and(|expires| expires >= now && expires < end)
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        session.declare(ROW)?;
        let keys = join_keys::List {
            include_terminal: false,
        };
        if session.is_dry() {
            let agents = session.pages(&agents::List, &everything(), Scope::Command);
            let keys = session.pages(&keys, &everything(), Scope::Command);
            session.plan(&[agents.request(), keys.request()])?;
            return Ok(Exit::Success);
        }
        self.filter.check(&session);
        let mut stats = Stats::default();
        for agent in all(&session, &agents::List).await? {
            let now = session.server_now();
            if self.filter.matches(&agent, now) {
                stats.add(&agent, now, self.stale_after);
            }
        }
        let now = session.server_now();
        let end = now
            .checked_add(self.expiring_within)
            .unwrap_or(Timestamp::MAX);
        match all(&session, &keys).await {
            Ok(keys) => {
                let expiring = keys
                    .iter()
                    .filter(|key| self.filter.may_enroll(key) && expires_before(key, now, end));
                stats.expiring = Some(expiring.count());
            }
            Err(error) if error.exit().is_by_signal() => return Err(error),
            Err(error) => {
                let why = error.message();
                session
                    .ui()
                    .warn(&format!("the join keys are not counted: {why}"));
            }
        }
        if session.render_options.format.is_json() {
            session.show_document(&stats.document().to_string(), None)?;
        } else {
            session.renderer().computed_list(ROW, &stats.rows())?;
        }
        Ok(Exit::Success)
    }
}

fn everything() -> ListParams {
    ListParams {
        all: true,
        ..ListParams::default()
    }
}

async fn all<L: ListEndpoint>(session: &Session<'_>, list: &L) -> Result<Vec<L::Item>, Error> {
    let pages = session.pages(list, &everything(), Scope::Command);
    pages.ahead().collect().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_agent_once_per_group() {
        let now = "2026-11-22T12:00:00Z".parse().expect("a time");
        let mut stats = Stats::default();
        for json in [
            r#"{"status":"active","region":"us-east","agent_role":"execution","last_heartbeat":"2026-11-22T11:59:00Z"}"#,
            r#"{"status":"active","region":"us-east","exec_paused":true,"last_heartbeat":"2026-11-22T11:00:00Z"}"#,
            r#"{"status":"dead","last_heartbeat":"2026-01-01T00:00:00Z","exec_paused_workspaces":["w"]}"#,
            "{}",
        ] {
            let agent = serde_json::from_str(json).expect("an agent");
            stats.add(&agent, now, Duration::from_mins(5));
        }
        let document = stats.document();
        assert_eq!(
            document["status"],
            json!({"active": 2, "dead": 1, "unknown": 1})
        );
        assert_eq!(document["region"], json!({"us-east": 2, "unknown": 2}));
        assert_eq!(
            [
                &document["total"],
                &document["stale_heartbeats"],
                &document["paused"]
            ],
            [&json!(4), &json!(1), &json!(2)]
        );
    }

    #[test]
    fn only_active_keys_expire_soon() {
        let at = |text: &str| text.parse().expect("a time");
        let (now, end) = (at("2026-11-22T12:00:00Z"), at("2026-11-29T12:00:00Z"));
        let expires = |json: &str| {
            let key = serde_json::from_str(json).expect("a key");
            expires_before(&key, now, end)
        };
        assert!(expires(
            r#"{"status":"active","expires_at":"2026-11-23T00:00:00Z"}"#
        ));
        assert!(!expires(
            r#"{"status":"active","expires_at":"2026-12-23T00:00:00Z"}"#
        ));
        assert!(!expires(
            r#"{"status":"revoked","expires_at":"2026-11-23T00:00:00Z"}"#
        ));
        assert!(!expires(r#"{"status":"active"}"#));
    }
}
