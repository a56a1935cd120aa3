//! A key rotation of one agent among many: its result, and what the agent's history says about it.

use serde::Serialize;

use crate::api::agents::{Agent, Event};
use crate::error::Error;
use crate::fleet::checkpoint::{Entry, State};
use crate::time::WireTime;
use crate::view::column::{Cell, Column};

/// The hint for a key that may not rotate.
pub(super) const OWNER_ONLY: &str =
    "only a project owner can rotate CURVE keys: use an owner's key";

/// What became of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// The router accepted it.
    Dispatched,
    /// The agent acknowledged it.
    Acknowledged,
    /// The agent refused it.
    Refused,
    /// The agent did not answer in time.
    Unanswered,
    /// The router did not accept it.
    Failed,
    /// Whether the router accepted it is unknown.
    Unknown,
    /// The agent can't rotate.
    Skipped,
    /// An earlier run did it.
    Done,
    /// It was not sent.
    NotTried,
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Dispatched => "dispatched",
            Self::Acknowledged => "acknowledged",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
            Self::Done => "done before",
            Self::NotTried => "not tried",
        }
    }

    /// Whether the key was rotated, as far as was waited for.
    pub(super) fn is_good(self) -> bool {
        matches!(self, Self::Dispatched | Self::Acknowledged | Self::Done)
    }

    /// What a checkpoint says about it; none if it says nothing.
    pub(super) fn state(self) -> Option<State> {
        Some(match self {
            Self::Dispatched | Self::Unanswered => State::Dispatched,
            Self::Acknowledged => State::Acknowledged,
            Self::Refused => State::Refused,
            Self::Failed | Self::NotTried => State::Failed,
            Self::Unknown => State::Unknown,
            Self::Skipped | Self::Done => return None,
        })
    }
}

/// The result for one agent.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RotationResult {
    pub(super) agent: String,
    pub(super) request_id: Option<String>,
    #[serde(serialize_with = "word")]
    pub(super) status: Status,
    pub(super) monitor_url: Option<String>,
    /// The router's error code.
    pub(super) code: Option<String>,
    /// Why it was skipped or failed.
    pub(super) message: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn word<S: serde::Serializer>(status: &Status, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(status.word())
}

/// The columns of a result.
pub(super) const RESULT: &[Column<RotationResult>] = &[
    Column::id("AGENT", |row: &RotationResult| row.agent.as_str().into()).width(20),
    Column::reference("REQUEST", |row: &RotationResult| {
        Cell::from(&row.request_id)
    })
    .width(20),
    Column::state("STATUS", |row: &RotationResult| row.status.word().into()).width(12),
    Column::link("MONITOR_URL", |row: &RotationResult| {
        Cell::from(&row.monitor_url)
    })
    .width(72),
    Column::text("MESSAGE", |row| Cell::from(&row.message)),
];

impl RotationResult {
    pub(super) fn new(agent: &str, status: Status) -> Self {
        Self {
            agent: agent.to_owned(),
            request_id: None,
            status,
            monitor_url: None,
            code: None,
            message: None,
        }
    }

    pub(super) fn because(self, message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..self
        }
    }

    /// The result of a request that failed.
    pub(super) fn failed(agent: &str, error: &Error) -> Self {
        let status = match error {
            error if error.is_outcome_unknown() => Status::Unknown,
            error if error.exit().is_by_signal() => Status::NotTried,
            _ => Status::Failed,
        };
        Self {
            code: error.api_error().code.clone(),
            ..Self::new(agent, status).because(error.message())
        }
    }

    /// The result in a checkpoint.
    pub(super) fn from_entry(entry: &Entry, status: Status) -> Self {
        Self {
            request_id: entry.request_id.clone(),
            monitor_url: entry.monitor_url.clone(),
            ..Self::new(&entry.id, status)
        }
    }

    /// What a checkpoint says about it.
    pub(super) fn entry(&self, at: &str) -> Option<Entry> {
        Some(Entry {
            id: self.agent.clone(),
            state: self.status.state()?,
            at: at.to_owned(),
            request_id: self.request_id.clone(),
            monitor_url: self.monitor_url.clone(),
        })
    }
}

