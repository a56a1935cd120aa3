//! The columns of an agent in a squad. They leave out its adapter's configuration, which may contain secrets.

use crate::api::squads::agents::Agent;
use crate::view::column::{Cell, Column};

/// The first four are the columns of the list.
pub(super) const AGENT: &[Column<Agent>] = &[
    Column::id("ID", |agent| Cell::from(&agent.id)),
    Column::text("NAME", |agent| Cell::from(&agent.name)),
    Column::text("ROLE", |agent| Cell::from(&agent.role)),
    Column::state("STATUS", |agent| Cell::from(&agent.status)),
    Column::extra("TITLE", |agent| Cell::from(&agent.title)),
    Column::extra("ADAPTER", |agent| Cell::from(&agent.adapter)),
    Column::extra("REPORTS_TO", |agent| Cell::from(&agent.reports_to)),
    Column::detail("SQUAD", |agent| Cell::from(&agent.squad_id)),
    Column::detail("CHAIN_OF_COMMAND", |agent| {
        Cell::list(&agent.chain_of_command)
    }),
    Column::detail("CAN_CREATE_AGENTS", |agent| {
        Cell::from(&agent.can_create_agents)
    }),
    Column::detail("CAN_ASSIGN_TASKS", |agent| {
        Cell::from(&agent.can_assign_tasks)
    }),
    Column::detail("CREATED", |agent| Cell::from(&agent.created_at)),
    Column::detail("UPDATED", |agent| Cell::from(&agent.updated_at)),
];
