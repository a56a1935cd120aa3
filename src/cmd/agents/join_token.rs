//! Creating a join key: its token, which is shown only once, and how to pass it to a worker.

use std::path::Path;

use crate::api::Id;
use crate::api::join_keys::{Create, Created, Revoke, TOKEN_NAMES};
use crate::api::request::{Endpoint as _, Request};
use crate::cmd::aliases;
use crate::cmd::token::Kind;
use crate::command_line;
use crate::secret::Secret;
use crate::session::Session;
use crate::view::column::{Cell, Column};

/// A join key that is being created.
pub(super) struct New {
    /// The requested role, which the response may not repeat.
    pub(super) role: Option<String>,
}

impl Kind for New {
    type Create = Create;
    type Created = Created;

    const COLUMNS: &'static [Column<Created>] = &[
        Column::id("ID", |created| Cell::from(&created.key.id)),
        Column::text("NAME", |created| Cell::from(&created.key.name)),
        Column::state("STATUS", |created| Cell::from(&created.key.status)),
        Column::text("REGION", |created| Cell::from(&created.key.region)),
        Column::text("ENROLLMENTS", |created| {
            Cell::from(&created.key.enrollments)
        }),
        Column::text("MAX", |created| Cell::from(&created.key.max_enrollments)),
        Column::text("EXPIRES", |created| Cell::from(&created.key.expires_at)),
        Column::text("ROLE", |created| Cell::from(&created.key.agent_role)),
        Column::text("CREATED", |created| Cell::from(&created.key.created_at)),
        Column::text("TOKEN", |created| match &created.token {
            Some(token) => token.expose().into(),
            None => Cell::Absent,
        }),
    ];
    const TOKEN_NAMES: &'static [&'static str] = TOKEN_NAMES;
    const NOUN: &'static str = "join key";
    const CREATE: &'static str = "agents join-keys --create";

    fn token(created: &Created) -> Option<&Secret> {
        created.token.as_ref()
    }

    fn id(created: &Created) -> Option<&str> {
        created.key.id.as_deref()
    }

    fn revoke(&self, id: &Id) -> Request {
        Revoke(id).request()
    }

    fn revoke_command(&self, id: &str) -> String {
        if id.starts_with('-') || aliases::is_alias("join-keys", id) {
            format!(
                "agents join-keys --revoke --force -- {}",
                command_line::quote(id)
            )
        } else {
            format!(
                "agents join-keys {} --revoke --force",
                command_line::quote(id)
            )
        }
    }

    fn list_command(&self) -> String {
        "agents join-keys --all".to_owned()
    }

    /// How to pass the token to a worker: not as an argument, which other users of its machine can read.
    fn hint(&self, session: &Session<'_>, created: &Created, file: Option<&Path>) {
        let ui = session.ui();
        let role = created.key.agent_role.as_deref().or(self.role.as_deref());
        let variable = variable(role);
        let Some(path) = file else {
            ui.warn_always(
                "the token is not shown again: store it now, and give it only to trusted workers",
            );
            ui.hint(&format!(
                "on the worker's machine, read the token without leaving it in the shell history: stty -echo; read -r {variable}; stty echo; export {variable}"
            ));
            ui.next("list the enrolled workers", "agents");
            return;
        };
        let path = command_line::quote(&path.display().to_string());
        ui.hint(&format!(
            "pass it to the worker in the environment: export {variable}=\"$(cat {path})\""
        ));
        if session.is_local() {
            ui.hint(&format!(
                "or enroll a simulated worker: xeroctl sandbox enroll --token-file {path}"
            ));
        }
    }
}

/// The variable from which a worker of this role reads the token. Documented, as is the default role.
fn variable(role: Option<&str>) -> &'static str {
    match role {
        Some("execution") => "XEM_JOIN_KEY",
        _ => "XEROTIER_AGENT_JOIN_KEY",
    }
}