/// Why an agent can't rotate its key, as far as its record says so.
pub(super) fn cannot_rotate(agent: &Agent) -> Option<String> {
    match (agent.agent_role().as_deref(), agent.status().as_deref()) {
        (Some("inference"), _) => Some("inference agents have no CURVE key".to_owned()),
        (_, Some(status @ ("pending" | "disconnected" | "dead"))) => {
            Some(format!("the agent is {status}"))
        }
        _ => None,
    }
}

/// What the history says about the rotation with this request ID. Assumed: the words of the event types.
pub(super) fn answer(events: &[Event], request_id: &str) -> Option<Status> {
    let has = |event: &Event, words: &[&str]| {
        let kind = event.event_type.as_deref().unwrap_or_default();
        words.iter().any(|word| kind.contains(word))
    };
    let mine = || {
        events
            .iter()
            .filter(|event| names(event.details.as_deref(), request_id))
    };
    if mine().any(|event| has(event, &["acknowledg", "promot", "activat", "complet"])) {
        Some(Status::Acknowledged)
    } else if mine().any(|event| has(event, &["refus", "reject", "fail", "timeout", "expire"])) {
        Some(Status::Refused)
    } else {
        None
    }
}

/// Whether details name this ID, and not one that it is a part of.
fn names(details: Option<&str>, id: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    details.is_some_and(|details| {
        details.match_indices(id).any(|(at, _)| {
            let before = details[..at].chars().next_back();
            let after = details[at + id.len()..].chars().next();
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
    })
}

/// The first event of a rotation that started at this time or later.
pub(super) fn started_since(events: &[Event], at: jiff::Timestamp) -> Option<&Event> {
    let is_rotation = |event: &&Event| {
        let kind = event.event_type.as_deref();
        kind.is_some_and(|kind| kind.contains("rotat"))
    };
    let rotations = events.iter().filter(is_rotation);
    let mut since = rotations.filter(|event| {
        let created = event.created_at.as_ref().and_then(WireTime::at);
        created.is_some_and(|created| created >= at)
    });
    since.next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(lines: &[(&str, &str)]) -> Vec<Event> {
        let event = |(kind, details): &(&str, &str)| {
            let json = serde_json::json!({
                "event_type": kind,
                "details": { "request_id": details },
                "created_at": "2026-11-22T12:00:00Z",
            });
            serde_json::from_value(json).expect("an event")
        };
        lines.iter().map(event).collect()
    }

    #[test]
    fn only_events_with_the_own_request_id_answer() {
        let history = events(&[
            ("curve.rotation_acknowledged", "rot_1"),
            ("curve.rotation_refused", "rot_2"),
            ("curve.rotation_dispatched", "rot_3"),
        ]);
        assert_eq!(answer(&history, "rot_1"), Some(Status::Acknowledged));
        assert_eq!(answer(&history, "rot_2"), Some(Status::Refused));
        assert_eq!(answer(&history, "rot_3"), None);
        assert_eq!(answer(&history, "rot"), None);
        assert_eq!(answer(&history, "rot_11"), None);
    }

    #[test]
    fn a_rotation_since_a_time_is_found() {
        let history = events(&[
            ("agent.updated", "x"),
            ("curve.rotation_acknowledged", "rot_1"),
            ("curve.rotation_dispatched", "rot_1"),
        ]);
        let at = |text: &str| text.parse().expect("a time");
        assert!(started_since(&history, at("2026-11-22T12:00:01Z")).is_none());
        let found = started_since(&history, at("2026-11-22T12:00:00Z")).expect("an event");
        assert_eq!(
            found.event_type.as_deref(),
            Some("curve.rotation_dispatched")
        );
    }

    #[test]
    fn an_agent_of_which_nothing_is_known_may_rotate() {
        let agent = |json: &str| serde_json::from_str::<Agent>(json).expect("an agent");
        assert_eq!(cannot_rotate(&agent("{}")), None);
        assert_eq!(
            cannot_rotate(&agent(r#"{"status":"active","agent_role":"execution"}"#)),
            None
        );
        assert!(cannot_rotate(&agent(r#"{"status":"dead"}"#)).is_some());
        assert!(cannot_rotate(&agent(r#"{"agent_role":"inference"}"#)).is_some());
    }
}
