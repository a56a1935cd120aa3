//! The rows of the lists.

use std::borrow::Cow;

use crate::api::agents::Agent;
use crate::api::approvals::Approval;
use crate::api::executions::ExecutionEvent;
use crate::api::invocations::Invocation;
use crate::cmd::agents::AGENT;
use crate::cmd::approvals::list::APPROVAL;
use crate::cmd::exec::invocations::INVOCATION;
use crate::time::WireTime;
use crate::view::RenderOptions;
use crate::view::column::{Cell, Column, Visibility};

/// An item of a list.
pub trait Item: Sized + 'static {
    /// What is shown of it.
    type Value: 'static;
    /// Its columns.
    const COLUMNS: &'static [Column<Self::Value>];

    /// What is shown of it.
    fn value(&self) -> &Self::Value;

    /// Its ID.
    fn id(&self) -> Option<&str>;

    /// Whether one of its cells contains the filter.
    fn matches(&self, filter: &str, options: &RenderOptions) -> bool {
        if filter.is_empty() {
            return true;
        }
        let filter = filter.to_lowercase();
        let columns = Self::COLUMNS.iter();
        let mut shown = columns.filter(|column| column.rank != Visibility::Detail);
        shown.any(|column| {
            let text = (column.cell)(self.value()).show(options);
            text.is_some_and(|text| text.to_lowercase().contains(&filter))
        })
    }
}

/// An agent. Of a large fleet, its fields are needed again and again.
pub struct AgentRow {
    /// Its ID.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its status.
    pub status: Option<String>,
    agent: Agent,
    /// What a filter looks at, in lower case.
    text: String,
}

impl AgentRow {
    /// The row of an agent.
    pub fn new(agent: Agent) -> Self {
        let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
        let (id, name, status) = (
            owned(agent.id()),
            owned(agent.name()),
            owned(agent.status()),
        );
        let (worker, region, role) = (agent.worker_id(), agent.region(), agent.agent_role());
        let fields = [
            id.as_deref(),
            name.as_deref(),
            status.as_deref(),
            worker.as_deref(),
            region.as_deref(),
            role.as_deref(),
        ];
        let fields: Vec<&str> = fields.into_iter().flatten().collect();
        let text = fields.join("\n").to_lowercase();
        Self {
            id,
            name,
            status,
            agent,
            text,
        }
    }
}

impl Item for AgentRow {
    type Value = Agent;
    const COLUMNS: &'static [Column<Agent>] = AGENT;

    fn value(&self) -> &Agent {
        &self.agent
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn matches(&self, filter: &str, _: &RenderOptions) -> bool {
        self.text.contains(&filter.to_lowercase())
    }
}

impl Item for Invocation {
    type Value = Self;
    const COLUMNS: &'static [Column<Self>] = INVOCATION;

    fn value(&self) -> &Self {
        self
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Item for Approval {
    type Value = Self;
    const COLUMNS: &'static [Column<Self>] = APPROVAL;

    fn value(&self) -> &Self {
        self
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// When.
    pub at: Option<WireTime>,
    /// Its type.
    pub event: String,
    /// The object.
    pub subject: Option<String>,
    /// The invocation, if it is one's.
    pub invocation: Option<String>,
    /// The tool, or the agent's name.
    pub name: Option<String>,
    /// The new status.
    pub status: Option<String>,
}

impl EventRow {
    /// An event of the stream; `arrival` is when it came.
    pub fn of_run(event: String, details: ExecutionEvent, arrival: &WireTime) -> Self {
        Self {
            at: details.at.or_else(|| Some(arrival.clone())),
            event,
            subject: details.invocation_id.clone(),
            invocation: details.invocation_id,
            name: details.tool_name,
            status: details.status,
        }
    }

    /// A change of an agent between two reads.
    pub fn of_agent(agent: &AgentRow, now: &WireTime) -> Self {
        Self {
            at: Some(now.clone()),
            event: "agent.status".to_owned(),
            subject: agent.id.clone(),
            invocation: None,
            name: agent.name.clone(),
            status: agent.status.clone(),
        }
    }
}

const EVENT: &[Column<EventRow>] = &[
    Column::text("TIME", |row| Cell::from(&row.at)),
    Column::text("EVENT", |row| row.event.as_str().into()),
    Column::reference("SUBJECT", |row| Cell::from(&row.subject)),
    Column::text("NAME", |row| Cell::from(&row.name)),
    Column::state("STATUS", |row| Cell::from(&row.status)),
];

impl Item for EventRow {
    type Value = Self;
    const COLUMNS: &'static [Column<Self>] = EVENT;

    fn value(&self) -> &Self {
        self
    }

    fn id(&self) -> Option<&str> {
        None
    }
}
