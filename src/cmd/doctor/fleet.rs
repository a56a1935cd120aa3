//! Checks of the fleet: heartbeats, pauses, and join keys.

use std::borrow::Cow;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::api::agents::{self, Agent};
use crate::api::id::Id;
use crate::api::join_keys::{self, JoinKey};
use crate::api::page::ListParams;
use crate::cmd::checks::Report;
use crate::error::Error;
use crate::session::{Scope, Session};
use crate::time;

/// So many items of a list are looked at.
const MOST: usize = 1_000;

/// An active agent that was silent for longer has a problem.
const SILENT: SignedDuration = SignedDuration::from_mins(5);

/// A pause that is longer may have been forgotten.
const LONG_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// A key that expires sooner needs a successor.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The history of so many paused agents is read.
const MOST_HISTORIES: usize = 10;

/// So many objects are named.
const MOST_NAMED: usize = 3;

fn limited() -> ListParams {
    ListParams {
        limit: Some(MOST),
        ..ListParams::default()
    }
}

/// The agents.
pub(super) async fn agents(session: &Session<'_>) -> Result<Vec<Agent>, Error> {
    let pages = session.pages(agents::List, &limited(), Scope::Command);
    pages.collect().await
}

/// The active join keys.
pub(super) async fn join_keys(session: &Session<'_>) -> Result<Vec<JoinKey>, Error> {
    let list = join_keys::List {
        include_terminal: false,
    };
    let pages = session.pages(list, &limited(), Scope::Command);
    pages.collect().await
}

/// An agent that is paused, and since when, as far as its history says.
pub(super) struct Paused {
    id: String,
    since: Option<Timestamp>,
}

/// The paused agents.
pub(super) async fn paused(session: &Session<'_>, agents: Option<&Vec<Agent>>) -> Vec<Paused> {
    let is_paused = |agent: &&Agent| agent.is_paused_somewhere();
    let paused: Vec<&Agent> = agents.into_iter().flatten().filter(is_paused).collect();
    let histories = paused.iter().take(MOST_HISTORIES);
    let histories = join_all(histories.map(|agent| since(session, agent))).await;
    let all = paused.iter().zip(
        histories
            .into_iter()
            .map(Some)
            .chain(std::iter::repeat(None)),
    );
    all.map(|(agent, since)| Paused {
        id: agent.id().unwrap_or_default().into_owned(),
        // Where the history does not say, the pause is no older than the last change.
        since: since.flatten().or_else(|| agent.updated_at()?.at()),
    })
    .collect()
}

/// When an agent was paused, by the newest page of its history.
async fn since(session: &Session<'_>, agent: &Agent) -> Option<Timestamp> {
    let id: Id = agent.id()?.parse().ok()?;
    let list = agents::Events(&id);
    let pages = session.pages(list, &ListParams::default(), Scope::Command);
    let events = pages.collect().await.ok()?;
    let pauses = events.iter().filter(|event| {
        let kind = event.event_type.as_deref().unwrap_or_default();
        kind.contains("pause")
    });
    pauses
        .filter_map(|event| event.created_at.as_ref()?.at())
        .max()
}

/// Reports on the fleet.
pub(super) fn report(
    report: &mut Report<'_>,
    session: &Session<'_>,
    agents: Result<Vec<Agent>, Error>,
    keys: Result<Vec<JoinKey>, Error>,
    paused: &[Paused],
) {
    let now = session.render_options.server_now();
    match agents {
        Ok(agents) => {
            heartbeats(report, &agents, now);
            pauses(report, paused, now);
        }
        Err(error) => report.warn(
            "heartbeats",
            format!("not checked: {}", error.message()),
            None,
        ),
    }
    match keys {
        Ok(keys) => expiries(report, &keys, now),
        Err(error) => report.warn(
            "join keys",
            format!("not checked: {}", error.message()),
            None,
        ),
    }
}

