//! The filters of agents. The router has none, so they are applied here.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::agents::{Agent, STATUSES};
use crate::api::join_keys::JoinKey;
use crate::cmd::list_options::{glob, is_any, pattern, warn_unknown_status};
use crate::cmd::values;
use crate::session::Session;
use crate::time;

/// Which agents are wanted. Of the values of one option any may match; all options must.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(skip)]
pub(super) struct AgentFilter {
    /// Select agents with one of these statuses (comma-separated)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = values::text, help_heading = "Selection")]
    pub(super) status: Vec<String>,
    /// Select agents in one of these regions (comma-separated)
    #[arg(long, value_name = "REGION", value_delimiter = ',', value_parser = values::region, help_heading = "Selection")]
    pub(super) region: Vec<String>,
    /// Select agents with one of these roles (comma-separated)
    #[arg(long, value_name = "ROLE", value_delimiter = ',', value_parser = values::text, help_heading = "Selection")]
    pub(super) role: Vec<String>,
    /// Select agents that support one of these service tiers (comma-separated)
    #[arg(long, value_name = "TIER", value_delimiter = ',', value_parser = values::text, help_heading = "Selection")]
    pub(super) tier: Vec<String>,
    /// Select agents whose name matches a pattern such as 'gpu-*' (comma-separated)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', allow_hyphen_values = true, value_parser = pattern, help_heading = "Selection")]
    pub(super) name: Vec<String>,
    /// Select agents whose last heartbeat is older than this
    #[arg(long, value_name = "DURATION", value_parser = time::duration, help_heading = "Selection")]
    pub(super) older_than: Option<Duration>,
}

impl AgentFilter {
    /// Whether it picks anything out.
    pub(super) fn is_given(&self) -> bool {
        *self != Self::default()
    }

    /// Warns of unknown words.
    pub(super) fn check(&self, session: &Session<'_>) {
        warn_unknown_status(session, &self.status, STATUSES);
    }

    /// Whether agents that enroll with this key can be wanted ones, as far as their region and role decide.
    pub(super) fn may_enroll(&self, key: &JoinKey) -> bool {
        is_any(&self.region, key.region.as_ref()) && is_any(&self.role, key.agent_role.as_ref())
    }

    /// Whether an agent is wanted. `now` is the router's clock, which heartbeats are dated by.
    pub(super) fn matches(&self, agent: &Agent, now: Timestamp) -> bool {
        let has_tier = |tier: &String| agent.supported_tiers().contains(tier);
        let has_name = |pattern: &String| {
            let name = agent.name();
            name.is_some_and(|name| glob(pattern, &name))
        };
        is_any(&self.status, agent.status())
            && is_any(&self.region, agent.region())
            && is_any(&self.role, agent.agent_role())
            && (self.tier.is_empty() || self.tier.iter().any(has_tier))
            && (self.name.is_empty() || self.name.iter().any(has_name))
            && self.older_than.is_none_or(|age| {
                let heard = agent.last_heartbeat().and_then(|stamp| stamp.at());
                heard.is_some_and(|heard| now.checked_sub(age).is_ok_and(|limit| heard < limit))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(json: &str) -> Agent {
        serde_json::from_str(json).expect("an agent")
    }

    #[test]
    fn values_are_alternatives_and_options_add_up() {
        let agent = agent(
            r#"{"name":"gpu-1","status":"active","region":"us-east","supported_tiers":["a","b"],
                "last_heartbeat":"2026-11-22T11:00:00Z","agent_role":"execution"}"#,
        );
        let now = "2026-11-22T12:00:00Z".parse().expect("a time");
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let all = AgentFilter {
            status: words(&["dead", "active"]),
            region: words(&["us-east"]),
            role: words(&["execution"]),
            tier: words(&["b", "c"]),
            name: words(&["x", "gpu-*"]),
            older_than: Some(Duration::from_mins(59)),
        };
        assert!(all.matches(&agent, now));
        for other in [
            AgentFilter {
                status: words(&["dead"]),
                ..all.clone()
            },
            AgentFilter {
                region: words(&["eu-west"]),
                ..all.clone()
            },
            AgentFilter {
                role: words(&["inference"]),
                ..all.clone()
            },
            AgentFilter {
                tier: words(&["c"]),
                ..all.clone()
            },
            AgentFilter {
                name: words(&["gpu"]),
                ..all.clone()
            },
            AgentFilter {
                older_than: Some(Duration::from_mins(61)),
                ..all.clone()
            },
        ] {
            assert!(!other.matches(&agent, now), "{other:?}");
        }
    }

    #[test]
    fn an_agent_without_a_heartbeat_is_not_older() {
        let filter = AgentFilter {
            older_than: Some(Duration::from_secs(1)),
            ..AgentFilter::default()
        };
        assert!(!filter.matches(&agent("{}"), Timestamp::MAX));
    }
}
