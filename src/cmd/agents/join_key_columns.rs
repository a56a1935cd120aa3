//! The columns of a join key.

use crate::api::join_keys::JoinKey;
use crate::view::column::{Cell, Column};

/// The columns of a join key. The first seven are documented.
pub(crate) const JOIN_KEY: &[Column<JoinKey>] = &[
    Column::id("ID", |key| Cell::from(&key.id)),
    Column::text("NAME", |key| Cell::from(&key.name)),
    Column::state("STATUS", |key| Cell::from(&key.status)),
    Column::text("REGION", |key| Cell::from(&key.region)),
    Column::text("ENROLLMENTS", |key| Cell::from(&key.enrollments)),
    Column::text("MAX", |key| Cell::from(&key.max_enrollments)),
    Column::text("EXPIRES", |key| Cell::from(&key.expires_at)),
    Column::extra("ROLE", |key| Cell::from(&key.agent_role)),
    Column::extra("CREATED", |key| Cell::from(&key.created_at)),
];