fn heartbeats(report: &mut Report<'_>, agents: &[Agent], now: Timestamp) {
    let is_active = |agent: &&Agent| agent.status().as_deref() == Some("active");
    let active: Vec<&Agent> = agents.iter().filter(is_active).collect();
    let silent = active.iter().filter_map(|agent| {
        let last = agent.last_heartbeat()?.at()?;
        let silence = now.duration_since(last);
        (silence > SILENT).then(|| (agent.id().unwrap_or("-".into()), silence))
    });
    let mut silent: Vec<(Cow<'_, str>, SignedDuration)> = silent.collect();
    silent.sort_by_key(|(_, silence)| std::cmp::Reverse(*silence));
    let limit = time::show_duration(SILENT.unsigned_abs());
    let first = if agents.len() >= MOST {
        "of the first 1,000, "
    } else {
        ""
    };
    let all = active.len();
    if silent.is_empty() {
        report.ok(
            "heartbeats",
            format!("{first}{all} active, all heard from within {limit}"),
        );
        return;
    }
    let named = named(
        silent
            .iter()
            .map(|(id, silence)| (&**id, silence.unsigned_abs())),
    );
    let count = silent.len();
    let detail = format!("{first}{count} of {all} active silent for over {limit}: {named}");
    report.warn("heartbeats", detail, Some("agents --all"));
}

fn pauses(report: &mut Report<'_>, paused: &[Paused], now: Timestamp) {
    let long = paused.iter().filter_map(|agent| {
        let pause = now.duration_since(agent.since?);
        (pause > LONG_PAUSE).then(|| (agent.id.as_str(), pause.unsigned_abs()))
    });
    let mut long: Vec<(&str, Duration)> = long.collect();
    long.sort_by_key(|(_, pause)| std::cmp::Reverse(*pause));
    match (paused.len(), long.len()) {
        (0, _) => report.ok("pauses", "no agent is paused"),
        (all, 0) => report.ok("pauses", format!("{all} paused, none for over a day")),
        (all, count) => {
            let named = named(long.into_iter());
            let detail = format!("{count} of {all} paused for over a day: {named}");
            report.warn("pauses", detail, Some("agents --all -o wide"));
        }
    }
}

fn expiries(report: &mut Report<'_>, keys: &[JoinKey], now: Timestamp) {
    let soon = keys.iter().filter_map(|key| {
        let left = key.expires_at.as_ref()?.at()?.duration_since(now);
        let is_soon = left.is_positive() && left <= SOON;
        is_soon.then(|| (key.id.as_deref().unwrap_or("-"), left.unsigned_abs()))
    });
    let mut soon: Vec<(&str, Duration)> = soon.collect();
    soon.sort_by_key(|(_, left)| *left);
    let all = keys.len();
    if soon.is_empty() {
        report.ok(
            "join keys",
            format!("{all} active, none expires within 7 days"),
        );
        return;
    }
    let count = soon.len();
    let verb = if count == 1 { "expires" } else { "expire" };
    let named = named(soon.into_iter());
    let detail = format!("{count} of {all} {verb} within 7 days: {named}");
    report.warn("join keys", detail, Some("agents join-keys --all"));
}

/// The first objects of these, with a duration each.
fn named<'a>(objects: impl ExactSizeIterator<Item = (&'a str, Duration)>) -> String {
    let rest = objects.len().saturating_sub(MOST_NAMED);
    let shown = objects.take(MOST_NAMED);
    let shown = shown.map(|(id, length)| format!("{id} ({})", rounded(length)));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match rest {
        0 => shown,
        rest => format!("{shown}, and {rest} more"),
    }
}

/// A duration that is read at a glance: in days, hours, or minutes.
fn rounded(length: Duration) -> String {
    const UNITS: [(u64, char); 3] = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let seconds = length.as_secs();
    let unit = UNITS.into_iter().find(|(unit, _)| seconds >= *unit);
    let (unit, name) = unit.unwrap_or((1, 's'));
    format!("{}{name}", seconds / unit)
}
